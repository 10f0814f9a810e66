import type { Exercise } from './exercise.js';
import { plain, proven } from './measure.js';
import { paper } from './reading.js';
import { t } from '../languages/language.js';
import { steps } from '../ui/format.js';

export const exercise: Exercise<string> = {
  id: 'cheapest-above-half',
  title: t`The cheapest proof above 50 %`,
  goal: t`Find your way on the frontier, and in the grid of strategies.`,
  minutes: 10,
  level: 'lesson',
  setup: '#k=4&seed=123&strategy=cubic',
  steps: [
    {
      says: t`Every mark of the figure is a proof: the higher, the more is proven; the further left, the shorter it is. Choose one by a click, or with the arrow keys.`,
    },
    {
      says: t`A proof is on the frontier if no shorter one proves as much.`,
      predict: {
        asks: t`How many times shorter than the cubic proof is the shortest one above 50 %?`,
        unit: t`times`,
        outcome: async (results) => {
          const [cubic, all] = [await results.outcome('cubic'), await results.outcomes()];
          return t`${plain(cubic.flops / Math.min(...all.filter(({ bound }) => bound > 0.5).map(({ flops }) => flops)))} times.`;
        },
      },
    },
    { says: t`Pull the slider below the figure to the left: the claim names the best proof of no more steps.` },
  ],
  question: { kind: 'strategy', asks: t`Choose the shortest proof on this page that proves more than 50 %.` },
  check: async (answer, results) => {
    const [mine, { label }, all] = await Promise.all([results.outcome(answer), results.strategy(answer), results.outcomes()]);
    const said = proven(label, mine);
    if (mine.bound <= 0.5) return { score: 0, reason: `${said} ${t`That is not more than 50 %.`}` };
    const shorter = all.filter(({ bound, flops }) => bound > 0.5 && flops < mine.flops).map(({ flops }) => flops);
    if (!shorter.length) return { score: 1, reason: `${said} ${t`Of ${all.length} proofs, no shorter one proves more than half.`}` };
    const least = Math.min(...shorter);
    return {
      score: 0.5,
      reason: `${said} ${t`Shorter proofs above 50 %: ${shorter.length}. The shortest takes ${steps(least)} FLOPs, ${plain(100 * (1 - least / mine.flops))} % fewer.`}`,
    };
  },
  hints: [
    t`Sort the view Table by length, and go down until a bound is above 50 %.`,
    t`Whoever leaves the mean out of attention saves steps. Who bounds the direct path exactly proves more.`,
  ],
  shows: t`More than half can be proven with little. What costs is the rest, and each further step of understanding buys less.`,
  reading: [paper(t`the frontier of proofs`)],
};
