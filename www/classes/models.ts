/** The files of the models that the exercises of a set need. */

import type { Exercise } from '../exercises/exercise.js';
import { folderOf, type Named } from '../state/gallery.js';
import { TASKS } from '../tasks/tasks.js';
import { type ExerciseSet, setupOf, taskOf } from './set.js';

/**
 * Paths of the models that exercises begin with and, if their answers are about others as well, of those that share a field
 * of the address with them.
 */
export async function modelsOf(exercises: readonly Exercise[], set: Pick<ExerciseSet, 'about' | 'hide'>): Promise<string[]> {
  const files = new Set<string>();
  for (const exercise of exercises) {
    const setup = new URL(setupOf(exercise, set, undefined), document.baseURI);
    const id = taskOf(setup.search);
    const page = await TASKS.find((task) => task.id === id)?.page();
    if (!page) continue;
    const shelf = await page.shelf();
    const { named } = shelf.at(setup, () => {});
    const isAlike = (other: Named) => Object.entries(named).some(([name, value]) => other[name] === value);
    for (const entry of shelf.models) {
      const isNeeded = exercise.compares ? isAlike(entry.named) : entry.named === named;
      if (isNeeded) files.add(folderOf(id) + entry.file);
    }
  }
  return [...files];
}
