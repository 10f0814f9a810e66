/** What is said of any model of this task. */

import { nodes, t } from '../../languages/language.js';
import type { TaskFacts } from '../../pkg/group.js';
import { breakable } from '../../ui/element.js';
import { count } from '../../ui/format.js';
import type { Task } from '../task.js';

export const ID = 'group-operations';

/** How a file is read, for all that its tensors cannot say. */
export interface Way {
  group?: string;
  instance?: number;
  attention?: 'one' | 'half' | 'softmax';
  vocabulary?: 'shared' | 'halves';
}

/** A way to read a file, what it assumes in words, and how many inputs are right then; no proof. */
export interface Reading {
  read: Way;
  assumed: string;
  right: number;
}

/** What is known of a model of this task. */
export interface GroupFacts extends TaskFacts {
  /** Elements of the group. */
  order: number;
  neurons: number;
  outputs: number;
  /** Null where the group has no name here. */
  group: string | null;
  right: number;
  /** The networks in the file. */
  instances: number;
  read: Way;
  /** The ways to read the file, the one with the most inputs right first. */
  readings: Reading[];
}

/** `Z59` as Z₅₉. */
export const written = (group: string) => group.replace(/\d/g, (digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)] ?? digit);

/** What a group is called in a sentence. */
export const called = ({ group, order }: Pick<GroupFacts, 'group' | 'order'>) => (group ? written(group) : t`a group of ${order} elements`);

export const groupOperations: Task<GroupFacts> = {
  id: ID,
  name: () => t`Group operations`,
  checkers: ['independent'],
  inputs: ({ inputs }) => t`all ${count(inputs)} inputs`,
  about: (facts) => {
    const [group, inputs] = [facts.group ? t`the group ${written(facts.group)}` : called(facts), breakable(count(facts.inputs))];
    return facts.group?.startsWith('Z')
      ? nodes`This network reads two elements x and y of ${group} and must answer their product x · y, which is their sum modulo ${String(facts.order)}. There are ${inputs} inputs.`
      : nodes`This network reads two elements x and y of ${group} and must answer their product x · y. There are ${inputs} inputs.`;
  },
  facts: (facts) => [
    [t`Group`, called(facts)],
    [t`n, elements`, count(facts.order)],
    [t`m, neurons`, count(facts.neurons)],
    [t`o, outputs`, count(facts.outputs)],
  ],
  way: () => undefined,
  opened: (loaded, file) => ({ ...loaded, ...file, notes: [...file.notes, ...loaded.notes] }),
  start: (ladder) => ladder.at(-1),
  look: () => [],
};
