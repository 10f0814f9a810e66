/** What is known of a model, or can be computed of it, so that answers are compared with results. Uses no document. */

import type { Explain } from '../engine/explain.js';
import type { Prover } from '../engine/pool.js';
import type { Outcome, Question, StrategyFacts, TaskFacts } from '../pkg/prove.js';

/** One model under questions. Promises reject with an `Error` in plain words if the model has no answer. */
export interface Results {
  /** The identifier of the model's task. */
  readonly task: string;
  readonly facts: TaskFacts;
  /** The facts of a proof that the model need not list. */
  strategy(strategy: string): Promise<StrategyFacts>;
  /** What a proof proves; it is run, once. */
  outcome(strategy: string): Promise<Outcome>;
  /** What every listed proof proves that runs without being asked for. */
  outcomes(): Promise<Outcome[]>;
  /** Asks a question of the task's own. */
  ask<T>(question: Question): Promise<T>;
  /** Inputs, matrices, ablations and distributions; only for Max-of-K. */
  readonly explain: Explain;
  /** What a certificate about the model proves. Rejects if it does not hold. */
  verify(certificate: string): Promise<Outcome>;
  /** Another model of the gallery, by the fields that an address names it with. Rejects if there is none. */
  other(named: Readonly<Record<string, string>>): Promise<Results>;
}

/** What results are computed with. */
export interface Source extends Pick<Results, 'task' | 'facts' | 'explain' | 'verify' | 'other'> {
  prover: Omit<Prover, 'load'>;
  /** What is known already of a proof. */
  known(strategy: string): Outcome | undefined;
}
