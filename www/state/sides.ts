/**
 * The two sides of a model's accuracy: what all proofs together establish. Each side is a theorem,
 * so the best of each hold at once.
 */

import type { Outcome } from '../pkg/prove.js';
import type { Proof } from './model.js';

/** One side of the accuracy. */
export interface Side {
  count: bigint;
  percent: string;
  flops: number;
  /** The shortest proof of it. */
  label: string;
}

export interface Sides {
  total: bigint;
  least: Side;
  /** Undefined where nothing is known from above. */
  most: Side | undefined;
}

/** What this proof establishes from below. */
export const below = (outcome: Outcome, label: string): Side => ({
  count: BigInt(outcome.correct),
  percent: outcome.percent,
  flops: outcome.flops,
  label,
});

/** What it establishes from above, if anything. */
export function above({ most_correct, percent_above, flops, upper_flops }: Outcome, label: string): Side | undefined {
  if (most_correct === null || percent_above === null) return undefined;
  return { count: BigInt(most_correct), percent: percent_above, flops: flops + (upper_flops ?? 0), label };
}

/**
 * The best of both sides over finished proofs. Counts are compared, all their digits: of the
 * sequences of K = 20, floats know 16.
 */
export function sidesOf(proofs: readonly Proof[]): Sides | undefined {
  let found: Sides | undefined;
  for (const { facts, outcome } of proofs) {
    if (!outcome) continue;
    const [least, most] = [below(outcome, facts.label), above(outcome, facts.label)];
    const [low, high]: [Side | undefined, Side | undefined] = [found?.least, found?.most];
    found = {
      total: BigInt(outcome.total),
      least: !low || least.count > low.count || (least.count === low.count && least.flops < low.flops) ? least : low,
      most: !high || (most && (most.count < high.count || (most.count === high.count && most.flops < high.flops))) ? most : high,
    };
  }
  return found;
}

/** The accuracy, where the two sides meet. */
export const exactOf = (sides: Sides | undefined) => (sides?.most?.count === sides?.least.count ? sides?.least : undefined);
