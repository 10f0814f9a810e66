/**
 * What the page knows of a task. A task is a folder beside this file, and a line in `tasks.ts`;
 * everything else shows its models without knowing what they compute.
 */

import type { Address, Ways } from '../app/address.js';
import type { FileFacts } from '../pkg/files.js';
import type { Prover } from '../engine/pool.js';
import type { Weights } from '../engine/protocol.js';
import type { Gallery, Entry, Named } from '../state/gallery.js';
import type { Rung } from '../state/ladder.js';
import type { Looked, Model, Models, Shipped } from '../state/model.js';
import type { Question, TaskFacts } from '../pkg/prove.js';
import type { Entry as Meaning } from '../views/glossary/words.js';
import type { Question as Asks } from '../views/questions/questions.js';
import type { Step } from '../views/tour/steps.js';
import type { Pictured } from '../views/frontier/frontier.js';
import type { Host, ViewOf } from '../views/view.js';

export type Checker = 'verifier' | 'independent' | 'proven';

/** Ways to read the file of a model, of a task whose files do not say all. */
export interface Reads<F> extends Ways {
  /** How the file of a model is read. */
  of(facts: F): object;
  /**
   * What of a way no address holds, so that the browser keeps it with the file; undefined for
   * nothing.
   */
  kept(read: object): object | undefined;
  /**
   * Whether a file of the user's says how another one is read; the module `files` then reads it.
   */
  isIn(file: File): Promise<boolean>;
}

/**
 * What is said and asked of a task's models, wherever they are shown; `F` is what is known of one.
 */
export interface Task<F extends TaskFacts = TaskFacts> {
  /**
   * Its identifier in addresses, certificates and on the command line, and the folder of its
   * models.
   */
  readonly id: string;
  /** What people call it. */
  name(): string;
  /**
   * Which programs of the page check a certificate: the verifier, the independent checker, the
   * program that Coq proves.
   */
  readonly checkers: readonly Checker[];
  /** All inputs of a model, such as “all 3,481 inputs”. */
  inputs(facts: F): string;
  /** What a model reads, and what it must answer. */
  about(facts: F): (Node | string)[];
  /** What is known of a model beside its file and its parameters, each with its name. */
  facts(facts: F): [string, string][];
  /** Ways to read files; undefined where they say all themselves. */
  readonly reads?: Reads<F>;
  /**
   * What the module that proves is told of a user's file, if only the module `files` can read it.
   */
  way(file: FileFacts): object | undefined;
  /** What is known of a user's file, and of the network in it as its task's module has read it. */
  opened(loaded: F, file: FileFacts): F;
  /** The proof that is shown while none is chosen, of those on the frontier, the shortest first. */
  start(ladder: readonly Rung[]): Rung | undefined;
  /** The model of the gallery in a file, as addresses name it; undefined for other files. */
  named(file: string): Named | undefined;
  /**
   * Works out what else is shown of a model; `isCounted` is whether all inputs are counted without
   * being asked for.
   */
  look(prover: Prover, isCounted: boolean): Promise<Looked>[];
}

/** The menus that choose a model of the gallery. */
export interface Picker {
  /** Shows which model is open: none, while a file of the user's is. */
  show(entry: Entry | undefined): void;
}

/** A model that was picked from the list. */
export type Picked = { model: Named } | { own: string };

/** What the list of models shows. */
export interface Offered {
  /** The model that is open; undefined for a file of the user's that the browser does not keep. */
  open: Picked | undefined;
  pick(model: Picked): void;
}

/** Its models, as the manifest lists them. */
export interface Shelf extends Gallery {
  /** Which model an address names; `tell` hears of what it says that no model has. */
  at(address: Address, tell: (problem: string) => void): Entry;
  /** The model whose file has the SHA-256 `sha256`. */
  bySha256(sha256: string): Promise<Entry | undefined>;
  /** Puts the menus into the header; `pick` hears which model the user wants. */
  picker(pick: (named: Named) => void): Picker;
  /** Opens the list of all models. */
  list(offered: Offered): Promise<void>;
}

/** Answers what views ask, in a worker of its own. */
export interface Explains {
  /** Takes another model. */
  model(weights: Weights): void;
  /** Answers questions of the task's own, where the module that proves does not. */
  ask?<T>(question: Question): Promise<T>;
  /** What a proof covers, as the module `samples` takes it. */
  coverage(strategy: string): Promise<string>;
  /** Ends the worker; the next question starts it again. */
  close(): void;
}

/**
 * Reads the open file in another way, and shows it so. Rejects with an `Error` if it cannot be read
 * so: all stays as it is.
 */
export type ReadAs = (read: object) => Promise<void>;

/** The part of the report about the network: what is assumed of it. */
export interface NetworkPart {
  /** Shows another model. */
  model(model: Model): void;
  /** Shows what has become known of the model. */
  show(model: Model): void;
}

/** Weighs the proofs of a model by a distribution of its inputs. */
export interface Weigher {
  /** The model under the distribution that `text` says; undefined where all inputs are alike. */
  seen(model: Model, text: string): Model | undefined;
}

/**
 * What is shown before a module is here: a model, with results and a figure if they are shipped.
 */
export type First = Shipped & Partial<Pick<Pictured, 'figure' | 'narrow' | 'metrics'>>;

/**
 * What embeds show of a task, and the page beside other things. Whatever a first view does without
 * is fetched when it is used.
 */
export interface Embedded<F extends TaskFacts = TaskFacts, E extends Explains = Explains> extends Task<F> {
  /** Address of the module that proves. */
  readonly module: string;
  /** Address of the script of workers with it. */
  readonly worker: string;
  /** Its views, the first one at first, each fetched when it is opened. */
  readonly views: Readonly<Record<string, { label(): string; load(): Promise<{ open(parent: HTMLElement, host: Host<E>): ViewOf }> }>>;
  /** Answers questions about a model. */
  explainer(): Promise<E>;
  /** Words that mean something else here, or are this task's own. */
  words?(): Promise<Readonly<Record<string, Meaning>>>;
}

/** What the page shows of a task. */
export interface TaskPage<F extends TaskFacts = TaskFacts, E extends Explains = Explains> extends Embedded<F, E> {
  /** The fields of an address that name a model of the gallery. */
  readonly fields: readonly string[];
  /** Whether a best proof within a number of steps can be asked for. */
  readonly hasBest: boolean;
  /** Fetches what is shown at first: a model with what was shipped of it. */
  first(): Promise<First>;
  /** Fetches the list of its models. */
  shelf(): Promise<Shelf>;
  /** What the report says of the proofs above their list. */
  proofs(): Promise<(Node | string)[]>;
  /**
   * Fetches the report's part about the network, which is made once its elements are in the page.
   */
  network(): Promise<(models: Models, readAs: ReadAs) => NetworkPart>;
  /** Fetches what someone who is new may ask. */
  questions?(): Promise<readonly Asks[]>;
  /** Fetches the steps of the tour. */
  tour(): Promise<readonly Step[]>;
  /**
   * Fetches what weighs inputs, if that is possible: `changed` hears of news, `end` that all are to
   * be alike.
   */
  weigher?(explain: E, told: { changed(): void; end(): void; refused(why: string): void }): Promise<Weigher>;
  /** Whether the figure compares models of the gallery. */
  readonly compares: boolean;
}
