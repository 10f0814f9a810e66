/** Workers that prove things about one model: they share its proofs, and the chunks of those that can be divided. */

import { Cancelled, Client, type Ran } from './client.js';
import type { AttentionFacts, Example, ModelFacts, SampledAccuracy, StrategyFacts } from '../pkg/prove.js';
import type { Weights } from './protocol.js';
import { choose, type Waiting } from './schedule.js';

/** Milliseconds between two signs of a proof that runs; what is longer is a computer or a tab asleep. */
const MAX_PAUSE = 2000;

interface Task extends Waiting {
  start(client: Client): Promise<void>;
  drop(): void;
}

/** How a proof is to be run. */
export interface Order {
  /** Whether someone asked for it: then it goes before all that wait. */
  asked: boolean;
  /** Whether brute force may count together what a common prefix decides. */
  prune: boolean;
  /** The weights' SHA-256 that its certificate is to name, if one is wanted. */
  certify: string | undefined;
  signal: AbortSignal;
  /** Told when it starts, and then of the part that is done, which never shrinks, and of the milliseconds that were worked. */
  progress(done: number, elapsed: number): void;
}

/** The module `prove`, fetched when it is first asked for. */
export type Program = () => Promise<WebAssembly.Module>;

export class Pool {
  readonly #program: Program;
  readonly #make: () => Client;
  /** As many workers as may work at once; each is started when there is something for it to do. */
  readonly #clients: [Client, ...Client[]];
  readonly #queue: Task[] = [];
  #loading: Promise<unknown> = Promise.resolve();

  /** `died` is told of every worker that does, one of `size`. */
  constructor(program: Program, size: number, died: (message: string) => void) {
    this.#program = program;
    this.#make = () => new Client(died);
    this.#clients = [this.#make(), ...Array.from({ length: size - 1 }, this.#make)];
  }

  /**
   * Makes this the model, unless something else is `wanted` when the program is here, and cancels all that was asked about the
   * earlier one. If it is refused, that one stays, and what runs; undefined if it is not wanted any more.
   */
  async load(weights: Weights, wanted: () => boolean): Promise<ModelFacts | undefined> {
    const module = await this.#program();
    if (!wanted()) return undefined;
    const load = async () => {
      // Where all are busy, one more reads it, and takes the place of the first.
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
    // One after the other, so that all workers have the last.
    const loaded = this.#loading.then(load);
    this.#loading = loaded.catch(() => {});
    return loaded;
  }

  /** Runs a proof about the model, by all workers if it can be divided. */
  async run({ strategy, group, divisible }: StrategyFacts, { asked, prune, certify, signal, progress }: Order): Promise<Ran> {
    const parts = Array<number>(divisible ? this.#clients.length : 1).fill(0);
    let [elapsed, last] = [0, NaN];
    const tell = (part: number, done: number) => {
      const now = performance.now();
      elapsed += Math.min(now - last, MAX_PAUSE) || 0;
      last = now;
      // A worker that was replaced begins anew.
      parts[part] = Math.max(parts[part] ?? 0, done);
      progress(parts.reduce((sum, share) => sum + share) / parts.length, elapsed);
    };
    if (parts.length === 1) {
      return this.#enqueue({ group, asked }, signal, (client) => {
        tell(0, 0);
        return client.run(strategy, prune, certify, (done) => tell(0, done), signal);
      });
    }
    // Where one part fails, the others are in vain.
    const stop = new AbortController();
    signal.addEventListener('abort', () => stop.abort());
    const tallies = parts.map((_, part) =>
      this.#enqueue({ group: undefined, asked }, stop.signal, async (client) => {
        tell(part, 0);
        const tally = await client.count(strategy, prune, part, parts.length, (done) => tell(part, done), stop.signal);
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

  /** The count that the published formula claims for the model. */
  published(strategy: string): Promise<string> {
    return this.#ask((client) => client.published(strategy));
  }

  /** What a strategy that the model does not list would cost. */
  strategy(strategy: string): Promise<StrategyFacts> {
    return this.#ask((client) => client.strategy(strategy));
  }

  /** How well the model's attention is approximated. */
  attention(): Promise<AttentionFacts> {
    return this.#ask((client) => client.attention());
  }

  /** The model's logits of an input as it was typed or, without one, of a few inputs. */
  logits(input?: string): Promise<Example[]> {
    return this.#ask((client) => client.logits(input));
  }

  /** How often the model is right, from random inputs. */
  sample(): Promise<SampledAccuracy> {
    return this.#ask((client) => client.sample());
  }

  get #idle(): Client | undefined {
    return this.#clients.find(({ isIdle }) => isIdle);
  }

  /** Asks who has nothing to do, or else the first, who does two things in turns. */
  #ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    return question(this.#idle ?? this.#clients[0]).finally(() => this.#dispatch());
  }

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

  /** Takes it out of the queue; whether it was still there. */
  #take(task: Task): boolean {
    const at = this.#queue.indexOf(task);
    if (at >= 0) this.#queue.splice(at, 1);
    return at >= 0;
  }

  #dispatch() {
    while (this.#clients.some((client) => this.#give(client)));
  }

  /** Gives a worker something to do; whether it is idle and there is something. */
  #give(client: Client): boolean {
    const task = client.isIdle ? choose(this.#queue, client, this.#clients) : undefined;
    if (!task) return false;
    this.#take(task);
    client.group = task.group ?? client.group;
    void task.start(client).finally(() => this.#dispatch());
    return true;
  }
}
