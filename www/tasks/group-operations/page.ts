/** This task's part of the page. */

import type { TaskPage } from '../task.js';
import groupUrl from '../../pkg/group_bg.wasm?url';
import { Asking } from './explain.js';
import { first } from './first.js';
import { shelf } from './shelf.js';
import workerUrl from './group-worker.ts?worker&url';
import { type GroupFacts, groupOperations } from './task.js';

export const page: TaskPage<GroupFacts, Asking> = {
  ...groupOperations,
  module: groupUrl,
  worker: workerUrl,
  fields: ['model'],
  views: {
    strategies: { label: 'Strategies', load: () => import('./views/strategies/strategies.js') },
    why: { label: 'Why', load: () => import('./views/why/why.js') },
    neurons: { label: 'Neurons', load: () => import('./views/neurons/neurons.js') },
    weights: { label: 'Weights', load: () => import('./views/weights/weights.js') },
    try: { label: 'Try', load: () => import('./views/try/try.js') },
  },
  compares: false,
  isEmbedded: false,
  hasBest: false,
  first,
  shelf,
  explainer: () => Promise.resolve(new Asking()),
  proofs: async () => (await import('./report.js')).proofs(),
  network: async () => {
    const { ReadPart } = await import('./network.js');
    return (_, readAs) => new ReadPart(readAs);
  },
  words: async () => (await import('./words.js')).WORDS,
  tour: async () => (await import('./tour.js')).STEPS,
};
