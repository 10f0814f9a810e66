/** Keeps a student's work in this browser, that of each course apart. Nothing is sent. */

import { type Attempt, type Exercise, SOLVED } from './exercise.js';

const PREFIX = 'compact-proofs exercises';

/** The browser's storage, or what throws if the user has turned storage off. */
type Storing = () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export class Progress {
  readonly #storage: Storing;
  readonly #key: string;
  /** What is known in this visit, also where nothing can be stored. */
  readonly #attempts = new Map<string, Attempt>();

  /** Reads what is kept of a course. Leaves out what is damaged. */
  constructor(course: string, storage: Storing = () => localStorage) {
    this.#storage = storage;
    this.#key = course ? `${PREFIX} ${course}` : PREFIX;
    for (const attempt of this.#stored()) this.#attempts.set(attempt.exercise, attempt);
  }

  /** The work on an exercise; a new one if there is none. */
  of({ id, steps }: Pick<Exercise, 'id' | 'steps'>): Attempt {
    const kept = this.#attempts.get(id);
    const predictions = steps.map((_, i) => kept?.predictions[i] ?? null);
    return kept ? { ...kept, predictions } : { exercise: id, model: '', answer: null, predictions, tries: 0, hints: 0 };
  }

  isSolved(id: string): boolean {
    return (this.#attempts.get(id)?.score ?? 0) >= SOLVED;
  }

  /** Whether anything was done. */
  isBegun(id: string): boolean {
    return this.#attempts.has(id);
  }

  /** All work, as it is handed in. */
  get all(): Attempt[] {
    return [...this.#attempts.values()];
  }

  /**
   * Keeps the work on an exercise beside what another tab has kept; returns false if it cannot be
   * stored.
   */
  keep(attempt: Attempt): boolean {
    for (const other of this.#stored()) if (!this.#attempts.has(other.exercise)) this.#attempts.set(other.exercise, other);
    this.#attempts.set(attempt.exercise, attempt);
    try {
      this.#storage().setItem(this.#key, JSON.stringify(this.all));
      return true;
    } catch {
      return false;
    }
  }

  /** Forgets all work of this course. */
  clear() {
    this.#attempts.clear();
    try {
      this.#storage().removeItem(this.#key);
    } catch {
      // Nothing is stored there.
    }
  }

  #stored(): Attempt[] {
    try {
      const found: unknown = JSON.parse(this.#storage().getItem(this.#key) ?? '[]');
      return Array.isArray(found) ? found.filter(isAttempt) : [];
    } catch {
      return []; // turned off, or damaged
    }
  }
}

const isCount = (found: unknown) => Number.isInteger(found) && (found as number) >= 0;

function isAttempt(found: unknown): found is Attempt {
  if (typeof found !== 'object' || found === null) return false;
  const { exercise, model, predictions, tries, hints, score, seconds } = found as Partial<Attempt>;
  if (typeof exercise !== 'string' || typeof model !== 'string' || !isCount(tries) || !isCount(hints)) return false;
  if (!Array.isArray(predictions) || !predictions.every((each) => each === null || typeof each === 'string')) return false;
  return [score, seconds].every((number) => number === undefined || typeof number === 'number');
}
