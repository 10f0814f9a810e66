/** The independent check of a certificate: a program of its own, fetched when it is first asked for, in a worker of its own. */

import { Cancelled } from './client.js';
import { compile } from './download.js';
import { count } from '../ui/format.js';
import type { Verdict } from '../pkg/check.js';
import checkUrl from '../pkg/check_bg.wasm?url';

/** What the worker says. */
export type Told = { done: number } | { verdict: Verdict } | { failed: string };

/** How far the check of one certificate is. */
export type Checking =
  | { state: 'running'; done: number; stop: AbortController }
  | { state: 'done'; verdict: Verdict }
  | { state: 'failed'; why: string };

/** How long src/checker/ is, without tests and comments. */
const LINES = 'about 1400';
/** Of many reasons, so many are told. */
const MAX_REASONS = 5;

let module: Promise<WebAssembly.Module> | undefined;

/** Checks a certificate against the weights file, which must be safetensors: others are refused with advice; rejected with `Cancelled` when it is stopped. */
export async function check(file: string, bytes: Uint8Array, certificate: string, progress: (done: number) => void, signal: AbortSignal): Promise<Verdict> {
  module ??= compile(checkUrl);
  const compiled = await module.catch((error: unknown) => {
    module = undefined; // the next one may arrive
    throw error;
  });
  if (signal.aborted) throw new Cancelled();
  const worker = new Worker(new URL('./check-worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(why));
      signal.addEventListener('abort', () => reject(new Cancelled()));
      worker.onerror = ({ message }) => fail(`The checker stopped: ${message || 'its program cannot be loaded'}`);
      worker.addEventListener('messageerror', () => fail('The checker said something that cannot be read.'));
      worker.onmessage = ({ data }: MessageEvent<Told>) => {
        if ('done' in data) progress(data.done);
        else if ('verdict' in data) resolve(data.verdict);
        else fail(data.failed);
      };
      worker.postMessage({ module: compiled, file, bytes, certificate });
    });
  } finally {
    worker.terminate();
  }
}

/** What came of it, in words. */
export function inWords(checking: Checking): string {
  if (checking.state === 'running') return 'An independent program checks the certificate …';
  if (checking.state === 'failed') return `Not checked: ${checking.why}`;
  const { accepted, derived, reasons } = checking.verdict;
  if (accepted) return `Accepted: an independent program of ${LINES} lines re-derived at least ${count(derived)} right inputs.`;
  const more = reasons.length - MAX_REASONS;
  return ['Rejected:', ...reasons.slice(0, MAX_REASONS), ...(more > 0 ? [`and for ${more} more reasons.`] : [])].join('\n');
}
