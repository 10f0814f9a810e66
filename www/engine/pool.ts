/** Workers that prove things about one model: they share its proofs, and the chunks of those that can be divided. */

import { Cancelled, Client, type Ran } from './client.js';
import type { Example, SampledAccuracy } from '../pkg/additive.js';
import type { AttentionFacts } from '../pkg/compute.js';
import type { ModelFacts, StrategyFacts } from '../pkg/read.js';
import type { Program, Prover, Reader } from './protocol.js';
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
  /** Whether its certificate is wanted, too. */
  certify: boolean;
  signal: AbortSignal;
  /** Told when it starts, and then of the part that is done, which never shrinks, and of the milliseconds that were worked. */
  progress(done: number, elapsed: number): void;
}

/** Where programs come from: fetched when they are first asked for. */
export type Programs = <Name extends Reader | Prover>(name: Name) => Promise<Program<Name>>;

export class Pool {
  readonly #programs: Programs;
  readonly #make: () => Client;
  /** As many workers as may work at once; each is started when there is something for it to do. */
  readonly #clients: [Client, ...Client[]];
  readonly #queue: Task[] = [];
  #loading: Promise<unknown> = Promise.resolve();
  /** What read the model; the whole program, where that is here, does everything else, too. */
  #reader: Reader = 'read';
  /** How many models there have been. */
  #models = 0;

  /** `died` is told of every worker that does, one of `size`. */
  constructor(programs: Programs, size: number, died: (message: string) => void) {
    this.#programs = programs;
    this.#make = () => new Client(died);
    this.#clients = [this.#make(), ...Array.from({ length: size - 1 }, this.#make)];
  }

  /** The program that reads a file of the user's, or else of the page's own; it comes with what then proves. */
  async reader(own: boolean): Promise<Program<Reader>> {
    if (own) return this.#programs('full');
    const [reader] = await Promise.all([this.#programs('read'), this.#programs('compute')]);
    return reader;
  }

  /** Makes this the model, and cancels all that was asked about the earlier one; if it is refused, that one stays, and what runs. */
  load(program: Program<Reader>, file: string, bytes: Uint8Array): Promise<ModelFacts> {
    const load = async () => {
      // Where all are busy, one more reads it, and takes the place of the first.
      const reader = this.#idle ?? this.#make();
      try {
        const facts = await reader.load(program, file, bytes);
        for (const other of this.#clients) if (other !== reader) other.adopt(program, file, bytes);
        if (!this.#clients.includes(reader)) this.#clients[0] = reader;
        for (const task of this.#queue.splice(0)) task.drop();
        this.#reader = program.name;
        this.#models++;
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
  async run({ strategy, group, divisible, family }: StrategyFacts, { asked, prune, certify, signal, progress }: Order): Promise<Ran> {
    const program = await this.#prover(certify ? 'full' : family === 'additive' ? 'additive' : 'compute');
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
        return client.run(program, strategy, prune, certify, (done) => tell(0, done), signal);
      });
    }
    // Where one part fails, the others are in vain.
    const stop = new AbortController();
    signal.addEventListener('abort', () => stop.abort());
    const tallies = parts.map((_, part) =>
      this.#enqueue({ group: undefined, asked }, stop.signal, async (client) => {
        tell(part, 0);
        const tally = await client.count(program, strategy, prune, part, parts.length, (done) => tell(part, done), stop.signal);
        tell(part, 1);
        return tally;
      }),
    );
    try {
      const counted = await Promise.all(tallies);
      return await this.#enqueue({ group: undefined, asked: true }, signal, (client) =>
        client.join(program, strategy, counted, elapsed / 1e3, certify, signal),
      );
    } catch (error) {
      stop.abort();
      await Promise.allSettled(tallies);
      throw error;
    }
  }

  /** What a certificate proves of the model; before all that wait. */
  async check(certificate: string, progress: (done: number) => void, signal: AbortSignal): Promise<Ran> {
    const program = await this.#prover('full');
    return this.#enqueue({ group: undefined, asked: true }, signal, (client) => client.check(program, certificate, progress, signal));
  }

  /** The count that the published formula claims for the model. */
  async published(strategy: string): Promise<string> {
    const program = await this.#prover('compute');
    return this.#ask((client) => client.published(program, strategy));
  }

  /** What a strategy that the model does not list would cost. */
  strategy(strategy: string): Promise<StrategyFacts> {
    return this.#ask((client) => client.strategy(strategy));
  }

  /** The model's canonical safetensors file; nothing where its own is safetensors. */
  canonical(): Promise<Uint8Array | undefined> {
    return this.#ask((client) => client.canonical());
  }

  async attention(): Promise<AttentionFacts> {
    const program = await this.#prover('compute');
    return this.#ask((client) => client.attention(program));
  }

  /** The model's logits of an input as it was typed or, without one, of a few. */
  async logits(input?: string): Promise<Example[]> {
    const program = await this.#prover('additive');
    return this.#ask((client) => client.logits(program, input));
  }

  /** How often the model is right, from random inputs. */
  async sample(): Promise<SampledAccuracy> {
    const program = await this.#prover('additive');
    return this.#ask((client) => client.sample(program));
  }

  /** A program for a proof about the present model: `Cancelled`, if that is another when it arrives. */
  async #prover<Name extends Prover>(name: Name): Promise<Program<Name | 'full'>> {
    const model = this.#models;
    const program = await this.#programs(this.#reader === 'full' ? 'full' : name);
    if (model !== this.#models) throw new Cancelled();
    return program;
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
