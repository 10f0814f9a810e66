/**
 * Guaranteed lower bounds on the accuracy of a small transformer over all of its inputs, as a
 * module for other sites and for Node. Proofs run in the thread that asks for them, in steps of
 * some milliseconds between which the thread does other work; put long ones into a worker.
 */

import initFiles, { Weights } from '../pkg/files.js';
import type { Model, Outcome, Run, StrategyFacts, TaskFacts } from '../pkg/prove.js';
import { once, program } from './program.js';

export type { ModelFacts, Outcome, StrategyFacts, TaskFacts } from '../pkg/prove.js';

/** Milliseconds of work between two turns of the thread. */
const STEP = 20;

/** A proof that has been found and verified. */
export interface Proof {
  /**
   * What it proves: `correct` of `total` inputs, as decimal numbers, and what checking it costs.
   */
  outcome: Outcome;
  /** Its certificate, JSON, which `check`, the command line and the independent checker verify. */
  certificate: string;
}

export interface Options {
  /** Hears the part that is done, from 0 to 1. */
  progress?: (done: number) => void;
  /** Gives the work up; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal;
}

const reading = once(async () => initFiles({ module_or_path: await program(new URL('../pkg/files_bg.wasm', import.meta.url)) }));

/** Reads a network by the module of its task; `read` says how, where its file does not. */
type Load = (weights: Weights, name: string, read: object | undefined) => Model;

/**
 * The modules that prove, by the task of their networks. Each is fetched for the first network of
 * its task.
 */
const TASKS: Record<string, () => Promise<Load>> = {
  'max-of-k': once(async () => {
    const { default: init, load } = await import('../pkg/prove.js');
    await init({ module_or_path: await program(new URL('../pkg/prove_bg.wasm', import.meta.url)) });
    return (weights, name) =>
      load(name, weights.canonical(), { attn_scale: (weights.facts() as { attn_scale?: number | null }).attn_scale ?? null });
  }),
  'group-operations': once(async () => {
    const { default: init, load } = await import('../pkg/group.js');
    await init({ module_or_path: await program(new URL('../pkg/group_bg.wasm', import.meta.url)) });
    return (weights, name, read) => load(name, weights.canonical(), read) as unknown as Model;
  }),
};

/**
 * Reads the weights of a network: safetensors, torch `.pt` and `.pth`, NumPy `.npz` or JSON, with
 * the names of TransformerLens. `name` is the file's name, for messages; the names of its tensors
 * tell its task. `read` says how a network of the task group-operations is read where its tensors
 * do not: `{ group?: string, cayley?: number[][], instance?: number, attention?: 'one' | 'half' |
 * 'softmax', vocabulary?: 'shared' | 'halves' }`.
 *
 * Throws an `Error` if the file is damaged, or if its network is not one that proofs are about; the
 * message says which tensor, what was expected and what was found.
 */
export async function open(bytes: Uint8Array, name = 'weights', read?: object): Promise<Network> {
  await reading();
  const weights = new Weights(name, bytes);
  try {
    const task = weights.task();
    const load = await TASKS[task]?.();
    if (!load) throw new Error(`${name}: this package does not prove for the task ${task}`);
    return new Network(weights, load(weights, name, read), task);
  } catch (error) {
    weights.free();
    throw error;
  }
}

/** Reads weights as `open` does, runs one proof about them, and forgets them. */
export async function prove(bytes: Uint8Array, strategy: string, { name, ...options }: Options & { name?: string } = {}): Promise<Proof> {
  const network = await open(bytes, name);
  try {
    return await network.prove(strategy, options);
  } finally {
    network.free();
  }
}

/** A network whose weights are in memory until `free` is called. */
export class Network {
  /** What is known of the network before anything is proven, and its strategies. */
  readonly facts: TaskFacts;
  /** What it should compute: `max-of-k` or `group-operations`. */
  readonly task: string;
  readonly #weights: Weights;
  readonly #model: Model;

  /** Use `open`, which first loads the modules. */
  constructor(weights: Weights, model: Model, task: string) {
    [this.#weights, this.#model, this.task] = [weights, model, task];
    const [facts, file] = [model.facts(), weights.facts()];
    // What its reader knows of the file goes before what the canonical one says.
    this.facts = { ...facts, ...file, notes: [...new Set([...file.notes, ...facts.notes])] };
  }

  /**
   * The facts of a strategy, one of `facts.strategies` or another: `best-within-2500000` is the
   * best proof that takes at most that number of FLOPs. Throws an `Error` if there is no such
   * strategy.
   */
  strategy(strategy: string): StrategyFacts {
    return this.#model.strategyFacts(strategy);
  }

  /**
   * Searches and verifies a proof by a strategy. Throws an `Error` if there is no such strategy, or
   * it would take too long on this network.
   */
  async prove(strategy: string, options: Options = {}): Promise<Proof> {
    const run = this.#model.run(strategy, [], 0, 1);
    try {
      const outcome = await finished(run, options);
      const certificate = run.certificate(this.facts.canonical_sha256 ?? this.facts.sha256);
      if (certificate === undefined) throw new Error(`the proof by ${strategy} has no certificate`);
      return { outcome, certificate };
    } finally {
      run.free();
    }
  }

  /**
   * Verifies a certificate, of which nothing is believed. Throws an `Error` if it is about other
   * weights, or does not hold; the message says why.
   */
  async check(certificate: string, options: Options = {}): Promise<Outcome> {
    const claim = this.#weights.claim(certificate);
    try {
      return await finished(claim, options);
    } finally {
      claim.free();
    }
  }

  /** Frees the memory of the network, which cannot be used afterwards. */
  free() {
    this.#model.free();
    this.#weights.free();
  }
}

/** Does the work in steps, and gives its outcome. */
async function finished(work: Pick<Run, 'advance' | 'outcome'>, { progress, signal }: Options): Promise<Outcome> {
  for (;;) {
    signal?.throwIfAborted();
    const done = work.advance(STEP);
    progress?.(done);
    const outcome = work.outcome();
    if (outcome) return outcome;
    await new Promise((resolve) => setTimeout(resolve));
  }
}
