/** How closely two numbers go together, by their ranks. */

import { t } from '../../languages/language.js';
import { fixed } from '../../ui/format.js';

/** The rank of each number, from 1; equal ones share the mean of theirs. */
function ranks(numbers: readonly number[]): number[] {
  const sorted = [...numbers].sort((a, b) => a - b);
  return numbers.map((x) => (sorted.indexOf(x) + sorted.lastIndexOf(x)) / 2 + 1);
}

/**
 * Spearman’s rank correlation, from −1 to 1; undefined where either number is the same for all, or
 * there are fewer than three.
 */
export function spearman(pairs: readonly (readonly [number, number])[]): number | undefined {
  const [a, b] = [ranks(pairs.map(([x]) => x)), ranks(pairs.map(([, y]) => y))];
  // The mean of all ranks.
  const middle = (pairs.length + 1) / 2;
  const product = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, x, i) => sum + (x - middle) * ((b[i] ?? middle) - middle), 0);
  const size = Math.sqrt(product(a, a) * product(b, b));
  return size && pairs.length > 2 ? product(a, b) / size : undefined;
}

/**
 * What a correlation over `count` models says of bounds against σ₁/σ₂, in words. Of independent
 * numbers it has the standard deviation 1/√(count − 1), and so is within two of those 19 times in
 * 20.
 */
export function inWords(correlation: number | undefined, count: number): string {
  if (correlation === undefined) return t`too few of them differ to say how bounds go with the ratio`;
  const size = Math.abs(correlation);
  const digits = t`Spearman’s rank correlation is ${correlation < 0 ? '−' : '+'}${fixed(size, 2)}, of −1 to +1`;
  const chance = 2 / Math.sqrt(count - 1);
  if (size < chance)
    return t`bounds do not go with the ratio more than by chance: ${digits}, and chance alone reaches ±${fixed(chance, 2)}`;
  const strength = size < 0.4 ? t`weakly` : size < 0.7 ? t`moderately` : t`strongly`;
  return t`where the ratio is larger, the bound tends to be ${correlation > 0 ? t`larger` : t`smaller`}, ${strength}: ${digits}`;
}
