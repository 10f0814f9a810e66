/**
 * Checks certificates independently of the prover: with the module `check`, which shares no code
 * with `prove` and is fetched before the first check. Each check runs in its own worker.
 */

import { t } from '../languages/language.js';
import { count } from '../ui/format.js';
import type { Verdict } from '../pkg/check.js';
import checkUrl from '../pkg/check_bg.wasm?url';
import { once } from './once.js';
import { startWorker } from './start.js';
import workerUrl from './check-worker.ts?worker&url';

/** A weights file in safetensors format, and a certificate about it. */
export interface CheckWork {
  /** Name of the weights file. */
  file: string;
  /** Contents of the weights file. */
  bytes: Uint8Array;
  /** Text of the certificate. */
  certificate: string;
}

/** The state of one check. */
export type Checking =
  /** `done`: share of the check that is done, from 0 to 1. */
  | { state: 'running'; done: number; stop: AbortController }
  | { state: 'done'; verdict: Verdict }
  | { state: 'failed'; why: string };

/** Lines of code in `src/checker/`, without tests and comments. */
const LINES = 2800;
/** Most reasons for a rejection that the message lists. */
const MAX_REASONS = 5;

const CHECKER = {
  name: () => t`the checker`,
  url: checkUrl,
  start: () => startWorker(workerUrl),
};

/**
 * Checks a certificate and returns the verdict. Calls `progress` with the share that is done.
 * Rejects with `Cancelled` when `signal` aborts, and with an `Error` that says what to do when the
 * weights are in a format other than safetensors.
 */
export const check = (work: CheckWork, progress: (done: number) => void, signal: AbortSignal): Promise<Verdict> =>
  once(CHECKER, work, progress, signal);

/** Describes the state or the result of a check in words. */
export function inWords(checking: Checking): string {
  if (checking.state === 'running') return t`An independent program checks the certificate …`;
  if (checking.state === 'failed') return t`Not checked: ${checking.why}`;
  const { accepted, derived, reasons } = checking.verdict;
  if (accepted) return t`Accepted: an independent program of about ${LINES} lines re-derived at least ${count(derived)} right inputs.`;
  const more = reasons.length - MAX_REASONS;
  return [t`Rejected:`, ...reasons.slice(0, MAX_REASONS), ...(more > 0 ? [t`and for ${more} more reasons.`] : [])].join('\n');
}
