/**
 * Counts with the program that Coq proves correct: `proven-checker.js`, which is compiled from
 * `src/formal` and fetched as it is, byte for byte, before the first check.
 */

import { inWorker } from './once.js';
import programUrl from './proven-checker.js?url';
import { t } from '../languages/language.js';

/** What the program derives about a network; counts in decimal digits. */
export interface Derived {
  /** So many inputs are right, at least. */
  right: string;
  /** So many are wrong, at least. */
  wrong: string;
  /** So many there are. */
  inputs: string;
  /** Which of the files given to it the program read: the first that it takes. */
  file: number;
}

/**
 * What is sent to the worker: safetensors files with the same network, and the address of the
 * program.
 */
export interface Sent {
  files: readonly Uint8Array[];
  program: string;
}

const start = () => new Worker(new URL('./proven-worker.ts', import.meta.url), { type: 'module' });

/**
 * Derives what is certain about the network in the first of some safetensors files that the program
 * takes. Calls `progress` with the share that is done. Rejects with `Cancelled` when `signal`
 * aborts, and with an `Error` if the program takes none of the files.
 */
export function derive(files: readonly Uint8Array[], progress: (done: number) => void, signal: AbortSignal): Promise<Derived> {
  const sent: Sent = { files, program: new URL(programUrl, document.baseURI).href };
  return inWorker(t`the proven program`, start, sent, progress, signal);
}
