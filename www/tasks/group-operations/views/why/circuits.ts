/** Why a proof by ideal neurons holds or fails, from what its circuits are. */

import type { Circuits } from '../../../../pkg/insight.js';
import { share } from '../../../../ui/real.js';

/** Two vectors are taken for one if the square of the cosine between them is above this. */
const ALIKE = 0.99;
/** The weight of a pair is uniform if it is off by less. */
const UNIFORM = 0.05;

/** A sentence for each thing that a proof needs and that is there, or is not. */
export function reasonsOf({ irreps, circuits, similar, unexplained }: Circuits): { holds: boolean; said: string }[] {
  if (!circuits.length) return [{ holds: false, said: 'No neurons were found whose weights are moved copies of each other. There is nothing to compare the network with.' }];
  const name = (irrep: number) => irreps[irrep]?.name ?? '';
  const reasons = circuits.map(({ irrep, weights, counts, neurons }) => {
    const missing = counts.filter((each) => !each).length;
    const off = Math.max(...weights.map((weight) => Math.abs(weight - 1)));
    const start = `${name(irrep)}: ${neurons.length} neurons`;
    if (missing) return { holds: false, said: `${start} leave ${missing} of ${counts.length} pairs of points without a neuron. The double sum is incomplete.` };
    if (off > UNIFORM) return { holds: false, said: `${start} take all ${counts.length} pairs of points, but not alike: a pair is ${share(off)} off the mean. The double sum is not uniform.` };
    return { holds: true, said: `${start} take all ${counts.length} pairs of points, each within ${share(off)} of the mean. The double sum is complete and uniform.` };
  });
  for (const { first, second, agreement } of similar) {
    const irrep = name(circuits[first]?.irrep ?? 0);
    if (agreement < ALIKE) reasons.push({ holds: false, said: `${irrep} has two circuits, ${first + 1} and ${second + 1}, with different vectors a: the square of the cosine between them is ${agreement.toFixed(3)}.` });
  }
  const weight = unexplained.reduce((all, each) => all + each.weight, 0);
  const live = unexplained.filter((each) => each.weight > 1e-4).length;
  if (live) reasons.push({ holds: weight < 0.01, said: `${live === 1 ? '1 neuron has' : `${live} neurons have`} no place in any circuit, with ${share(weight)} of all that is written. It counts as an error.` });
  return reasons;
}
