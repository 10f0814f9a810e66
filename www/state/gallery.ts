/** The models that are shipped with the page. */

import { download } from '../engine/download.js';

export interface Entry {
  file: string;
  k: number;
  seed: number;
  /** The first digits of the file's SHA-256, by which certificates name it. */
  sha256_start: string;
}

interface Manifest {
  /** Name of the file that the page begins with. */
  default: string;
  models: Entry[];
}

/** Fetches the file of an entry. */
export const bytesOf = ({ file }: Entry) =>
  download(`models/max-of-k/${file}`, async (response) => new Uint8Array(await response.arrayBuffer()));

export class Gallery {
  readonly #models: readonly Entry[];
  readonly default: Entry;

  /** Throws if the default is not among the models. */
  constructor(manifest: Manifest) {
    const entry = manifest.models.find(({ file }) => file === manifest.default);
    if (!entry) throw new Error(`the default ${manifest.default} is not among its models`);
    this.#models = manifest.models;
    this.default = entry;
  }

  static fetch(): Promise<Gallery> {
    return download('models/max-of-k/manifest.json', async (response) => new Gallery((await response.json()) as Manifest));
  }

  /** Every K that there are models of. */
  get sizes(): number[] {
    return [...new Set(this.#models.map(({ k }) => k))];
  }

  /** The seeds of the models of that K. */
  seeds(k: number): number[] {
    return this.#models.filter((entry) => entry.k === k).map(({ seed }) => seed);
  }

  /** The seed that is shown first of that K. */
  firstSeed(k: number): number {
    return k === this.default.k ? this.default.seed : (this.seeds(k)[0] ?? this.default.seed);
  }

  find(k: number, seed: number): Entry | undefined {
    return this.#models.find((entry) => entry.k === k && entry.seed === seed);
  }

  /** The model whose file has that SHA-256, by its first digits. */
  bySha256(sha256: string): Entry | undefined {
    return this.#models.find((entry) => sha256.startsWith(entry.sha256_start));
  }
}
