/**
 * Reads and writes the address of the page, such as `?workers=2#k=5&seed=50&strategy=cubic`, and
 * the browser's history. Only this module knows their format.
 */

import type { Gallery } from '../state/gallery.js';

/** The parts of an address that hold fields. */
export type Address = Pick<Location, 'search' | 'hash'>;

/** Describes a field with values of type `T`; its default and range depend on a `C`. */
interface Kind<T, C> {
  /** The part that holds the field: `search`, of which a change reloads the page, or `hash`. */
  part: keyof Address;
  /** Returns the value for an address without the field, or with a value out of range. */
  initial(context: C): T;
  /** Returns the value that `text` stands for; undefined if that is out of range. */
  parse(text: string, context: C): T | undefined;
  /** Describes the range in words. */
  range(context: C): string;
}

/** A field of the address, such as `k=5`. */
export class Field<T, C> {
  readonly name: string;
  readonly part: keyof Address;
  readonly #kind: Kind<T, C>;

  constructor(name: string, kind: Kind<T, C>) {
    this.name = name;
    this.part = kind.part;
    this.#kind = kind;
  }

  /** The value where the context does not matter. */
  get initial(): T {
    return this.#kind.initial(undefined as C);
  }

  /** Its value in an address; `tell` hears of a text that is out of range. */
  read(address: Address, context: C, tell: (problem: string) => void): T {
    const text = new URLSearchParams(address[this.part].slice(1)).get(this.name);
    const value = text === null ? undefined : this.#kind.parse(text, context);
    if (text !== null && value === undefined) tell(this.refusal(text, context));
    return value ?? this.#kind.initial(context);
  }

  /** The message about a text that is out of range. */
  refusal(text: string, context: C): string {
    const { initial, range } = this.#kind;
    return `${quoted(`${this.name}=${text}`)} in the address: expected ${range(context)}. Taken instead: ${initial(context) ?? 'none'}.`;
  }
}

/** Most workers that an address may ask for. */
const MOST_WORKERS = 16;
/** Most workers by default. Each needs its own memory for the model and the module. */
const MOST_UNASKED = 4;

/** Returns the number in `values` whose decimal form is `text`. */
const among = (values: readonly number[], text: string) => values.find((value) => String(value) === text);

/** Number of workers. By default one for each core but the page's own, up to `MOST_UNASKED`. */
export const WORKERS = new Field<number, { cores: number }>('workers', {
  part: 'search',
  initial: ({ cores }) => Math.min(Math.max(cores - 1, 1), MOST_UNASKED),
  parse: (text) => among(Array.from({ length: MOST_WORKERS }, (_, i) => i + 1), text),
  range: () => `a whole number from 1 to ${MOST_WORKERS}`,
});

/** K, the number of tokens in an input, of the gallery's model to show. */
export const K = new Field<number, Gallery>('k', {
  part: 'hash',
  initial: (gallery) => gallery.default.k,
  parse: (text, gallery) => among(gallery.sizes, text),
  range: (gallery) => `one of ${gallery.sizes.join(', ')}`,
});

/** Seed of the gallery's model to show. */
export const SEED = new Field<number, { gallery: Gallery; k: number }>('seed', {
  part: 'hash',
  initial: ({ gallery, k }) => gallery.firstSeed(k),
  parse: (text, { gallery, k }) => among(gallery.seeds(k), text),
  range: ({ k }) => `a seed that the menu has for K = ${k}`,
});

/** Identifier of the chosen proof; null for none. Any text is valid here: `prove` decides. */
export const STRATEGY = new Field<string | null, unknown>('strategy', {
  part: 'hash',
  initial: () => null,
  parse: (text) => text || undefined,
  range: () => 'the identifier of a proof of this model',
});

/** A field after # with the value that is `first`, or one of `others`. */
const choice = <const V extends string>(name: string, first: V, ...others: V[]) =>
  new Field<V, unknown>(name, {
    part: 'hash',
    initial: () => first,
    parse: (text) => [first, ...others].find((value) => value === text),
    range: () => `one of ${[first, ...others].join(', ')}`,
  });

