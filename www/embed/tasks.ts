/**
 * The tasks whose models embeds show; without a switch, the first. Where all files are inside, only
 * one is.
 */

import { embedded as groupOperations } from '../tasks/group-operations/embed.js';
import { embedded as maxOfK } from '../tasks/max-of-k/embed.js';
import type { Embedded } from '../tasks/task.js';

export const TASKS: readonly [Embedded, ...Embedded[]] = [maxOfK, groupOperations];
