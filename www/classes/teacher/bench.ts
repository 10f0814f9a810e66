/**
 * Models that this page opens to mark answers and to compute keys, with real results. What does it
 * is fetched when it is first needed.
 */

import type { Exercise } from '../../exercises/exercise.js';
import type { Opened } from '../../exercises/opened.js';
import type { Results } from '../../exercises/results.js';
import { TASKS } from '../../tasks/tasks.js';
import type { Marking } from '../marks.js';
import { packagedSet, printOf, setCode, setupOf, taskOf } from '../set.js';
import type { Draft } from './draft.js';
import type { OwnWeights } from './own-weights.js';

export class Bench {
  readonly #weights: OwnWeights;
  #opened: Promise<Opened> | undefined;
  /** The teacher's file, open. */
  #own: { bytes: Uint8Array; results: Promise<Results> } | undefined;

  constructor(weights: OwnWeights) {
    this.#weights = weights;
  }

  /** The results of the model that an exercise of a set begins with. */
  async results(exercise: Exercise, { set }: Draft): Promise<Results> {
    const [own] = Object.entries(this.#weights.filesOf(set.about));
    if (own && set.about?.task === taskOf(exercise.setup)) return this.#file(...own);
    return (await this.#fetched()).at(new URL(setupOf(exercise, set, undefined), document.baseURI));
  }

  /** What hand-ins are marked against. */
  marking(draft: Draft, exercises: readonly Exercise[]): Marking {
    return {
      exercises,
      prints: draft.set.exercises.length ? [draft.set, packagedSet(draft.set)].map((set) => printOf(setCode(set))) : [],
      results: (exercise) => this.results(exercise, draft),
      byDigits: (exercise, digits) => this.#byDigits(taskOf(exercise.setup), digits),
    };
  }

  async #byDigits(task: string, digits: string): Promise<Results | undefined> {
    const page = await TASKS.find(({ id }) => id === task)?.page();
    const entry = await (await page?.shelf())?.bySha256(digits);
    return entry && (await this.#fetched()).named(task, entry.named);
  }

  async #file(path: string, bytes: Uint8Array): Promise<Results> {
    if (this.#own?.bytes !== bytes) this.#own = { bytes, results: this.#fetched().then((opened) => opened.file(path, bytes)) };
    return this.#own.results;
  }

  #fetched(): Promise<Opened> {
    this.#opened ??= import('../../exercises/opened.js').then(({ Opened: Fetched }) => new Fetched());
    this.#opened.catch(() => (this.#opened = undefined));
    return this.#opened;
  }
}
