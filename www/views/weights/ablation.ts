/** What can be taken out of a network, in words and names. */

import { t } from '../../languages/language.js';
import type { Model, Proof } from '../../state/model.js';
import { percent } from '../../ui/format.js';

export interface Choice {
  /** Directions that attention keeps; undefined for all. */
  rank: number | undefined;
  noPositions: boolean;
  meanDirect: boolean;
}

/** What is taken out, such as “rank-1 QK, no positions”; empty for nothing. */
export function labelOf({ rank, noPositions, meanDirect }: Choice): string {
  const parts = [rank !== undefined && `rank-${rank} QK`, noPositions && t`no positions`, meanDirect && t`mean direct path`];
  return parts.filter((part) => part !== false).join(', ');
}

/** The name of the ablated network's file. */
export function nameOf(file: string, choice: Choice): string {
  return `${file.replace(/\.[^.]*$/, '')} (${labelOf(choice)}).safetensors`;
}

const isBruteForce = ({ facts }: Proof) => facts.visits !== null && !facts.one_of_many;

/** The exact accuracy and the best bound of another proof, as far as they are known, in percent. */
export function knownOf({ proofs }: Pick<Model, 'proofs'>): { exact: string; best: string } {
  const done = proofs.filter(({ outcome }) => outcome);
  const exact = done.find(isBruteForce)?.outcome;
  const others = done.filter((proof) => !isBruteForce(proof));
  const best = others.reduce<Proof | undefined>(
    (best, proof) => ((best?.outcome?.bound ?? -1) < (proof.outcome?.bound ?? 0) ? proof : best),
    undefined,
  );
  return {
    exact: exact ? percent(exact.percent) : t`not counted yet`,
    best: best?.outcome ? `${percent(best.outcome.percent)}, ${best.facts.label}` : t`not proven yet`,
  };
}
