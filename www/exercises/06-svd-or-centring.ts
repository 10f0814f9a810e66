import type { Exercise } from './exercise.js';
import { isNear, plain, points } from './measure.js';
import type { Results } from './results.js';
import { paper } from './reading.js';
import { t } from '../languages/language.js';
import { briefly } from '../ui/format.js';

/** How far an answer may be off, in percentage points. */
const TOLERANCE = 0.1;

/** The proofs with a summary of the direct path, without and with centred attention. */
async function both({ outcome }: { outcome: Results['outcome'] }, direct: string) {
  const proof = (attention: string) => outcome(`EUPU-${direct}--attn-${attention}--attn-err-max-diff-exact`);
  const [plainly, centred] = await Promise.all([proof('drop-average-query-per-output-logit-reasoning'), proof('mean-query+diff')]);
  return { plainly, centred };
}

const using = (results: Results) => ({ outcome: (strategy: string) => results.outcome(strategy) });

export const exercise: Exercise<number> = {
  id: 'svd-or-centring',
  title: t`SVD alone against centring`,
  goal: t`See that a good approximation needs the right thing to approximate.`,
  minutes: 15,
  level: 'lesson',
  setup: '#k=4&seed=123&strategy=EUPU-svd-query%2Bmax-diff--attn-drop-average-query-per-output-logit-reasoning--attn-err-max-diff-exact',
  steps: [
    {
      says: t`The grid of the view Strategies has the five summaries of the direct path in its columns, without and with centred attention, and ten error bounds in its rows.`,
    },
    {
      says: t`The singular value decomposition (SVD) gives the best summary of the direct path by one direction. The chosen proof uses it, with attention as it is.`,
    },
    {
      says: t`Centred attention treats what the average query does apart, and bounds only what is left.`,
      predict: {
        asks: t`By how many percentage points does centring raise the bound where differences of the direct path are exact?`,
        unit: t`points`,
        outcome: async (results) => {
          const { plainly, centred } = await both(using(results), 'max-diff-exact');
          return t`${plain(points(centred, plainly))} points, from ${briefly(plainly.percent)} to ${briefly(centred.percent)}.`;
        },
      },
    },
  ],
  question: {
    kind: 'number',
    asks: t`In the row “exact row differences”: by how many percentage points does centring raise the bound of the SVD query?`,
    unit: t`points`,
  },
  check: async (answer, results) => {
    const { plainly, centred } = await both(using(results), 'svd-query+max-diff');
    const gain = points(centred, plainly);
    const said = t`The SVD query proves ${briefly(plainly.percent)} alone, and ${briefly(centred.percent)} with centring.`;
    if (Math.abs(answer - gain) <= TOLERANCE) return { score: 1, reason: `${said} ${t`That is ${plain(gain)} points more.`}` };
    if (isNear(answer, 100 * centred.bound, 0.002) || isNear(answer, 100 * plainly.bound, 0.002))
      return { score: 0, reason: t`${plain(answer)} is one of the two bounds. Asked for is their difference.` };
    if (isNear(answer, centred.bound / plainly.bound, 0.02))
      return {
        score: 0,
        reason: t`${plain(answer)} is how many times more is proven. Asked for is the difference of the two bounds, in points.`,
      };
    const reached = 100 * plainly.bound + answer;
    return {
      score: 0,
      reason: t`The SVD query alone proves ${briefly(plainly.percent)}. With ${plain(answer)} points more it would prove ${plain(reached)} %, and that is not what the centred proof proves.`,
    };
  },
  hints: [
    t`Go through the cells of the column “SVD query” with the arrow keys; the claim names the bound of each.`,
    t`“yes” and “no” above the columns say whether attention is centred.`,
  ],
  shows: t`SVD finds the direction with the most in it, and most is not what matters. Centring uses what is known of this network, that queries attend nearly alike, and so a crude summary is enough for the rest.`,
  reading: [paper(t`low-rank approximations`)],
};
