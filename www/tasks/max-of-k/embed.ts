/** What embeds show of this task, and the page beside other things. */

import { t } from '../../languages/language.js';
import type { Explainer } from '../../engine/explain.js';
import type { ModelFacts } from '../../pkg/prove.js';
import proveUrl from '../../pkg/prove_bg.wasm?url';
import type { Embedded } from '../task.js';
import { maxOfK } from './task.js';
import workerUrl from './worker.ts?worker&url';

export const embedded: Embedded<ModelFacts, Explainer> = {
  ...maxOfK,
  module: proveUrl,
  worker: workerUrl,
  views: {
    strategies: { label: () => t`Strategies`, load: () => import('../../views/strategies/strategies.js') },
    why: { label: () => t`Why`, load: () => import('../../views/why/why.js') },
    try: { label: () => t`Try`, load: () => import('../../views/try/try.js') },
    weights: { label: () => t`Weights`, load: () => import('../../views/weights/weights.js') },
    samples: { label: () => t`Samples`, load: () => import('../../views/samples/samples.js') },
  },
  explainer: async () => new (await import('../../engine/explain.js')).Explainer(),
};
