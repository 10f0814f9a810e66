/** The tour, step by step: what it says, and what it points at. */

import { t } from '../../languages/language.js';
import { ladderOf, startOf } from '../../state/ladder.js';
import type { Model } from '../../state/model.js';
import { briefly, count, steps } from '../../ui/format.js';
import type { ViewName } from '../view.js';

export interface Step {
  title: string;
  /** What it says, with the numbers of the open model. */
  says(model: Model): string;
  /** Selector of what it points at. */
  at: string;
  /** The view that is opened. */
  view?: ViewName;
  /** Identifier of the proof that is chosen, where the model has it. */
  strategy?(model: Model): string | undefined;
}

const outcomeOf = ({ proofs }: Model, wanted: string) => proofs.find(({ facts }) => facts.strategy === wanted)?.outcome;

export const STEPS: readonly Step[] = [
  {
    title: t`Try it`,
    says: ({ facts: { n } }) =>
      t`The network reads ${n} tokens and should answer the largest. Change one: the answer follows, and so do the bars, which show where it looks.`,
    at: '#view',
    view: 'try',
  },
  {
    title: t`Is it right on all inputs?`,
    says: (model) => {
      const { sequences, baseline_flops } = model.facts;
      const found = outcomeOf(model, 'brute-force');
      const [inputs, length] = [count(sequences), steps(baseline_flops)];
      return found
        ? t`There are ${inputs}. Trying all of them takes ${length} steps and gives ${briefly(found.percent)}. Then one knows how often it is right, and still not why.`
        : t`There are ${inputs}. Trying all of them takes ${length} steps. Then one knows how often it is right, and still not why.`;
    },
    at: '.claim',
    strategy: () => 'brute-force',
  },
  {
    title: t`It looks at the largest token`,
    says: (model) => {
      const found = outcomeOf(model, 'cubic');
      const result = found
        ? t`${briefly(found.percent)} are proven right, in ${steps(found.flops)} steps: a ${count(Math.floor(model.facts.baseline_flops / found.flops))}th of trying all`
        : t`a large part is proven right, in a small part of the steps`;
      return t`Who has understood that need not try all: one worst token stands for all others. So ${result}. That is the mark of the cubic proof.`;
    },
    at: '.plot',
    strategy: () => 'cubic',
  },
  {
    title: t`Less work, less proven`,
    says: () =>
      t`Drag the slider to the left, or press the left arrow key: the proof may take fewer steps. The claim above falls, and the map loses cells.`,
    at: '.claim',
    view: 'why',
    strategy: ({ proofs }) => startOf(ladderOf(proofs))?.facts.strategy,
  },
  {
    title: t`What is not understood`,
    says: () =>
      t`The price of a short proof are the pale cells. Click one, or go there with the arrow keys and press Enter; then try an input of it that is not proven. Questions to begin with stand above each view.`,
    at: '#view',
    view: 'why',
    strategy: () => 'cubic',
  },
];
