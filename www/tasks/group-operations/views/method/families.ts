/** How each family of proofs of this task is derived, with the numbers of the open model. */

import { nodes, t, translated } from '../../../../languages/language.js';
import type { TaskFacts } from '../../../../pkg/group.js';
import type { Frequencies, Power } from '../../../../pkg/insight.js';
import type { Model } from '../../../../state/model.js';
import { count, decimal } from '../../../../ui/format.js';
import { real } from '../../../../ui/real.js';
import { kind, word } from '../../../../ui/word.js';
import { costs, formula, lines, p, type Section, see, steps, table } from '../../../../views/method/parts.js';
import { best, isFinished, named, NOT_YET, ofFamily, result } from '../../../../views/method/results.js';
import { called, type GroupFacts } from '../../task.js';
import { usedIn } from '../../used.js';
import type { GroupWord } from '../../words.js';
import { cliffOf, ranked } from '../strategies/ranks.js';
import { ofBruteForce, ofLowRank } from './costs.js';

/** What the module has answered about the open model; undefined until then. */
export interface Answered {
  power?: Power | undefined;
  /** Null where the group is not cyclic. */
  frequencies?: Frequencies | null | undefined;
}

/** A word of this task's own. */
const term = word<GroupWord>;

const factsOf = ({ facts }: Model) => facts as TaskFacts as GroupFacts;
const claim: Section = {
  id: 'network',
  title: t`The claim, and the network`,
  content: ({ model }) => {
    const { order, neurons, outputs, inputs } = factsOf(model);
    return [
      p(
        ...nodes`An input is a pair x, y of the ${order} elements of ${called(factsOf(model))}. The network is right if its ${word('logit')} of x · y, their product in the ${term('group')}, is larger than every other one. A ${word('bound')} is a theorem:`,
      ),
      formula(t`of the n² = ${order}² = ${count(inputs)} inputs, at least N are answered right`),
      p(
        ...nodes`The network has m = ${neurons} ${term('neuron', t`neurons`)} and ${outputs} outputs. A neuron i adds a number L[x, i] for x and a number R[y, i] for y, and gives the sum if that is positive, else 0 (ReLU). An output z adds up what the neurons give, each with its weight U[z, i]:`,
      ),
      formula(t`logit_z = Σ_i U[z, i] · ReLU(L[x, i] + R[y, i] + b_i) + paths around the neurons + bias_z`),
      p(t`A transformer with an MLP is multiplied out to this form when its file is read.`),
    ];
  },
};

const bruteForce: Section = {
  id: 'brute-force',
  title: t`Brute force: try all`,
  content: ({ model }) => {
    const [whole, half] = [named(model.proofs, 'brute-force'), named(model.proofs, 'brute-force-symmetric')];
    return [
      p(...nodes`Nothing is understood and nothing is assumed: ${word('brute force')} runs the network on each pair and counts.`),
      costs(t`Brute force`, ofBruteForce(factsOf(model), model.facts.baseline_flops)),
      p(...(whole ? result(whole) : [NOT_YET])),
      ...(half
        ? [p(t`This network makes no difference between x, y and y, x, by its weights. So one of the two is enough.`, ' ', ...result(half))]
        : []),
      p(...nodes`On a part of the inputs, it proves that part of the accuracy: the ${word('baseline')}, the dashed line of the figure.`),
    ];
  },
};

const lowRank = (answered: Answered): Section => ({
  id: 'low-rank',
  title: t`Low rank: few numbers tell the answer`,
  content: (told) => {
    const { model } = told;
    const all = ranked(model.proofs);
    const cliff = cliffOf(all);
    const shown = all.find(({ proof }) => proof === told.chosen) ?? cliff;
    const near = cliff ? all.filter(({ rank }) => Math.abs(rank - cliff.rank) <= 2) : all.slice(-5);
    return [
      p(
        t`The neurons run on every input, but wrong logits are found through R numbers only. Let a be what the neurons give, and U′ the weights they write with, less the mean row, which moves all logits alike.`,
      ),
      steps(
        [...nodes`Take the ${word('SVD')} of U′, and keep R directions: U′ is nearly A B, with A of R columns and B of R rows.`],
        [t`For an input, R numbers B a give nearly all logits.`],
        [
          t`What they miss of a logit is a sum of products, which is at most the product of two lengths (the inequality of Cauchy and Schwarz). The length of what A B leaves of row z is known beforehand; the length of a is one number for the input.`,
        ],
        [t`If the right logit, computed exactly, is above that bound for all wrong z, the input is right.`],
      ),
      formula('U′[z] · a ≤ A[z] · (B a) + ‖U′[z] − A[z] B‖ · ‖a‖'),
      ...(shown && isFinished(shown.proof)
        ? [
            p(...result(shown.proof)),
            costs(t`The proof of rank ${shown.rank}`, ofLowRank(factsOf(model), shown.rank, shown.proof.outcome.flops)),
          ]
        : [p(NOT_YET)]),
      ...(near.some(({ proof }) => isFinished(proof))
        ? [
            table(
              t`What is proven by rank`,
              ['R', t`Inputs proven right`, 'FLOPs'],
              near.flatMap(({ rank, proof }) =>
                isFinished(proof) ? [[String(rank), count(proof.outcome.correct), count(Math.round(proof.outcome.flops))]] : [],
              ),
            ),
          ]
        : []),
      ...(cliff
        ? [
            p(
              t`From R = ${cliff.rank} on, all inputs are proven.`,
              ' ',
              ...sayUsed(answered, cliff.rank),
              ' ',
              see('strategies', t`All ranks`, told),
            ),
          ]
        : []),
    ];
  },
});

