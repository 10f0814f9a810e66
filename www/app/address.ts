/**
 * Reads and writes the address of the page, such as `?workers=2#k=5&seed=50&strategy=cubic`, and
 * the browser's history, in which every choice of a person is an entry: Back undoes it. Only this
 * module knows their format.
 */

import { LANGUAGES, t } from '../languages/language.js';
import type { Named } from '../state/gallery.js';
import { FIRST } from '../tasks/first.js';

/** The parts of an address that hold fields. */
export type Address = Pick<Location, 'search' | 'hash'>;

/** Describes a field with values of type `T`; its default and range depend on a `C`. */
interface Kind<T, C> {
  /** The part that holds the field: `search`, of which a change reloads the page, or `hash`. */
  part: keyof Address;
  /** Returns the value for an address without the field. */
  initial(context: C): T;
  /** Returns the value that `text` stands for; undefined if that is out of range. */
  parse(text: string, context: C): T | undefined;
  /** Describes the range in words. */
  range(context: C): string;
  /** What a text that is out of range becomes; undefined for the default. */
  nearest?(text: string): T | undefined;
  /** How messages write a value; as a text without this. */
  said?(value: T): string;
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
    if (text === null) return this.#kind.initial(context);
    const value = this.#kind.parse(text, context);
    if (value === undefined) tell(this.refusal(text, context));
    return value ?? this.#instead(text, context);
  }

  /** Whether an address has it. */
  isIn(address: Address): boolean {
    return new URLSearchParams(address[this.part].slice(1)).has(this.name);
  }

  /** The message about a text that is out of range. */
  refusal(text: string, context: C): string {
    const value = this.#instead(text, context);
    const instead = this.#kind.said?.(value) ?? (String(value ?? '') || t`none`);
    return t`${quoted(`${this.name}=${text}`)} in the address: expected ${this.#kind.range(context)}. Taken instead: ${instead}.`;
  }

  #instead(text: string, context: C): T {
    return this.#kind.nearest?.(text) ?? this.#kind.initial(context);
  }
}

/** The text of a field in an address, whatever it may mean; empty if it is not there. */
export const textOf = (address: Address, { name, part }: Pick<Field<unknown, unknown>, 'name' | 'part'>) =>
  new URLSearchParams(address[part].slice(1)).get(name) ?? '';

/** Most workers that an address may ask for. */
const MOST_WORKERS = 16;
/** Most workers by default. Each needs its own memory for the model and the module. */
const MOST_UNASKED = 4;

/** Returns the number in `values` whose decimal form is `text`. */
export const among = (values: readonly number[], text: string) => values.find((value) => String(value) === text);

/** Number of workers. By default one for each core but the page's own, up to `MOST_UNASKED`. */
export const WORKERS = new Field<number, { cores: number }>('workers', {
  part: 'search',
  initial: ({ cores }) => Math.min(Math.max(cores - 1, 1), MOST_UNASKED),
  parse: (text) => among(Array.from({ length: MOST_WORKERS }, (_, i) => i + 1), text),
  range: () => t`a whole number from 1 to ${MOST_WORKERS}`,
});

/**
 * Whether all proofs run once a model is open, or only those that are asked for: a weak device
 * shows what is shipped.
 */
export const PROVE = new Field<'all' | 'asked', unknown>('prove', {
  part: 'search',
  initial: () => 'all',
  parse: (text) => (['all', 'asked'] as const).find((value) => value === text),
  range: () => t`one of ${['all', 'asked'].join(', ')}`,
});

/** Identifier of the chosen proof; null for none. Any text is valid here: `prove` decides. */
export const STRATEGY = new Field<string | null, unknown>('strategy', {
  part: 'hash',
  initial: () => null,
  parse: (text) => text || undefined,
  range: () => t`the identifier of a proof of this model`,
});

/** The digits of a file's SHA-256 by which an address names it. */
const OWN_DIGITS = 16;
/** What tells files of the user's apart: the first digits of their SHA-256. */
export const idOf = (sha256: string) => sha256.slice(0, OWN_DIGITS);
/** The user's file that is shown, by its SHA-256; null for a model of the gallery. */
export const OWN_FILE = new Field<string | null, unknown>('own', {
  part: 'hash',
  initial: () => null,
  parse: (text) => (/^[0-9a-f]{16}$/.test(text) ? text : undefined),
  range: () => t`the first ${OWN_DIGITS} digits of the SHA-256 of a file`,
});

/** How a file is read, as the task's module takes it; undefined as it is read unless told. */
export const READ = new Field<object | undefined, Pick<Ranges, 'ways'>>('read', {
  part: 'hash',
  initial: () => undefined,
  parse: (text, { ways }) => ways?.parse(text),
  range: ({ ways }) => ways?.range() ?? t`nothing, for files of this task are read in one way`,
});

