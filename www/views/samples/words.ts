/**
 * What samples and estimates are worth beside the proofs of a model, in words and tables that are
 * worked out from results.
 */

import { t } from '../../languages/language.js';
import type { ResidualBound } from '../../pkg/files.js';
import type { Estimate, Sampled } from '../../pkg/samples.js';
import type { Model, Proof } from '../../state/model.js';
import { exactOf, sidesOf } from '../../state/sides.js';
import { DOUBT, type Uncertain } from '../../state/uncertain.js';
import { briefly, count, decimal, percent, steps } from '../../ui/format.js';

type Of = Pick<Model, 'facts' | 'proofs' | 'task'>;
type Run = Proof & { outcome: NonNullable<Proof['outcome']> };

/**
 * What each kind of bound is: its name, and what it is worth. Proofs have the marks of their
 * classes; `mark` looks like that of the others.
 */
export const KINDS = {
  proof: { mark: '', name: t`Proof`, worth: t`holds` },
  pac: { mark: '◐', name: t`With coins`, worth: t`holds with probability at least 1 − δ` },
  estimate: { mark: '◌', name: t`Estimate`, worth: t`guarantees nothing` },
} as const;

/** A probability in percent, with as many digits as it needs. */
const part = (probability: number) => percent(String(Number((100 * probability).toPrecision(10))));
/** The probability that something holds which is false with probability `delta`. */
export const held = (delta: number) => percent(String(Number((100 - 100 * delta).toFixed(10))));
/** A probability as one in so many. */
const oneIn = (probability: number) => t`1 in ${count(Math.floor(1 / probability + 1e-6))}`;
/** A probability as a person writes it: 0.001, or 10⁻⁶. */
export const small = (probability: number) => decimal(String(Number(probability.toPrecision(3))));

const runs = ({ proofs }: Pick<Model, 'proofs'>): Run[] => proofs.filter((proof): proof is Run => !!proof.outcome);

/** The shortest proof of at least a part of all inputs, of those of more steps than `beyond`. */
export const shortestOf = (model: Pick<Model, 'proofs'>, share: number, beyond = 0): Run | undefined =>
  runs(model).filter(({ outcome }) => outcome.bound >= share && outcome.flops > beyond).sort((a, b) => a.outcome.flops - b.outcome.flops)[0];

/** How many times as large, in two digits, or three if it is little more than once. */
const times = (ratio: number) => (ratio < 9.95 ? decimal(ratio.toPrecision(ratio < 1.095 ? 3 : 2)) : count(Math.floor(Number(ratio.toPrecision(2)))));

/** What a bound with coins saves beside proofs, and what it risks. */
export function riskOf({ bound, flops, delta }: Pick<Sampled, 'bound' | 'flops' | 'delta'>, model: Of): string {
  const [shortest, longer] = [shortestOf(model, bound), shortestOf(model, bound, flops)];
  const [best] = runs(model).sort((a, b) => b.outcome.bound - a.outcome.bound);
  return [
    ...(best && !shortest ? [t`No proof here reaches as much: “${best.facts.label}” proves ${briefly(best.outcome.percent)}.`] : []),
    ...(longer ? [t`To the right, “${longer.facts.label}” proves as much for certain, in ${steps(longer.outcome.flops)} steps, ${times(longer.outcome.flops / flops)} times as many.`] : []),
    ...(shortest && shortest !== longer ? [t`But “${shortest.facts.label}” proves as much for certain in ${steps(shortest.outcome.flops)} steps, fewer than with coins.`] : []),
    t`The risk: with a probability of up to ${part(delta)} (${oneIn(delta)}) the coins mislead, and then fewer inputs may be right than this says.`,
  ].join(' ');
}

/**
 * Numbers that whoever runs the network as it is, without understanding it, treats as arbitrary:
 * those that trying all inputs does.
 */
