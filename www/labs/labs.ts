/** All labs. Each is fetched when it is opened. */

import type { Lab } from './lab.js';

export const LABS: readonly Lab[] = [];
