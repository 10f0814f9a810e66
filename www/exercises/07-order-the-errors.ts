import type { Exercise, Option } from './exercise.js';
import { paper } from './reading.js';
import { t } from '../languages/language.js';
import { briefly } from '../ui/format.js';

/** The proof with an error bound, and all else alike. */
const withError = (error: string) => `EUPU-max-diff-exact--attn-mean-query+diff--attn-err-${error}`;

const ERRORS: readonly Option[] = [
  { id: 'svd', label: t`largest singular value of the whole rest` },
  { id: 'max-diff-subproduct-recursive', label: t`four factors, each bounded by itself` },
  { id: 'exact-EQKE+max-diff-exact', label: t`exact attention scores` },
  { id: 'max-diff', label: t`two factors, multiplied` },
  { id: 'max-diff-subproduct', label: t`four factors, multiplied in steps` },
];

export const exercise: Exercise<readonly string[]> = {
  id: 'order-the-errors',
  title: t`Errors that compound`,
  goal: t`Say beforehand which error bound loses least.`,
  minutes: 15,
  level: 'lesson',
  setup: '#k=4&seed=123&hide=claim,figure,slider,views,report',
  steps: [
    {
      says: t`Attention scores are a product of four matrices. A proof replaces them by one direction, and must bound the error that this makes. There are several ways to bound it; figures are hidden for now.`,
    },
    { says: t`Whoever bounds each factor by itself and multiplies the bounds assumes that all of them are at their worst at once.` },
    {
      says: t`Think of the proof that bounds all four factors apart.`,
      predict: {
        asks: t`How much does it still prove of what exact scores prove?`,
        unit: '%',
        outcome: async (results) => {
          const [apart, exact] = await Promise.all(
            ['max-diff-subproduct-recursive', 'exact-EQKE+max-diff-exact'].map((error) => results.outcome(withError(error))),
          );
          return apart && exact
            ? t`${Math.round((100 * apart.bound) / exact.bound)} %: ${briefly(apart.percent)} instead of ${briefly(exact.percent)}.`
            : '';
        },
      },
    },
  ],
  question: {
    kind: 'order',
    asks: t`Put the error bounds in order by how much their proofs prove.`,
    items: ERRORS,
    from: t`proves most`,
    to: t`proves least`,
  },
  check: async (answer, results) => {
    const outcomes = await Promise.all(answer.map((error) => results.outcome(withError(error))));
    const label = (i: number) => t`“${ERRORS.find(({ id }) => id === answer[i])?.label ?? ''}”`;
    const proven = (i: number) => briefly(outcomes[i]?.percent ?? '');
    const pairs = outcomes.flatMap((above, i) =>
      outcomes.slice(i + 1).map((below, j) => ({ i, j: i + 1 + j, gap: below.bound - above.bound })),
    );
    const wrong = pairs.filter(({ gap }) => gap > 0).sort((a, b) => b.gap - a.gap);
    const [worst] = wrong;
    if (!worst) return { score: 1, reason: t`In this order they prove ${outcomes.map((_, i) => proven(i)).join(', ')}.` };
    const farthest = t`The farthest off: ${label(worst.i)} proves ${proven(worst.i)}, and stands above ${label(worst.j)}, which proves ${proven(worst.j)}.`;
    return {
      score: (pairs.length - wrong.length) / pairs.length,
      reason: `${t`${wrong.length} of ${pairs.length} pairs are in the wrong order.`} ${farthest}`,
    };
  },
  hints: [
    t`What needs no bound at all loses nothing.`,
    t`The fewer bounds are multiplied, the less can compound. But one number for the whole rest says less than one for each row.`,
  ],
  shows: t`Worst cases multiply. Factors that never are at their worst together are treated as if they were, and so the cheapest bound on the error halves what is proven.`,
  reading: [paper(t`compounding errors of approximations`)],
};
