/** How each family of proofs is derived, with the numbers of the open model. */

import { nodes, t, translated } from '../../languages/language.js';
import { exactOf, sidesOf } from '../../state/sides.js';
import { capital, count, scientific, superscript } from '../../ui/format.js';
import { real } from '../../ui/real.js';
import { kind, word } from '../../ui/word.js';
import { ofCubic, oneRun } from './costs.js';
import { costs, formula, p, type Section, see, steps, table } from './parts.js';
import { best, type Finished, isFinished, named, NOT_YET, ofFamily, result } from './results.js';

const network: Section = {
  id: 'network',
  title: t`The claim, and the network`,
  content: ({ model: { facts } }) => {
    const { n, v, h, attn_scale, sequences } = facts;
    return [
      p(
        ...nodes`An input is K = ${n} tokens from 0 to ${v - 1}. Let m be the largest of them, and q the last. The network is right if its ${word('logit')} of m is larger than every other one. A ${word('bound')} is a theorem:`,
      ),
      formula(t`of the v${superscript(n)} = ${v}${superscript(n)} = ${count(sequences)} inputs, at least N are answered right`),
      p(
        ...nodes`This network is small enough to write out. With the ${word('direct path')} EUPU, the output map (${word('OV')}) EVOU for tokens and PVOU for positions, and the scores (${word('QK')}) EQKE and EQKP:`,
      ),
      formula(t`logit_o = EUPU[q, o] + Σ_p a_p · (EVOU[t_p, o] + PVOU[p, o])`),
      formula(t`a = softmax_p((EQKE[q, t_p] + EQKP[q, p]) / ${attn_scale === null ? `√${h}` : attn_scale})`),
      p(
        ...nodes`Every proof is a ${word('case', t`case analysis`)}: it goes through the ${count((v * (v + 1)) / 2)} pairs of a largest token m and a last token q ≤ m, most of them also through the number of smaller tokens, shows of each case how many inputs are right, and adds up. Cases do not overlap, so nothing is counted twice.`,
      ),
    ];
  },
};

const bruteForce: Section = {
  id: 'brute-force',
  title: t`Brute force: try all`,
  content: (told) => {
    const { facts, proofs } = told.model;
    const run = oneRun(facts).reduce((sum, { flops }) => sum + flops, 0);
    const proof = named(proofs, 'brute-force');
    const visited = proof?.outcome.visited ?? null;
    return [
      p(
        ...nodes`Nothing is understood and nothing is assumed: ${word('brute force')} runs the network on each input and counts. One run takes ${count(run)} FLOPs, all of them ${scientific(facts.baseline_flops)}.`,
      ),
      costs(t`One run of the network and the check of its answer`, oneRun(facts)),
      p(...(proof ? result(proof) : [NOT_YET])),
      ...(visited === null
        ? []
        : [
            p(
              t`FLOPs are charged for every input, though this program decides most of them together, by what they begin with: it ran the network on ${count(visited)}.`,
            ),
          ]),
      p(
        ...nodes`On a part of the inputs, it proves that part of the accuracy. This is the ${word('baseline')} that the other proofs have to beat, the dashed line of the figure.`,
      ),
    ];
  },
};

const cubic: Section = {
  id: 'cubic',
  title: t`Cubic: one worst token stands for all`,
  content: (told) => {
    const { facts, proofs } = told.model;
    const proof = named(proofs, 'cubic');
    const exact = exactOf(sidesOf(proofs));
    const lost = proof && exact ? exact.count - BigInt(proof.outcome.correct) : undefined;
    const { flops } = proof?.outcome ?? facts.strategies.find(({ strategy }) => strategy === 'cubic') ?? {};
    return [
      p(
        ...nodes`The insight: the network is right because it attends to the largest token. The ${word('cubic')} proof takes one case at a time: m, q, and c copies of one smaller token k; the rest of the input is m.`,
      ),
      steps(
        [
          t`Attention is exact here. Only the order of the positions is open, and two orders are the extremes: the copies of m where the least attention goes, or where the most does.`,
        ],
        [
          t`With A the attention to each kind of token, u the most that the direct path favours a wrong answer, and w the most that an attended token does, the case is right if the inequality below holds.`,
        ],
        [
          t`If that holds for c copies of each k in a set S, it holds for any mixture of tokens of S: attention only shares out differently among them. So the case gives C(K − 1, c) · |S|ᶜ inputs.`,
        ],
      ),
      formula(t`u_m + A_m w_m + A_q w_q + A_k w_k < 0, for both orders`),
      p(
        t`What it loses: each of u and w is the worst over all wrong answers, which need not be the same one; and the worst token is supposed to come in c copies.`,
      ),
      p(
        ...(proof ? result(proof) : [NOT_YET]),
        ' ',
        ...(lost === undefined ? [] : [t`The network is right on ${count(lost)} more, which this proof misses. `]),
        see('why', t`Where it loses them`, told, 'cubic'),
      ),
      ...(flops === undefined ? [] : [costs(t`The cubic proof`, ofCubic(facts, flops))]),
    ];
  },
};

