/** The gallery: the max-of-K models that are shipped with the page. */

import { download } from '../engine/download.js';

/** A model in the gallery. */
export interface Entry {
  /** Name of the weights file. */
  file: string;
  /** Number of tokens in an input. */
  k: number;
  /** Seed of the training. */
  seed: number;
}

/** The first digits of the SHA-256 of each file, by its name. */
export type Hashes = Record<string, string>;

/** The contents of `manifest.json`. */
interface Manifest {
  /** Name of the file that is open at first. */
  default: string;
  models: Entry[];
}

/** Fetches the weights file of an entry. */
export const bytesOf = ({ file }: Entry) =>
  download(`models/max-of-k/${file}`, async (response) => new Uint8Array(await response.arrayBuffer()));

/** All models of the gallery. */
export class Gallery {
  readonly #models: readonly Entry[];
  /** The model that is open at first. */
  readonly default: Entry;

  /** Throws if the default model is not in the manifest. */
  constructor(manifest: Manifest) {
    const entry = manifest.models.find(({ file }) => file === manifest.default);
    if (!entry) throw new Error(`the default ${manifest.default} is not among its models`);
    this.#models = manifest.models;
    this.default = entry;
  }

  /** Fetches the list of the gallery's models. */
  static fetch(): Promise<Gallery> {
    return download('models/max-of-k/manifest.json', async (response) => new Gallery((await response.json()) as Manifest));
  }

  /** Every K for which the gallery has models. */
  get sizes(): number[] {
    return [...new Set(this.#models.map(({ k }) => k))];
  }

  /** The seeds of the models for K = `k`. */
  seeds(k: number): number[] {
    return this.#models.filter((entry) => entry.k === k).map(({ seed }) => seed);
  }

  /** The seed that is chosen first for K = `k`. */
  firstSeed(k: number): number {
    return k === this.default.k ? this.default.seed : (this.seeds(k)[0] ?? this.default.seed);
  }

  /** The model for K = `k` with that seed. */
  find(k: number, seed: number): Entry | undefined {
    return this.#models.find((entry) => entry.k === k && entry.seed === seed);
  }

  /** Fetches the models' hashes. */
  static hashes(): Promise<Hashes> {
    return download('models/max-of-k/hashes.json', (response) => response.json() as Promise<Hashes>);
  }

  /** The model whose file has the SHA-256 `sha256`; compares the first digits. */
  bySha256(sha256: string, hashes: Hashes): Entry | undefined {
    return this.#models.find(({ file }) => sha256.startsWith(hashes[file] ?? '?'));
  }
}
