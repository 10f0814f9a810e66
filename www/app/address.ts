/**
 * The address of the page, such as `?workers=2#k=5&seed=50&strategy=cubic`, and the entries of the browser's history. No
 * other module knows how either is written.
 */

import type { Gallery } from '../state/gallery.js';

/** The parts of an address that hold fields. */
export type Address = Pick<Location, 'search' | 'hash'>;

/** What a field is: its values have type `T`, and its default and range depend on a `C`. */
interface Kind<T, C> {
  /**
   * The part that it is in: after the question mark (a change reloads the page), or after the #.
   */
  part: keyof Address;
  /** The value where an address has none, or has one that is out of range. */
  initial(context: C): T;
  /** The value that a text stands for; undefined if it is out of range. */
  parse(text: string, context: C): T | undefined;
  /** The range, in words. */
  range(context: C): string;
}

/** One field of the address. */
export class Field<T, C> {
  readonly name: string;
  readonly part: keyof Address;
  readonly #kind: Kind<T, C>;

  constructor(name: string, kind: Kind<T, C>) {
    this.name = name;
    this.part = kind.part;
    this.#kind = kind;
  }

  /** Its value in an address; `tell` hears of a text that is out of range. */
  read(address: Address, context: C, tell: (problem: string) => void): T {
    const text = new URLSearchParams(address[this.part].slice(1)).get(this.name);
    const value = text === null ? undefined : this.#kind.parse(text, context);
    if (text !== null && value === undefined) tell(this.refusal(text, context));
    return value ?? this.#kind.initial(context);
  }

  /** What is said of a text that is out of range. */
  refusal(text: string, context: C): string {
    const { initial, range } = this.#kind;
    return `${quoted(`${this.name}=${text}`)} in the address: expected ${range(context)}. Taken instead: ${initial(context) ?? 'none'}.`;
  }
}

/** Most workers that an address may ask for. */
const MOST_WORKERS = 16;
/**
 * Most workers without being asked: each has the model, and an instance of the module, in a memory
 * of its own.
 */
const MOST_UNASKED = 4;

/** The number among `values` that is written like this. */
const among = (values: readonly number[], text: string) => values.find((value) => String(value) === text);

/**
 * How many workers work at once. By default one for each core of the machine but the page's own.
 */
export const WORKERS = new Field<number, { cores: number }>('workers', {
  part: 'search',
  initial: ({ cores }) => Math.min(Math.max(cores - 1, 1), MOST_UNASKED),
  parse: (text) => among(Array.from({ length: MOST_WORKERS }, (_, i) => i + 1), text),
  range: () => `a whole number from 1 to ${MOST_WORKERS}`,
});

/** K of the model of the gallery that is shown. */
export const K = new Field<number, Gallery>('k', {
  part: 'hash',
  initial: (gallery) => gallery.default.k,
  parse: (text, gallery) => among(gallery.sizes, text),
  range: (gallery) => `one of ${gallery.sizes.join(', ')}`,
});

/** Seed of the model of the gallery that is shown. */
export const SEED = new Field<number, { gallery: Gallery; k: number }>('seed', {
  part: 'hash',
  initial: ({ gallery, k }) => gallery.firstSeed(k),
  parse: (text, { gallery, k }) => among(gallery.seeds(k), text),
  range: ({ k }) => `a seed that the menu has for K = ${k}`,
});

/** Identifier of the proof that is chosen. Which ones there are, only the model's program knows. */
export const STRATEGY = new Field<string | null, unknown>('strategy', {
  part: 'hash',
  initial: () => null,
  parse: (text) => text || undefined,
  range: () => 'the identifier of a proof of this model',
});

/** Every field of an address. */
export const FIELDS = [WORKERS, K, SEED, STRATEGY] as const;

/**
 * Tells of names after the # that are no fields there. Those after the question mark may be meant
 * for others.
 */
export function tellUnknown({ hash }: Address, tell: (problem: string) => void) {
  const known = FIELDS.filter(({ part }) => part === 'hash').map(({ name }) => name);
  for (const name of new Set(new URLSearchParams(hash.slice(1)).keys())) {
    if (!known.includes(name)) tell(`${quoted(name)} in the address is left out: after # it has ${known.join(', ')}.`);
  }
}

/** What a link to a model of the gallery says, and to one of its proofs. */
interface Target {
  k: number;
  seed: number;
  strategy?: string | null;
}

/** The part after # of a link. */
export function hashOf({ k, seed, strategy }: Target): string {
  return `#${new URLSearchParams({ [K.name]: String(k), [SEED.name]: String(seed), ...(strategy && { [STRATEGY.name]: strategy }) })}`;
}

/** What an entry of the history notes that shows a file of the user's, which no address names. */
export interface OwnEntry {
  /** Whether the tab has kept the file. */
  kept: boolean;
  strategy: string | null;
}

/**
 * What the present entry of the history notes of a file of the user's. A link to a model goes
 * before it.
 */
export function ownEntry(): OwnEntry | undefined {
  const state = history.state as Partial<OwnEntry> | null;
  if (isLink() || typeof state?.kept !== 'boolean') return undefined;
  return { kept: state.kept, strategy: state.strategy ?? null };
}

/** Whether the address is a link to a model. */
export const isLink = () => location.hash !== '';

/** Makes the present entry of the history one of a file of the user's. */
export const noteOwn = (entry: OwnEntry) => history.replaceState(entry, '', location.pathname + location.search);

/** Makes the present entry of the history a link to a model. */
export const noteLink = (target: Target) => history.replaceState(null, '', hashOf(target));

/**
 * Adds an entry to the history: a link to a model or, without one, no link. The page stays as it
 * is.
 */
export function addEntry(target?: Target) {
  history.pushState(null, '', target ? hashOf(target) : location.pathname + location.search);
}

/** Follows a link to a model. */
export function follow(target: Target) {
  location.hash = hashOf(target);
}

/** Calls `visit` whenever a link on the page, the user, Back or Forward has changed the address. */
export const onVisit = (visit: () => void) => addEventListener('hashchange', visit);

/** Characters of an address that a message repeats. */
const MOST_QUOTED = 80;
const quoted = (text: string) => `“${text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text}”`;
