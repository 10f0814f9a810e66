/**
 * Lends one pool of workers to several models. Models take turns: everything that is asked about
 * one is answered before the workers load the next, so a page with ten embeds has as many workers
 * as a page with one.
 */

import type { Question, TaskFacts } from '../pkg/prove.js';
import { Cancelled } from './client.js';
import type { Pool, Prover } from './pool.js';
import type { Weights } from './protocol.js';

/** Work that waits for the turn of its model. */
interface Waiting {
  turn: Turn;
  start(): void;
  refuse(why: unknown): void;
}

export class Turns {
  readonly #pool: Pool;
  /** The model that the workers have; undefined for none. */
  #holder: Turn | undefined;
  /** How much is being done about that model. */
  #busy = 0;
  #isLoading = false;
  #waiting: Waiting[] = [];

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Another model, which takes part from its first `load` on. */
  join(): Turn {
    return new Turn(this, this.#pool);
  }

  /** Does `work` about the model of `turn` while the workers have it. */
  async during<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
    await this.#enter(turn);
    try {
      return await work();
    } finally {
      this.#busy--;
      this.#next();
    }
  }

  /** Takes a model out; what waits for it is cancelled. */
  leave(turn: Turn) {
    const [gone, left] = [this.#waiting.filter((each) => each.turn === turn), this.#waiting.filter((each) => each.turn !== turn)];
    this.#waiting = left;
    for (const { refuse } of gone) refuse(new Cancelled());
    if (this.#holder === turn) this.#holder = undefined;
  }

  /** Has the workers load the model of `turn` anew when it is next its turn. */
  forget(turn: Turn) {
    if (this.#holder === turn) this.#holder = undefined;
  }

  #enter(turn: Turn): Promise<void> {
    if (this.#holder === turn && !this.#isLoading) {
      this.#busy++;
      return Promise.resolve();
    }
    return new Promise((start, refuse) => {
      this.#waiting.push({ turn, start, refuse });
      this.#next();
    });
  }

  #next() {
    const [first] = this.#waiting;
    if (first && !this.#busy && !this.#isLoading) void this.#give(first.turn);
  }

  /** Loads the model of `turn`, then starts all that waits for it. */
  async #give(turn: Turn) {
    this.#isLoading = true;
    let failed: { why: unknown } | undefined;
    try {
      await turn.reload();
      this.#holder = turn;
    } catch (why) {
      failed = { why };
    }
    this.#isLoading = false;
    const due = this.#waiting.filter((each) => each.turn === turn);
    this.#waiting = this.#waiting.filter((each) => each.turn !== turn);
    if (!failed) this.#busy += due.length;
    for (const { start, refuse } of due) failed ? refuse(failed.why) : start();
    this.#next();
  }
}

/** The pool as one model sees it. */
export class Turn implements Prover {
  readonly #turns: Turns;
  readonly #pool: Pool;
  #weights: Weights | undefined;
  #facts: TaskFacts | undefined;

  constructor(turns: Turns, pool: Pool) {
    this.#turns = turns;
    this.#pool = pool;
  }

  /** Loads the model when it is its turn, as `Pool.load` does. */
  async load(weights: Weights, wanted: () => boolean): Promise<TaskFacts | undefined> {
    this.#weights = weights;
    this.#turns.forget(this);
    return this.#turns.during(this, async () => (wanted() ? this.#facts : undefined));
  }

  /** Has the workers load the model again. */
  async reload(): Promise<void> {
    if (this.#weights) this.#facts = await this.#pool.load(this.#weights, () => true);
  }

  run(...asked: Parameters<Prover['run']>) {
    return this.#turns.during(this, () => this.#pool.run(...asked));
  }

  strategy(strategy: string) {
    return this.#turns.during(this, () => this.#pool.strategy(strategy));
  }

  ask<T>(question: Question) {
    return this.#turns.during(this, () => this.#pool.ask<T>(question));
  }

  /** Ends the model's part in the pool. */
  leave() {
    this.#turns.leave(this);
  }
}
