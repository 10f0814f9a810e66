/** This task's part of the page. */

import { t } from '../../languages/language.js';
import type { TaskPage } from '../task.js';
import { embedded } from './embed.js';
import type { Asking } from './explain.js';
import { first } from './first.js';
import { shelf } from './shelf.js';
import type { GroupFacts } from './task.js';

export const page: TaskPage<GroupFacts, Asking> = {
  ...embedded,
  fields: ['model'],
  views: {
    ...embedded.views,
    method: { label: () => t`Method`, load: () => import('./views/method/method.js') },
  },
  compares: false,
  hasBest: true,
  first,
  shelf,
  proofs: async () => (await import('./report.js')).proofs(),
  network: async () => {
    const { ReadPart } = await import('./network.js');
    return (_, readAs) => new ReadPart(readAs);
  },
  questions: async () => (await import('./questions.js')).QUESTIONS,
  tour: async () => (await import('./tour.js')).STEPS,
};
