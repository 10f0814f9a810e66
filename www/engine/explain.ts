/** Questions about the open model beside its proofs, answered by the module `explain` in a worker of its own. */

import type { CaseFacts, CaseMap, Covered, Found, Look, MatrixFacts, Sought } from '../pkg/explain.js';
import type { Weights } from './protocol.js';

/** Each rejects with `Cancelled` if another model is opened meanwhile, and with `Died` if the worker crashes. */
export interface Explain {
  /** Takes another model. The worker starts with the first question. */
  model(weights: Weights): void;
  cases(strategy: string): Promise<CaseMap>;
  case(strategy: string, m: number, q: number, others: number | null): Promise<CaseFacts>;
  look(tokens: string): Promise<Look>;
  covered(strategy: string, tokens: readonly number[]): Promise<Covered>;
  find(sought: Sought, strategy: string | undefined): Promise<Found>;
  matrices(): Promise<MatrixFacts[]>;
}