/** Why the proof appears at a rank: what the network uses takes so many numbers. */
function sayUsed({ power }: Answered, cliff: number): (Node | string)[] {
  if (!power) return [];
  const used = usedIn(power).map(({ irrep }) => irrep);
  const sum = used.reduce((all, { part }) => all + part, 0);
  const parts = used.map(({ part }) => part).join(' + ');
  const meets =
    sum === cliff ? t`just that` : t`${sum}: of what little one of them adds, a proof may do without some, and must keep some noise`;
  return [
    ...nodes`${kind('estimated')} Its neurons write ${used.length} ${term('irrep', t`irreps`)}: ${used.map(({ name }) => translated(name)).join(', ')}. One of dimension d has d² entries, a frequency a cosine and a sine; together ${parts}, which is ${meets}.`,
  ];
}

const irreps = (answered: Answered): Section => ({
  id: 'irreps',
  title: t`Irreps: ideal neurons`,
  content: (told) => {
    const { proofs } = told.model;
    const found = ofFamily(proofs, 'irrep');
    const listed = proofs.some(({ facts }) => facts.family === 'irrep');
    const top = best(found);
    const none = t`No circuits are found in this network, so that there is no such proof of it.`;
    return [
      p(
        ...nodes`The insight: neurons that use an ${term('irrep')} come in ${term('circuit', t`circuits`)}. An ideal circuit has a neuron at every place that the group can move a pattern to. Whatever functions α, γ and υ the pattern is made of, the sum over all places depends on x⁻¹ z y⁻¹ alone, as moving the places shows:`,
      ),
      formula('Σ_{g, g′} υ(g⁻¹ z g′) · ReLU(α(g⁻¹ x) + γ(y g′)) = φ(x⁻¹ z y⁻¹)'),
      p(
        ...nodes`The logit of x · y is φ at the identity. So one pass over the values of φ gives the ${word('margin')} of the ideal network for all inputs at once. The network differs from the ideal one, and the proof bounds by how much:`,
      ),
      steps(
        [t`“Irreps” compares what the neurons give with what ideal ones would, input by input.`],
        [t`“Irreps, linear” compares their weights L and R, once for all inputs: it proves all or none.`],
        [t`“Irreps, absolute values” writes ReLU(t) as t/2 + |t|/2, computes the first half exactly, and compares the second only.`],
      ),
      formula(t`margin ≥ ideal margin − ‖U′‖ ‖s − ŝ‖ − ‖Δ − E‖ √Q − what biases add`),
      p(
        t`Here s and ŝ are what real and ideal neurons give, Δ is how far the written weights of each place are off, E its mean, and Q the sum of ŝ² over all places. Any pattern makes a sound proof: a bad one makes a weak bound, never a wrong one.`,
      ),
      ...(found.length
        ? [
            table(
              t`What they prove here`,
              [t`Proof`, t`Inputs proven right`, 'FLOPs'],
              found.map(({ facts, outcome }) => [facts.label, count(outcome.correct), count(Math.round(outcome.flops))]),
            ),
          ]
        : [p(listed ? NOT_YET : none)]),
      ...(top
        ? [
            p(
              ...result(top),
              ' ',
              ...(top.outcome.correct === '0' ? [t`The neurons of this network are too far from ideal ones.`, ' '] : []),
              see('why', top.outcome.correct === '0' ? t`Why not` : t`Where the margin goes`, told, top.facts.strategy),
            ),
          ]
        : []),
      ...written(answered),
    ];
  },
});

