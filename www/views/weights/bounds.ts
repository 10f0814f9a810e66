/** Bounds on the error of approximated attention scores, and what one learns from them. */

import { t, translated } from '../../languages/language.js';
import type { AttentionFacts } from '../../pkg/prove.js';
import { count, fixed } from '../../ui/format.js';
import { real } from '../../ui/real.js';

type Errors = AttentionFacts['errors'];

/** How the program calls bounds of factors one by one, after the way. */
const RECURSIVE = ', recursive';

const canBeDrawn = (x: number) => x > 0 && Number.isFinite(x);

/** The power of ten below all numbers, where their logarithmic bars begin. */
export function start(numbers: readonly number[]): number {
  const least = Math.min(...numbers.filter(canBeDrawn));
  return Number.isFinite(least) ? 10 ** (Math.ceil(Math.log10(least)) - 1) : 1;
}

/**
 * The lengths of logarithmic bars, 0 to 1. What has no logarithm has none; what is infinite has a
 * whole one.
 */
export function lengths(numbers: readonly number[]): number[] {
  const from = start(numbers);
  const most = Math.max(...numbers.filter(canBeDrawn));
  return numbers.map((x) => (canBeDrawn(x) ? Math.log(x / from) / Math.log(most / from) : x === Infinity ? 1 : 0));
}

/**
 * The names of three bounds on what is left of four factors: multiplied out, with one product
 * bounded, and with all of them.
 */
const [EXACT, ONE, ALL] = ['four factors, multiplied out: exact row differences', 'four factors', `four factors${RECURSIVE}`];

/**
 * Why the recursive bound is larger than the exact one: the question with how many times, and its
 * answer, of factors with `d` numbers to add up. Undefined where there are no such bounds.
 */
export function compounding(errors: Errors, d: number): { asks: string; says: string } | undefined {
  const [exact, one, all] = [EXACT, ONE, ALL].map((name) => errors.find((error) => error.name === name)?.value);
  if (!exact || !one || !all || ![exact, one, all].every(canBeDrawn)) return undefined;
  const times = (x: number) => (x / exact < 10 ? fixed(x / exact, 1) : count(Math.floor(x / exact)));
  const says = [
    t`What is left of attention is a product of four matrices.`,
    t`Multiplied out, numbers of either sign cancel: ${real(exact)}.`,
    t`A bound cannot see that: it adds up ${d} numbers as if each had the worst sign.`,
    t`Done once, where it harms least, that gives ${real(one)}, ${times(one)} times as much; done for every product in turn, each worst case enters the next one: ${real(all)}.`,
  ].join(' ');
  return { asks: t`Why is the recursive error ${times(all)} times the exact one?`, says };
}

/**
 * How loose the bounds of a model are, and what recursion costs: sentences with its own numbers.
 */
export function lessons(errors: Errors): string {
  const [tightest, loosest] = [errors[0], errors.at(-1)];
  if (!tightest || !loosest || tightest === loosest) return '';
  const said = [
    t`Each bounds the same error: the tightest says ${real(tightest.value)}, the loosest (“${translated(loosest.name)}”) ${real(loosest.value)}. What is bounded factor by factor multiplies worst cases that need not meet.`,
  ];
  for (const { name, value } of errors) {
    const recursive = errors.find((other) => other.name === name + RECURSIVE);
    if (!recursive || !canBeDrawn(value)) continue;
    const times = recursive.value / value;
    const worth = times > 2 ? t`that is why recursion is worthless here, however short its check` : t`here recursion costs little`;
    said.push(t`Recursion turns the ${real(value)} of “${translated(name)}” into ${real(recursive.value)}: ${worth}.`);
    break;
  }
  return said.join(' ');
}
