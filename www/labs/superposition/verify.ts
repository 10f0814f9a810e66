/**
 * Checks a certificate of this lab twice, in workers of their own that know nothing of what was
 * trained.
 */

import { type Once, once } from '../../engine/once.js';
import { startWorker } from '../../engine/start.js';
import { t, translated } from '../../languages/language.js';
import type { Verdict } from '../../pkg/check.js';
import checkUrl from '../../pkg/check_bg.wasm?url';
import type { Verified } from '../../pkg/superposition.js';
import superpositionUrl from '../../pkg/superposition_bg.wasm?url';
import { count } from '../../ui/format.js';
import independentUrl from './independent-worker.ts?worker&url';
import { short } from './numbers.js';
import proofUrl from './proof-worker.ts?worker&url';

/** What a worker gets. */
export interface Work {
  certificate: string;
}

const PROOF: Once = { name: () => t`the verifier`, url: superpositionUrl, start: () => startWorker(proofUrl) };
const INDEPENDENT: Once = { name: () => t`the checker`, url: checkUrl, start: () => startWorker(independentUrl) };
const ask = <T>(program: Once, certificate: string) => once<Work, T>(program, { certificate }, () => {});

/**
 * What the verifier of proofs says, and the independent checker, which runs the network on each
 * token; rejects if the text is no certificate.
 */
export const verified = (certificate: string): Promise<[Verified, Verdict]> =>
  Promise.all([ask<Verified>(PROOF, certificate), ask<Verdict>(INDEPENDENT, certificate)]);

/** What both programs say of a certificate. */
export function inWords([{ accepted, certified, tokens, loss, reasons }, independent]: [Verified, Verdict]): string {
  if (!accepted) return [t`The proof is rejected:`, ...reasons.map(translated)].join(' ');
  if (!independent.accepted) return [t`The independent checker rejects it:`, ...independent.reasons].join(' ');
  const bound = loss === null ? '' : t` The loss is at most ${short(loss)}.`;
  return t`Accepted: of ${count(tokens)} tokens at least ${count(certified)} are answered right.${bound} The independent checker, which runs the network on each token, finds ${count(independent.derived)}.`;
}
