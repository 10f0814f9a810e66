/** What is said of any model of this task. */

import { t } from '../../languages/language.js';
import type { TaskFacts } from '../../pkg/parity.js';
import { count } from '../../ui/format.js';
import type { Task } from '../task.js';

export const ID = 'parity';

/** What is known of a model of this task. */
export interface ParityFacts extends TaskFacts {
  bits: number;
}

export const parity: Task<ParityFacts> = {
  id: ID,
  name: () => t`Parity`,
  checkers: ['verifier'],
  inputs: ({ inputs }) => t`all ${count(inputs)} inputs`,
  about: ({ bits }) => [t`This network reads ${bits} bits and must tell whether an odd number of them is one.`],
  facts: ({ bits }) => [[t`Bits`, count(bits)]],
  way: () => undefined,
  opened: (loaded, file) => ({ ...loaded, ...file }),
  start: (ladder) => ladder.at(-1),
  named: (file) => {
    const [, model] = /^(\w+)\.safetensors$/.exec(file) ?? [];
    return model === undefined ? undefined : { model };
  },
  look: () => [],
};
