/** What is said of any model of this task. */

import { nodes, t } from '../../languages/language.js';
import type { TaskFacts } from '../../pkg/group.js';
import { breakable } from '../../ui/element.js';
import { count } from '../../ui/format.js';
import type { Reads, Task } from '../task.js';

export const ID = 'group-operations';

/** How a file is read, for all that its tensors cannot say. */
export interface Way {
  group?: string;
  /** The group's Cayley table, where it has no name. */
  cayley?: number[][];
  instance?: number;
  attention?: (typeof ATTENTION)[number];
  vocabulary?: (typeof VOCABULARY)[number];
}

const ATTENTION = ['one', 'half', 'softmax'] as const;
const VOCABULARY = ['shared', 'halves'] as const;
/** Most numbers of networks in a file, and names of groups, as addresses have them. */
const [INSTANCE, GROUP] = [/^\d{1,6}$/, /^[A-Z]\w{0,39}$/];
/** Most bytes of a file with a Cayley table. */
const MOST_TABLE = 2 ** 22;

/** A way to read a file of this task. */
const reads: Reads<GroupFacts> = {
  of: ({ read }) => read,
  written: (read) => {
    const { attention, vocabulary, instance, group }: Way = read;
    return [attention, vocabulary, instance ? String(instance) : undefined, group].filter((part) => part !== undefined).join();
  },
  parse: (text) => {
    const parts = text.split(',');
    const attention = ATTENTION.find((each) => parts.includes(each));
    const vocabulary = VOCABULARY.find((each) => parts.includes(each));
    const instance = parts.find((part) => INSTANCE.test(part));
    const group = parts.find((part) => GROUP.test(part));
    const way: Way = {
      ...(attention && { attention }),
      ...(vocabulary && { vocabulary }),
      ...(instance && { instance: Number(instance) }),
      ...(group && { group }),
    };
    return Object.keys(way).length === parts.length ? way : undefined;
  },
  range: () => t`how a file is read, such as half,shared or softmax,halves, the number of a network in it, the name of a group`,
  kept: (read) => {
    const { cayley }: Way = read;
    return cayley && { cayley };
  },
  isIn: async (file) => {
    if (file.size > MOST_TABLE) return false;
    return /\.(csv|tsv)$/i.test(file.name) || (/\.(json|txt)$/i.test(file.name) && /^\s*\[\s*\[/.test(await file.slice(0, 64).text()));
  },
};

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
  checkers: ['verifier', 'independent'],
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
  reads,
  way: () => undefined,
  opened: (loaded, file) => ({ ...loaded, ...file, notes: [...file.notes, ...loaded.notes] }),
  start: (ladder) => ladder.at(-1),
  named: (file) => {
    const [, model] = /^(\w+)\.safetensors$/.exec(file) ?? [];
    return model === undefined ? undefined : { model };
  },
  look: () => [],
};
