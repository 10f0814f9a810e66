/** Real numbers for reading: logits, entries of matrices, parts of a whole. */

import { count, decimal, percent, scientific } from './format.js';
import { t } from '../languages/language.js';

/**
 * Four digits, with a minus sign as wide as a plus: −0.01234, 12.34, 2,728; very small and very
 * large ones by their size.
 */
export function real(x: number): string {
  if (Number.isNaN(x)) return t`no number`;
  const sign = x < 0 ? '−' : '';
  const size = Math.abs(x);
  if (size === Infinity) return `${sign}∞`;
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return sign + scientific(size);
  const digits = size.toPrecision(4);
  return sign + (Number(digits) >= 1e3 ? count(Math.round(size)) : decimal(digits));
}

/**
 * A part of a whole in percent. What is not all is never shown as 100 %, and what is not nothing
 * never as 0 %.
 */
export function share(x: number): string {
  const digits = (100 * x).toFixed(1);
  if (digits === '100.0' && x < 1) return `>\u202f${percent('99.9')}`;
  if (digits === '0.0' && x > 0) return `<\u202f${percent('0.1')}`;
  return percent(digits);
}
