/**
 * Reads the user's weights files and verifies certificates about them, with the module `files`,
 * which is fetched before its first use. Each file is read in its own worker.
 */

import { t } from '../languages/language.js';
import type { FileFacts, Outcome, ResidualBound } from '../pkg/files.js';
import filesUrl from '../pkg/files_bg.wasm?url';
import { once } from './once.js';
import { startWorker } from './start.js';
import workerUrl from './files-worker.ts?worker&url';

/** A weights file to read, or to do something else with. */
export interface FilesWork {
  /** Name of the weights file. */
  file: string;
  /** Contents of the weights file. */
  bytes: Uint8Array;
  /** Text of a certificate to verify. */
  certificate?: string;
  /** The certificate is of a bound with a residual that coins bound. */
  isOfResidual?: true;
  /** A question of the task's own about the file. */
  asked?: { ask: string; [argument: string]: unknown };
  /** The task whose files are read as this one says. */
  readingOf?: string;
  /** A single file to fill with these weights. */
  fill?: Fill;
}

/** A file of `dist/embed/` to fill, and what it shows beside the weights, as JSON. */
export interface Fill {
  template: string;
  about: string;
}

/**
 * An identifier of a proof, and the directions that it takes: `rank · v` numbers of queries and of
 * keys.
 */
export interface Directed {
  strategy: string;
  queries: Float64Array;
  keys: Float64Array;
}

const FILES = {
  name: () => t`the reader of files`,
  url: filesUrl,
  start: () => startWorker(workerUrl),
};

/** What a weights file contains. */
export interface Read {
  /** Identifier of the task whose networks have such tensors. */
  task: string;
  facts: FileFacts;
  /**
   * The network as a canonical safetensors file; of a task whose own module reads it, the tensors.
   */
  canonical: Uint8Array;
}

/**
 * Reads a weights file of any known format. Rejects with an `Error` that says why it is refused.
 */
export const readFile = (file: string, bytes: Uint8Array): Promise<Read> => once<FilesWork, Read>(FILES, { file, bytes }, () => {});

/**
 * Proves with directions that the user gives, and returns the proof's certificate. Rejects with an
 * `Error` if they are no directions for the model.
 */
export const directed = (file: string, bytes: Uint8Array, { strategy, queries, keys }: Directed): Promise<string> =>
  once<FilesWork, string>(FILES, { file, bytes, asked: { ask: 'directed', strategy, queries: [...queries], keys: [...keys] } }, () => {});

/**
 * Reads a file that says how files of a task are read, such as a Cayley table. Rejects with an
 * `Error` that says why it is refused.
 */
export const readingIn = (task: string, file: string, bytes: Uint8Array): Promise<object> =>
  once<FilesWork, object>(FILES, { file, bytes, readingOf: task }, () => {});

/**
 * The single file that shows a model, whose plain safetensors file `bytes` are. Rejects with an
 * `Error` if the template is none.
 */
export const filled = (file: string, bytes: Uint8Array, fill: Fill): Promise<string> => once<FilesWork, string>(FILES, { file, bytes, fill }, () => {});

/** What a certificate that holds says. */
export interface Verified {
  outcome: Outcome;
  /** What it proves, in words. */
  theorem: string;
  /**
   * How the file is read for it, as the task's module takes it; undefined of a task whose files are
   * read in one way.
   */
  read: object | undefined;
}

/**
 * Verifies a certificate about a weights file, and returns what it proves. Rejects with `Cancelled`
 * when `signal` aborts, and with an `Error` when the certificate does not hold.
 */
export const verify = (work: { file: string; bytes: Uint8Array; certificate: string }, progress: (done: number) => void, signal: AbortSignal): Promise<Verified> =>
  once<FilesWork, Verified>(FILES, work, progress, signal);

/**
 * Verifies a certificate of a bound with a residual that coins bound, by tossing them again.
 * Rejects as `verify` does.
 */
export const tossed = (work: { file: string; bytes: Uint8Array; certificate: string }, signal: AbortSignal): Promise<ResidualBound> =>
  once<FilesWork, ResidualBound>(FILES, { ...work, isOfResidual: true }, () => {}, signal);
