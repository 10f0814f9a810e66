/** What an address says of this lab: a recipe, and whether to follow it at once. A link with it trains the same bits again. */

import type { Tuning } from '../../pkg/training.js';
import { choice, decimal, whole, type Fields } from '../settings.js';

export interface Settings {
  /** What to do when the page opens. */
  do: 'nothing' | 'train' | 'tune' | 'both';
  k: number;
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
  k: whole('k', 4, 2, 6),
  seed: whole('seed', 123, 0, 4_294_967_295),
  steps: whole('steps', 3000, 1, 20_000),
  tuning: whole('tuning', 1500, 1, 20_000),
  attention: decimal('attention', 0.02, 0, MOST_WEIGHT),
  ov: decimal('ov', 0.02, 0, MOST_WEIGHT),
  positions: decimal('positions', 0.02, 0, MOST_WEIGHT),
  direct: decimal('direct', 0.02, 0, MOST_WEIGHT),
  bound: decimal('bound', 0.1, 0, MOST_WEIGHT),
};

/** The recipe of fine-tuning that settings stand for; by default that of the native program (`Tuning::default`). */
export const tuningOf = ({ tuning: steps, attention, ov, positions, direct, bound }: Settings): Tuning => ({
  seed: 0,
  steps,
  batch: 128,
  learning_rate: 0.002,
  weights: { attention, ov, positions, direct, bound },
});
