/** Which proofs are worth their length. The rule is that of the plot's staircase, in src/frontier.rs. */

import type { Outcome } from '../pkg/compute.js';

interface Point {
  outcome?: Outcome;
  frontier: boolean;
}

/** Marks the proofs that no other beats: none has a bound as high for fewer FLOPs, or a higher one for as many. */
export function markFrontier(points: readonly Point[]) {
  let best = -Infinity;
  const byLength = points.flatMap((point) => (point.outcome ? [{ point, ...point.outcome }] : []));
  for (const { point, bound } of byLength.sort((a, b) => a.flops - b.flops || b.bound - a.bound)) {
    point.frontier = bound > best;
    best = Math.max(best, bound);
  }
}