const subCubic: Section = {
  id: 'sub-cubic',
  title: t`Sub-cubic: sum up, and bound what is left`,
  content: (told) => {
    const { model, chosen } = told;
    const { attention, proofs } = model;
    const found = ofFamily(proofs, 'sub-cubic');
    const top = best(found);
    const isOne = chosen?.facts.family === 'sub-cubic' && isFinished(chosen) ? chosen : undefined;
    const shown = isOne ?? top;
    const { left_out } = shown?.outcome ?? {};
    // The ten that have the other two choices of the one that is shown.
    const beside = shown
      ? found.filter(({ facts }) =>
          facts.tags.every(({ name, value }, i) => i === 2 || shown.facts.tags.some((tag) => tag.name === name && tag.value === value)),
        )
      : [];
    const byError = [...beside].sort((a, b) => (a.facts.tags[2]?.place ?? 0) - (b.facts.tags[2]?.place ?? 0));
    return [
      p(
        ...nodes`Three tokens at a time are many. A ${word('sub-cubic')} proof looks at two, and sums up what the third does, in four steps:`,
      ),
      steps(
        [
          ...nodes`${word('QK', t`Scores`)} are nearly of ${word('rank', t`rank one`)}: take that part, by ${word('SVD')}, and bound what is left by b_q, the ${word('attention error')}.`,
          ...(attention
            ? [' ', t`Here the first singular value is ${real(attention.sigma_ratio ?? Infinity)} times the second, σ₁/σ₂.`]
            : []),
        ],
        [
          ...nodes`Keep a ${word('gap')} g: look only at inputs whose smaller tokens are all at most m − g. Then the score of m has a lead over each of theirs, the first line below.`,
        ],
        [t`From that lead, the least and the most attention α that all copies of m together may get.`],
        [
          ...nodes`With both, add up the worst: the direct path (in one of five ways), what positions and the attended tokens write, ${word('centred')} at an average attention or not. If the sum Δ, the second line, is negative, the case is right within its gap.`,
        ],
      ),
      formula(t`lead ≥ approx[q, m] − max_{k ≤ m − g} approx[q, k] − b_q`),
      formula(t`Δ = max_o(μ_o − μ_m + P_o + ᾱ (EVOU[m, o] − EVOU[m, m])) + (1 − α) W + slope · (α − ᾱ) + γ_q`),
      p(
        t`μ stands for the direct path of every query and γ_q bounds what it leaves of query q; P is the worst position, W the widest spread of what a smaller token writes, ᾱ the centre, and slope what one more part of attention does to the worst answer.`,
      ),
      ...(attention
        ? [
            p(
              ...nodes`${kind('estimated')} These bounds are computed for you to read, without room for rounding; a proof works out its own, row by row.`,
            ),
            table(
              t`How large b may be for this model, by the way it is bounded`,
              [t`Way`, t`Largest b`],
              attention.errors.map(({ name, value }) => [translated(name), real(value)]),
            ),
          ]
        : []),
      p(
        see('weights', t`These bounds as bars, and the matrices`, told),
        '. ',
        see('strategies', t`All hundred proofs as a grid`, told),
        '.',
      ),
      p(
        ...(shown ? result(shown) : [NOT_YET]),
        ...(left_out != null ? [t` Its gaps leave out ${count(left_out)} inputs; the rest fails the test.`] : []),
        ...(isOne || !top ? [] : [t` None of the hundred proves more.`]),
      ),
      ...(byError.length > 1
        ? [
            table(
              t`The same proof with each attention error: what one choice costs and gives`,
              [t`Attention error`, t`Inputs proven right`, 'FLOPs'],
              byError.map(({ facts, outcome }) => [
                translated(facts.tags[2]?.value ?? ''),
                count(outcome.correct),
                count(Math.round(outcome.flops)),
              ]),
            ),
          ]
        : []),
    ];
  },
};

const additive: Section = {
  id: 'ours',
  title: t`Ours: additivity`,
  content: (told) => {
    const { model, chosen } = told;
    const found = model.proofs.filter(isFinished).filter(({ outcome }) => outcome.steps.length);
    const shown = chosen && found.find((proof) => proof === chosen) ? (chosen as Finished) : best(found);
    return [
      p(...nodes`Our proofs approximate nothing. They rest on ${word('additivity')}:`),
      steps(
        [
          ...nodes`Whether a wrong answer o beats m is the sign of the difference of their logits. The ${word('softmax')} divides by something positive, which changes no sign. What is left is a sum with one term for each position:`,
        ],
        [
          t`For given m and q, the term of a position depends on its own token only. So the largest value of the sum, over all inputs of the case, is the sum of the largest terms: found position by position, without trying any input.`,
        ],
        [
          t`If that is negative for every wrong answer, the whole case is right, to the last input. Tokens, queries and answers are taken in blocks first, and one by one only where a block is not decided.`,
        ],
        [
          t`What is still undecided is counted: by ever finer bounds on how many inputs may be wrong or, at last, by following those that may.`,
        ],
      ),
      formula(
        t`logit_o − logit_m has the sign of Σ_p e^(score_p) · (EUPU[q, o] − EUPU[q, m] + EVOU[t_p, o] − EVOU[t_p, m] + PVOU[p, o] − PVOU[p, m])`,
      ),
      p(...(shown ? result(shown) : [NOT_YET])),
      ...(shown
        ? [
            table(
              t`What the parts of “${shown.facts.label}” give and cost`,
              [t`Step`, t`Cases`, t`Inputs right`, 'FLOPs'],
              shown.outcome.steps.map(({ what, cases, correct, flops }) => [
                capital(translated(what)),
                count(cases),
                count(correct),
                count(Math.round(flops)),
              ]),
            ),
            p(see('why', t`Which cases were decided how`, told, shown.facts.strategy, { patterns: 'decided' })),
          ]
        : []),
    ];
  },
};

export const FAMILIES: readonly Section[] = [network, bruteForce, cubic, subCubic, additive];
