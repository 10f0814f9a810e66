/** What a proof proves, as cells of a map: one for each largest token m and last token q. */

import type { CaseLayer, CaseMap } from '../../pkg/explain.js';

export interface Cells {
  v: number;
  /** [m * v + q]: inputs of the cell, or their weight; 0 where there is none. */
  total: bigint[];
  /** [m * v + q]: those that are proven. */
  proven: bigint[];
  /** [m * v + q]: index into the verdicts of the map; `NONE` where there is no such case. */
  verdict: Uint8Array;
  /**
   * [m * v + q]: index into the ways of the map; `NONE` where there is no such case, or one way
   * only.
   */
  way: Uint8Array;
  /** [m * v + q]: inputs that are known to be answered wrong. */
  wrong: Float64Array;
}

/** The verdict where there is no case. */
export const NONE = 255;

/**
 * Below this, a share in float64, rounded down, gives the count that it was computed from: it is
 * less than 2⁻⁵² of it too small, and their product in float64 at most 2⁻⁵³ of it off; together
 * under half an input.
 */
const MAX_EXACT = 2n ** 50n;

/** Whether the proven inputs of a cell of so many inputs are known to the last one. */
export const isExact = (total: bigint) => total < MAX_EXACT;

/** A share of so many inputs. All of them only where the share is 1. */
export function part(share: number, total: bigint): bigint {
  if (!(share > 0)) return 0n;
  if (share >= 1) return total;
  const count = isExact(total) ? BigInt(Math.round(share * Number(total))) : (BigInt(Math.floor(share * 2 ** 53)) * total) >> 53n;
  return count < total ? count : total - 1n;
}

/** How many ways there are to choose k of n. */
function choose(n: number, k: number): bigint {
  let ways = 1n;
  for (let i = 0; i < k; i++) ways = (ways * BigInt(n - i)) / BigInt(i + 1);
  return ways;
}

/**
 * Inputs of n tokens with largest token m and last token q ≤ m, `others` of them smaller than m;
 * null for any number of them.
 */
export function inputs(n: number, m: number, q: number, others: number | null): bigint {
  const smaller = BigInt(m);
  if (q > m) return 0n;
  if (others === null) return (smaller + 1n) ** BigInt(n - 1) - (q < m ? smaller ** BigInt(n - 1) : 0n);
  // Those before the last; and some token has to be m.
  const before = others - Number(q < m);
  return before < 0 || others >= n ? 0n : choose(n - 1, before) * smaller ** BigInt(before);
}

/**
 * What all inputs of a case weigh, and those of them that are proven. As many as there are, where
 * all inputs count alike.
 */
type Weigh = (m: number, q: number, others: number | null, share: number) => [total: bigint, proven: bigint];

function weigher({ v, n, weights }: CaseMap): Weigh {
  if (!weights) {
    return (m, q, others, share) => {
      const total = inputs(n, m, q, others);
      return [total, part(share, total)];
    };
  }
  const [largest, last, copies] = weights.factors.map((factor) => factor.map(BigInt));
  const table = weights.table?.map(BigInt);
  const weight = (m: number, q: number, others: number) => largest![m]! * last![q]! * copies![n - others - 1]! * (table?.[m * v + q] ?? 1n);
  return (m, q, others, share) => {
    // Inputs with one number of smaller tokens weigh the same: their share is one of inputs.
    if (others !== null)
      return [inputs(n, m, q, others), part(share, inputs(n, m, q, others))].map((count) => count * weight(m, q, others)) as [
        bigint,
        bigint,
      ];
    const numbers = Array.from({ length: n }, (_, number) => inputs(n, m, q, number) * weight(m, q, number));
    const total = numbers.reduce((sum, each) => sum + each, 0n);
    return [total, part(share, total)];
  };
}

/** The cells of one layer. */
export function cellsOf(map: CaseMap, { others, share, verdict, way, wrong }: CaseLayer): Cells {
  const weigh = weigher(map);
  const both = Array.from(share, (share, i): [bigint, bigint] =>
    Number.isNaN(share) ? [0n, 0n] : weigh(Math.floor(i / map.v), i % map.v, others, share),
  );
  return { v: map.v, total: both.map(([total]) => total), proven: both.map(([, proven]) => proven), verdict, way, wrong };
}

/**
 * All layers as one. The verdict of a cell is that of its layer with the most inputs to prove, or
 * else with the most inputs.
 */
