/**
 * All exercises in their order, from first steps to research. Each is fetched when it is needed.
 */

import type { Exercise } from './exercise.js';

const FILES: Readonly<Record<string, () => Promise<{ exercise: unknown }>>> = {
  'try-all-inputs': () => import('./01-try-all-inputs.js'),
  'half-the-work': () => import('./02-half-the-work.js'),
  'where-it-looks': () => import('./03-where-it-looks.js'),
  'one-stands-for-all': () => import('./04-one-stands-for-all.js'),
  'cheapest-above-half': () => import('./05-cheapest-above-half.js'),
  'svd-or-centring': () => import('./06-svd-or-centring.js'),
  'order-the-errors': () => import('./07-order-the-errors.js'),
  'ablate-and-predict': () => import('./08-ablate-and-predict.js'),
  'cheat-a-metric': () => import('./09-cheat-a-metric.js'),
  'tight-distribution': () => import('./10-tight-distribution.js'),
  'rank-of-the-group': () => import('./11-rank-of-the-group.js'),
  'beat-the-frontier': () => import('./12-beat-the-frontier.js'),
};

export const IDS: readonly string[] = Object.keys(FILES);

/** The exercise called `id`; undefined if there is none. Rejects if it does not arrive. */
// Its answers have the form that its question asks for: `mark` looks at them before its check does.
export const exerciseOf = async (id: string) => (await FILES[id]?.())?.exercise as Exercise | undefined;

/** All exercises. Rejects if one does not arrive. */
export const exercises = async (): Promise<Exercise[]> => (await Promise.all(IDS.map(exerciseOf))).filter((found) => found !== undefined);
