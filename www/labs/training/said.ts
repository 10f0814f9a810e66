/** What is said of networks. */

import { t, translated } from '../../languages/language.js';
import { briefly, fixed, percent, steps } from '../../ui/format.js';
import { by, counted, shortest, shortestOfMost, type Proven } from './proven.js';

/** An estimate of the accuracy. */
export const estimated = ({ sampled }: Proven) => `≈ ${percent(fixed((100 * sampled.correct) / sampled.samples, 2))}`;

/** The accuracy: exact where it was counted, else an estimate. */
export function accuracy(proven: Proven): string {
  const exact = counted(proven);
  return exact && exact.correct === exact.most_correct ? percent(exact.percent) : exact ? t`at least ${percent(exact.percent)}` : estimated(proven);
}

/** What a training led to, in a sentence: the accuracy, and how short a proof of it there is. */
export function learned(proven: Proven): string {
  const short = shortestOfMost(proven);
  if (!short) return t`The network answers ${accuracy(proven)} of all inputs right; only running it on every input proves anything of that.`;
  const { facts, outcome } = short;
  return t`The network answers ${accuracy(proven)} of all inputs right; “${translated(facts.label)}” proves ${briefly(outcome.percent)} in ${steps(outcome.flops)} steps, and running it on every input takes ${steps(proven.facts.baseline_flops)}.`;
}

/**
 * What fine-tuning did, in a sentence: of the proof that gained most among those of the shortest
 * class.
 */
export function said(before: Proven, after: Proven): string {
  const gains = after.proofs
    .filter(({ facts }) => facts.class === shortest(after))
    .flatMap(({ facts, outcome }) => {
      const old = by(before, facts.strategy);
      return old ? [{ label: facts.label, old, outcome }] : [];
    })
    .sort((a, b) => b.outcome.bound - b.old.bound - (a.outcome.bound - a.old.bound));
  const [most] = gains;
  if (!most) return '';
  const { label, old, outcome } = most;
  return t`“${translated(label)}”, a proof of ${steps(outcome.flops)} steps, held for ${briefly(old.percent)} of all inputs before and holds for ${briefly(outcome.percent)} now. The accuracy was ${accuracy(before)} and is ${accuracy(after)}. This is another network: no proof about it says anything of the one before.`;
}
