/** What would prove more: outcomes of other proofs of the model, those first that gain most. */

import type { Proof } from '../../state/model.js';

export interface Gain {
  strategy: string;
  /**
   * What is other than in the chosen proof: one choice, its kind and both values; or the whole
   * proof.
   */
  change: { name: string; from: string; to: string } | { label: string };
  /** The inputs that it proves beyond the chosen proof. */
  inputs: bigint;
  /** How long it is, in lengths of the chosen proof. */
  length: number;
  /** Whether it proves as many inputs as the network is right on, so that none can prove more. */
  isAll: boolean;
}

/**
 * One choice replaced, the best of its kind; and the best proof of each family. Nothing without an
 * outcome of the chosen proof.
 */
export function gains(proofs: readonly Proof[], chosen: Proof): Gain[] {
  const own = chosen.outcome;
  if (!own) return [];
  const others = proofs.filter((proof) => proof !== chosen && proof.outcome && !proof.from);
  const most = mostOf(proofs);
  const gain = (best: Proof | undefined, change: Gain['change']): Gain[] => {
    const inputs = best?.outcome ? BigInt(best.outcome.correct) - BigInt(own.correct) : 0n;
    if (!best?.outcome || inputs <= 0n) return [];
    return [
      {
        strategy: best.facts.strategy,
        change,
        inputs,
        length: best.outcome.flops / own.flops,
        isAll: BigInt(best.outcome.correct) === most,
      },
    ];
  };
  const replaced = chosen.facts.tags.flatMap(({ name, value: from }) => {
    const best = bestOf(others.filter((proof) => differsIn(chosen, proof) === name));
    return gain(best, { name, from, to: valueOf(best, name) });
  });
  const families = [...new Set(others.map(({ facts }) => facts.family))];
  const whole = families.flatMap((family) => {
    const best = bestOf(others.filter(({ facts }) => facts.family === family));
    return gain(best, { label: best?.facts.label ?? '' });
  });
  // A proof with one choice replaced may be the best of its family.
  const fresh = whole.filter(({ strategy }) => !replaced.some((gain) => gain.strategy === strategy));
  return [...replaced, ...fresh].sort((a, b) => (a.inputs === b.inputs ? a.length - b.length : a.inputs < b.inputs ? 1 : -1));
}

/** As many inputs as the network is right on at most; undefined where no proof says so. */
export function mostOf(proofs: readonly Proof[]): bigint | undefined {
  const counts = proofs.flatMap(({ outcome }) => (outcome?.most_correct ? [BigInt(outcome.most_correct)] : []));
  return counts.reduce<bigint | undefined>((least, each) => (least === undefined || each < least ? each : least), undefined);
}

/**
 * The one tag in which two proofs of a family differ; undefined if they differ in none or in
 * several.
 */
function differsIn(a: Proof, b: Proof): string | undefined {
  if (a.facts.family !== b.facts.family || a.facts.tags.length !== b.facts.tags.length) return undefined;
  const others = a.facts.tags.filter(({ name, value }) => valueOf(b, name) !== value);
  return others.length === 1 ? others[0]?.name : undefined;
}

const valueOf = (proof: Proof | undefined, name: string) => proof?.facts.tags.find((tag) => tag.name === name)?.value ?? '';

/** The proof of the most inputs; of several, the shortest. */
function bestOf(proofs: readonly Proof[]): Proof | undefined {
  const key = ({ outcome }: Proof) => ({ inputs: BigInt(outcome?.correct ?? 0), flops: outcome?.flops ?? Infinity });
  const isBetter = (a: Proof, b: Proof) =>
    key(a).inputs === key(b).inputs ? key(a).flops < key(b).flops : key(a).inputs > key(b).inputs;
  return proofs.reduce<Proof | undefined>((best, each) => (!best || isBetter(each, best) ? each : best), undefined);
}
