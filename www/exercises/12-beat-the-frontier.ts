import type { Exercise, OwnProof } from './exercise.js';
import { isAtLeast, plain, points, proves, tokensOf } from './measure.js';
import { paper } from './reading.js';
import { recipeOf } from '../views/strategies/own/recipe.js';

/** The proof that the first one is built on. */
const LISTED = 'EUPU-max-diff-exact--attn-mean-query+diff--attn-err-svd';

export const exercise: Exercise<OwnProof> = {
  id: 'beat-the-frontier',
  title: 'Beat the frontier',
  goal: 'Build a proof that no proof of this page beats.',
  minutes: 60,
  level: 'research',
  setup: `#k=4&seed=123&strategy=${encodeURIComponent(`rank-2-svd--${LISTED}`)}`,
  steps: [
    { says: 'Below the grid of the view Strategies you can build a proof: its rank, its directions, its error bound and its gaps. Whatever you choose, the proof holds; bad choices only prove less.' },
    {
      says: 'The chosen proof has two directions instead of one.',
      predict: {
        asks: 'How many percentage points does the second direction add?',
        unit: 'points',
        outcome: async (results) => {
          const [one, two] = await Promise.all([LISTED, `rank-2-svd--${LISTED}`].map((strategy) => results.outcome(strategy)));
          return one && two ? `${plain(points(two, one))} points, for ${plain((100 * two.flops) / one.flops - 100)} % more FLOPs` : '';
        },
      },
    },
    { says: 'Build your own. Those that you name are kept in this browser, and the best can be handed in.' },
  ],
  question: { kind: 'proof', asks: 'Choose a proof of your own that no listed proof beats: none that is as short proves as much.' },
  check: async ({ strategy, certificate }, results) => {
    tokensOf(results);
    const recipe = recipeOf(strategy);
    if (!recipe) return { score: 0, reason: 'This is no proof that someone has built: the page lists it, or finds it by itself. Build one below the grid.' };
    const mine = await (certificate === undefined ? results.outcome(strategy) : results.verify(certificate));
    if (recipeOf(mine.strategy)?.listed !== recipe.listed) return { score: 0, reason: 'The certificate is of another proof.' };
    const [listed, all] = await Promise.all([results.outcome(recipe.listed), results.outcomes()]);
    const [beaten] = all.filter((other) => other.flops <= mine.flops && isAtLeast(other, mine)).sort((a, b) => b.bound - a.bound);
    const said = `Your proof ${proves(mine)}`;
    if (!beaten) {
      const best = all.filter(({ flops }) => flops <= mine.flops).sort((a, b) => b.bound - a.bound)[0];
      const above = best ? `: the best of them proves ${plain(points(mine, best))} points less` : '';
      return { score: 1, reason: `${said}, and none of ${all.length} listed proofs that are as short proves as much${above}.` };
    }
    const { label } = await results.strategy(beaten.strategy);
    const gain = points(mine, listed);
    const against = gain > 0 ? `It proves ${plain(gain)} points more than the same proof with one direction` : `The same proof with one direction proves ${plain(-gain)} points more`;
    return { score: gain > 0 ? 0.5 : 0, reason: `${said}. ${against}, but “${label}” ${proves(beaten)}.` };
  },
  hints: ['Look for gaps in the frontier: lengths for which the best listed proof is much shorter.', 'Two factors gain with every direction. Which direct path, and which rank, lands in a gap?'],
  shows: 'A proof is a program that you can improve. Where you have beaten the frontier, you have found something that its authors had not tried.',
  reading: [paper('its appendix has every strategy')],
};
