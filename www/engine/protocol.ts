/**
 * Messages between the page and a proving worker. Every request except `program` and `cancel` has
 * its own id, which each answer to it repeats.
 */

import type { AttentionFacts, Example, ModelFacts, Outcome, SampledAccuracy, StrategyFacts } from '../pkg/prove.js';

/** A model as the module `prove` reads it: a safetensors file. */
export interface Weights {
  /** Name of the file. */
  file: string;
  /** Contents of the file. */
  bytes: Uint8Array;
  /** What only the module `files` can read from the user's file; absent for gallery models. */
  read?: {
    /** The number that divides attention scores; null for the square root of d_head. */
    attn_scale: number | null;
  };
}

/** What every request about a model has. */
interface About {
  id: number;
  /** Id of the request that loaded the model. */
  model: number;
}

/** A proof to run, whole or in part. */
interface ProofRequest extends About {
  /** Identifier of the strategy. */
  strategy: string;
  /** Whether brute force counts all inputs that a common prefix decides at once. */
  prune: boolean;
}

export type Request =
  /** The first message: the module `prove`, which each worker instantiates. */
  | { kind: 'program'; module: WebAssembly.Module }
  /**
   * Answered by `facts`, or by an `error` that leaves the earlier model and its proof as they were.
   */
  | { kind: 'load'; id: number; weights: Weights }
  /**
   * Runs a proof; if `certify` is a SHA-256, with a certificate about the weights with that hash.
   * Answered by any number of `progress`, then by `outcome`, `cancelled` or `error`.
   */
  | ({ kind: 'run'; certify: string | undefined } & ProofRequest)
  /**
   * Runs part number `part` (from 0) of a proof that is divided into `of` parts. Answered by any
   * number of `progress`, then by `tally`, `cancelled` or `error`.
   */
  | ({ kind: 'count'; part: number; of: number } & ProofRequest)
  // A proof that runs goes on while the worker answers the requests below.
  /** Joins the tallies of all parts of a proof, which took `seconds`; answered by `outcome`. */
  | ({ kind: 'join'; strategy: string; tallies: string[]; seconds: number; certify: string | undefined } & About)
  /** Asks for the count of right inputs that the published formula claims. */
  | ({ kind: 'published'; strategy: string } & About)
  /** Asks how well low-rank matrices approximate attention. */
  | ({ kind: 'attention' } & About)
  /** Asks for the logits of the input that the user typed or, without `input`, of a few inputs. */
  | ({ kind: 'logits'; input: string | undefined } & About)
  /** Asks for the accuracy on random inputs. */
  | ({ kind: 'sample' } & About)
  /** Asks for the facts of a strategy that the model does not list. */
  | ({ kind: 'strategy'; strategy: string } & About)
  /** Cancels the proof of request `id`; the answer to that is `cancelled`, unless it has ended. */
  | { kind: 'cancel'; id: number };

export type Answer =
  | { kind: 'facts'; id: number; facts: ModelFacts }
  /** `done`: share of the proof or part that is done, from 0 to 1. */
  | { kind: 'progress'; id: number; done: number }
  | { kind: 'outcome'; id: number; outcome: Outcome; certificate?: string }
  | { kind: 'tally'; id: number; tally: string }
  | { kind: 'published'; id: number; count: string }
  | { kind: 'strategy'; id: number; facts: StrategyFacts }
  | { kind: 'attention'; id: number; attention: AttentionFacts }
  | { kind: 'logits'; id: number; examples: Example[] }
  | { kind: 'sample'; id: number; sampled: SampledAccuracy }
  /** The request was cancelled, or is about a model that is not loaded any more. */
  | { kind: 'cancelled'; id: number }
  | { kind: 'error'; id: number; message: string }
  /** The WebAssembly instance trapped: this worker answers nothing more. */
  | { kind: 'died'; message: string };
