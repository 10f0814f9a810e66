/**
 * Worker that reads one file of the user's, answers a question about it, verifies a certificate, or
 * puts weights into a single file.
 */

import init, { fill as fillIn, lastPanic, reading, Weights } from '../pkg/files.js';
import type { FilesWork, Read, Verified } from './files.js';
import { serve } from './serve.js';

/** Milliseconds of work between two progress messages. */
const STEP = 50;

serve<FilesWork, Read | Verified | object | string>(init, lastPanic, ({ file, bytes, certificate, isOfResidual, asked, readingOf, fill }, progress) => {
  if (fill) return fillIn(fill.template, file, bytes, fill.about);
  if (readingOf !== undefined) return reading(readingOf, file, bytes);
  const weights = new Weights(file, bytes);
  if (asked) return weights.ask(JSON.stringify(asked)) as string;
  if (certificate === undefined) return { task: weights.task(), facts: weights.facts(), canonical: weights.canonical() };
  if (isOfResidual) return weights.tossed(certificate);
  const claim = weights.claim(certificate);
  for (;;) {
    progress(claim.advance(STEP));
    const outcome = claim.outcome();
    if (outcome) return { outcome, theorem: claim.theorem(), read: claim.read() };
  }
});
