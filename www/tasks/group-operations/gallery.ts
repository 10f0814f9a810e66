/**
 * The models of this task: by their group, and the seed of their training or where they are from.
 */

import { type Address, Field } from '../../app/address.js';
import { t } from '../../languages/language.js';
import type { Entry, Gallery } from '../../state/gallery.js';

/** A model as `manifest.json` lists it. */
export interface Listed {
  /** Its name in an address, such as `S4_s0`. */
  id: string;
  file: string;
  /** The first digits of the file's. */
  sha256: string;
  group: string;
  /** Elements of the group. */
  order: number;
  neurons: number;
  /** The seed of the training; null for a network of others. */
  seed: number | null;
  /** Where a network of others is from. */
  source: string | null;
  licence: string | null;
  /** Inputs that it answers right, by brute force, of all; decimal. */
  correct: string;
  total: string;
  /** The proofs that prove less, and why; of a family of many, its best one, if all do. */
  failures: { strategy: string; correct: string; reasons: string[] }[];
}

/** The contents of `manifest.json`. */
export interface Manifest {
  /** The `id` of the model that is open at first. */
  default: string;
  models: Listed[];
}

export type GroupEntry = Entry & Listed;

export class GroupGallery implements Gallery {
  readonly models: readonly GroupEntry[];
  readonly default: GroupEntry;

  /** Throws if the default model is not in the manifest. */
  constructor(manifest: Manifest) {
    this.models = manifest.models.map((each) => ({ ...each, named: { [MODEL.name]: each.id } }));
    const entry = this.find(manifest.default);
    if (!entry) throw new Error(t`the default ${manifest.default} is not among its models`);
    this.default = entry;
  }

  /** The groups that models compute, each once. */
  get groups(): string[] {
    return [...new Set(this.models.map(({ group }) => group))];
  }

  /** The models for a group. */
  of(group: string): GroupEntry[] {
    return this.models.filter((entry) => entry.group === group);
  }

  find(id: string): GroupEntry | undefined {
    return this.models.find((entry) => entry.id === id);
  }

  at(address: Address, tell: (problem: string) => void): GroupEntry {
    return MODEL.read(address, this, tell);
  }
}

/** The gallery's model to show. */
export const MODEL: Field<GroupEntry, GroupGallery> = new Field('model', {
  part: 'hash',
  initial: (gallery: GroupGallery) => gallery.default,
  parse: (text, gallery: GroupGallery) => gallery.find(text),
  range: (gallery: GroupGallery) => t`one of ${gallery.models.map(({ id }) => id).join(', ')}`,
  said: ({ id }: GroupEntry) => id,
});

/** What tells a model from others for the same group. */
export const nameOf = ({ seed, id }: Pick<Listed, 'seed' | 'id'>) => (seed === null ? id.replace(/^[^_]*_/, '') : t`seed ${seed}`);