const unexplained = ({ facts: { strategies, parameters } }: Of) => strategies.find(({ visits_inputs }) => visits_inputs)?.unexplained_dimension ?? parameters;

/** A bound with coins as one of a model; `id` tells it from others. */
function withCoins(found: Pick<Sampled, 'delta' | 'bound' | 'percent' | 'correct' | 'flops'>, id: string, label: string, model: Of): Uncertain {
  const { delta, bound, percent: digits, correct, flops } = found;
  return {
    id,
    certainty: 'pac',
    delta,
    label,
    kind: t`${KINDS.pac.name}: ${KINDS.pac.worth}; dashed: their frontier, δ ≤ ${small(DOUBT)}`,
    mark: KINDS.pac.mark,
    claim: t`Right on at least ${briefly(digits)} of ${model.task.inputs(model.facts)}, with probability at least ${held(delta)} over the coins, in ${steps(flops)} steps.`,
    against: riskOf(found, model),
    bound,
    percent: digits,
    correct,
    flops,
    unexplained_dimension: unexplained(model),
    frontier: false,
  };
}

/** Samples as a bound of a model. */
export const boundOf = (sampled: Sampled, id: string, model: Of): Uncertain =>
  withCoins(sampled, id, t`${sampled.label}, ${count(sampled.samples)} samples`, model);

/** A proof whose residual coins bound, as a bound of a model. */
export function residualOf(found: ResidualBound, model: Of): Uncertain {
  const labels = {
    signs: t`Sub-cubic, ${count(found.samples)} random signs of the residual`,
    rows: t`Sub-cubic, ${count(found.samples)} random rows of the residual`,
    entries: t`Sub-cubic, ${count(found.samples)} random entries of the residual`,
  };
  return withCoins(found, `residual-${found.key.slice(0, 16)}`, labels[found.drawn], model);
}

/** The estimate as what it is. */
export function estimateOf({ method, label, idea, accuracy, percent: digits, flops }: Estimate, model: Of): Uncertain {
  const exact = exactOf(sidesOf([...model.proofs]));
  const off = exact && Math.abs(Number(exact.percent) - Number(digits));
  const beside = off === undefined ? t`Nothing says how far it is from the truth.` : t`The truth is ${briefly(exact!.percent)}: it is off by ${decimal(off.toFixed(2))} points of a hundred.`;
  return {
    id: method,
    certainty: 'estimate',
    delta: 0,
    label,
    kind: t`${KINDS.estimate.name}: ${KINDS.estimate.worth}`,
    mark: KINDS.estimate.mark,
    claim: t`About ${briefly(digits)} of ${model.task.inputs(model.facts)} right: an estimate from the weights in ${steps(flops)} steps, which guarantees nothing.`,
    against: `${idea} ${beside}`,
    bound: accuracy,
    percent: digits,
    correct: null,
    flops,
    unexplained_dimension: unexplained(model),
    frontier: false,
  };
}

/** The parts of all inputs that one asks how long it takes to reach. */
const SHARES = [0.9, 0.99, 0.999];

/**
 * What is shortest of those that reach a part of all inputs: among proofs, and with coins among
 * them.
 */
export interface Reached {
  share: number;
  proof: { strategy: string; label: string; flops: number } | undefined;
  withCoins: { label: string; flops: number; delta: number } | undefined;
}

export const reached = (model: Pick<Model, 'proofs'>, uncertain: readonly Uncertain[]): Reached[] =>
  SHARES.map((share) => {
    const found = shortestOf(model, share);
    const proof = found && { strategy: found.facts.strategy, label: found.facts.label, flops: found.outcome.flops };
    const coins = uncertain.filter(({ certainty, delta, bound }) => certainty === 'pac' && delta <= DOUBT && bound >= share);
    const [withCoins] = [...(proof ? [{ ...proof, delta: 0 }] : []), ...coins].sort((a, b) => a.flops - b.flops);
    return { share, proof, withCoins };
  });
