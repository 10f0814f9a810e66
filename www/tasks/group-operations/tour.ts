/** The tour of this task. */

import { t } from '../../languages/language.js';
import { ladderOf } from '../../state/ladder.js';
import type { Model } from '../../state/model.js';
import { briefly, count, fixed, steps } from '../../ui/format.js';
import type { Step } from '../../views/tour/steps.js';
import { called, type GroupFacts } from './task.js';
import type { TaskFacts } from '../../pkg/group.js';

const of = ({ facts }: Model) => facts as TaskFacts as GroupFacts;
const best = (model: Model) => ladderOf(model.proofs).at(-1);

export const STEPS: readonly Step[] = [
  {
    title: t`Two elements, one product`,
    says: (model) =>
      t`The network reads two elements of ${called(of(model))} and should answer their product. There are ${count(model.facts.inputs)} inputs. Trying all of them takes ${steps(model.facts.baseline_flops)} steps, and nothing is understood.`,
    at: '.claim',
    strategy: () => 'brute-force',
  },
  {
    title: t`Fewer numbers tell the answer`,
    says: () =>
      t`Drag the slider of ranks, or press the arrow keys: through how many numbers does a proof see the outputs? Below some rank it proves nothing, and from there on everything.`,
    at: '#view',
    view: 'strategies',
  },
  {
    title: t`What the neurons do`,
    says: (model) => {
      const group = of(model).group;
      return group?.startsWith('Z')
        ? t`Each neuron is a wave round the circle of all elements. Choose a frequency: its neurons are boxes under a curve, and their sum is nearly its integral.`
        : t`Each neuron is a pair of points, of one representation of ${called(of(model))}. Where they fill their orbits, one input tells the answers of all.`;
    },
    at: '#view',
    view: 'neurons',
  },
  {
    title: t`A proof that is shorter`,
    says: (model) => {
      const found = best(model)?.outcome;
      if (!found) return t`The shortest proof of everything is far shorter than trying all inputs.`;
      return t`${briefly(found.percent)} of all inputs are proven right in ${steps(found.flops)} steps, ${fixed(model.facts.baseline_flops / found.flops, 1)} times fewer than trying all of them takes.`;
    },
    at: '.plot',
    strategy: (model) => best(model)?.facts.strategy,
  },
];
