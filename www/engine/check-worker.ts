/** Worker that checks one certificate with the independent checker (`src/checker`). */

import init, { Check, lastPanic, type Verdict } from '../pkg/check.js';
import type { CheckWork } from './check.js';
import { serve } from './serve.js';

/** Milliseconds of work between two progress messages. */
const STEP = 50;

serve<CheckWork, Verdict>(init, lastPanic, ({ file, bytes, certificate }, progress) => {
  const check = new Check(file, bytes, certificate);
  for (;;) {
    progress(check.advance(STEP));
    const verdict = check.verdict();
    if (verdict) return verdict;
  }
});