const activeSets: Section = {
  id: 'active-sets',
  title: t`Active sets: running sums over neurons`,
  content: (told) => {
    const found = ofFamily(told.model.proofs, 'active-sets');
    const top = best(found);
    return [
      p(
        t`The R numbers B a of the low-rank proof are sums over the neurons that are active. Such a neuron gives L[x, i] + R[y, i], so each sum is one of L and one of R:`,
      ),
      formula(t`B a = Σ_{i active} B[·, i] L[x, i] + Σ_{i active} B[·, i] R[y, i]`),
      steps(
        [t`Neuron i is active for those y with R[y, i] > −L[x, i].`],
        [
          ...nodes`Hold x, and walk through all y in an order in which what the neuron reads goes up and down once, such as around the circle of its ${term('frequency')}: the neuron comes once and goes once.`,
        ],
        [
          t`So the first sum changes by a few terms in the whole walk, and running sums give it for every y. The second likewise, holding y and walking through x.`,
        ],
        [t`A, the numbers and the inequality of Cauchy and Schwarz then bound the right logit from below and all others from above.`],
      ),
      p(
        t`No input costs an operation for each neuron any more, and nothing is approximated that the low-rank proof does not approximate. Any orders make a sound proof; good ones a short one.`,
      ),
      ...(found.length
        ? [
            table(
              t`What they prove here`,
              [t`Proof`, t`Inputs proven right`, 'FLOPs'],
              found.map(({ facts, outcome }) => [facts.label, count(outcome.correct), count(Math.round(outcome.flops))]),
            ),
          ]
        : [p(NOT_YET)]),
      ...(top ? [p(...result(top), ' ', see('why', t`Where the margin goes`, told, top.facts.strategy))] : []),
    ];
  },
};

/** The irreps that the network uses, with their sizes. */
function written({ power }: Answered): Node[] {
  if (!power) return [];
  const rows = usedIn(power).map(({ irrep: { name, dimension }, share }) => [
    translated(name),
    String(dimension),
    `${decimal((100 * share).toFixed(1))} %`,
  ]);
  return [table(t`What the neurons write, by irrep`, [t`Irrep`, t`Dimension d`, t`Part`], rows)];
}

const quadrature = (answered: Answered): Section => ({
  id: 'quadrature',
  title: t`Quadrature: a sum that is nearly an integral`,
  content: ({ model }) => {
    const waves = answered.frequencies;
    if (waves === null)
      return [p(t`This is about cyclic groups, such as numbers that are added modulo n. ${called(factsOf(model))} is none of them.`)];
    return [
      p(
        ...nodes`In a cyclic group, elements are angles. A neuron of ${term('frequency')} k reads cosines of x and y and writes one of z. With u half the sum of the angles of x and y, and v the angle of z, the neurons of one frequency add up to the first line below. If their phases φ_i divide the circle into arcs as long as their weights w_i, and each writes at twice its phase, that is nearly the integral of the second line: largest where v = 2u, at the right answer.`,
      ),
      formula('F(u, v) = Σ_i w_i ReLU(cos(u + φ_i)) cos(v + ψ_i)'),
      formula('∫ ReLU(cos(u + φ)) cos(v + 2φ) dφ = (2/3) cos(v − 2u)'),
      p(t`Three proofs bound the difference, for all real u and v:`),
      steps(
        [t`Boxes, as published: each neuron stands for an arc, on which the integrand changes at a rate of at most 2.`],
        [t`Spectral, ours: the error of each frequency of |cos|, one by one, and a bound on all that follow.`],
        [
          t`Kinks, ours: between two angles at which some neuron switches, the error bends so little that its ends tell nearly all. What is proven is nearly exact.`,
        ],
      ),
      ...(waves ? errorsOf(waves) : []),
      lines(t`Command for an integral`, `compact-proofs verify ${model.facts.file} --strategy quadrature-kinks`),
    ];
  },
});

/** How well each frequency of the network integrates. */
const errorsOf = ({ frequencies }: Frequencies): Node[] => [
  p(...nodes`${kind('estimated')} Errors against (2/3) cos(v − 2u), computed without room for rounding:`),
  table(
    t`How well the neurons integrate, by frequency`,
    [t`Frequency k`, t`Neurons`, t`Mean error`, t`Largest error`],
    frequencies.map(({ frequency, neurons, relu }) => [String(frequency), count(neurons), real(relu.mean), real(relu.most)]),
  ),
];

/** All sections, which look at what is answered whenever they are shown. */
export const familiesOf = (answered: Answered): readonly Section[] => [
  claim,
  bruteForce,
  lowRank(answered),
  activeSets,
  irreps(answered),
  quadrature(answered),
];
