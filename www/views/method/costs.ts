/**
 * What brute force and the cubic proof cost, step by step: closed formulas of the shape of a
 * network.
 */

import { t } from '../../languages/language.js';
import { count } from '../../ui/format.js';
import type { ModelFacts } from '../../pkg/prove.js';

export interface Cost {
  what: string;
  flops: number;
}

type Shape = Pick<ModelFacts, 'v' | 'd' | 'h' | 'n'>;

/**
 * A product of an [a, b] with a [b, c] matrix: each of a · c numbers takes b products and b − 1
 * sums.
 */
const product = (a: number, b: number, c: number) => a * c * (2 * b - 1);

/** One run of the network, at all n positions, and the check of its answer. */
export const oneRun = ({ v, d, h, n }: Shape): Cost[] => [
  { what: t`Add positions to embeddings`, flops: n * d },
  { what: t`Queries, keys and values`, flops: 3 * product(n, d, h) },
  { what: t`Attention scores`, flops: product(n, h, n) + n * n },
  { what: t`Softmax`, flops: n * (5 * n - 2) },
  { what: t`What attention writes`, flops: product(n, n, h) + product(n, h, d) + n * d },
  { what: t`Logits`, flops: product(n, d, v) },
  { what: t`Largest token and largest wrong logit`, flops: n - 1 + v - 2 + 1 },
];

/** The largest parts of the cubic proof, and the rest of its `flops`. */
export function ofCubic({ v, d, h, n }: Shape, flops: number): Cost[] {
  const circuits = v * d + product(d, h, d) + product(d, d, v) + product(2 * v + n, d, v) + product(2 * v + n, d, h) + product(v, h, v + n);
  // Pairs q < m, and triples q < m, k < m; each number of copies of k, in two orders of the
  // positions.
  const pairs = (v * (v - 1)) / 2;
  const triples = (v * (v - 1) * (2 * v - 1)) / 6;
  const evaluations = n === 1 ? 0 : 2 * (pairs * (n - 1) + triples * (n - 2));
  return [
    { what: t`Multiply out the circuits`, flops: circuits },
    { what: t`${count(evaluations)} inequalities of 15 steps each`, flops: 15 * evaluations },
    { what: t`Worst outputs, positions and room for rounding`, flops: flops - circuits - 15 * evaluations },
  ];
}
