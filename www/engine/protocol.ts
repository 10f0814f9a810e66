/** What the page and each of its workers say to each other. A request has an id of its own, and every answer to it repeats it. */

import type { Example, SampledAccuracy } from '../pkg/additive.js';
import type { AttentionFacts, Outcome } from '../pkg/compute.js';
import type { ModelFacts, StrategyFacts } from '../pkg/read.js';

/** Programs that read models: `read` those of the page, `full` any. */
export type Reader = 'read' | 'full';
/** Programs that prove: `compute` the published strategies, `additive` ours, `full` all; that takes and makes certificates, too. */
export type Prover = 'compute' | 'additive' | 'full';

/** A program for workers. */
export interface Program<Name = Reader | Prover> {
  name: Name;
  module: WebAssembly.Module;
}

/** What is asked about the model that came with the request `model`, of a program. */
interface About {
  id: number;
  model: number;
  program: Prover;
}

export type Request =
  /** A program, of which each worker makes its own instance; it comes before any request that names it. */
  | { kind: 'program'; program: Program }
  /** Answered by facts, or by an error that leaves the earlier model and its proof as they were. */
  | { kind: 'load'; id: number; program: Reader; file: string; bytes: Uint8Array }
  /** A proof; brute force counts what a prefix decides together if it is to `prune`; any number of `progress`, then one other answer. */
  | ({ kind: 'run'; strategy: string; prune: boolean; /** Whether its certificate is wanted, too: only `full` makes one. */ certify: boolean } & About)
  /** Every `of`-th chunk of such a proof, from the `part`-th on; any number of `progress`, then one other answer. */
  | ({ kind: 'count'; strategy: string; prune: boolean; part: number; of: number } & About)
  /** Answered by the outcome of a proof whose parts were counted; a proof that runs goes on. */
  | ({ kind: 'join'; strategy: string; tallies: string[]; seconds: number; certify: boolean } & About)
  /** Of `full`: a proof that somebody else has found; any number of `progress`, then what it proves of that model, or an error. */
  | ({ kind: 'check'; certificate: string } & About)
  /** What the published formula claims for that model; a proof that runs goes on. */
  | ({ kind: 'published'; strategy: string } & About)
  /** How well that model's attention is approximated; a proof that runs goes on. */
  | ({ kind: 'attention' } & About)
  /** Of `additive` or `full`: that model's logits of an input as it was typed or, without one, of a few; a proof that runs goes on. */
  | ({ kind: 'logits'; input: string | undefined } & About)
  /** Of `additive` or `full`: how often that model is right, from random inputs; a proof that runs goes on. */
  | ({ kind: 'sample' } & About)
  /** Of whoever read the model: what a strategy that it does not list would cost; a proof that runs goes on. */
  | { kind: 'strategy'; id: number; model: number; strategy: string }
  /** Of whoever read the model: its canonical safetensors file, which certificates are about; a proof that runs goes on. */
  | { kind: 'canonical'; id: number; model: number }
  /** `id` is the proof's; it answers `cancelled`, unless it is through already. */
  | { kind: 'cancel'; id: number };

export type Answer =
  | { kind: 'facts'; id: number; facts: ModelFacts }
  | { kind: 'progress'; id: number; done: number }
  | { kind: 'outcome'; id: number; outcome: Outcome; certificate?: string }
  | { kind: 'tally'; id: number; tally: string }
  | { kind: 'published'; id: number; count: string }
  | { kind: 'strategy'; id: number; facts: StrategyFacts }
  /** Nothing of a model whose own file is safetensors: certificates are about that one. */
  | { kind: 'canonical'; id: number; bytes?: Uint8Array }
  | { kind: 'attention'; id: number; attention: AttentionFacts }
  | { kind: 'logits'; id: number; examples: Example[] }
  | { kind: 'sample'; id: number; sampled: SampledAccuracy }
  /** Also of a request about a model that is not loaded any more. */
  | { kind: 'cancelled'; id: number }
  | { kind: 'error'; id: number; message: string }
  /** The instance trapped: nothing more can come from this worker. */
  | { kind: 'died'; message: string };
