/** The parts of a margin that a proof shows, in words. */

import { t } from '../../../../languages/language.js';
import type { Split } from '../../../../pkg/insight.js';
import { real } from '../../../../ui/real.js';

interface Words {
  label: string;
  about: string;
}

const ABOUT: Readonly<Record<string, Words>> = {
  ideal: {
    label: t`Ideal margin`,
    about: t`By how much the right logit of the ideal network is above its others: the same for every input, so one pass tells it.`,
  },
  right: { label: t`Right logit`, about: t`By how much the network’s own right logit is above the ideal one.` },
  bias: { label: t`Biases`, about: t`What a wrong logit may gain by the bias, and by weights that are off for all neurons alike.` },
  activations: { label: t`Neurons’ inputs`, about: t`How far what the neurons give is from what ideal ones would: ‖U‖ · ‖s − ŝ‖.` },
  'read-out': {
    label: t`What neurons write`,
    about: t`How far the weights that neurons write with are from the ideal ones: ‖U − Û‖ · ‖ŝ‖.`,
  },
  factors: { label: t`Margin through R numbers`, about: t`The margin if wrong logits were exactly what the R numbers say.` },
  rest: {
    label: t`What R numbers miss`,
    about: t`Row by row, what is left of the unembedding times the length of what the neurons give: ‖U − AB‖ · ‖a‖.`,
  },
  sums: {
    label: t`Shorter lengths`,
    about: t`The length of what the neurons give is bounded by ‖L[x]‖ + ‖R[y]‖, which is quick and too long.`,
  },
};

export const wordsOf = (part: string): Words => ABOUT[part] ?? { label: part, about: '' };

const sum = (parts: readonly number[]) => parts.reduce((all, part) => all + part, 0);

/** What the parts of the worst input say. */
export function sayWorst({ parts, worst }: Split): string {
  const shown = sum(worst.parts);
  const most = worst.parts.reduce((most, part, i) => (part < (worst.parts[most] ?? 0) ? i : most), 0);
  const start = t`The input of which the proof shows least is x = ${worst.x}, y = ${worst.y}: a margin of ${real(shown)} logits.`;
  if (!((worst.parts[most] ?? 0) < 0)) return t`${start} No part takes anything away.`;
  const words = wordsOf(parts[most] ?? '');
  return t`${start} “${words.label}” takes most of it away, ${real(-(worst.parts[most] ?? 0))}. ${words.about}`;
}

/** The ends of each bar of a waterfall, and at last what is left. */
export function stepsOf(parts: readonly number[]): [from: number, to: number][] {
  let at = 0;
  const steps = parts.map((part): [number, number] => [at, (at += part)]);
  return [...steps, [0, at]];
}
