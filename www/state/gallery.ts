/** The gallery: a task's models that are shipped with the page. */

import { download } from '../engine/download.js';

/** What names a model of the gallery in an address, such as `k` and `seed`. */
export type Named = Readonly<Record<string, string>>;

/** A model of the gallery. */
export interface Entry {
  /** Name of the weights file. */
  readonly file: string;
  readonly named: Named;
}

/** All models of the gallery. */
export interface Gallery {
  /** The model that is open at first. */
  readonly default: Entry;
  readonly models: readonly Entry[];
}

/** The first digits of the SHA-256 of each file, by its name. */
export type Hashes = Record<string, string>;

/** The folder of a task's models. */
export const folderOf = (task: string) => `models/${task}/`;

/** Fetches a JSON file about a task's models. */
export const about = <T>(task: string, file: string) => download(folderOf(task) + file, (response) => response.json() as Promise<T>);

/** Fetches the weights file of a model. */
export const bytesOf = (task: string, { file }: Entry) =>
  download(folderOf(task) + file, async (response) => new Uint8Array(await response.arrayBuffer()));

/** The model whose file has the SHA-256 `sha256`; compares the first digits. */
export const withSha256 = <E extends Entry>(models: readonly E[], sha256: string, hashes: Hashes) =>
  models.find(({ file }) => sha256.startsWith(hashes[file] ?? '?'));
