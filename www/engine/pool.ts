/**
 * Distributes the proofs about one model over several workers. A proof that can be divided is split
 * into one part for each worker.
 */

import { Cancelled, Client, type Ran } from './client.js';
import type { Question, StrategyFacts, TaskFacts } from '../pkg/prove.js';
import type { Weights } from './protocol.js';
import { choose, type Waiting } from './schedule.js';

/**
 * Longest pause between two progress messages that counts as work, in milliseconds. In longer ones
 * the computer or the tab was asleep.
 */
const MAX_PAUSE = 2000;

/** A proof, or a part of one, in the queue. */
interface Task extends Waiting {
  /** Runs the task in `client`; never rejects. */
  start(client: Client): Promise<void>;
  /** Rejects the task's promise with `Cancelled`. */
  drop(): void;
}

/** How to run a proof. */
export interface Order {
  /** Whether the user asked for this proof: it then goes to the front of the queue. */
  asked: boolean;
  /** Names of the strategies' options that are on; a strategy looks at its own. */
  options: readonly string[];
  /** The weights' SHA-256 for the certificate; undefined for no certificate. */
  certify: string | undefined;
  /** Cancels the proof. */
  signal: AbortSignal;
  /**
   * Called at the start and after every step, with the share that is done (from 0 to 1, never
   * decreasing) and the milliseconds of work so far.
   */
  progress(done: number, elapsed: number): void;
}

/** Returns the module that proves, which is fetched on the first call. */
export type Program = () => Promise<WebAssembly.Module>;

/** What is asked about a model. */
export type Prover = Pick<Pool, 'load' | 'run' | 'strategy' | 'ask'>;

/** The workers for one model, and the queue of proofs that wait for them. */
export class Pool {
  readonly #program: Program;
  readonly #make: () => Client;
  /** One client for each worker; it starts its worker on its first request. */
  readonly #clients: [Client, ...Client[]];
  readonly #queue: Task[] = [];
  /** Settles when the last `load` has ended. */
  #loading: Promise<unknown> = Promise.resolve();

  /**
   * Makes a pool of `size` workers, whose script is at `worker`. Calls `died` with a message for
   * the user when one dies.
   */
  constructor(program: Program, size: number, died: (message: string) => void, worker: string) {
    this.#program = program;
    this.#make = () => new Client(died, worker);
    this.#clients = [this.#make(), ...Array.from({ length: size - 1 }, this.#make)];
  }

  /**
   * Loads a model in all workers and cancels everything about the earlier model. Returns undefined
   * and does nothing if `wanted()` is false once the program has arrived. If the model is refused,
   * the promise rejects, the earlier model stays and its proofs go on.
   */
  async load(weights: Weights, wanted: () => boolean): Promise<TaskFacts | undefined> {
    const module = await this.#program();
    if (!wanted()) return undefined;
    const load = async () => {
      // If all workers are busy, an additional one reads the model and then replaces the first.
      const reader = this.#idle ?? this.#make();
      try {
        const facts = await reader.load(module, weights);
        for (const other of this.#clients) if (other !== reader) other.adopt(module, weights);
        if (!this.#clients.includes(reader)) this.#clients[0] = reader;
        for (const task of this.#queue.splice(0)) task.drop();
        return facts;
      } finally {
        if (!this.#clients.includes(reader)) reader.close();
      }
    };
    // Models load one after the other, so that all workers end up with the last one.
    const loaded = this.#loading.then(load);
    this.#loading = loaded.catch(() => {});
    return loaded;
  }

  /** Stops all workers and cancels everything; the next request starts workers again. */
  close() {
    for (const task of this.#queue.splice(0)) task.drop();
    for (const client of this.#clients) client.close();
  }

  /**
   * Runs a proof about the model.
   *
   *     if the proof cannot be divided: one worker runs it
   *     else: each worker counts one part; then one worker joins the tallies
   *
   * Rejects with `Cancelled`, `Died` or an `Error`, as a `Client` does.
   */
  async run({ strategy, group, divisible }: StrategyFacts, { asked, options, certify, signal, progress }: Order): Promise<Ran> {
    const parts = Array<number>(divisible ? this.#clients.length : 1).fill(0);
    let [elapsed, last] = [0, NaN];
    const tell = (part: number, done: number) => {
      const now = performance.now();
      elapsed += Math.min(now - last, MAX_PAUSE) || 0;
      last = now;
      // A worker that was replaced starts again from 0.
      parts[part] = Math.max(parts[part] ?? 0, done);
      progress(parts.reduce((sum, share) => sum + share) / parts.length, elapsed);
    };
    if (parts.length === 1) {
      return this.#enqueue({ group, asked }, signal, (client) => {
        tell(0, 0);
        return client.run(strategy, options, certify, (done) => tell(0, done), signal);
      });
    }
    // If one part fails, the others are stopped.
    const stop = new AbortController();
    signal.addEventListener('abort', () => stop.abort());
    const tallies = parts.map((_, part) =>
      this.#enqueue({ group: undefined, asked }, stop.signal, async (client) => {
        tell(part, 0);
        const tally = await client.count(strategy, options, part, parts.length, (done) => tell(part, done), stop.signal);
        tell(part, 1);
        return tally;
      }),
    );
    try {
      const counted = await Promise.all(tallies);
      return await this.#enqueue({ group: undefined, asked: true }, signal, (client) =>
        client.join(strategy, counted, elapsed / 1e3, certify, signal),
      );
    } catch (error) {
      stop.abort();
      await Promise.allSettled(tallies);
      throw error;
    }
  }

  /** Returns the facts, such as the cost, of a strategy that the model does not list. */
  strategy(strategy: string): Promise<StrategyFacts> {
    return this.#ask((client) => client.strategy(strategy));
  }

  /** Asks a question of the task's own. */
  ask<T>(question: Question): Promise<T> {
    return this.#ask((client) => client.ask<T>(question));
  }

  get #idle(): Client | undefined {
    return this.#clients.find(({ isIdle }) => isIdle);
  }

  /** Asks an idle worker or, if all are busy, the first, which answers between two steps. */
  #ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    return question(this.#idle ?? this.#clients[0]).finally(() => this.#dispatch());
  }

  /**
   * Queues `work`, at the front if the user asked for it. The promise settles with its result, or
   * rejects with `Cancelled` if `signal` aborts before it starts.
   */
  #enqueue<T>(waiting: Waiting, signal: AbortSignal, work: (client: Client) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const drop = () => reject(new Cancelled());
      if (signal.aborted) return drop();
      const task: Task = { ...waiting, start: (client) => work(client).then(resolve, reject), drop };
      signal.addEventListener('abort', () => this.#take(task) && drop());
      if (waiting.asked) this.#queue.unshift(task);
      else this.#queue.push(task);
      this.#dispatch();
    });
  }

  /** Removes a task from the queue; returns whether it was still there. */
  #take(task: Task): boolean {
    const at = this.#queue.indexOf(task);
    if (at >= 0) this.#queue.splice(at, 1);
    return at >= 0;
  }

  /** Gives tasks to idle workers until there are no more of either. */
  #dispatch() {
    while (this.#clients.some((client) => this.#give(client)));
  }

  /** Gives a task to `client` if it is idle; returns whether it got one. */
  #give(client: Client): boolean {
    const task = client.isIdle ? choose(this.#queue, client, this.#clients) : undefined;
    if (!task) return false;
    this.#take(task);
    client.group = task.group ?? client.group;
    void task.start(client).finally(() => this.#dispatch());
    return true;
  }
}
