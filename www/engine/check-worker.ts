/** Checks one certificate by the independent checker. */

import init, { Check, lastPanic } from '../pkg/check.js';
import type { CheckWork } from './check.js';
import { serve } from './once.js';

/** Milliseconds of work between two messages. */
const STEP = 50;

serve(async ({ module, file, bytes, certificate }: CheckWork & { module: WebAssembly.Module }, progress) => {
  await init({ module_or_path: module });
  const check = new Check(file, bytes, certificate);
  for (;;) {
    progress(check.step(STEP));
    const verdict = check.verdict();
    if (verdict) return verdict;
  }
}, lastPanic);
