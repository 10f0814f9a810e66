/** The order in which weights are shown, and what they are in waves. */

import { t } from '../../../../languages/language.js';
import type { Power } from '../../../../pkg/insight.js';

/**
 * Neurons by the representation that they use most, then by how much they write, the most first.
 */
export function orderOf({ main, weight }: Power): number[] {
  return main.map((_, i) => i).sort((a, b) => main[a]! - main[b]! || weight[b]! - weight[a]!);
}

/** Representations of which some live neuron has more than a twentieth; the others are noise. */
export function usedIrreps(power: Power, part: readonly (readonly number[])[]): number[] {
  const live = power.weight.map((weight) => weight > 1e-4);
  return power.irreps.map((_, k) => k).filter((k) => part.some((row, i) => live[i] && row[k]! > 0.05));
}

/**
 * A neuron's weights in waves: a constant, then a cosine and a sine of each frequency; each has
 * length 1, so that squares add up.
 */
export function inWaves(values: readonly number[], logarithms: readonly number[]): number[] {
  const n = values.length;
  const wave = (k: number, f: (angle: number) => number, length: number) =>
    values.reduce((sum, value, x) => sum + value * f((2 * Math.PI * ((k * logarithms[x]!) % n)) / n), 0) * length;
  const found = [wave(0, Math.cos, 1 / Math.sqrt(n))];
  for (let k = 1; 2 * k < n; k++) found.push(wave(k, Math.cos, Math.sqrt(2 / n)), wave(k, Math.sin, Math.sqrt(2 / n)));
  if (n % 2 === 0) found.push(wave(n / 2, Math.cos, 1 / Math.sqrt(n)));
  return found;
}

/** What a row of weights in waves is. */
export const nameOfWave = (row: number) =>
  row === 0 ? t`constant` : row % 2 ? t`cosine of frequency ${(row + 1) / 2}` : t`sine of frequency ${row / 2}`;
