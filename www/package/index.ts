/**
 * Guaranteed lower bounds on the accuracy of a small transformer over all of its inputs, as a
 * module for other sites and for Node. Proofs run in the thread that asks for them, in steps of
 * some milliseconds between which the thread does other work; put long ones into a worker.
 */

import initFiles, { Weights } from '../pkg/files.js';
import initProve, { load } from '../pkg/prove.js';
import type { Model, ModelFacts, Outcome, Run, StrategyFacts } from '../pkg/prove.js';
import { once, program } from './program.js';

export type { ModelFacts, Outcome, StrategyFacts } from '../pkg/prove.js';

/** Milliseconds of work between two turns of the thread. */
const STEP = 20;

/** A proof that has been found and verified. */
export interface Proof {
  /** What it proves: `correct` of `total` inputs, as decimal numbers, and what checking it costs. */
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

const proving = once(async () => initProve({ module_or_path: await program(new URL('../pkg/prove_bg.wasm', import.meta.url)) }));
const reading = once(async () => initFiles({ module_or_path: await program(new URL('../pkg/files_bg.wasm', import.meta.url)) }));

/**
 * Reads the weights of a network: safetensors, torch `.pt` and `.pth`, NumPy `.npz` or JSON, with
 * the names of TransformerLens. `name` is the file's name, for messages.
 *
 * Throws an `Error` if the file is damaged, or if its network is not one that proofs are about; the
 * message says which tensor, what was expected and what was found.
 */
export async function open(bytes: Uint8Array, name = 'weights'): Promise<Network> {
  await Promise.all([proving(), reading()]);
  return new Network(bytes, name);
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
  readonly facts: ModelFacts;
  readonly #weights: Weights;
  readonly #model: Model;

  /** Use `open`, which first loads the modules. */
  constructor(bytes: Uint8Array, name: string) {
    this.#weights = new Weights(name, bytes);
    if (this.#weights.task() !== 'max-of-k') throw new Error(`${name}: a network of the task ${this.#weights.task()}, expected one of max-of-k`);
    this.facts = this.#weights.facts() as ModelFacts;
    this.#model = load(name, this.#weights.canonical(), { attn_scale: this.facts.attn_scale });
  }

  /**
   * The facts of a strategy, one of `facts.strategies` or another: `best-within-2500000` is the best
   * proof that takes at most that number of FLOPs. Throws an `Error` if there is no such strategy.
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
