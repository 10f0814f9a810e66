/** The models of the gallery by what is proven of their accuracy. */

import { t } from '../../languages/language.js';
import { percent } from '../../ui/format.js';

/**
 * What is proven of the accuracy of each weights file, in percent: one number, rounded down, where
 * it is counted, or else a lower bound and, rounded up, an upper one.
 */
export type Accuracies = Record<string, [least: string] | [least: string, most: string]>;

/** A model for some K. */
export interface Rated {
  seed: number;
  accuracy: Accuracies[string];
}

/** By what models are sorted. */
export type By = 'seed' | 'accuracy';

const least = ({ accuracy: [least] }: Rated) => Number(least);

/**
 * Sorts models: by seed from the least on, by accuracy from the best on; or the other way round.
 */
export function sorted(models: readonly Rated[], by: By, isReversed: boolean): Rated[] {
  const order = [...models].sort((a, b) => (by === 'accuracy' ? least(b) - least(a) : 0) || a.seed - b.seed);
  return isReversed ? order.reverse() : order;
}

/**
 * The models to pick at once: those with the best, the median and the worst proven accuracy (of an
 * even number, the better of the two in the middle; of equals, the one with the lower seed).
 */
export function landmarks(models: readonly Rated[]): { name: string; model: Rated }[] {
  const order = sorted(models, 'accuracy', false);
  const worst = order.find((model) => least(model) === least(order.at(-1) ?? model));
  const found = [[t`Best`, order[0]], [t`Median`, order[Math.floor((order.length - 1) / 2)]], [t`Worst`, worst]] as const;
  return found.flatMap(([name, model]) => (model ? { name, model } : []));
}

/** An accuracy in words. */
export const rated = ([least, most]: Accuracies[string]) => (most === undefined ? percent(least) : t`${least} to ${percent(most)}`);

/** What the accuracies of some models are. */
export function meaning(models: readonly Rated[]): string {
  const isCounted = models.every(({ accuracy }) => accuracy.length === 1);
  return isCounted
    ? t`Right answers, counted over all inputs and rounded down.`
    : t`Right answers, as far as is proven: at least and at most. Sorted by what is proven at least.`;
}
