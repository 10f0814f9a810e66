import type { Exercise, Option, Step } from './exercise.js';
import type { Results } from './results.js';
import { t } from '../languages/language.js';
import type { Ablated } from '../pkg/explain.js';
import { capital, count, fixed } from '../ui/format.js';

/** What is taken out, as `ablated` takes it. */
const ABLATIONS: Readonly<Record<string, Parameters<Results['explain']['ablated']>>> = {
  attention: [0, false, false],
  rank: [1, false, false],
  positions: [undefined, true, false],
  direct: [undefined, false, true],
};

const OPTIONS: readonly Option[] = [
  { id: 'attention', label: t`no direction of attention is kept` },
  { id: 'rank', label: t`one direction of attention is kept` },
  { id: 'positions', label: t`positions are left out` },
  { id: 'direct', label: t`every token gets the direct path of the average token` },
];

const share = ({ sampled: { correct, samples } }: Ablated) => correct / samples;
const percent = (ablated: Ablated) => `${fixed(100 * share(ablated), 2)} %`;
const without = (results: Results, id: string) => results.explain.ablated(...(ABLATIONS[id] ?? [undefined, false, false]));

const guess = (says: string, id: string): Step => ({
  says,
  predict: {
    asks: t`What part of all inputs does the network then get right?`,
    unit: '%',
    outcome: async (results) => t`About ${percent(await without(results, id))}.`,
  },
});

export const exercise: Exercise<string> = {
  id: 'ablate-and-predict',
  title: t`Take a part out, and predict`,
  goal: t`Test an idea about the network by what breaks without a part.`,
  minutes: 15,
  level: 'lesson',
  setup: '#k=4&seed=123&view=weights',
  steps: [
    {
      says: t`If you know what a part is for, you can say what happens without it. Write your guesses down before you try them under “Take a part out” in the view Weights.`,
    },
    guess(t`Attention scores have as many directions as the head is wide. Keep one of them.`, 'rank'),
    guess(t`Keep all of attention, and leave the positions out.`, 'positions'),
    guess(t`Keep both, and give every token the direct path of the average token.`, 'direct'),
  ],
  question: { kind: 'choice', asks: t`Which of these makes the network fail most?`, options: OPTIONS },
  check: async (answer, results) => {
    const tried = await Promise.all(OPTIONS.map(async ({ id, label }) => ({ id, label, ablated: await without(results, id) })));
    const mine = tried.find(({ id }) => id === answer);
    const worst = tried.reduce((a, b) => (share(b.ablated) < share(a.ablated) ? b : a));
    if (!mine) return { score: 0, reason: t`This is none of the four.` };
    const intervals = (a: Ablated, b: Ablated) => a.sampled.interval[0] <= b.sampled.interval[1];
    const end = t`${count(mine.ablated.sampled.samples)} random inputs were tried: this is an estimate, not a proof.`;
    if (intervals(mine.ablated, worst.ablated))
      return {
        score: 1,
        reason: `${t`“${capital(mine.label)}”: about ${percent(mine.ablated)} of all inputs are right, the least of the four.`} ${end}`,
      };
    return {
      score: 0,
      reason: `${t`“${capital(mine.label)}”: about ${percent(mine.ablated)} of all inputs are still right. With another of the four it is about ${percent(worst.ablated)}.`} ${end}`,
    };
  },
  hints: [
    t`The cubic proof says what the network lives by.`,
    t`σ₁/σ₂ in the view Weights says how much of attention is in its first direction.`,
  ],
  shows: t`Attention to large tokens carries the network, and one direction of it nearly suffices. That is why proofs with rank 1 can be short. What an ablation says is an estimate; a proof has to bound what was left out.`,
  reading: [{ label: t`Causal scrubbing`, href: 'https://www.alignmentforum.org/posts/JvZhhzycHu2Yd57RN' }],
};
