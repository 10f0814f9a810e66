/**
 * What an exercise is, what a student answers, and what comes of an answer. Exercises are data: one
 * file each, beside this one.
 */

import { t } from '../languages/language.js';
import type { Results } from './results.js';

export type Level = 'first steps' | 'lesson' | 'project' | 'research';

/** A level in the reader's language. */
export const levelInWords = (level: Level) =>
  level === 'first steps' ? t`first steps` : level === 'lesson' ? t`lesson` : level === 'project' ? t`project` : t`research`;

/** A guess that a student writes down before looking; it is shown beside the outcome. */
export interface Prediction {
  asks: string;
  /** What follows the number, such as `%`; empty for a text. */
  unit: string;
  /** What happens on the open model: sentences. */
  outcome(results: Results): Promise<string>;
}

/** One thing to do. */
export interface Step {
  says: string;
  predict?: Prediction;
}

/** One of several things to choose from, or to put in order. */
export interface Option {
  id: string;
  label: string;
}

/** A question by the form of its answer, which `Answer` has beside it. */
export type Question = { asks: string } & (
  | { kind: 'choice'; options: readonly Option[] }
  | { kind: 'number'; unit: string }
  /** To be ordered, `from` what is first `to` what is last. */
  | { kind: 'order'; items: readonly Option[]; from: string; to: string }
  | { kind: 'tokens' }
  | { kind: 'strategy' }
  | { kind: 'distribution' }
  | { kind: 'proof' }
);

/**
 * A proof of one's own: its identifier and, where that does not say everything, the text of its
 * certificate.
 */
export interface OwnProof {
  strategy: string;
  certificate?: string;
}

/**
 * Plain JSON, by the kind of the question: `choice` the id of an option, `number` a number, `order`
 * ids of all items, `tokens` the tokens of an input, `strategy` the identifier of a proof,
 * `distribution` its text in the address, `proof` an `OwnProof`.
 */
export type Answer = string | number | readonly string[] | readonly number[] | OwnProof;

/** What a right answer is worth. */
export const SOLVED = 1;

/** What an answer is worth. */
export interface Verdict {
  /** From 0 to `SOLVED`. */
  score: number;
  /** Why, with numbers of the model that the answer is about: sentences. */
  reason: string;
}

export interface Link {
  label: string;
  href: string;
}

export interface Exercise<A extends Answer = Answer> {
  /** Its name in addresses and in what is handed in; it never changes. */
  readonly id: string;
  readonly title: string;
  /** What one can do afterwards. */
  readonly goal: string;
  readonly minutes: number;
  readonly level: Level;
  /**
   * Where the page stands at the beginning: its address after the folder, such as
   * `?task=group-operations#model=Z31_s0`.
   */
  readonly setup: string;
  readonly steps: readonly Step[];
  readonly question: Question;
  /**
   * What an answer is worth on the open model. It has the form that the question asks for (`mark`
   * sees to that). Rejects with an `Error` in plain words if this model has no such proofs.
   */
  readonly check: (answer: A, results: Results) => Promise<Verdict>;
  readonly hints: readonly string[];
  /** What it shows, once it is solved. */
  readonly shows: string;
  readonly reading: readonly Link[];
  /** Whether answers are about other models of the gallery, too. */
  readonly compares?: true;
}

/** A student's work on an exercise, as it is handed in. */
export interface Attempt {
  exercise: string;
  /** The first digits of the SHA-256 of the weights that the answer is about. */
  model: string;
  /** The answer that was worth most, the last of those that were worth as much; null for none. */
  answer: Answer | null;
  /** What was predicted, by step; null where nothing was. */
  predictions: (string | null)[];
  /** How many answers were checked. */
  tries: number;
  /** How many hints were read. */
  hints: number;
  /** What that answer was worth as the student saw it; whoever marks computes it anew. */
  score?: number;
  /** Time spent; only if the set asks for it and the student sees that. */
  seconds?: number;
}

/** What is worked on: all exercises, or a teacher's set of them. */
export interface Course {
  /** Names the student's progress in the browser; empty for all exercises. */
  readonly id: string;
  readonly title: string;
  /** What the teacher says of it, such as a deadline. */
  readonly note: string;
  /** In the order in which they are shown. */
  readonly exercises: readonly Exercise[];
  /** Whether hints can be read. */
  readonly hints: boolean;
  /** Whether time is measured, which the student is told. */
  readonly timed: boolean;
  /** Lets the student hand in; absent where nobody is waiting. */
  handIn?(attempts: readonly Attempt[]): void;
  /** Hears of all work whenever some of it has changed. */
  changed?(attempts: readonly Attempt[]): void;
}