/** What the network should compute; the first task is the page's without the field. */
export const TASK = new Field<string, { tasks: readonly string[] }>('task', {
  part: 'search',
  initial: ({ tasks }) => tasks[0] ?? '',
  parse: (text, { tasks }) => tasks.find((id) => id === text),
  range: ({ tasks }) => t`one of ${tasks.join(', ')}`,
});

/** The language of all texts; without the field, the first of the reader's that there is. */
export const LANGUAGE = new Field<string, { preferred: readonly string[] }>('lang', {
  part: 'search',
  initial: ({ preferred }) => preferred.flatMap((each) => each.split('-')[0] ?? []).find((each) => Object.hasOwn(LANGUAGES, each)) ?? 'en',
  parse: (text) => (Object.hasOwn(LANGUAGES, text) ? text : undefined),
  range: () => t`one of ${Object.keys(LANGUAGES).join(', ')}`,
});

/** Where a file to open lies; null for none. Any text is valid here: who fetches it decides. */
export const WEIGHTS = new Field<string | null, unknown>('weights', {
  part: 'search',
  initial: () => null,
  parse: (text) => text || undefined,
  range: () => t`the address of a weights file`,
});

/** The exercise that is open; null for none. Which ones there are, `exercises/` says. */
export const EXERCISE = new Field<string | null, unknown>('exercise', {
  part: 'search',
  initial: () => null,
  parse: (text) => (/^[a-z0-9-]{1,60}$/.test(text) ? text : undefined),
  range: () => t`the name of an exercise, such as try-all-inputs`,
});

/**
 * The code of a teacher's set of exercises; null for none. Any text is valid here: `classes/` reads
 * it.
 */
export const SET = new Field<string | null, unknown>('set', {
  part: 'search',
  initial: () => null,
  parse: (text) => text || undefined,
  range: () => t`the code of a set of exercises`,
});

/** Whether everything is large, to be read from the last row: `?projected`. */
export const PROJECTED = new Field<boolean, unknown>('projected', {
  part: 'search',
  initial: () => false,
  parse: (text) => (text === '' || text === '1' ? true : text === '0' ? false : undefined),
  range: () => t`1 or 0`,
  said: (isOn) => (isOn ? '1' : '0'),
});

/** A field after # with the value that is `first`, or one of `others`. */
const choice = <const V extends string>(name: string, first: V, ...others: V[]) =>
  new Field<V, unknown>(name, {
    part: 'hash',
    initial: () => first,
    parse: (text) => [first, ...others].find((value) => value === text),
    range: () => t`one of ${[first, ...others].join(', ')}`,
  });

/** Most characters of a free text. */
export const MOST_CHARACTERS = 400;
/** A field after # with any text; empty for none. What it means depends on the model. */
const free = (name: string, range: () => string) =>
  new Field<string, unknown>(name, {
    part: 'hash',
    initial: () => '',
    parse: (text) => (text && text.length <= MOST_CHARACTERS ? text : undefined),
    range,
  });

/** A field after # with a text that matches `pattern`; empty for none. */
const matching = (name: string, pattern: RegExp, range: () => string) =>
  new Field<string, unknown>(name, {
    part: 'hash',
    initial: () => '',
    parse: (text) => (text.length <= MOST_CHARACTERS && pattern.test(text) ? text : undefined),
    range,
  });

/** A field after # with some of `values`, separated by commas; empty for none. */
const some = (name: string, ...values: string[]) => {
  const known = (text: string) => values.filter((value) => text.split(',').includes(value)).join();
  return new Field<string, unknown>(name, {
    part: 'hash',
    initial: () => '',
    parse: (text) => (text && text.split(',').every((value) => values.includes(value)) ? known(text) : undefined),
    range: () => t`some of ${values.join(', ')}, separated by commas`,
    nearest: known,
  });
};

/**
 * A field after # with a number from `least` to `most`, to which others are clamped; null for none.
 */
const within = (name: string, least: number, most: number) => {
  const clamp = (text: string) => (/^\d+(\.\d+)?(e\+?\d+)?$/i.test(text) ? Math.min(Math.max(Number(text), least), most) : undefined);
  return new Field<number | null, unknown>(name, {
    part: 'hash',
    initial: () => null,
    parse: (text) => (clamp(text) === Number(text) ? Number(text) : undefined),
    range: () => t`a number from ${least} to ${most}`,
    nearest: clamp,
  });
};

/** The columns of the table of proofs beside that of their names. */
export const COLUMNS = ['least', 'most', 'inputs', 'flops', 'dimension', 'size', 'time', 'frontier'] as const;

/** The parts of the page that an address can hide. */
export const HIDABLE: readonly string[] = ['picker', 'claim', 'figure', 'slider', 'views', 'report', 'foot'];

