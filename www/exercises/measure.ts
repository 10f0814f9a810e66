/** What exercises say of results, and how they compare them. */

import type { Results } from './results.js';
import { t, tag } from '../languages/language.js';
import type { ModelFacts, Outcome } from '../pkg/prove.js';
import { briefly, count, scientific, steps } from '../ui/format.js';

/** The facts of a model of Max-of-K. Throws for one of another task. */
export function tokensOf({ task, facts }: Results): ModelFacts {
  if (task !== 'max-of-k') throw new Error(t`${facts.file} is of another task: this is about networks that look for the largest token.`);
  return facts as ModelFacts;
}

/**
 * The proof that counts exactly with the fewest steps that is quick enough: of Max-of-K ours, of
 * other tasks brute force.
 */
const EXACT: Readonly<Record<string, string>> = { 'max-of-k': 'exact' };

/** How many inputs the network gets right. Rejects if no proof of this model is exact. */
export async function rightOf(results: Results): Promise<bigint> {
  const { correct, most_correct } = await results.outcome(EXACT[results.task] ?? 'brute-force');
  if (correct !== most_correct)
    throw new Error(
      t`How many inputs ${results.facts.file} gets right is not known exactly: at least ${count(correct)}. Take a model with fewer tokens.`,
    );
  return BigInt(correct);
}

/** Whether a proof proves at least as much as another, to the last input. */
export const isAtLeast = (a: Outcome, b: Outcome) => BigInt(a.correct) >= BigInt(b.correct);

/** What a proof proves and takes: “Cubic proves 96.08 % in 8.83 M FLOPs.” */
export const proven = (name: string, { percent, flops }: Outcome) => t`${name} proves ${briefly(percent)} in ${steps(flops)} FLOPs.`;

/**
 * A number with the three digits that a comparison needs, without an exponent where that is
 * readable.
 */
export function plain(x: number): string {
  if (x !== 0 && Math.abs(x) < 1e-3) return scientific(x);
  return Number(x.toPrecision(3)).toLocaleString(tag, { maximumFractionDigits: 20 }).replace('-', '\u2212');
}

/** Percentage points between two bounds. */
export const points = (a: Outcome, b: Outcome) => 100 * (a.bound - b.bound);

/** Whether two numbers are alike, up to a part of the second. */
export const isNear = (a: number, b: number, part: number) => Math.abs(a - b) <= part * Math.abs(b);
