/** Reads one weights file of any format and, if there is one, verifies a certificate about it. */

import init, { lastPanic, Weights } from '../pkg/files.js';
import type { FilesWork } from './files.js';
import { serve } from './once.js';

/** Milliseconds of work between two messages. */
const STEP = 50;

serve(async ({ module, file, bytes, certificate }: FilesWork & { module: WebAssembly.Module }, progress) => {
  await init({ module_or_path: module });
  const weights = new Weights(file, bytes);
  if (certificate === undefined) return { facts: weights.facts(), canonical: weights.canonical() };
  const claim = weights.claim(certificate);
  for (;;) {
    progress(claim.step(STEP));
    const outcome = claim.outcome();
    if (outcome) return { outcome };
  }
}, lastPanic);
