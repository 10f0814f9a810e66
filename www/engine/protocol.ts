/**
 * Messages between the page and a proving worker, whatever the task. Every request except `program`
 * and `cancel` has its own id, which each answer to it repeats.
 */

import type { Outcome, Question, StrategyFacts, TaskFacts } from '../pkg/prove.js';

/** A model as its task's module reads it: a safetensors file. */
export interface Weights {
  /** Name of the file. */
  file: string;
  /** Contents of the file. */
  bytes: Uint8Array;
  /**
   * What only the module `files` can read from the user's file; absent for gallery models. Each
   * task's module has its own.
   */
  read?: object;
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
  /** Names of the strategies' options that are on; a strategy looks at its own. */
  options: readonly string[];
}

export type Request =
  /** The first message: the task's module, which each worker instantiates. */
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
  /** Asks a question of the task's own; answered by `answer`. */
  | ({ kind: 'ask'; question: Question } & About)
  /** Asks for the facts of a strategy that the model does not list. */
  | ({ kind: 'strategy'; strategy: string } & About)
  /** Cancels the proof of request `id`; the answer to that is `cancelled`, unless it has ended. */
  | { kind: 'cancel'; id: number };

export type Answer =
  | { kind: 'facts'; id: number; facts: TaskFacts }
  /** `done`: share of the proof or part that is done, from 0 to 1. */
  | { kind: 'progress'; id: number; done: number }
  | { kind: 'outcome'; id: number; outcome: Outcome; certificate?: string }
  | { kind: 'tally'; id: number; tally: string }
  | { kind: 'strategy'; id: number; facts: StrategyFacts }
  | { kind: 'answer'; id: number; answer: unknown }
  /** The request was cancelled, or is about a model that is not loaded any more. */
  | { kind: 'cancelled'; id: number }
  | { kind: 'error'; id: number; message: string }
  /** The WebAssembly instance trapped: this worker answers nothing more. */
  | { kind: 'died'; message: string };
