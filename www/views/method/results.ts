/** What proofs of the open model have proven, for the method's text. */

import { nodes, t } from '../../languages/language.js';
import type { Outcome } from '../../pkg/prove.js';
import type { Proof } from '../../state/model.js';
import { capital, count, percent } from '../../ui/format.js';
import { kind } from '../../ui/word.js';

export type Finished = Proof & { outcome: Outcome };

export const isFinished = (proof: Proof): proof is Finished => !!proof.outcome && !proof.from;
export const ofFamily = (proofs: readonly Proof[], family: string) =>
  proofs.filter(isFinished).filter(({ facts }) => facts.family === family);
export const named = (proofs: readonly Proof[], strategy: string) =>
  proofs.filter(isFinished).find(({ facts }) => facts.strategy === strategy);

/** The one that proves the most; of several, the shortest. */
export function best(proofs: readonly Finished[]): Finished | undefined {
  const isBetter = ({ outcome: a }: Finished, { outcome: b }: Finished) =>
    a.correct === b.correct ? a.flops < b.flops : BigInt(a.correct) > BigInt(b.correct);
  return proofs.reduce<Finished | undefined>((most, each) => (!most || isBetter(each, most) ? each : most), undefined);
}

/** What a proof has proven, as a sentence, with its mark. */
export const result = ({ facts, outcome: { correct, most_correct, total, percent: digits, flops } }: Finished): (Node | string)[] => [
  ...nodes`${kind(correct === most_correct ? 'exact' : 'proven')} “${capital(facts.label)}” proves ${count(correct)} of ${count(total)} inputs here: ${percent(digits)}, rounded down, in ${count(Math.round(flops))} FLOPs.`,
];

/** What is said while a proof runs. */
export const NOT_YET = t`It has no result for this model yet.`;
