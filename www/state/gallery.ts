/** The models shipped with the page, and the address that says which of them is meant, and which proof: `#k=5&seed=50&strategy=cubic`. */

import { download } from '../engine/download.js';

export interface Entry {
  file: string;
  k: number;
  seed: number;
  loss: number;
  accuracy: number;
  /** Of the accuracy, where it was sampled; null where it is exact. */
  interval: [number, number] | null;
}

interface Manifest {
  default: string;
  recipe: string;
  models: Entry[];
}

export const bytesOf = (file: string) => download(`models/max-of-k/${file}`, async (response) => new Uint8Array(await response.arrayBuffer()));

export const hashOf = ({ k, seed }: Pick<Entry, 'k' | 'seed'>, strategy?: string | null) =>
  `#${new URLSearchParams({ k: String(k), seed: String(seed), ...(strategy && { strategy }) })}`;

/** The strategy that an address names. */
export const strategyOf = (hash: string) => new URLSearchParams(hash.slice(1)).get('strategy');

export class Gallery {
  readonly #manifest: Manifest;
  readonly default: Entry;

  constructor(manifest: Manifest) {
    const entry = manifest.models.find(({ file }) => file === manifest.default);
    if (!entry) throw new Error(`the default ${manifest.default} is not among its models`);
    this.#manifest = manifest;
    this.default = entry;
  }

  static fetch(): Promise<Gallery> {
    return download('models/max-of-k/manifest.json', async (response) => new Gallery((await response.json()) as Manifest));
  }

  get sizes(): number[] {
    return [...new Set(this.#manifest.models.map(({ k }) => k))];
  }

  seeds(k: number): number[] {
    return this.#manifest.models.filter((entry) => entry.k === k).map(({ seed }) => seed);
  }

  /** The entry of an address; what it leaves out is the default's, or the first there is. Undefined if there is none. */
  find(hash: string): Entry | undefined {
    const wanted = new URLSearchParams(hash.slice(1));
    const [k, seed] = [wanted.get('k') ?? String(this.default.k), wanted.get('seed')];
    const found = [this.default, ...this.#manifest.models].filter((entry) => String(entry.k) === k);
    return seed === null ? found[0] : found.find((entry) => String(entry.seed) === seed);
  }
}