/** The view of every task that is open at first. */
const FIRST_VIEW = 'strategies';

/** Ways to read a file, as addresses write them. */
export interface Ways {
  /** A way to read a file; empty for what an address cannot hold. */
  written(read: object): string;
  /** The way that a text says; undefined if it says none. */
  parse(text: string): object | undefined;
  /** All such texts, in words. */
  range(): string;
}

/**
 * What a task says of addresses: the views that it has, the fields that name its models, and how
 * files are read.
 */
export interface Ranges {
  views: readonly string[];
  fields: readonly string[];
  ways: Ways | undefined;
}

/**
 * Every way to show things that a link holds: a new one is a line here, and works in `Page.look`.
 */
const LOOKS = {
  /** The view beside the figure. */
  view: new Field<string, { views: readonly string[] }>('view', {
    part: 'hash',
    initial: () => FIRST_VIEW,
    parse: (text, { views }) => views.find((view) => view === text),
    range: ({ views }) => t`one of ${views.join(', ')}`,
  }),
  /** The lengths that the figure shows. */
  zoom: choice('zoom', 'crowd', 'all'),
  /**
   * The axes of the figure: what is proven or, logarithmically, missing or unexplained; or bounds
   * against σ₁/σ₂ over the gallery.
   */
  scale: choice('scale', 'accuracy', 'missing', 'unexplained', 'ratio'),
  /** Other models of the gallery whose frontiers are drawn, such as `4-50,10-104`. */
  with: matching('with', /^\d+-\d+(,\d+-\d+){0,3}$/, () => t`up to four models as K-seed, such as 4-50,10-104`),
  /** Whether the figure shows the spread over all seeds: 1. */
  spread: choice('spread', '0', '1'),
  /** The steps that a proof may take: the best of no more is chosen. */
  budget: within('budget', 1, 1e60),
  /** The proof that the chosen one is compared with. */
  vs: free('vs', () => t`the identifier of a proof, or such as cubic@4-50 of another model`),
  /** The family of proofs that are shown. */
  family: free('family', () => t`a family of proofs of this model`),
  /** What proofs are made of that are shown, as `name:value`, separated by semicolons. */
  tags: free('tags', () => t`what proofs are made of, such as Direct path:mean query`),
  /** What the names of proofs that are shown contain. */
  name: free('name', () => t`a part of a name`),
  /** Whether only the proofs on the frontier are shown. */
  only: choice('only', 'all', 'frontier'),
  /** The classes of proofs that are not shown, separated by commas. */
  without: free('without', () => t`classes of proofs of this model`),
  /** How much each input counts; empty where all are alike. `explain` decides what it means. */
  over: free('over', () => t`a distribution in at most 400 characters, such as largest>=10`),
  /** The case that is opened in the view `why`: largest and last token. */
  case: matching('case', /^\d{1,5},\d{1,5}$/, () => t`largest and last token of an input, such as 63,12`),
  /** The inputs whose cases the view `why` shows: those with so many smaller tokens. */
  smaller: matching('smaller', /^\d{1,4}$/, () => t`a number of tokens less than K`),
  /** What patterns say there: what is lost, or how cases are decided. */
  patterns: choice('patterns', 'lost', 'decided'),
  /** The input of the view `try`. */
  tokens: matching('tokens', /^\d{1,5}(,\d{1,5})*$/, () => t`K tokens that the model has, such as 12,5,63,7`),
  /** The matrix of the view `weights`. */
  matrix: free('matrix', () => t`a matrix of this model`),
  /** The samples of the view `samples`. */
  samples: free('samples', () => t`method;δ;samples;proof;seed, such as anytime;0.001;1000`),
  /** The column by which the table is sorted; from the largest number on after a minus. */
  sort: choice('sort', 'proof', '-proof', ...COLUMNS.flatMap((column) => [column, `-${column}` as const])),
  /** The parts of the page that are not shown. */
  hide: some('hide', ...HIDABLE),
};
type Name = keyof typeof LOOKS;
const NAMES = Object.keys(LOOKS) as Name[];

/** What a link says of how things are shown. */
export type Looks = { [N in Name]: (typeof LOOKS)[N]['initial'] };

/** How things are shown where no address says it. */
export const usualLooks = () => Object.fromEntries(NAMES.map((name) => [name, LOOKS[name].initial])) as Looks;

/** How an address says that things are shown; `tell` hears of texts that are out of range. */
export const looksOf = (address: Address, ranges: Pick<Ranges, 'views'>, tell: (problem: string) => void) =>
  Object.fromEntries(NAMES.map((name) => [name, LOOKS[name].read(address, ranges, tell)])) as Looks;

