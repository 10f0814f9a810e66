/** Bounds of a model that are no proofs: what samples of its inputs say, and what is estimated. */

import type { Certainty } from '../pkg/prove.js';
import { capital } from '../ui/format.js';

/** With what probability a bound on the frontier with coins may be false, at most. */
export const DOUBT = 1e-3;

/** A bound that is no proof. Whatever makes one also says what it is worth, in words. */
export interface Uncertain {
  /** Tells it from the others of the model, and from proofs. */
  id: string;
  certainty: Exclude<Certainty, 'proof'>;
  /** The probability with which it may be false; 0 for an estimate, of which nothing is known. */
  delta: number;
  /** A short name for a person. */
  label: string;
  /** What all of its kind are, for the legend, and the character that looks like their mark. */
  kind: string;
  mark: string;
  /** What it says of the model, and what it is worth beside the proofs: a sentence or two each. */
  claim: string;
  against: string;
  /** From 0 to 1 and in percent, rounded down; the estimate itself, if it is one. */
  bound: number;
  percent: string;
  /** The inputs that it says are right; null for an estimate. */
  correct: string | null;
  flops: number;
  unexplained_dimension: number;
  /** Whether it is on the frontier with coins, see `DOUBT`. */
  frontier: boolean;
}

/** What a bound says, with its name. */
export const inFull = ({ label, claim }: Uncertain) => `${capital(label)}: ${claim}`;
