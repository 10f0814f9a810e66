/**
 * Counts with the program that Coq proves correct: `proven-checker.js`, which is compiled from
 * `src/formal` and fetched as it is, byte for byte, before the first check.
 */

import { inWorker } from './once.js';
import programUrl from './proven-checker.js?url';

/** What the program derives about a network; counts in decimal digits. */
export interface Derived {
  /** So many inputs are right, at least. */
  right: string;
  /** So many are wrong, at least. */
  wrong: string;
  /** So many there are. */
  inputs: string;
}

/** What is sent to the worker: a weights file in safetensors format, and the address of the program. */
export interface Sent {
  bytes: Uint8Array;
  program: string;
}

const start = () => new Worker(new URL('./proven-worker.ts', import.meta.url), { type: 'module' });

/**
 * Derives what is certain about the network in a safetensors file. Calls `progress` with the share
 * that is done. Rejects with `Cancelled` when `signal` aborts, and with an `Error` if the program
 * does not take the file.
 */
export function derive(bytes: Uint8Array, progress: (done: number) => void, signal: AbortSignal): Promise<Derived> {
  const sent: Sent = { bytes, program: new URL(programUrl, document.baseURI).href };
  return inWorker('the proven program', start, sent, progress, signal);
}