export function together(map: CaseMap): Cells {
  const layers = map.layers.map((layer) => cellsOf(map, layer));
  const [first] = layers;
  if (first && layers.length === 1) return first;
  const size = map.v * map.v;
  const sum: Cells = {
    v: map.v,
    total: Array(size).fill(0n),
    proven: Array(size).fill(0n),
    verdict: new Uint8Array(size).fill(NONE),
    way: new Uint8Array(size).fill(NONE),
    wrong: new Float64Array(size),
  };
  for (let i = 0; i < size; i++) {
    for (const { total, proven, wrong } of layers) {
      sum.wrong[i]! += wrong[i]!;
      sum.total[i]! += total[i]!;
      sum.proven[i]! += proven[i]!;
    }
    const worst = worstLayer(layers, i);
    if (worst !== undefined) [sum.verdict[i], sum.way[i]] = [layers[worst]!.verdict[i]!, layers[worst]!.way[i]!];
  }
  return sum;
}

/**
 * One layer of several. A cell of which the proof does not tell numbers of smaller tokens apart has
 * all of its inputs.
 */
export function layerOf(map: CaseMap, layer: CaseLayer): Cells {
  const cells = cellsOf(map, layer);
  const all = map.layers.find(({ others }) => others === null);
  if (!all || all === layer) return cells;
  const joint = cellsOf(map, all);
  const isJoint = cells.total.map((own, i) => !own && !!joint.total[i] && !!inputs(map.n, Math.floor(i / map.v), i % map.v, layer.others));
  const taken = <T>(own: T, i: number, of: ArrayLike<T>) => (isJoint[i] ? of[i]! : own);
  return {
    v: cells.v,
    total: cells.total.map((own, i) => taken(own, i, joint.total)),
    proven: cells.proven.map((own, i) => taken(own, i, joint.proven)),
    verdict: cells.verdict.map((own, i) => taken(own, i, joint.verdict)),
    way: cells.way.map((own, i) => taken(own, i, joint.way)),
    wrong: cells.wrong.map((own, i) => taken(own, i, joint.wrong)),
  };
}

/**
 * Which layer has the most inputs of a cell that are not proven, or else the most inputs; undefined
 * if none has any.
 */
export function worstLayer(layers: readonly Cells[], cell: number): number | undefined {
  let worst: number | undefined;
  let most = { unproven: 0n, total: 0n };
  layers.forEach(({ total, proven }, layer) => {
    const here = { unproven: total[cell]! - proven[cell]!, total: total[cell]! };
    const isWorse = here.unproven > most.unproven || (here.unproven === most.unproven && here.total > most.total);
    if (isWorse) [worst, most] = [layer, here];
  });
  return worst;
}

/** [m * v + q]: the proven share, 1 only if all inputs of the cell are; NaN where there is none. */
export function shares({ total, proven }: Cells): Float64Array {
  return Float64Array.from(total, (all, i) => {
    if (!all) return NaN;
    return proven[i] === all ? 1 : Math.min(ratio(proven[i]!, all), 1 - Number.EPSILON);
  });
}

/** A part of a whole of any size. */
const ratio = (part: bigint, whole: bigint) => (whole < MAX_EXACT ? Number(part) / Number(whole) : Number((part << 53n) / whole) / 2 ** 53);

/** [m * v + q]: by how much the proven share of `a` is larger; NaN where there are no inputs. */
export function difference(a: Cells, b: Cells): Float64Array {
  const of = shares(b);
  return shares(a).map((share, i) => share - of[i]!);
}

/**
 * What two proofs prove in cells that both have: inputs that `a` proves beyond `b`, and `b` beyond
 * `a`, cell by cell.
 */
export interface Beyond {
  a: bigint;
  b: bigint;
}

/**
 * At least so many inputs are proven by one and not by the other; counted in the smallest cells
 * that both have.
 */
export function beyond(a: CaseMap, b: CaseMap): Beyond {
  const found = { a: 0n, b: 0n };
  for (const [ours, theirs] of pairs(a, b)) {
    ours.proven.forEach((count, i) => {
      const more = count - theirs.proven[i]!;
      if (more > 0n) found.a += more;
      else found.b -= more;
    });
  }
  return found;
}

/** The layers of two maps, side by side; all as one if the maps have not the same. */
function pairs(a: CaseMap, b: CaseMap): [Cells, Cells][] {
  const layers = (map: CaseMap) => map.layers.map(({ others }) => others).join();
  if (layers(a) !== layers(b)) return [[together(a), together(b)]];
  return a.layers.map((layer, i) => [cellsOf(a, layer), cellsOf(b, b.layers[i]!)]);
}

/** How many cells have each of so many verdicts or ways, `index` by cell. */
export function casesOf({ total }: Cells, index: Uint8Array, kinds: number): number[] {
  const cases: number[] = Array(kinds).fill(0);
  index.forEach((index, cell) => {
    if (total[cell] && cases[index] !== undefined) cases[index]++;
  });
  return cases;
}
