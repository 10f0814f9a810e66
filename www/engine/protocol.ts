/** What the page and each of its workers say to each other. A request has an id of its own, and every answer to it repeats it. */

import type { AttentionFacts, Example, ModelFacts, Outcome, SampledAccuracy, StrategyFacts } from '../pkg/prove.js';

/** A model as `prove` takes it: a safetensors file. */
export interface Weights {
  file: string;
  bytes: Uint8Array;
  /** What the module `files` found about the network; absent for the page's own models, which make no claims. */
  read?: { /** The number by which attention scores are divided; null for the root of d_head. */ attn_scale: number | null };
}

/** A question about the model that came with the request `model`. */
interface About {
  id: number;
  model: number;
}

export type Request =
  /** The module `prove`, of which each worker makes its own instance; it comes first. */
  | { kind: 'program'; module: WebAssembly.Module }
  /** Answered by facts, or by an error that leaves the earlier model and its proof as they were. */
  | { kind: 'load'; id: number; weights: Weights }
  /** A proof; brute force counts what a prefix decides together if it is to `prune`; any number of `progress`, then one other answer. */
  | ({ kind: 'run'; strategy: string; prune: boolean; /** The weights' SHA-256 that its certificate is to name, if one is wanted. */ certify: string | undefined } & About)
  /** The part with the number `part` of `of` parts of such a proof; any number of `progress`, then one other answer. */
  | ({ kind: 'count'; strategy: string; prune: boolean; part: number; of: number } & About)
  /** Answered by the outcome of a proof whose parts were counted; a proof that runs goes on. */
  | ({ kind: 'join'; strategy: string; tallies: string[]; seconds: number; certify: string | undefined } & About)
  /** The count that the published formula claims; a proof that runs goes on. */
  | ({ kind: 'published'; strategy: string } & About)
  /** How well attention is approximated; a proof that runs goes on. */
  | ({ kind: 'attention' } & About)
  /** The logits of an input as it was typed or, without one, of a few inputs; a proof that runs goes on. */
  | ({ kind: 'logits'; input: string | undefined } & About)
  /** How often the model is right, from random inputs; a proof that runs goes on. */
  | ({ kind: 'sample' } & About)
  /** What a strategy that the model does not list would cost; a proof that runs goes on. */
  | ({ kind: 'strategy'; strategy: string } & About)
  /** `id` is the proof's; it answers `cancelled`, unless it is through already. */
  | { kind: 'cancel'; id: number };

export type Answer =
  | { kind: 'facts'; id: number; facts: ModelFacts }
  | { kind: 'progress'; id: number; done: number }
  | { kind: 'outcome'; id: number; outcome: Outcome; certificate?: string }
  | { kind: 'tally'; id: number; tally: string }
  | { kind: 'published'; id: number; count: string }
  | { kind: 'strategy'; id: number; facts: StrategyFacts }
  | { kind: 'attention'; id: number; attention: AttentionFacts }
  | { kind: 'logits'; id: number; examples: Example[] }
  | { kind: 'sample'; id: number; sampled: SampledAccuracy }
  /** Also of a request about a model that is not loaded any more. */
  | { kind: 'cancelled'; id: number }
  | { kind: 'error'; id: number; message: string }
  /** The instance trapped: nothing more can come from this worker. */
  | { kind: 'died'; message: string };
