/** All inputs of a proof in parts, as rows of a table and steps of a waterfall. */

import type { CaseMap } from '../../pkg/explain.js';
import type { Role } from '../../pkg/plot.js';
import { count, percent } from '../../ui/format.js';

/** Decimals of a percentage. */
const DECIMALS = 4;

/** A part of a whole in percent, rounded down. */
export const percentDown = (part: bigint, whole: bigint) => decimal(whole ? (part * 10n ** BigInt(DECIMALS + 2)) / whole : 0n);

/** A part of a whole in percent, rounded up. */
export const percentUp = (part: bigint, whole: bigint) =>
  decimal(whole ? (part * 10n ** BigInt(DECIMALS + 2) + whole - 1n) / whole : 0n);

function decimal(units: bigint): string {
  const digits = String(units).padStart(DECIMALS + 1, '0');
  const end = digits.slice(-DECIMALS).replace(/0+$/, '');
  return percent(digits.slice(0, -DECIMALS) + (end && `.${end}`));
}

export interface PartRow {
  id: string;
  label: string;
  about: string;
  inputs: bigint;
  /** The inputs, grouped. */
  count: string;
  /** Rounded down for what is proven, and up for what is not. */
  percent: string;
  isProven: boolean;
  /** The colour of its bar. */
  role: Role;
}

/**
 * The parts that have inputs, and what is proven even if that is nothing; what is not proven comes
 * first.
 */
export function partRows({ parts, total }: Pick<CaseMap, 'parts' | 'total'>): PartRow[] {
  const whole = BigInt(total);
  const rows = parts.map(({ inputs, ...part }, i): PartRow => {
    const isProven = i === 0;
    const exact = BigInt(inputs);
    const role = isProven ? 'ours' : part.id === 'wrong' ? 'wrong' : 'unproven';
    return { ...part, role, inputs: exact, count: count(exact), percent: (isProven ? percentDown : percentUp)(exact, whole), isProven };
  });
  return rows.filter(({ isProven, inputs }) => inputs && !isProven).concat(rows.filter(({ isProven }) => isProven));
}
