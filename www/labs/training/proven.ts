/** What is proven of a network. */

import type { Outcome, SampledAccuracy, StrategyFacts, TaskFacts } from '../../pkg/prove.js';

/** Counts exactly; short for networks that have learned their task. */
export const EXACT = 'exact';

/** A network's proofs, and two numbers that are none. */
export interface Proven {
  facts: TaskFacts;
  proofs: { facts: StrategyFacts; outcome: Outcome }[];
  /** An estimate. */
  sampled: SampledAccuracy;
  /** σ₁/σ₂ of attention; null if it is infinite. */
  ratio: number | null;
}

/** The published classes that tables show, the shortest proofs first. */
export const classes = ({ facts }: Proven) => facts.classes.filter(({ role }) => role === 'published' || role === 'cubic').reverse();

/** The class of the shortest proofs. */
export const shortest = (proven: Proven) => classes(proven)[0]?.class ?? '';

/** The best bound of a class, in percent as Rust has rounded it, and as a number. */
export function best({ proofs }: Proven, name: string): { percent: string; bound: number; flops: number } | undefined {
  const found = proofs.filter(({ facts }) => facts.class === name).map(({ outcome: { percent, bound, flops } }) => ({ percent, bound, flops }));
  return found.sort((a, b) => b.bound - a.bound)[0];
}

/** The proof by a strategy. */
export const by = ({ proofs }: Proven, strategy: string) => proofs.find(({ facts }) => facts.strategy === strategy)?.outcome;
