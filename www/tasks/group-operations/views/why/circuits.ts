/**
 * Why a proof by ideal neurons holds or fails, from what its circuits are and what is wrong with
 * them.
 */

import { t, translated } from '../../../../languages/language.js';
import type { Circuits, Fault } from '../../../../pkg/insight.js';
import { share } from '../../../../ui/real.js';
import { fixed } from '../../../../ui/format.js';

/** A sentence for each thing that a proof needs and that is there, or is not. */
export function reasonsOf({ irreps, circuits, faults }: Circuits): { holds: boolean; said: string }[] {
  const name = (circuit: number) => translated(irreps[circuits[circuit]?.irrep ?? 0]?.name ?? '');
  const start = (circuit: number) => t`${name(circuit)}: ${circuits[circuit]?.neurons.length} neurons`;
  const said = (fault: Fault): string => {
    switch (fault.fault) {
      case 'no-circuit':
        return t`No neurons were found whose weights are moved copies of each other. There is nothing to compare the network with.`;
      case 'several-vectors':
        return t`${name(fault.circuits[0] ?? 0)} has ${fault.circuits.length} circuits, ${fault.circuits.map((each) => each + 1).join(', ')}, with ${fault.vectors} different vectors a. They are not one circuit.`;
      case 'incomplete-sum':
        return t`${start(fault.circuit)} leave ${fault.places - fault.filled} of ${fault.places} pairs of points without a neuron. The double sum is incomplete.`;
      case 'unequal-sum':
        return t`${start(fault.circuit)} do not take all pairs of points alike: a pair weighs ${fixed(fault.least, 2)} to ${fixed(fault.most, 2)} times the mean. The double sum is not uniform.`;
      case 'unplaced':
        return fault.neurons === 1
          ? t`1 neuron has no place in any circuit, with ${share(fault.share)} of all weights. It counts as an error.`
          : t`${fault.neurons} neurons have no place in any circuit, with ${share(fault.share)} of all weights. It counts as an error.`;
    }
  };
  const isFaulty = (circuit: number) => faults.some((fault) => 'circuit' in fault && fault.circuit === circuit);
  const sound = circuits.flatMap(({ counts }, k) =>
    isFaulty(k) ? [] : [t`${start(k)} take all ${counts.length} pairs of points nearly alike. The double sum is complete and uniform.`],
  );
  return [...sound.map((text) => ({ holds: true, said: text })), ...faults.map((fault) => ({ holds: false, said: said(fault) }))];
}
