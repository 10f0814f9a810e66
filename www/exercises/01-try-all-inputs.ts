import type { Exercise } from './exercise.js';
import { plain, rightOf } from './measure.js';
import { paper } from './reading.js';
import { t } from '../languages/language.js';
import { count, steps } from '../ui/format.js';

export const exercise: Exercise<number> = {
  id: 'try-all-inputs',
  title: t`Try all inputs`,
  goal: t`Say what trying every input proves, and what it costs.`,
  minutes: 5,
  level: 'first steps',
  setup: '#k=4&seed=123&strategy=brute-force',
  steps: [
    { says: t`Read the claim above the figure. The chosen proof runs the network on every input there is, and counts the right answers.` },
    {
      says: t`A proof costs floating-point operations (FLOPs): one addition or multiplication is one.`,
      predict: {
        asks: t`How many FLOPs does running the network on one input take?`,
        unit: 'FLOPs',
        outcome: async ({ facts }) =>
          t`${plain(facts.baseline_flops / Number(facts.inputs))} for one input, and ${steps(facts.baseline_flops)} for all ${count(facts.inputs)}.`,
      },
    },
    { says: t`Open the view Table, and find the row “Brute force” with the number of inputs that are proven right.` },
  ],
  question: { kind: 'number', asks: t`How many of all inputs does this network get wrong?`, unit: t`inputs` },
  check: async (answer, results) => {
    const total = BigInt(results.facts.inputs);
    const right = await rightOf(results);
    const wrong = total - right;
    if (answer === Number(wrong))
      return { score: 1, reason: t`${count(total)} inputs less ${count(right)} right ones are ${count(wrong)} wrong ones.` };
    if (answer === Number(right))
      return { score: 0, reason: t`${count(right)} is how many it gets right, of ${count(total)}. Asked for are the others.` };
    const share = (100 * Number(wrong)) / Number(total);
    if (Math.abs(answer - share) < 0.01 || Math.abs(answer - (100 - share)) < 0.01)
      return { score: 0, reason: t`${plain(answer)} is a percentage. Asked for is a number of inputs, of ${count(total)}.` };
    if (!Number.isInteger(answer) || answer < 0 || answer > Number(total))
      return { score: 0, reason: t`Asked for is a number of inputs, from 0 to ${count(total)}.` };
    const would = t`With ${count(answer)} wrong ones, ${count(total - BigInt(answer))} would be right; ${count(right)} are.`;
    return { score: 0, reason: `${answer > Number(wrong) ? t`That is too many.` : t`That is too few.`} ${would}` };
  },
  hints: [
    t`Whatever is not proven right by this proof is wrong: it has tried everything.`,
    t`Subtract the number in the column “Inputs proven right” from the number of all inputs, which the claim names.`,
  ],
  shows: t`Trying everything is a proof, and an exact one. But its cost grows with the number of inputs, and afterwards you know how often the network is right and still not why.`,
  reading: [paper(t`proofs by brute force`)],
};
