/** The view "Method" of Max-of-K. */

import type { Open } from '../view.js';
import { FAMILIES } from './families.js';
import { Method } from './sections.js';
import { MACHINE, TRUST } from './trust.js';

export const open: Open = (parent, host) => new Method(parent, host, [...FAMILIES, ...TRUST, MACHINE]);
