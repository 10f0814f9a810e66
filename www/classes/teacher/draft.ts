/** The set that a teacher makes, as it is now. It is kept in this browser. */

import type { Exercise } from '../../exercises/exercise.js';
import { EMPTY, type ExerciseSet, exercisesOf, readSet, setCode } from '../set.js';

const KEY = 'compact-proofs-set';

export class Draft {
  set: ExerciseSet;
  /** All exercises there are. */
  readonly all: readonly Exercise[];
  readonly #watchers: (() => void)[] = [];

  constructor(all: readonly Exercise[], set: ExerciseSet) {
    [this.all, this.set] = [all, set];
  }

  /** The exercises of the set, with the teacher's texts. */
  get exercises(): Exercise[] {
    return exercisesOf(this.set, this.all);
  }

  /** The code of the set; undefined while it has no exercise. */
  get code(): string | undefined {
    return this.set.exercises.length ? setCode(this.set) : undefined;
  }

  /** Calls `show` now and after every change. */
  watch(show: () => void) {
    this.#watchers.push(show);
    show();
  }

  change(change: Partial<ExerciseSet>) {
    this.set = { ...this.set, ...change };
    keep(this.code);
    for (const show of this.#watchers) show();
  }
}

function keep(code: string | undefined) {
  try {
    if (code === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, code);
  } catch {
    // A browser that keeps nothing still makes links.
  }
}

/**
 * The set of a code or, without one, the set that this browser keeps; an empty one if there is
 * neither. `tell` hears what is wrong with a code.
 */
export function startOf(code: string | null, tell: (problem: string) => void): ExerciseSet {
  if (code === null) {
    try {
      const kept = localStorage.getItem(KEY);
      return kept === null ? EMPTY : readSet(kept);
    } catch {
      return EMPTY; // of another version of this page, perhaps
    }
  }
  try {
    return readSet(code);
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    return EMPTY;
  }
}