/** Every field of an address, but those that name a model of the gallery. */
export const FIELDS = [
  WORKERS,
  PROVE,
  LANGUAGE,
  TASK,
  WEIGHTS,
  EXERCISE,
  SET,
  PROJECTED,
  OWN_FILE,
  READ,
  STRATEGY,
  ...NAMES.map((name) => LOOKS[name]),
] as const;

/** The message about a value that the model does not have. */
export const refusal = (name: 'strategy' | Name, value: string) =>
  (name === 'strategy' ? STRATEGY : LOOKS[name]).refusal(value, { views: [] });

/**
 * Calls `tell` for each unknown name in the hash. Unknown names in the search part are allowed:
 * hosts and tools add their own.
 */
export function tellUnknown({ hash }: Address, { fields }: Pick<Ranges, 'fields'>, tell: (problem: string) => void) {
  const known = [...fields, ...FIELDS.filter(({ part }) => part === 'hash').map(({ name }) => name)];
  for (const name of new Set(new URLSearchParams(hash.slice(1)).keys())) {
    if (!known.includes(name)) tell(t`${quoted(name)} in the address is left out: after # it has ${known.join(', ')}.`);
  }
}

/** What to link to: a model of the gallery or a file of the user's, and what is shown of it. */
export interface Target {
  model?: Named;
  /** First digits of the SHA-256 of the user's file. */
  own?: string;
  /** How the file is read, as its task writes it; empty as it is read unless told. */
  read?: string;
  strategy?: string | null;
  looks?: Partial<Looks>;
}

/** The part after # of a link. What is so by default goes without saying. */
export function hashOf({ model, own, read, strategy, looks }: Target): string {
  const fields = new URLSearchParams(own ? { [OWN_FILE.name]: own } : model);
  if (read) fields.set(READ.name, read);
  // A budget chooses the proof.
  if (strategy && !looks?.budget) fields.set(STRATEGY.name, strategy);
  for (const name of NAMES) {
    const value = looks?.[name] ?? LOOKS[name].initial;
    // A table may be too long for an address; its view says so.
    if (value !== LOOKS[name].initial && String(value).length <= MOST_CHARACTERS) fields.set(name, String(value));
  }
  return `#${fields}`;
}

/** Whether an address has one of these fields after #. */
export const names = ({ hash }: Address, fields: readonly string[]) => fields.some((name) => new URLSearchParams(hash.slice(1)).has(name));

/**
 * The address of the page with another task; the choice of workers stays. Exercises are of one
 * task.
 */
export function pageOf(task: string, hash = ''): string {
  const url = new URL(location.href);
  for (const { name } of [WEIGHTS, EXERCISE, SET]) url.searchParams.delete(name);
  if (task === FIRST) url.searchParams.delete(TASK.name);
  else url.searchParams.set(TASK.name, task);
  url.hash = hash;
  return url.href;
}

/** The address of what is shown in another language. */
export function pageIn(language: string): string {
  const url = new URL(location.href);
  url.searchParams.set(LANGUAGE.name, language);
  return url.href;
}

/** Returns whether the address is a link to a model. */
export const isLink = () => location.hash !== '';

/** A choice of a person: of a model, of a proof, of what is shown, or a letter of what is typed. */
export type Choice = 'model' | 'proof' | 'look' | 'typed';
/**
 * Proofs and letters that follow one another faster than this, in milliseconds, are one choice:
 * keys are held.
 */
const PACE = 500;
let last: { choice: Choice | undefined; time: number } = { choice: undefined, time: 0 };

/**
 * Writes a link to what is shown into the address: for a person's `choice` in a new entry of the
 * history, so that Back undoes it, or else in the present entry.
 */
export function note(target: Target, choice?: Choice) {
  const hash = hashOf(target);
  if (hash === location.hash) return;
  const time = performance.now();
  const goesOn = choice === last.choice && (choice === 'proof' || choice === 'typed') && time - last.time < PACE;
  if (choice) last = { choice, time };
  const isNew = choice !== undefined && !goesOn;
  history[isNew ? 'pushState' : 'replaceState']({ undoable: undoable() + Number(isNew) }, '', hash);
}

/** The number of choices before the present entry of the history that can be undone. */
const undoable = (): number => Number((history.state as { undoable?: number } | null)?.undoable ?? 0);

/** Calls `visit` whenever a link, the user, Back or Forward changes the address's hash. */
export const onVisit = (visit: () => void) => addEventListener('hashchange', visit);

/** Does again the choice that was undone last, if there is one. */
export const redo = () => history.forward();

/** Undoes the last choice, if there is one: Back would leave the page. */
export function undo() {
  if (undoable()) history.back();
}

/** Most characters of an address that a message quotes. */
const MOST_QUOTED = 80;
const quoted = (text: string) => t`“${text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text}”`;
