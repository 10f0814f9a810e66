/**
 * Right answers about a model, for the key of a sheet. Each is found among candidates by the
 * exercise's own check, so that what a key says is right on this model.
 */

import type { Answer, Exercise, Question, Verdict } from '../exercises/exercise.js';
import { SOLVED } from '../exercises/exercise.js';
import { mark } from '../exercises/answers.js';
import { rightOf } from '../exercises/measure.js';
import type { Results } from '../exercises/results.js';
import type { ModelFacts } from '../pkg/prove.js';

/** A right answer, and what the exercise says of it. */
export interface Solution {
  answer: Answer;
  verdict: Verdict;
}

/** Numbers or other answers of which one is right, the likeliest first. */
type Candidates = (results: Results) => Promise<readonly Answer[]>;

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
const downFrom = (n: number) => upTo(n).reverse();
const tokensOf = ({ facts }: Results) => facts as ModelFacts;

/** All orders of a list. */
function orders<T>(list: readonly T[]): T[][] {
  if (!list.length) return [[]];
  return list.flatMap((first, i) => orders([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [first, ...rest]));
}

const SVD_ALONE = 'EUPU-svd-query+max-diff--attn-drop-average-query-per-output-logit-reasoning--attn-err-max-diff-exact';
const CENTRED = 'EUPU-svd-query+max-diff--attn-mean-query+diff--attn-err-max-diff-exact';

const built = (rank: number, error: string) => `rank-${rank}-svd--EUPU-max-diff-exact--attn-mean-query+diff--attn-err-${error}`;

/** By exercise, where its question does not list the candidates. */
const CANDIDATES: Readonly<Record<string, Candidates>> = {
  'try-all-inputs': async (results) => [Number(BigInt(results.facts.inputs) - (await rightOf(results)))],
  'half-the-work': async (results) => [
    Number(((100 * (await results.outcome('cubic')).flops) / results.facts.baseline_flops).toPrecision(3)),
  ],
  'where-it-looks': async (results) => {
    const { v, n } = tokensOf(results);
    return downFrom(v)
      .slice(0, -1)
      .map((largest) => [largest, ...Array<number>(n - 1).fill(largest - 1)]);
  },
  'one-stands-for-all': async (results) => {
    const { n } = tokensOf(results);
    return downFrom(48).map((token) => [48, ...Array<number>(n - 2).fill(token), 16]);
  },
  'svd-or-centring': async (results) => {
    const [centred, alone] = await Promise.all([CENTRED, SVD_ALONE].map((strategy) => results.outcome(strategy)));
    return centred && alone ? [Number((100 * (centred.bound - alone.bound)).toFixed(2))] : [];
  },
  'cheat-a-metric': async () => [2549, 519, 913, 104, 50, 1490, 123, 613],
  'tight-distribution': async () => ['copies>=3;largest>=30', 'copies>=3', 'copies>=2;largest>=30', 'copies=4', 'largest>=50'],
  'rank-of-the-group': async ({ facts }) =>
    facts.strategies.flatMap(({ strategy }) => Number(/^low-rank-unembed-(\d+)$/.exec(strategy)?.[1]) || []),
  'beat-the-frontier': async () =>
    [4, 3, 2, 6, 8].flatMap((rank) => ['max-diff', 'max-diff-subproduct'].map((error) => ({ strategy: built(rank, error) }))),
};

/** Candidates that a question lists. */
function listed(question: Question, { facts }: Results): readonly Answer[] {
  if (question.kind === 'choice') return question.options.map(({ id }) => id);
  if (question.kind === 'order') return orders(question.items.map(({ id }) => id));
  return question.kind === 'strategy' ? facts.strategies.filter(({ refused }) => refused === null).map(({ strategy }) => strategy) : [];
}

/** A right answer to an exercise on a model; undefined if no candidate is right. */
export async function solve(exercise: Exercise, results: Results): Promise<Solution | undefined> {
  for (const answer of (await CANDIDATES[exercise.id]?.(results)) ?? listed(exercise.question, results)) {
    const verdict = await mark(exercise, answer, results);
    if (verdict.score >= SOLVED) return { answer, verdict };
  }
  return undefined;
}
