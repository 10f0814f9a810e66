/** All labs. Each is fetched when it is opened. */

import { t } from '../languages/language.js';
import type { Lab } from './lab.js';

export const LABS: readonly Lab[] = [
  { id: 'superposition', name: () => t`Superposition`, load: () => import('./superposition/superposition.js') },
  { id: 'training', name: () => t`Training`, load: () => import('./training/training.js') },
];