/** The view beside the figure. */
export const VIEW = choice('view', 'strategies', 'why', 'try', 'weights', 'method');
/** The lengths that the figure shows. */
export const ZOOM = choice('zoom', 'crowd', 'all');
/** The vertical axis of the figure: what is proven or, logarithmically, what is missing. */
export const SCALE = choice('scale', 'accuracy', 'missing');

/** What a link says of how things are shown. */
export interface Looks {
  view: ReturnType<typeof VIEW.read>;
  zoom: ReturnType<typeof ZOOM.read>;
  scale: ReturnType<typeof SCALE.read>;
}
const LOOKS = { view: VIEW, zoom: ZOOM, scale: SCALE };

/** How an address says that things are shown; `tell` hears of texts that are out of range. */
export const looksOf = (address: Address, tell: (problem: string) => void): Looks => ({
  view: VIEW.read(address, undefined, tell),
  zoom: ZOOM.read(address, undefined, tell),
  scale: SCALE.read(address, undefined, tell),
});

/** Every field of an address. */
export const FIELDS = [WORKERS, K, SEED, STRATEGY, VIEW, ZOOM, SCALE] as const;

/**
 * Calls `tell` for each unknown name in the hash. Unknown names in the search part are allowed:
 * hosts and tools add their own.
 */
export function tellUnknown({ hash }: Address, tell: (problem: string) => void) {
  const known = FIELDS.filter(({ part }) => part === 'hash').map(({ name }) => name);
  for (const name of new Set(new URLSearchParams(hash.slice(1)).keys())) {
    if (!known.includes(name)) tell(`${quoted(name)} in the address is left out: after # it has ${known.join(', ')}.`);
  }
}

/** A model of the gallery and, optionally, one of its proofs, to link to. */
interface Target {
  k: number;
  seed: number;
  strategy?: string | null;
  looks?: Looks;
}

/** The part after # of a link. */
export function hashOf({ k, seed, strategy, looks }: Target): string {
  const fields = new URLSearchParams({ [K.name]: String(k), [SEED.name]: String(seed), ...(strategy && { [STRATEGY.name]: strategy }) });
  for (const [key, value] of Object.entries(looks ?? {}) as [keyof Looks, string][]) {
    // What is so by default goes without saying.
    if (value !== LOOKS[key].initial) fields.set(LOOKS[key].name, value);
  }
  return `#${fields}`;
}

/** The state of a history entry that shows the user's file, to which no address links. */
export interface OwnEntry {
  /** Whether the file is stored, as a `KeptFile`. */
  kept: boolean;
  /** Identifier of the chosen proof; null for none. */
  strategy: string | null;
}

/** Returns the history entry's state if it shows the user's file; undefined for a link. */
export function ownEntry(): OwnEntry | undefined {
  const state = history.state as Partial<OwnEntry> | null;
  if (isLink() || typeof state?.kept !== 'boolean') return undefined;
  return { kept: state.kept, strategy: state.strategy ?? null };
}

/** Returns whether the address is a link to a model. */
export const isLink = () => location.hash !== '';

/** Replaces the present history entry by one that shows the user's file. */
export const noteOwn = (entry: OwnEntry) => history.replaceState(entry, '', location.pathname + location.search);

/** Replaces the present history entry by a link to a model. */
export const noteLink = (target: Target) => history.replaceState(null, '', hashOf(target));

/** Adds a history entry, with a link to `target` if there is one, without loading anything. */
export function addEntry(target?: Target) {
  history.pushState(null, '', target ? hashOf(target) : location.pathname + location.search);
}

/** Follows a link to a model, which adds a history entry and calls `onVisit`'s callback. */
export function follow(target: Target) {
  location.hash = hashOf(target);
}

/** Calls `visit` whenever a link, the user, Back or Forward changes the address's hash. */
export const onVisit = (visit: () => void) => addEventListener('hashchange', visit);

/** Most characters of an address that a message quotes. */
const MOST_QUOTED = 80;
const quoted = (text: string) => `“${text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text}”`;
