import type { Exercise, OwnProof } from './exercise.js';
import { isAtLeast, plain, points, proven, tokensOf } from './measure.js';
import { paper } from './reading.js';
import { t } from '../languages/language.js';
import { recipeOf } from '../views/strategies/own/recipe.js';

/** The proof that the first one is built on. */
const LISTED = 'EUPU-max-diff-exact--attn-mean-query+diff--attn-err-svd';

export const exercise: Exercise<OwnProof> = {
  id: 'beat-the-frontier',
  title: t`Beat the frontier`,
  goal: t`Build a proof that no proof of this page beats.`,
  minutes: 60,
  level: 'research',
  setup: `#k=4&seed=123&strategy=${encodeURIComponent(`rank-2-svd--${LISTED}`)}`,
  steps: [
    {
      says: t`Below the grid of the view Strategies you can build a proof: its rank, its directions, its error bound and its gaps. Whatever you choose, the proof holds; bad choices only prove less.`,
    },
    {
      says: t`The chosen proof has two directions instead of one.`,
      predict: {
        asks: t`How many percentage points does the second direction add?`,
        unit: t`points`,
        outcome: async (results) => {
          const [one, two] = await Promise.all([LISTED, `rank-2-svd--${LISTED}`].map((strategy) => results.outcome(strategy)));
          return one && two ? t`${plain(points(two, one))} points, for ${plain((100 * two.flops) / one.flops - 100)} % more FLOPs.` : '';
        },
      },
    },
    { says: t`Build your own. Those that you name are kept in this browser, and the best can be handed in.` },
  ],
  question: { kind: 'proof', asks: t`Choose a proof of your own that no listed proof beats: none that is as short proves as much.` },
  check: async ({ strategy, certificate }, results) => {
    tokensOf(results);
    const recipe = recipeOf(strategy);
    if (!recipe)
      return {
        score: 0,
        reason: t`This is no proof that someone has built: the page lists it, or finds it by itself. Build one below the grid.`,
      };
    const mine = await (certificate === undefined ? results.outcome(strategy) : results.verify(certificate));
    if (recipeOf(mine.strategy)?.listed !== recipe.listed) return { score: 0, reason: t`The certificate is of another proof.` };
    const [listed, all] = await Promise.all([results.outcome(recipe.listed), results.outcomes()]);
    const [beaten] = all.filter((other) => other.flops <= mine.flops && isAtLeast(other, mine)).sort((a, b) => b.bound - a.bound);
    const said = proven(t`Your proof`, mine);
    if (!beaten) {
      const best = all.filter(({ flops }) => flops <= mine.flops).sort((a, b) => b.bound - a.bound)[0];
      const above = best ? ` ${t`The best of them proves ${plain(points(mine, best))} points less.`}` : '';
      return { score: 1, reason: `${said} ${t`None of ${all.length} listed proofs that are as short proves as much.`}${above}` };
    }
    const { label } = await results.strategy(beaten.strategy);
    const gain = points(mine, listed);
    const against =
      gain > 0
        ? t`It proves ${plain(gain)} points more than the same proof with one direction.`
        : t`The same proof with one direction proves ${plain(-gain)} points more.`;
    return { score: gain > 0 ? 0.5 : 0, reason: `${said} ${against} ${t`But it is beaten: ${proven(t`“${label}”`, beaten)}`}` };
  },
  hints: [
    t`Look for gaps in the frontier: lengths for which the best listed proof is much shorter.`,
    t`Two factors gain with every direction. Which direct path, and which rank, lands in a gap?`,
  ],
  shows: t`A proof is a program that you can improve. Where you have beaten the frontier, you have found something that its authors had not tried.`,
  reading: [paper(t`its appendix has every strategy`)],
};
