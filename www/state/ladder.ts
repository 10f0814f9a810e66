/** The proofs that a budget of steps moves through: each proves more than every shorter one. */

import type { Outcome } from '../pkg/prove.js';
import type { Proof } from './model.js';

/** A finished proof that no other beats. */
export type Rung = Proof & { outcome: Outcome };

/** The proofs on the frontier, shortest first. */
export const ladderOf = (proofs: readonly Proof[]): Rung[] =>
  proofs
    .filter((proof): proof is Rung => proof.frontier && !!proof.outcome)
    .sort((a, b) => a.outcome.flops - b.outcome.flops);

/** A proof that leaves less than this part of what the best one proves leaves nothing to win. */
const WON = 0.99;

/** Where to start: the longest proof that leaves something to win. */
export function startOf(ladder: readonly Rung[]): Rung | undefined {
  const best = ladder.at(-1);
  return best && (ladder.findLast(({ outcome }) => outcome.bound <= WON * best.outcome.bound) ?? ladder[0]);
}

/** A round number of steps that is more than the longest of these proofs takes. */
export const beyond = (ladder: readonly Rung[]) => Number(`1e${Math.floor(Math.log10(ladder.at(-1)?.outcome.flops ?? 1)) + 1}`);

/** The index of the best proof of at most `flops` steps; 0 where all are longer. */
export const rungAt = (ladder: readonly Rung[], flops: number) =>
  Math.max(
    ladder.findLastIndex(({ outcome }) => outcome.flops <= flops),
    0,
  );
