/** This task's part of the page. */

import type { Explainer } from '../../engine/explain.js';
import { t } from '../../languages/language.js';
import type { ModelFacts } from '../../pkg/prove.js';
import proveUrl from '../../pkg/prove_bg.wasm?url';
import { about } from '../../state/gallery.js';
import type { First, TaskPage } from '../task.js';
import { shelf } from './shelf.js';
import { ID, maxOfK } from './task.js';
import workerUrl from './worker.ts?worker&url';

export const page: TaskPage<ModelFacts, Explainer> = {
  ...maxOfK,
  module: proveUrl,
  worker: workerUrl,
  fields: ['k', 'seed'],
  views: {
    strategies: { label: () => t`Strategies`, load: () => import('../../views/strategies/strategies.js') },
    why: { label: () => t`Why`, load: () => import('../../views/why/why.js') },
    try: { label: () => t`Try`, load: () => import('../../views/try/try.js') },
    weights: { label: () => t`Weights`, load: () => import('../../views/weights/weights.js') },
    distribution: { label: () => t`Distribution`, load: () => import('../../views/distribution/distribution.js') },
    method: { label: () => t`Method`, load: () => import('../../views/method/method.js') },
    table: { label: () => t`Table`, load: () => import('../../views/results/place.js') },
  },
  compares: true,
  isEmbedded: true,
  hasBest: true,
  first: () => about<First>(ID, 'first-paint.json'),
  shelf,
  explainer: async () => new (await import('../../engine/explain.js')).Explainer(),
  proofs: async () => (await import('./report.js')).proofs(),
  network: async () => {
    const { NetworkSection } = await import('../../views/network/network.js');
    return (models) => new NetworkSection(models);
  },
  tour: async () => (await import('../../views/tour/steps.js')).STEPS,
  weigher: async (explain, told) => new (await import('../../views/distribution/over.js')).Over(explain, told),
};
