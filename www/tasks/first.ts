/**
 * Identifier of the task that pages and embeds show where none is named: the first in `tasks.ts`.
 */
export const FIRST = 'max-of-k';
