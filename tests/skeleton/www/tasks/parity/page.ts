/** This task's part of the page. */

import { t } from '../../languages/language.js';
import moduleUrl from '../../pkg/parity_bg.wasm?url';
import { about } from '../../state/gallery.js';
import type { Explains, First, TaskPage } from '../task.js';
import workerUrl from './parity-worker.ts?worker&url';
import { ID, parity, type ParityFacts } from './task.js';

/** Nothing is asked about models of this task. */
const SILENT: Explains = {
  model() {},
  coverage: () => Promise.reject(new Error(t`nothing is sampled`)),
  close() {},
};

export const page: TaskPage<ParityFacts> = {
  ...parity,
  module: moduleUrl,
  worker: workerUrl,
  views: { strategies: { label: () => t`Strategies`, load: () => import('./strategies.js') } },
  explainer: () => Promise.resolve(SILENT),
  fields: ['model'],
  hasBest: false,
  compares: false,
  first: () => about<First>(ID, 'first-paint.json'),
  shelf: async () => (await import('./shelf.js')).shelf(),
  proofs: () => Promise.resolve([]),
  network: () => Promise.resolve(() => ({ model() {}, show() {} })),
  tour: () => Promise.resolve([]),
};
