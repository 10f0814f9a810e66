/**
 * Compares penalties: curves of errors against proof lengths, and the shortest proofs at equal
 * error.
 */

import type { Method, MethodFacts, Proven } from '../../pkg/superposition.js';
import type { PenaltyFacts } from './penalties.js';
import type { Result } from './run.js';

/**
 * What the vertical axis shows: the error of reconstruction, the loss of the layer, or the share of
 * certified tokens.
 */
export type Look = 'error' | 'loss' | 'certified';

/** A point of the picture. */
export interface Spot {
  across: number;
  up: number;
  /** What it is of: of a mean over seeds, the first one. */
  result: Result;
  /** Of a Matryoshka dictionary, the prefix; else 0. */
  prefix: number;
}

/**
 * The points of a penalty: means over seeds, with a line through them, and what stands beside them.
 */
export interface Line {
  facts: PenaltyFacts;
  means: Spot[];
  /** Single seeds or, of losses, what is claimed. */
  beside: Spot[];
}

/** What a logarithmic axis begins with. */
const LEAST = 1e-6;

/**
 * The proof that the picture shows: the one from features that proves most of such small networks.
 */
export const SHOWN: Method = 'sums';
export const shownOf = ({ methods }: Proven): MethodFacts | undefined => methods.find(({ method }) => method === SHOWN);

type Numbers = (result: Result, prefix: number) => { across: number; up: number } | undefined;

/** The numbers of the shown proof. */
function byProof(up: (proof: MethodFacts, proven: Proven) => number): Numbers {
  return ({ proven: all }, prefix) => {
    const proven = all?.[prefix];
    const proof = proven && shownOf(proven);
    return proof && { across: proof.flops, up: up(proof, proven) };
  };
}

const LOOKS: Readonly<Record<Look, Numbers>> = {
  error: ({ measures }, prefix) => {
    const measured = measures[prefix];
    return measured && { across: measured.length.length, up: Math.max(measured.fvu, LEAST) };
  },
  loss: byProof((proof) => Math.max(proof.loss, LEAST)),
  certified: byProof((proof, { tokens }) => proof.certified / tokens),
};

const claimed = byProof((_, proven) => Math.max(proven.claimed_loss, LEAST));

const spotsOf = (results: readonly Result[], numbers: Numbers): Spot[] =>
  results.flatMap((result) =>
    [...result.measures.keys()].flatMap((prefix) => {
      const spot = numbers(result, prefix);
      return spot ? [{ ...spot, result, prefix }] : [];
    }),
  );

/** The means over seeds: of logarithms, but of parts as they are; the shortest proof first. */
function means(spots: readonly Spot[], look: Look): Spot[] {
  const groups = [...grouped(spots, ({ result, prefix }) => `${result.index}/${prefix}`).values()];
  const geometric = (values: readonly number[]) => Math.exp(mean(values.map(Math.log)));
  return groups
    .flatMap((group) => {
      const [first] = group;
      const ups = group.map(({ up }) => up);
      return first
        ? [{ ...first, across: geometric(group.map(({ across }) => across)), up: look === 'certified' ? mean(ups) : geometric(ups) }]
        : [];
    })
    .sort((a, b) => a.across - b.across);
}

/** What has one key each, in the order in which keys first come. */
function grouped<T, K>(all: readonly T[], keyOf: (each: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const each of all) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return groups;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The curves of all penalties that have results. */
export function linesOf(results: readonly Result[], look: Look): Line[] {
  const isOneSeed = results.every(({ seed }) => seed === results[0]?.seed);
  return [...grouped(results, ({ facts }) => facts)].flatMap(([facts, ofOne]) => {
    const spots = spotsOf(ofOne, LOOKS[look]);
    if (!spots.length) return [];
    const beside = look === 'loss' ? means(spotsOf(ofOne, claimed), look) : isOneSeed ? [] : spots;
    return [{ facts, means: means(spots, look), beside }];
  });
}

/** The shortest proof of a penalty that leaves at most an error, seed by seed. */
export interface Row {
  facts: PenaltyFacts;
  lengths: number[];
  mean: number;
}

export interface Comparison {
  /** The share of variance that every penalty leaves unexplained at most. */
  error: number;
  /** The seeds that are compared: those of which all is trained. */
  seeds: number[];
  /** The shortest mean proof first. */
  rows: Row[];
}

type Point = readonly [error: number, length: number];

/** The points that no other beats, by rising error and so by falling length. */
function frontier(points: readonly Point[]): Point[] {
  const sorted = points.toSorted(([e1, l1], [e2, l2]) => e1 - e2 || l1 - l2);
  return sorted.filter(([, length], i) => sorted.slice(0, i).every(([, before]) => length < before));
}

/**
 * The length on the line between the points around an error, both on logarithmic axes; past the
 * last point, the shortest.
 */
function lengthAt(points: readonly Point[], error: number): number {
  const above = points.findIndex(([each]) => each >= error);
  const [low, high] = [points[above - 1], points[above]];
  if (!high) return points.at(-1)?.[1] ?? NaN;
  if (!low) return high[1];
  const part = Math.log(error / low[0]) / Math.log(high[0] / low[0]);
  return low[1] * (high[1] / low[1]) ** part;
}

/**
 * Compares the lengths at an error in the middle of what all penalties reach on all seeds;
 * undefined if there are not two penalties.
 */
export function atEqualError(results: readonly Result[], planned: number): Comparison | undefined {
  const trained = results.filter(({ proven }) => proven);
  const seeds = [...grouped(trained, ({ seed }) => seed)].flatMap(([seed, all]) => (all.length === planned ? [seed] : []));
  const rows = [...grouped(trained, ({ facts }) => facts)].map(([facts, ofOne]) => ({
    facts,
    curves: seeds.map((seed) =>
      frontier(
        spotsOf(
          ofOne.filter((each) => each.seed === seed),
          LOOKS.error,
        ).map(({ across, up }) => [up, across] as const),
      ),
    ),
  }));
  if (!seeds.length || rows.length < 2) return undefined;
  const curves = rows.flatMap((row) => row.curves);
  const least = Math.max(...curves.map((curve) => curve[0]?.[0] ?? NaN));
  const most = Math.min(...curves.map((curve) => curve.at(-1)?.[0] ?? NaN));
  const error = Math.sqrt(least * Math.max(least, most));
  const compared = rows.map(({ facts, curves }) => {
    const lengths = curves.map((curve) => lengthAt(curve, error));
    return { facts, lengths, mean: mean(lengths) };
  });
  return { error, seeds, rows: compared.sort((a, b) => a.mean - b.mean) };
}

/**
 * On how many seeds one penalty has a shorter proof than another, and the least and the largest
 * ratio of their lengths.
 */
export function against(one: Row, other: Row): { wins: number; least: number; most: number; mean: number } {
  const ratios = one.lengths.map((length, i) => length / (other.lengths[i] ?? NaN));
  return { wins: ratios.filter((ratio) => ratio < 1).length, least: Math.min(...ratios), most: Math.max(...ratios), mean: mean(ratios) };
}
