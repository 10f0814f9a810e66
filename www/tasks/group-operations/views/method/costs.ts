/** What proofs of this task cost, step by step: closed formulas of the shape of a network. */

import { t } from '../../../../languages/language.js';
import type { Cost } from '../../../../views/method/costs.js';
import type { GroupFacts } from '../../task.js';

type Shape = Pick<GroupFacts, 'order' | 'neurons' | 'outputs'>;

/** Each of the `inputs` n² pairs: numbers of the neurons, added and cut off. */
const run = ({ order, neurons }: Shape): Cost => ({
  what: t`Neurons: add two numbers, and cut off below 0`,
  flops: order * order * 2 * neurons,
});

const rest = (what: string, flops: number, parts: readonly Cost[]): Cost[] => [
  ...parts,
  { what, flops: flops - parts.reduce((sum, part) => sum + part.flops, 0) },
];

/** The parts of brute force, of all its `flops`. */
export function ofBruteForce(shape: Shape, flops: number): Cost[] {
  const { order, neurons, outputs } = shape;
  const logits = { what: t`Logits: a sum over the neurons for each output`, flops: order * order * outputs * (2 * neurons - 1) };
  return rest(t`Biases, paths around the neurons, margins and room for rounding`, flops, [run(shape), logits]);
}

/** The parts of the proof through `rank` numbers, of all its `flops`. */
export function ofLowRank(shape: Shape, rank: number, flops: number): Cost[] {
  const { order, neurons, outputs } = shape;
  const inputs = order * order;
  return rest(t`Lengths, margins and room for rounding`, flops, [
    { what: t`Multiply the factors out, to see what they miss`, flops: outputs * neurons * (2 * rank - 1) },
    run(shape),
    { what: t`${rank} numbers of each input`, flops: inputs * rank * (2 * neurons - 1) },
    { what: t`Wrong logits from these numbers`, flops: inputs * outputs * (2 * rank - 1) },
    { what: t`Right logits, exactly`, flops: inputs * (2 * neurons - 1) },
  ]);
}
