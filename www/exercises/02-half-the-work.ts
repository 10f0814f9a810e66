import type { Exercise } from './exercise.js';
import { isNear, plain, proven } from './measure.js';
import { paper } from './reading.js';
import { t } from '../languages/language.js';
import { briefly, steps } from '../ui/format.js';

/** How far an answer may be off, as a part: lengths are shown with three digits. */
const TOLERANCE = 0.05;

export const exercise: Exercise<number> = {
  id: 'half-the-work',
  title: t`Half the work, half the proof`,
  goal: t`Tell a proof that understands something from one that only tries inputs.`,
  minutes: 10,
  level: 'first steps',
  setup: '#k=4&seed=123&strategy=cubic&zoom=all',
  steps: [
    {
      says: t`Someone tries only half of all inputs, and finds every one of them right.`,
      predict: {
        asks: t`How much of the accuracy is proven then?`,
        unit: '%',
        outcome: async () => t`50 %: nothing is known of the other half.`,
      },
    },
    {
      says: t`So without any understanding, work and proof grow together. This is the linear baseline: it begins at nothing and ends at brute force.`,
    },
    { says: t`Now the cubic proof is chosen. Its length, and that of brute force, are in the view Table.` },
  ],
  question: { kind: 'number', asks: t`What part of all inputs can be tried in as many FLOPs as the cubic proof takes?`, unit: '%' },
  check: async (answer, results) => {
    const cubic = await results.outcome('cubic');
    const all = results.facts.baseline_flops;
    const share = (100 * cubic.flops) / all;
    const said = t`${steps(cubic.flops)} FLOPs are ${plain(share)} % of the ${steps(all)} that trying everything takes.`;
    if (isNear(answer, share, TOLERANCE))
      return {
        score: 1,
        reason: `${said} ${proven(t`The cubic proof`, cubic)} ${t`That is ${plain(cubic.bound / (share / 100))} times more.`}`,
      };
    if (isNear(answer, 100 * cubic.bound, 0.01))
      return {
        score: 0,
        reason: t`${briefly(cubic.percent)} is what the cubic proof proves. Asked for is what trying inputs would prove with its ${steps(cubic.flops)} FLOPs.`,
      };
    if (isNear(answer, share / 100, TOLERANCE))
      return { score: 0, reason: t`That is the part as a fraction; in percent it is a hundred times as much.` };
    const flops = (answer / 100) * all;
    return {
      score: 0,
      reason: t`Trying ${plain(answer)} % of all inputs takes ${steps(Math.max(flops, 0))} FLOPs. The cubic proof takes ${steps(cubic.flops)}.`,
    };
  },
  hints: [
    t`Every input takes equally many FLOPs.`,
    t`Divide the length of the cubic proof by the length of brute force, and multiply by 100.`,
  ],
  shows: t`A proof above the linear baseline must contain something about how the network works. How far above measures how much.`,
  reading: [paper(t`length of a proof against its bound`)],
};
