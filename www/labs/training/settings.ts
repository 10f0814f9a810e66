/**
 * What an address says of this lab: a recipe, and whether to follow it at once. A link with it
 * trains the same bits again.
 */

import type { Tuning } from '../../pkg/training.js';
import { choice, decimal, whole, type Fields } from '../settings.js';

/** Groups whose operation is trained, beside addition. */
export const GROUPS = ['S4', 'S3', 'D4', 'D5', 'A4', 'D7', 'D12', 'A5', 'S5'] as const;

export interface Settings {
  /** What to do when the page opens. */
  do: 'nothing' | 'train' | 'tune' | 'both';
  task: 'max-of-k' | 'addition' | 'group';
  k: number;
  /** What numbers are added modulo. */
  modulus: number;
  group: (typeof GROUPS)[number];
  seed: number;
  steps: number;
  /** Steps of fine-tuning. */
  tuning: number;
  attention: number;
  ov: number;
  positions: number;
  direct: number;
  bound: number;
}

/** The noise terms, by the names of their settings. */
export const NOISE = ['attention', 'ov', 'positions', 'direct', 'bound'] as const;
/** The largest weight of a noise term, and the steps of its slider. */
export const MOST_WEIGHT = 0.5;
export const WEIGHT_STEP = 0.01;

export const FIELDS: Fields<Settings> = {
  do: choice('do', 'nothing', 'train', 'tune', 'both'),
  task: choice('task', 'max-of-k', 'addition', 'group'),
  k: whole('k', 4, 2, 6),
  modulus: whole('modulus', 31, 2, 64),
  group: choice('group', ...GROUPS),
  seed: whole('seed', 123, 0, 4_294_967_295),
  steps: whole('steps', 3000, 1, 20_000),
  tuning: whole('tuning', 1500, 1, 20_000),
  attention: decimal('attention', 0.02, 0, MOST_WEIGHT),
  ov: decimal('ov', 0.02, 0, MOST_WEIGHT),
  positions: decimal('positions', 0.02, 0, MOST_WEIGHT),
  direct: decimal('direct', 0.02, 0, MOST_WEIGHT),
  bound: decimal('bound', 0.1, 0, MOST_WEIGHT),
};

/** The steps of the published recipes (`Recipe::published`). */
export function usualSteps({ task, modulus }: Pick<Settings, 'task' | 'modulus'>): number {
  if (task === 'addition') return modulus < 48 ? 12_000 : 8000;
  return task === 'group' ? 4000 : 3000;
}

/** What is trained for: a number of tokens, or the operation of a group. */
export type Goal = { k: number } | { group: string };

export const goalOf = ({ task, k, modulus, group }: Settings): Goal => (task === 'max-of-k' ? { k } : { group: task === 'addition' ? `Z${modulus}` : group });

/** The name of the file of the network that settings stand for, as galleries have it. */
export function fileOf(settings: Settings): string {
  const goal = goalOf(settings);
  return `${'k' in goal ? `max${goal.k}_v64` : goal.group}_s${settings.seed}.safetensors`;
}

/**
 * The recipe of fine-tuning that settings stand for; by default that of the native program
 * (`Tuning::default`).
 */
export const tuningOf = ({ tuning: steps, attention, ov, positions, direct, bound }: Settings): Tuning => ({
  seed: 0,
  steps,
  batch: 128,
  learning_rate: 0.002,
  weights: { attention, ov, positions, direct, bound },
});
