/**
 * Formats numbers for display, as the reader's language writes them. Proven bounds come already
 * rounded, down, from Rust.
 */

import { t, tag } from '../languages/language.js';

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** 20 as ²⁰. */
export const superscript = (n: number) => [...String(n)].map((digit) => (digit === '-' ? '⁻' : SUPERSCRIPTS[Number(digit)])).join('');

let formats: { tag: string; grouped: Intl.NumberFormat; point: string } | undefined;
/** How the language groups digits, and its decimal point. */
function written() {
  if (formats?.tag === tag) return formats;
  const grouped = new Intl.NumberFormat(tag);
  const point = grouped.formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.';
  return (formats = { tag, grouped, point });
}

/** Digits with a point, as the language writes them: 99.93 as 99,93. */
export const decimal = (digits: string) => digits.replace('.', written().point);

/** What a person wrote as a number, as programs read it: 1.026,5 of German is 1026.5. */
export function plainly(text: string): string {
  if (written().point === '.') return text;
  const isGrouped = /^[1-9]\d{0,2}(\.\d{3})+(?!\d)/.test(text.trim());
  return (isGrouped ? text.replaceAll('.', '') : text).replace(written().point, '.');
}

/** A number with a fixed number of decimals, and a minus sign as wide as a plus. */
export const fixed = (x: number, decimals: number) => decimal(x.toFixed(decimals)).replace('-', '−');

/**
 * Groups the digits of a whole number: 16777216 as 16,777,216. Counts may exceed `number`: they are
 * strings of digits.
 */
export const count = (digits: string | number | bigint) => written().grouped.format(BigInt(digits));

/** Formats a number with three significant digits and a power of ten: 35200000 as 3.52 × 10⁷. */
export function scientific(x: number): string {
  const [mantissa, exponent] = x.toExponential(2).split('e');
  return `${decimal(mantissa ?? '')}\u00a0×\u00a010${superscript(Number(exponent))}`;
}

/** A length in steps (FLOPs), rounded up to three digits: 1.98 M, 851,000 M, 3.41 × 10⁴¹. */
export function steps(flops: number): string {
  if (flops < 1e6) return count(Math.ceil(flops));
  const unit = 10 ** Math.max(Math.floor(Math.log10(flops)) - 2, 0);
  const shown = Math.ceil(flops / unit) * unit;
  if (shown >= 1e13) return scientific(shown);
  const millions = shown / 1e6;
  return t`${millions < 1000 ? decimal(millions.toPrecision(3)) : count(Math.round(millions))}\u00a0M`;
}

/** A bound as Rust has rounded it, with two decimals: cut, and so still not more than is proven. */
export const briefly = (digits: string) => percent(/^\d+(\.\d{1,2})?/.exec(digits)?.[0] ?? digits);

/** Small counts in full, large ones by their size. */
export const approximate = (x: number) => (x < 1e6 ? count(Math.round(x)) : scientific(x));

/** Makes the first letter a capital. */
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** A text inside a sentence: with a small first letter, unless it may be a noun of German. */
export const inside = (text: string) => (tag === 'de' ? text : text.charAt(0).toLowerCase() + text.slice(1));

/** Adds the sign to a percentage that Rust has rounded. */
export const percent = (digits: string) => `${decimal(digits)}\u00a0%`;

/** Formats a duration in seconds with about two digits, in the fitting unit. */
export function seconds(s: number): string {
  if (s < 0.001) return t`under 1\u00a0ms`;
  if (s < 0.9995) return `${Math.round(s * 1000)}\u00a0ms`;
  if (s < 99.5) return `${decimal(s.toPrecision(2))}\u00a0s`;
  return s < 5400 ? `${Math.round(s / 60)}\u00a0min` : `${Math.round(s / 3600)}\u00a0h`;
}

/** Formats a number of bytes in the fitting unit. */
export function bytes(n: number): string {
  if (n < 1024) return t`${n}\u00a0bytes`;
  return n < 2 ** 20 ? `${decimal((n / 1024).toFixed(1))}\u00a0KiB` : `${decimal((n / 2 ** 20).toFixed(1))}\u00a0MiB`;
}

/** The message of anything that was thrown. */
export const told = (error: unknown) => (error instanceof Error ? error.message : String(error));
