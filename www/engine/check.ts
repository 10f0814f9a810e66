/** The independent check of a certificate: a program of its own, fetched when it is first asked for, in a worker of its own. */

import { count } from '../ui/format.js';
import type { Verdict } from '../pkg/check.js';
import checkUrl from '../pkg/check_bg.wasm?url';
import { once } from './once.js';

/** A weights file, which must be safetensors, and a certificate about it. */
export interface CheckWork {
  file: string;
  bytes: Uint8Array;
  certificate: string;
}

/** How far the check of one certificate is. */
export type Checking =
  | { state: 'running'; done: number; stop: AbortController }
  | { state: 'done'; verdict: Verdict }
  | { state: 'failed'; why: string };

/** How long src/checker/ is, without tests and comments. */
const LINES = 'about 1400';
/** The most reasons that are told. */
const MAX_REASONS = 5;

const CHECKER = {
  name: 'the checker',
  url: checkUrl,
  start: () => new Worker(new URL('./check-worker.ts', import.meta.url), { type: 'module' }),
};

/** Checks a certificate. Rejects with `Cancelled` when it is stopped; weights of another format are refused with advice. */
export const check = (work: CheckWork, progress: (done: number) => void, signal: AbortSignal): Promise<Verdict> =>
  once(CHECKER, work, progress, signal);

/** What came of it, in words. */
export function inWords(checking: Checking): string {
  if (checking.state === 'running') return 'An independent program checks the certificate …';
  if (checking.state === 'failed') return `Not checked: ${checking.why}`;
  const { accepted, derived, reasons } = checking.verdict;
  if (accepted) return `Accepted: an independent program of ${LINES} lines re-derived at least ${count(derived)} right inputs.`;
  const more = reasons.length - MAX_REASONS;
  return ['Rejected:', ...reasons.slice(0, MAX_REASONS), ...(more > 0 ? [`and for ${more} more reasons.`] : [])].join('\n');
}
