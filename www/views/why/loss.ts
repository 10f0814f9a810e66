/**
 * Where a proof loses what it does not prove: which part, how many smaller tokens, and which case
 * the most.
 */

import { t } from '../../languages/language.js';
import type { CaseMap } from '../../pkg/explain.js';
import { count, inside } from '../../ui/format.js';
import { type Cells, together } from './cells.js';
import { partRows, percentDown, percentUp } from './parts.js';

/** The case with the most inputs that are not proven. */
export interface Worst {
  m: number;
  q: number;
}

export interface Loss {
  /** Sentences; empty where nothing is lost. */
  said: string;
  worst: Worst | undefined;
}

/**
 * What a map says of it; `right` is the number of inputs that the network is known to be right on.
 */
export function lossOf(map: CaseMap, right: bigint | undefined): Loss {
  const [total, proven] = [BigInt(map.total), BigInt(map.proven)];
  const lost = total - proven;
  if (lost === 0n) return { said: '', worst: undefined };
  const isWeighted = !!map.weights;
  const of = (part: bigint) =>
    isWeighted ? t`${percentDown(part, lost)} of that` : t`${count(part)} of them (${percentDown(part, lost)})`;
  const said = [missed(lost, total, isWeighted)];
  const known = right ?? (map.wrong === null ? undefined : total - BigInt(map.wrong));
  const beyond = known === undefined ? undefined : known - proven;
  if (beyond === 0n) {
    said.push(t`All of these are answered wrong: no proof can cover them.`);
    return { said: said.join(' '), worst: worstOf(together(map)) };
  }
  if (beyond !== undefined) {
    const wrong = total - known!;
    said.push(
      isWeighted
        ? t`Of all weight, ${percentUp(wrong, total)} is on inputs answered wrong, which no proof can cover; ${percentDown(beyond, total)} is on inputs answered right, and lost to this proof.`
        : t`Of these, ${count(wrong)} are answered wrong, so no proof can cover them; ${count(beyond)} are answered right, and lost to this proof.`,
    );
  }
  const causes = partRows(map).filter(({ role }) => role === 'unproven');
  const [most] = causes.sort((a, b) => (a.inputs < b.inputs ? 1 : -1));
  if (most)
    said.push(`${share(most.inputs, lost, causes.length, of(most.inputs))}: ${inside(most.about)}`.replace('…', t`“${most.label}”`));
  const [layer] = map.layers
    .map(({ others, ...counts }) => ({ others, lost: BigInt(counts.total) - BigInt(counts.proven) }))
    .sort((a, b) => (a.lost < b.lost ? 1 : -1));
  if (layer?.others != null && map.layers.length > 1) said.push(t`In ${of(layer.lost)}, ${smaller(layer.others, map.n)}`);
  return { said: said.join(' '), worst: worstOf(together(map)) };
}

function missed(lost: bigint, total: bigint, isWeighted: boolean): string {
  if (isWeighted) return t`It misses ${percentUp(lost, total)} of the weight.`;
  return lost === 1n
    ? t`It misses one input, ${percentUp(lost, total)} of all.`
    : t`It misses ${count(lost)} inputs, ${percentUp(lost, total)} of all.`;
}

/**
 * How many of what is lost have the first of so many causes, which is named in place of “…”;
 * `number` says how many.
 */
function share(inputs: bigint, lost: bigint, causes: number, number: string): string {
  if (inputs === lost) return t`All of them are …`;
  if (causes === 1) return t`The others, ${number}, are …`;
  return inputs * 2n > lost ? t`Most are …, ${number}` : t`The largest part are …, ${number}`;
}

/** So many smaller tokens, and what that leaves. */
function smaller(others: number, n: number): string {
  const copies = n - others;
  const stands =
    copies === 1
      ? t`the largest token stands there once only, and all others take attention from it`
      : t`the largest token stands there ${copies} times`;
  return others === 1 ? t`1 token is smaller: ${stands}.` : t`${others} tokens are smaller: ${stands}.`;
}

function worstOf({ v, total, proven }: Cells): Worst | undefined {
  let [worst, most] = [-1, 0n];
  total.forEach((inputs, i) => {
    const lost = inputs - (proven[i] ?? 0n);
    if (lost > most) [worst, most] = [i, lost];
  });
  return worst < 0 ? undefined : { m: Math.floor(worst / v), q: worst % v };
}
