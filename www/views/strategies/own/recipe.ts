/**
 * What a proof of one's own is made of, and its identifier. Only this module knows the form of
 * such identifiers: `rank-3-svd--` before the identifier of a listed proof, `--gap-2` after it.
 */

import { t } from '../../../languages/language.js';

/** How directions are found; `given` are numbers of the user, which no identifier holds. */
export const HOW = {
  svd: t`SVD: those that explain most`,
  mean: t`What the average query looks for, then SVD`,
  query: t`What single queries look for, the worst explained first`,
  given: t`My own numbers`,
} as const;
export type How = keyof typeof HOW;

/** Ranks that there are. */
export const RANKS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Largest gap that an identifier can name. */
const MOST_GAP = 65535;

export interface Recipe {
  /** How many directions are kept of the attention scores. */
  rank: number;
  how: How;
  /** Identifier of the listed proof with the same three choices. */
  listed: string;
  /** How gaps are chosen, or the one gap of all cases. */
  gaps: 'best' | 'plain' | number;
}

/** Whether a listed proof can have another rank: two factors of its attention are split. */
export const canHaveRanks = (listed: string) => /^EUPU-.*--attn-err-(svd|(mean\+)?max-diff|max-diff-exact)$/.test(listed);

export function identifierOf({ rank, how, listed, gaps }: Recipe): string {
  const end = { best: '', plain: '--gaps-plain' };
  return `rank-${rank}-${how}--${listed}${typeof gaps === 'number' ? `--gap-${gaps}` : end[gaps]}`;
}

/** The recipe of an identifier; undefined if it is not that of a proof of one's own. */
export function recipeOf(strategy: string): Recipe | undefined {
  const [, rank, how, listed, plain, gap] =
    /^rank-([1-8])-(svd|mean|query|given)--(EUPU-.*?)(?:--(gaps-plain)|--gap-([1-9]\d{0,4}))?$/.exec(strategy) ?? [];
  if (!listed || !canHaveRanks(listed)) return undefined;
  const gaps = plain ? 'plain' : gap ? Number(gap) : 'best';
  return { rank: Number(rank), how: how as How, listed, gaps };
}

/** What is wrong with what the user has written, in words. */
export class Unreadable extends Error {}

/** The gap that the user has written. */
export function gapIn(text: string): number {
  const gap = Number(text.trim());
  if (!/^\d+$/.test(text.trim()) || gap < 1 || gap > MOST_GAP) {
    throw new Unreadable(
      t`“${cut(text)}” is no gap: write a whole number from 1 on. With 2, say, all other tokens are at least 2 below the largest.`,
    );
  }
  return gap;
}

/**
 * The numbers of `rank` directions, each with one number for each of `v` tokens. `of` names them,
 * as in "query directions".
 */
export function numbersIn(text: string, rank: number, v: number, of: string): Float64Array {
  const words = text.split(/[\s,;[\]]+/).filter(Boolean);
  const expected = t`${rank * v}: ${rank === 1 ? t`one number` : t`${rank} directions, each with one number`} for each of ${v} tokens`;
  const numbers = words.map((word, i) => {
    const number = /^[+\-\u2212]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word.replace('\u2212', '-')) : NaN;
    if (Number.isNaN(number))
      throw new Unreadable(
        t`Number ${i + 1} of the ${of} is “${cut(word)}”: write numbers like 0.25 or -1e-3, with spaces or commas between them.`,
      );
    if (!Number.isFinite(number))
      throw new Unreadable(t`Number ${i + 1} of the ${of}, “${cut(word)}”, is too large for a computer's numbers: at most about 1.8e308.`);
    return number;
  });
  if (numbers.length !== rank * v) throw new Unreadable(t`The ${of} are ${numbers.length} numbers, expected ${expected}.`);
  return Float64Array.from(numbers);
}

/** Directions as people edit them: one in a line. */
export const written = (directions: readonly (readonly number[])[]) => directions.map((direction) => direction.join(' ')).join('\n');

/** The directions of queries and of keys in the text of a certificate; undefined if it has none. */
export function directionsIn(certificate: string): { queries: number[][]; keys: number[][] } | undefined {
  const { proof } = JSON.parse(certificate) as { proof?: { low_rank?: { several?: { queries: number[][]; keys: number[][] } } } };
  return proof?.low_rank?.several;
}

/** Most characters of what the user has written that a message quotes. */
const MOST_QUOTED = 20;
const cut = (text: string) => (text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text);
