/**
 * Where an LMS (learning management system, such as Moodle) takes marks: what a lesson tells it,
 * whichever standard it speaks.
 */

/** What came of one exercise. */
export interface Item {
  /** Letters, digits and dashes. */
  id: string;
  title: string;
  /** What was answered, in words. */
  said: string;
  isRight: boolean;
}

/** What an LMS is told of a lesson. */
export interface Report {
  /** All that a lesson needs to go on later: a code. */
  kept: string;
  /** Share of the exercises that are right, from 0 to 1. */
  score: number;
  /** Whether every exercise has been answered. */
  isComplete: boolean;
  items: readonly Item[];
  /** Time of this visit, if the set says that time is recorded. */
  seconds: number | undefined;
}

/** The place where one student's marks go. */
export interface Gradebook {
  /** What it is, for messages. */
  readonly name: string;
  /**
   * The student's name, as the LMS knows it, and what tells students apart; empty if it does not
   * say.
   */
  readonly student: string;
  readonly studentId: string;
  /** What the last visit left to be kept; empty at first. */
  readonly kept: string;
  /**
   * Tells the LMS how the lesson is. Rejects with an `Error` that says which value was not taken,
   * and why.
   */
  report(report: Report): Promise<void>;
  /** Ends the visit. */
  close(): void;
}

/** A score in percent, with two digits at most. */
export const hundredths = (score: number) => Math.round(10_000 * score) / 100;
