/** What is proven of a network. */

import type { Integrals } from '../../pkg/insight.js';
import type { ClassFacts, Outcome, StrategyFacts, TaskFacts } from '../../pkg/prove.js';

/** A network's proofs, and numbers that are none. */
export interface Proven {
  facts: TaskFacts;
  proofs: { facts: StrategyFacts; outcome: Outcome }[];
  /** Inputs that were tried: an estimate. */
  sampled: { correct: number; samples: number };
  /** σ₁/σ₂ of attention; null if it is infinite, undefined where there is no attention. */
  ratio?: number | null;
  /** What quadrature proves of a network that adds modulo a number. */
  integrals?: readonly Integrals[];
}

/** The mean error of a sum that is compared with its integral, if it were nothing. */
const NOTHING = (4 / 3) * (2 / Math.PI);

/**
 * How nearly sums over neurons are integrals: the least error that a rule proves, at the frequency
 * where that is least, and at how many frequencies more is proven than that of nothing; undefined
 * where integrals describe no part of the network.
 */
export function integral({ integrals }: Proven): { frequency: number; error: number; strategy: string; telling: number } | undefined {
  const proofs = (integrals ?? []).flatMap(({ strategy, frequencies }) =>
    frequencies.flatMap(({ frequency, absolute: { at_most: error } }) => (error !== null && error < NOTHING ? [{ frequency, error, strategy }] : [])),
  );
  const [least] = proofs.sort((a, b) => a.error - b.error);
  return least && { ...least, telling: new Set(proofs.map(({ frequency }) => frequency)).size };
}

/**
 * The classes that tables show: those of any proof that does not run the network on every input,
 * the shortest proofs of Max-of-K first.
 */
export function classes(...networks: readonly Proven[]): ClassFacts[] {
  const proofs = networks.flatMap((each) => each.proofs);
  const isShown = ({ class: name }: ClassFacts) => proofs.some(({ facts }) => facts.class === name && !facts.visits_inputs);
  return (networks[0]?.facts.classes ?? []).filter(isShown).reverse();
}

/** The class of the shortest proofs. */
export const shortest = (proven: Proven) => classes(proven)[0]?.class ?? '';

/** The best bound of a class, in percent as Rust has rounded it, and as a number. */
export function best({ proofs }: Proven, name: string): { percent: string; bound: number; flops: number } | undefined {
  const found = proofs.filter(({ facts }) => facts.class === name).map(({ outcome: { percent, bound, flops } }) => ({ percent, bound, flops }));
  return found.sort((a, b) => b.bound - a.bound)[0];
}

/**
 * The shortest proof of at least 0.99 of what any proof proves without running the network on every
 * input; undefined if none proves anything.
 */
export function shortestOfMost({ proofs }: Proven): Proven['proofs'][number] | undefined {
  const short = proofs.filter(({ facts }) => !facts.visits_inputs);
  const most = Math.max(0, ...short.map(({ outcome }) => outcome.bound));
  const good = short.filter(({ outcome }) => outcome.bound > 0 && outcome.bound >= 0.99 * most);
  return good.sort((a, b) => a.outcome.flops - b.outcome.flops)[0];
}

/** The proof by a strategy. */
export const by = ({ proofs }: Proven, strategy: string) => proofs.find(({ facts }) => facts.strategy === strategy)?.outcome;

/** The proof that runs the network on every input, where that was done. */
export const counted = ({ proofs }: Proven) => proofs.find(({ facts }) => facts.visits_inputs)?.outcome;
