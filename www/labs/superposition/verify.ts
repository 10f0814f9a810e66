/** Checks a certificate of this lab in a worker of its own, which knows nothing of what was trained. */

import { once } from '../../engine/once.js';
import { startWorker } from '../../engine/start.js';
import { t } from '../../languages/language.js';
import type { Verified } from '../../pkg/superposition.js';
import superpositionUrl from '../../pkg/superposition_bg.wasm?url';
import workerUrl from './verify-worker.ts?worker&url';

/** Resolves to what the checker says; rejects if the text is no certificate. */
export const verified = (certificate: string): Promise<Verified> =>
  once({ name: () => t`the checker`, url: superpositionUrl, start: () => startWorker(workerUrl) }, { certificate }, () => {});
