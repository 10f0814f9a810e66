/** The sum over boxes that neurons of one frequency are, and the integral beside it. */

import type { Wave } from '../../../../pkg/insight.js';

/**
 * The angles of one input and output: `u` is half the sum of both tokens' angles, `v` the output's.
 */
export interface Angles {
  u: number;
  v: number;
}

/** What the integral is of, at each phase. */
export const curve = (phi: number, { u, v }: Angles) => Math.max(0, Math.cos(phi + u)) * Math.cos(2 * phi + v);

/** What a neuron gives and writes: the height of its box. */
export const heightOf = ({ phi, psi }: Wave, { u, v }: Angles) => Math.max(0, Math.cos(phi + u)) * Math.cos(psi + v);

/** The sum over boxes, and the integral of the curve over the circle. */
export function sumAndIntegral(waves: readonly Wave[], angles: Angles): { sum: number; integral: number } {
  const sum = waves.reduce((all, wave) => all + wave.width * heightOf(wave, angles), 0);
  return { sum, integral: (2 / 3) * Math.cos(angles.v - 2 * angles.u) };
}

/**
 * The angles of tokens x and y and output z for a frequency, from −π to π, by where elements lie on
 * the circle of `order` points.
 */
export function anglesOf(frequency: number, order: number, [x, y, z]: readonly [number, number, number]): Angles {
  const turn = (2 * Math.PI * frequency) / order;
  return { u: wrapped((turn * (x + y)) / 2), v: wrapped(turn * z) };
}

const wrapped = (angle: number) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));

/**
 * What a proof has to beat: explaining what the neurons give by nothing errs by that, on average.
 */
export const NOTHING = (4 / 3) * (2 / Math.PI);
