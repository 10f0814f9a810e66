/** The models that exercises use, as files of the page. */

import type { Exercise } from '../exercises/exercise.js';
import { folderOf } from '../state/gallery.js';
import { TASKS } from '../tasks/tasks.js';
import { taskOf } from './set.js';

/**
 * The models that exercises begin with and, if their answers are about others as well, those that
 * share a field with them.
 */
export async function modelsOf(exercises: readonly Pick<Exercise, 'setup' | 'compares'>[]): Promise<string[]> {
  const files = new Set<string>();
  for (const { setup, compares } of exercises) {
    const address = new URL(setup, document.baseURI);
    const id = taskOf(address.search);
    const page = await TASKS.find((task) => task.id === id)?.page();
    if (!page) continue;
    const shelf = await page.shelf();
    const { named } = shelf.at(address, () => {});
    const isAlike = (other: typeof named) => Object.entries(named).some(([name, value]) => other[name] === value);
    for (const entry of shelf.models) {
      const isNeeded = compares ? isAlike(entry.named) : entry.named === named;
      if (isNeeded) files.add(folderOf(id) + entry.file);
    }
  }
  return [...files];
}
