/** This task's part of the page. */

import type { Explainer } from '../../engine/explain.js';
import { t } from '../../languages/language.js';
import type { ModelFacts } from '../../pkg/prove.js';
import { about } from '../../state/gallery.js';
import type { First, TaskPage } from '../task.js';
import { embedded } from './embed.js';
import { modelMenus, shelf } from './shelf.js';
import { ID } from './task.js';

export const page: TaskPage<ModelFacts, Explainer> = {
  ...embedded,
  fields: ['k', 'seed'],
  views: {
    ...embedded.views,
    distribution: { label: () => t`Distribution`, load: () => import('../../views/distribution/distribution.js') },
    method: { label: () => t`Method`, load: () => import('../../views/method/method.js') },
    table: { label: () => t`Table`, load: () => import('../../views/results/place.js') },
  },
  compares: true,
  hasBest: true,
  first: () => {
    modelMenus();
    return about<First>(ID, 'first-paint.json');
  },
  shelf,
  proofs: async () => (await import('./report.js')).proofs(),
  network: async () => {
    const { NetworkSection } = await import('../../views/network/network.js');
    return (models) => new NetworkSection(models);
  },
  questions: async () => (await import('./questions.js')).QUESTIONS,
  tour: async () => (await import('../../views/tour/steps.js')).STEPS,
  weigher: async (explain, told) => new (await import('../../views/distribution/over.js')).Over(explain, told),
};
