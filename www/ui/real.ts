/** Real numbers for reading: logits, entries of matrices, parts of a whole. */

import { count, scientific } from './format.js';

/** Four digits, with a minus sign as wide as a plus: −0.01234, 12.34, 2,728; very small and very large ones by their size. */
export function real(x: number): string {
  if (Number.isNaN(x)) return 'no number';
  const sign = x < 0 ? '−' : '';
  const size = Math.abs(x);
  if (size === Infinity) return `${sign}∞`;
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return sign + scientific(size);
  const digits = size.toPrecision(4);
  return sign + (Number(digits) >= 1e3 ? count(Math.round(size)) : digits);
}

/** A part of a whole in percent. What is not all is never shown as 100 %, and what is not nothing never as 0 %. */
export function share(x: number): string {
  const digits = (100 * x).toFixed(1);
  if (digits === '100.0' && x < 1) return '>\u202f99.9\u00a0%';
  if (digits === '0.0' && x > 0) return '<\u202f0.1\u00a0%';
  return `${digits}\u00a0%`;
}
