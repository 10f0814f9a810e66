/** What plotters is told of a model. */

import type { Frontier } from '../../pkg/plot.js';
import type { Model, Proof } from '../../state/model.js';

/**
 * The proofs of a model that pass and its other bounds as points, and brute force as their
 * baseline: up to the least accuracy that a proof shows not to be exceeded.
 */
export function proven(
  { facts: { classes, baseline_flops: flops }, proofs, uncertain }: Pick<Model, 'facts' | 'proofs'> & Partial<Model>,
  passes: (proof: Proof) => boolean = () => true,
): Frontier {
  const marks = new Map(classes.map(({ class: name, marker, role }) => [name, { marker, role }]));
  const points: Frontier['points'] = proofs.filter(passes).flatMap(({ facts, outcome }) => {
    const mark = marks.get(facts.class);
    return outcome && mark
      ? [{ ...facts, ...mark, certainty: 'proof', delta: 0, id: facts.strategy, flops: outcome.flops, bound: outcome.bound }]
      : [];
  });
  for (const { mark: marker, ...bound } of uncertain ?? [])
    points.push({ ...bound, marker, role: 'chance', one_of_many: true, published: false });
  const accuracy = Math.min(1, ...proofs.map(({ outcome }) => outcome?.upper_bound ?? 1));
  return { points, baseline: { flops, accuracy } };
}
