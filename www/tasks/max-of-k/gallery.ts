/**
 * The models of this task: by K, the number of tokens of an input, and the seed of their training.
 */

import { among, Field } from '../../app/address.js';
import { t } from '../../languages/language.js';
import type { Entry, Gallery } from '../../state/gallery.js';

/** A model as `manifest.json` lists it. */
interface Listed {
  file: string;
  k: number;
  seed: number;
}

/** The contents of `manifest.json`. */
export interface Manifest {
  /** Name of the file that is open at first. */
  default: string;
  models: Listed[];
}

/** What names a model in an address. */
export const namedBy = (k: number, seed: number) => ({ k: String(k), seed: String(seed) });

export interface MaxEntry extends Entry {
  /** Number of tokens in an input. */
  readonly k: number;
  /** Seed of the training. */
  readonly seed: number;
}

export class MaxGallery implements Gallery {
  readonly models: readonly MaxEntry[];
  readonly default: MaxEntry;

  /** Throws if the default model is not in the manifest. */
  constructor(manifest: Manifest) {
    this.models = manifest.models.map((each) => ({ ...each, named: namedBy(each.k, each.seed) }));
    const entry = this.models.find(({ file }) => file === manifest.default);
    if (!entry) throw new Error(t`the default ${manifest.default} is not among its models`);
    this.default = entry;
  }

  /** Every K for which the gallery has models. */
  get sizes(): number[] {
    return [...new Set(this.models.map(({ k }) => k))];
  }

  /** The seeds of the models for K = `k`. */
  seeds(k: number): number[] {
    return this.models.filter((entry) => entry.k === k).map(({ seed }) => seed);
  }

  /** The seed that is chosen first for K = `k`. */
  firstSeed(k: number): number {
    return k === this.default.k ? this.default.seed : (this.seeds(k)[0] ?? this.default.seed);
  }

  /** The model for K = `k` with that seed. */
  find(k: number, seed: number): MaxEntry | undefined {
    return this.models.find((entry) => entry.k === k && entry.seed === seed);
  }
}

/** K, the number of tokens in an input, of the gallery's model to show. */
export const K = new Field<number, MaxGallery>('k', {
  part: 'hash',
  initial: (gallery) => gallery.default.k,
  parse: (text, gallery) => among(gallery.sizes, text),
  range: (gallery) => t`one of ${gallery.sizes.join(', ')}`,
});

/** Seed of the gallery's model to show. */
export const SEED = new Field<number, { gallery: MaxGallery; k: number }>('seed', {
  part: 'hash',
  initial: ({ gallery, k }) => gallery.firstSeed(k),
  parse: (text, { gallery, k }) => among(gallery.seeds(k), text),
  range: ({ k }) => t`a seed that the menu has for K = ${k}`,
});
