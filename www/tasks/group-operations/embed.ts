/** What embeds show of this task, and the page beside other things. */

import { t } from '../../languages/language.js';
import groupUrl from '../../pkg/group_bg.wasm?url';
import type { Embedded } from '../task.js';
import type { Asking } from './explain.js';
import workerUrl from './group-worker.ts?worker&url';
import { type GroupFacts, groupOperations } from './task.js';

export const embedded: Embedded<GroupFacts, Asking> = {
  ...groupOperations,
  module: groupUrl,
  worker: workerUrl,
  views: {
    strategies: { label: () => t`Strategies`, load: () => import('./views/strategies/strategies.js') },
    why: { label: () => t`Why`, load: () => import('./views/why/why.js') },
    neurons: { label: () => t`Neurons`, load: () => import('./views/neurons/neurons.js') },
    weights: { label: () => t`Weights`, load: () => import('./views/weights/weights.js') },
    try: { label: () => t`Try`, load: () => import('./views/try/try.js') },
    samples: { label: () => t`Samples`, load: () => import('../../views/samples/samples.js') },
  },
  explainer: async () => new (await import('./explain.js')).Asking(),
  words: async () => (await import('./words.js')).WORDS,
};
