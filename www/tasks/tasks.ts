/**
 * All tasks. The page of the first comes with the program; that of another is fetched when it is
 * opened.
 */

import { page } from './max-of-k/page.js';
import type { TaskPage } from './task.js';
import { t } from '../languages/language.js';

/** A task, and how to get its page. */
interface Listed extends Pick<TaskPage, 'id' | 'name'> {
  page(): TaskPage | Promise<TaskPage>;
}

export const TASKS: readonly [Listed, ...Listed[]] = [
  { id: page.id, name: page.name, page: () => page },
  { id: 'group-operations', name: () => t`Group operations`, page: async () => (await import('./group-operations/page.js')).page },
];
