import type { Exercise } from './exercise.js';
import { plain, tokensOf } from './measure.js';
import { t } from '../languages/language.js';
import type { Look } from '../pkg/explain.js';
import { share } from '../ui/real.js';

/** The part of the attention that goes to the largest token. */
const onLargest = ({ tokens, largest, attention }: Look) => attention.reduce((sum, part, i) => sum + (tokens[i] === largest ? part : 0), 0);

/** An input of `n` tokens with one largest one. */
const sample = (n: number) => [17, 52, 3, ...Array<number>(Math.max(n - 3, 0)).fill(41)].slice(0, n).join();

export const exercise: Exercise<readonly number[]> = {
  id: 'where-it-looks',
  title: t`Which token does it look at?`,
  goal: t`Read attention, and find where the simple story about it ends.`,
  minutes: 10,
  level: 'first steps',
  setup: '#k=4&seed=123&view=try&tokens=17,52,3,41',
  steps: [
    {
      says: t`The view Try runs the network on an input. The bars show how the last position divides its attention among all tokens.`,
      predict: {
        asks: t`Which part of the attention goes to the largest token of 17, 52, 3, 41?`,
        unit: '%',
        outcome: async (results) => {
          const look = await results.explain.look(sample(tokensOf(results).n));
          return t`${share(onLargest(look))} goes to ${look.largest}, on ${look.tokens.join(', ')}.`;
        },
      },
    },
    { says: t`Change tokens one by one. Watch what the distance between the largest and the next token does to the bars.` },
  ],
  question: {
    kind: 'tokens',
    asks: t`Find an input that is answered right, whose largest token occurs once and gets less than half of the attention.`,
  },
  check: async (answer, results) => {
    tokensOf(results);
    const look = await results.explain.look(answer.join());
    const part = onLargest(look);
    const said = t`On ${look.tokens.join(', ')}, ${share(part)} of the attention goes to ${look.largest}.`;
    const copies = look.tokens.filter((token) => token === look.largest).length;
    if (copies > 1) return { score: 0, reason: t`${look.largest}, the largest token, occurs ${copies} times. Keep one of them.` };
    if (!look.right)
      return {
        score: 0.5,
        reason: `${said} ${t`But the network answers ${look.answer}, which is wrong. Find an input that it still gets right.`}`,
      };
    if (part >= 0.5) return { score: 0, reason: `${said} ${t`That is not less than half.`}` };
    return { score: 1, reason: `${said} ${t`Still it answers ${look.answer}: its logit is ${plain(look.margin)} above the next.`}` };
  },
  hints: [
    t`Attention grows with the token. Which other tokens would compete with the largest?`,
    t`Make all other tokens as large as they may be.`,
  ],
  shows: t`The network looks at large tokens rather than at the largest one. Where tokens are close, the attention is divided, and what else it does has to settle the answer.`,
  reading: [{ label: `A mathematical framework for transformer circuits`, href: 'https://transformer-circuits.pub/2021/framework/' }],
};
