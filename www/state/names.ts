/**
 * Stores the proofs that the user has named in this browser, those of each model by its SHA-256.
 */

import type { Proof } from './model.js';

/** A proof with the name that the user gave it. */
export interface Named {
  name: string;
  /** The identifier. */
  strategy: string;
  /** The text of its certificate, where the identifier does not say everything. */
  certificate?: string;
}

/** Longest name, in characters. */
export const LONGEST = 60;

export class Names {
  readonly #storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

  /** `storage` returns the browser's storage, or throws if the user has turned storage off. */
  constructor(storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.#storage = storage;
  }

  /**
   * The named proofs of a model, in the order in which they were named. Leaves out what is damaged.
   */
  of(sha256: string): Named[] {
    try {
      const found: unknown = JSON.parse(this.#storage().getItem(key(sha256)) ?? '[]');
      return Array.isArray(found) ? found.filter(isNamed) : [];
    } catch {
      return []; // turned off, or damaged
    }
  }

  /** The last name that the user gave a proof of a model; undefined for none. */
  nameOf(sha256: string, { facts, outcome }: Proof): string | undefined {
    return this.of(sha256).findLast(({ strategy }) => strategy === facts.strategy || strategy === outcome?.strategy)?.name;
  }

  /** Names a proof, in place of one with the same name; returns false if that cannot be stored. */
  keep(sha256: string, named: Named): boolean {
    const others = this.of(sha256).filter(({ name }) => name !== named.name);
    return this.#store(sha256, [...others, named]);
  }

  /**
   * Gives a name in place of another; returns false if that is not possible, or the new one is
   * taken.
   */
  rename(sha256: string, from: string, to: string): boolean {
    const all = this.of(sha256);
    if (from !== to && all.some(({ name }) => name === to)) return false;
    return this.#store(sha256, all.map((each) => (each.name === from ? { ...each, name: to } : each)));
  }

  /** Forgets a name; returns false if that is not possible. */
  remove(sha256: string, name: string): boolean {
    return this.#store(sha256, this.of(sha256).filter((each) => each.name !== name));
  }

  #store(sha256: string, all: Named[]): boolean {
    try {
      if (all.length) this.#storage().setItem(key(sha256), JSON.stringify(all));
      else this.#storage().removeItem(key(sha256));
      return true;
    } catch {
      return false; // full, or turned off
    }
  }
}

const key = (sha256: string) => `compact-proofs.own.${sha256}`;

function isNamed(each: unknown): each is Named {
  if (typeof each !== 'object' || each === null) return false;
  const { name, strategy, certificate } = each as Partial<Record<keyof Named, unknown>>;
  return typeof name === 'string' && typeof strategy === 'string' && (certificate === undefined || typeof certificate === 'string');
}
