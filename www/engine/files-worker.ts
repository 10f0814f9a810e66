/** Worker that reads one weights file of any format, proves with directions for it, verifies a certificate about it, or puts it into a single file. */

import init, { fill as fillIn, lastPanic, type Outcome, Weights } from '../pkg/files.js';
import type { FilesWork, Read } from './files.js';
import { serve } from './serve.js';

/** Milliseconds of work between two progress messages. */
const STEP = 50;

serve<FilesWork, Read | Outcome | string>(init, lastPanic, ({ file, bytes, certificate, directed, fill }, progress) => {
  if (fill) return fillIn(fill.template, file, bytes, fill.about);
  const weights = new Weights(file, bytes);
  if (directed) return weights.directed(directed.strategy, directed.queries, directed.keys);
  if (certificate === undefined) return { task: weights.task(), facts: weights.facts(), canonical: weights.canonical() };
  const claim = weights.claim(certificate);
  for (;;) {
    progress(claim.advance(STEP));
    const outcome = claim.outcome();
    if (outcome) return outcome;
  }
});
