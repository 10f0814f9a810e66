/** What the page and each of its workers say to each other. A request has an id of its own, and every answer to it repeats it. */

import type { AttentionFacts, ModelFacts, Outcome, StrategyFacts, Tally } from './pkg/compute.js';

/** A program for workers: `compute` for the models of the page, `files` also for what people bring: any format, and certificates. */
export interface Program {
  name: 'compute' | 'files';
  module: WebAssembly.Module;
}

export type Request =
  /** The first message: the program, of which each worker makes its own instance. */
  | { kind: 'init'; program: Program }
  /** Answered by facts, or by an error that leaves the earlier model and its proof as they were. */
  | { kind: 'load'; id: number; file: string; bytes: Uint8Array }
  /** A proof about the model that came with the request `model`; brute force counts what a prefix decides together if it is to `prune`; any number of `progress`, then one other answer. */
  | { kind: 'run'; id: number; model: number; strategy: string; prune: boolean; /** Whether its certificate is wanted, too. */ certify: boolean }
  /** Every `of`-th chunk of such a proof, from the `part`-th on; any number of `progress`, then one other answer. */
  | { kind: 'count'; id: number; model: number; strategy: string; prune: boolean; part: number; of: number }
  /** Answered by the outcome of a proof whose parts were counted; a proof that runs goes on. */
  | { kind: 'join'; id: number; model: number; strategy: string; tallies: Tally[]; seconds: number; certify: boolean }
  /** Of the program `files`; answered by what the certificate proves of that model, or by an error; a proof that runs goes on. */
  | { kind: 'check'; id: number; model: number; certificate: string }
  /** What the published formula claims for that model; a proof that runs goes on. */
  | { kind: 'published'; id: number; model: number; strategy: string }
  /** What a strategy that the model does not list would cost; a proof that runs goes on. */
  | { kind: 'strategy'; id: number; model: number; strategy: string }
  /** How well that model's attention is approximated; a proof that runs goes on. */
  | { kind: 'attention'; id: number; model: number }
  /** `id` is the proof's; it answers `cancelled`, unless it is through already. */
  | { kind: 'cancel'; id: number };

export type Answer =
  | { kind: 'facts'; id: number; facts: ModelFacts }
  | { kind: 'progress'; id: number; done: number }
  | { kind: 'outcome'; id: number; outcome: Outcome; certificate?: string }
  | { kind: 'tally'; id: number; tally: Tally }
  | { kind: 'published'; id: number; count: string }
  | { kind: 'strategy'; id: number; facts: StrategyFacts }
  | { kind: 'attention'; id: number; attention: AttentionFacts }
  /** Also of a request about a model that is not loaded any more. */
  | { kind: 'cancelled'; id: number }
  | { kind: 'error'; id: number; message: string }
  /** The instance trapped: nothing more can come from this worker. */
  | { kind: 'died'; message: string };
