/** Says what is proven about a model's accuracy from both sides. */

import { t } from '../../languages/language.js';
import { breakable, make } from '../../ui/element.js';
import { count, percent, steps } from '../../ui/format.js';
import { kind } from '../../ui/word.js';
import type { Model, Proof } from '../../state/model.js';
import { above, below, exactOf, type Side, type Sides, sidesOf } from '../../state/sides.js';

/**
 * The exact count in words; of a percentage that does not end after four decimals the rest is
 * dropped, and that is said.
 */
export function exactly({ total, least }: Sides): string {
  const whole = (least.count * 1_000_000n) % total === 0n;
  const [right, all, share] = [count(least.count), count(total), percent(least.percent)];
  return whole ? t`exactly ${right} of ${all} inputs (${share})` : t`exactly ${right} of ${all} inputs (${share}, rounded down)`;
}

const by = ({ label, flops }: Side) => t`“${label}” (${steps(flops)} FLOPs)`;

/** The sentence about the model, and which proofs it rests on. */
export function showSides(headline: HTMLElement, { proofs }: Model) {
  const sides = sidesOf(proofs);
  if (!sides) return headline.replaceChildren();
  const [claim, grounds] = sentences(sides);
  const marks = exactOf(sides) ? [kind('exact')] : [kind('proven'), ...(sides.most ? [' ', kind('proven', '≤')] : [])];
  const shown = [...marks, ' ', make('strong', {}, ...claim.split(/(?<= )/).map(breakable)), ' ', make('span', {}, grounds)];
  // It is read aloud: only what is new.
  if (headline.textContent !== shown.map((node) => (typeof node === 'string' ? node : node.textContent)).join(''))
    headline.replaceChildren(...shown);
}

function sentences(sides: Sides): [claim: string, grounds: string] {
  const { least, most } = sides;
  if (!most) return [t`Its accuracy is proven to be at least ${percent(least.percent)}.`, t`By ${by(least)}.`];
  const both = t`From below by ${by(least)}, from above by ${by(most)}.`;
  if (least.count > most.count) return [t`Two proofs contradict each other: one of them is wrong; please report it.`, both];
  if (least.count === most.count) return [t`Its accuracy is proven to be ${exactly(sides)}.`, both];
  return [t`Its accuracy is proven to lie between ${percent(least.percent)} and ${percent(most.percent)}.`, both];
}

/** The two sides of one proof, in a sentence; empty where it has one. */
export function ofOne({ outcome, facts }: Proof): string {
  const most = outcome && above(outcome, facts.label);
  if (!outcome || !most) return '';
  const sides = { total: BigInt(outcome.total), least: below(outcome, facts.label), most };
  const range = exactOf(sides)
    ? exactly(sides)
    : t`at least ${percent(outcome.percent)} and at most ${percent(most.percent)} of all inputs`;
  const more = outcome.upper_flops ? t`${steps(outcome.upper_flops)} FLOPs more` : t`no more FLOPs`;
  return t`It proves that ${range} are answered right; the upper bound takes ${more}.`;
}

/** That a proof was to reach a bound that none was found for; empty for all others. */
export function shortfall({ facts: { strategy }, outcome }: Proof, { proofs }: Model): string {
  const wanted = /^best-of-(\d+)$/.exec(strategy)?.[1];
  const reaches = (correct: bigint, total: bigint) => correct * 1_000_000n >= BigInt(wanted ?? 0) * total;
  if (!wanted || !outcome || reaches(BigInt(outcome.correct), BigInt(outcome.total))) return '';
  const found = t`No proof found reaches ${percent(String(Number(wanted) / 1e4))}: this is the highest found.`;
  const sides = sidesOf(proofs);
  return sides?.most && !reaches(sides.most.count, sides.total)
    ? `${found} ${t`None can: at most ${percent(sides.most.percent)} of all inputs are answered right.`}`
    : found;
}
