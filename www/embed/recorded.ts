/**
 * What is shown of a model before anything is proven in the reader's browser, and where no program
 * draws.
 */

import type { Options } from '../pkg/plot.js';
import type { ModelFacts, Outcome } from '../pkg/prove.js';
import type { Proof } from '../state/model.js';
import type { Plot } from '../ui/plotters.js';
import type { Pictured } from '../views/frontier/frontier.js';
import { proven } from '../views/frontier/points.js';

/** Sizes of the recorded figures in CSS pixels, for wide and for narrow places. */
const WIDE = { width: 616, height: 260 };
const NARROW = { width: 316, height: 224 };
const LOOKS = { selected: null, budget: null, delta: 0, zoom: 'crowd', scale: 'accuracy', others: [], spread: [] } as const;

/** The results of a model with their figures, which `plot` draws. */
export function recorded(plot: Pick<Plot, 'figure' | 'metrics'>, facts: ModelFacts, outcomes: readonly Outcome[]): Pictured {
  const proofs = facts.strategies.map((strategy): Proof => {
    const outcome = outcomes.find((each) => each.strategy === strategy.strategy);
    return { facts: strategy, job: { state: 'idle' }, shipped: true, frontier: false, ...(outcome && { outcome }) };
  });
  const points = proven({ facts, proofs }, () => true);
  const figure = (size: typeof WIDE) => plot.figure(points, { ...LOOKS, others: [], spread: [], ...size } satisfies Options);
  return { facts, outcomes: [...outcomes], metrics: plot.metrics(points), figure: figure(WIDE), narrow: figure(NARROW) };
}
