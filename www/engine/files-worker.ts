/** Worker that reads one weights file of any format, proves with directions for it, or verifies a certificate about it. */

import init, { lastPanic, type Outcome, Weights } from '../pkg/files.js';
import type { FilesWork, Read } from './files.js';
import { serve } from './serve.js';

/** Milliseconds of work between two progress messages. */
const STEP = 50;

serve<FilesWork, Read | Outcome | string>(init, lastPanic, ({ file, bytes, certificate, directed }, progress) => {
  const weights = new Weights(file, bytes);
  if (directed) return weights.directed(directed.strategy, directed.queries, directed.keys);
  if (certificate === undefined) return { facts: weights.facts(), canonical: weights.canonical() };
  const claim = weights.claim(certificate);
  for (;;) {
    progress(claim.advance(STEP));
    const outcome = claim.outcome();
    if (outcome) return outcome;
  }
});
