/** Which representations a network uses. */

import type { Irrep, Power } from '../../pkg/insight.js';

/** The least part of what all neurons write that counts as used. */
const USED = 0.01;

/** The representations that a network uses, each with its share of what all neurons write. */
export const usedIn = ({ irreps, out, weight }: Power): { irrep: Irrep; share: number }[] =>
  irreps
    .map((irrep, i) => ({ irrep, share: weight.reduce((sum, of, neuron) => sum + of * (out[neuron]?.[i] ?? 0), 0) }))
    .filter(({ share }) => share >= USED);
