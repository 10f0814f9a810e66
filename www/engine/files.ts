/** What people bring: a program of its own, fetched when it is first asked for, in a worker of its own for each file. */

import type { ModelFacts, Outcome } from '../pkg/files.js';
import filesUrl from '../pkg/files_bg.wasm?url';
import { once } from './once.js';

/** A weights file, and a certificate that is to be verified with it. */
export interface FilesWork {
  file: string;
  bytes: Uint8Array;
  certificate?: string;
}

const FILES = {
  name: 'the reader of files',
  url: filesUrl,
  start: () => new Worker(new URL('./files-worker.ts', import.meta.url), { type: 'module' }),
};

/** A weights file as it was read, and its network as a canonical safetensors file. */
export interface Read {
  facts: ModelFacts;
  canonical: Uint8Array;
}

/** Reads a weights file of any known format. */
export const readFile = (file: string, bytes: Uint8Array): Promise<Read> => once<FilesWork, Read>(FILES, { file, bytes }, () => {});

/** Verifies a certificate about a weights file, and returns what it proves. Rejects with `Cancelled` when it is stopped. */
export const verify = (work: Required<FilesWork>, progress: (done: number) => void, signal: AbortSignal): Promise<Outcome> =>
  once(FILES, work, progress, signal);
