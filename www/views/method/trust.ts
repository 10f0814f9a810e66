/**
 * Why a number of the page can be relied on: rounding, the rules for FLOPs, and how to check it
 * elsewhere.
 */

import { nodes, t } from '../../languages/language.js';
import { GALLERY } from '../../state/model.js';
import { count, scientific } from '../../ui/format.js';
import { word } from '../../ui/word.js';
import { formula, lines, p, type Section, see, steps } from './parts.js';

const rounding: Section = {
  id: 'rounding',
  title: t`Why float64 is enough`,
  content: (told) => {
    const { outcome, facts } = told.chosen ?? {};
    return [
      p(
        t`The theorem is about real numbers; computers round. So every comparison of a proof leaves room for what rounding may have done to both of its sides:`,
      ),
      steps(
        [
          t`A sum, product or quotient in float64 is the true one times 1 + δ, |δ| ≤ u = 2⁻⁵³. A chain of N of them is off by at most γ = N u / (1 − N u) of the sum of absolute values.`,
        ],
        [t`Exponentials are our own, the same bits everywhere, with an error that is proven: at most 2⁻⁵¹ of the result.`],
        [
          t`From the weights follows how large any number on the way can be, and from that the room κ, before anything is compared. A proof counts a case only if it holds with κ added to the wrong side.`,
        ],
      ),
      formula(t`proven if: computed sum + κ < 0; then the true sum < 0`),
      p(
        ...nodes`${
          outcome && facts
            ? t`For “${facts.label}” the room is ${scientific(outcome.slack)} logits, and ${count(outcome.lost)} inputs are not proven because of it.`
            : t`The chosen proof has no result yet.`
        } An input too close to a ${word('tie')} counts as wrong in a lower bound, and as right in an upper one.`,
      ),
    ];
  },
};

const flops: Section = {
  id: 'flops',
  title: t`How steps are counted`,
  content: (told) => [
    p(
      ...nodes`A proof’s length is what checking it takes, in ${word('steps', 'FLOPs')}. Each addition, subtraction, multiplication, division, comparison, maximum, absolute value and exponential of a real number counts one. Moving data and whole numbers count nothing, nor does the search for the proof.`,
    ),
    formula(t`[a, b] times [b, c]: a · c · (2b − 1).   A sort that is only checked: length − 1.   A softmax of n: 5n − 2`),
    p(...nodes`The formulas are tested against scalars that count their own operations. ${see('strategies', t`What steps buy`, told)}`),
  ],
};

const recheck: Section = {
  id: 'check',
  title: t`Check it yourself`,
  content: ({ model, chosen }) => {
    const { file, sha256, canonical_sha256, metadata } = model.facts;
    const strategy = (chosen ?? model.proofs.find(({ facts }) => facts.strategy === 'exact') ?? model.proofs[0])?.facts.strategy ?? '';
    const { seed, k } = metadata;
    const trained =
      model.source === GALLERY && seed && k ? [`compact-proofs train --k ${k} --seed ${seed} -o ${file}   # or download it here`] : [];
    const program = [
      ...trained,
      `sha256sum ${file}`,
      `compact-proofs verify ${file} --strategy '${strategy}' --json`,
      `compact-proofs prove ${file} --strategy '${strategy}' -o certificate.json`,
      `compact-proofs-check ${file} certificate.json`,
    ];
    return [
      p(
        ...nodes`The native program computes the same bits as this page. The last line is another program, which shares no code with it: it takes the ${word('certificate')} and the weights, and derives the count by other means. “Check independently”, below, runs the same one here.`,
      ),
      lines(t`Commands`, program.join('\n')),
      p(t`SHA-256 of ${file}:`, ' ', ...spaced(sha256)),
      ...(canonical_sha256 === undefined ? [] : [p(t`Certificates name its safetensors form:`, ' ', ...spaced(canonical_sha256))]),
    ];
  },
};

/** Of the task whose theorem is proven in Coq. */
export const MACHINE: Section = {
  id: 'machine',
  title: t`Who checks the theorem`,
  content: ({ model: { facts } }) => [
    p(
      t`The program is tested against brute force on some eleven million cases. But a test says nothing of a network that it has not seen, and a proof on paper may have a gap. So the theorem is also proven in Coq, whose kernel accepts a proof only if every step follows by the rules of logic: for all weights, in real numbers, with the exponentials enclosed by integers.`,
    ),
    p(
      t`From that proof comes the program behind “Check with the proven program”, below: what it confirms is true unless Coq, the translation into JavaScript or this browser errs. On your computer Coq itself can do the counting; then only its kernel and what it assumes of real numbers and machine integers are left to trust, and the result is a theorem that names the file by its SHA-256:`,
    ),
    lines(t`Command for Coq`, `npm run formal -- ${facts.file}`),
  ],
};

/** A hash that may wrap, in one piece when it is copied. */
const spaced = (hash: string): (Node | string)[] =>
  (hash.match(/.{1,8}/g) ?? []).flatMap((part) => [part, document.createElement('wbr')]);

export const TRUST: readonly Section[] = [rounding, flops, recheck];
