/** What every view of the instrument is, so that the page can fetch one when it is first opened. */

import type { Looks } from '../app/address.js';
import type { Explain } from '../engine/explain.js';
import type { Model, Proof } from '../state/model.js';
import type { Uncertain } from '../state/uncertain.js';

/** The name of a view in the address. */
export type ViewName = string;

/** What is open within views. */
export type Within = Pick<Looks, 'case' | 'smaller' | 'patterns' | 'tokens' | 'matrix' | 'samples'>;
/** Nothing that a person chose. */
export const NOTHING_WITHIN: Within = { case: '', smaller: '', patterns: 'lost', tokens: '', matrix: '', samples: '' };

/** What all views show. */
export interface Shown {
  model: Model;
  /** The chosen proof of the model. */
  chosen: Proof | undefined;
  /** Identifier of the bound that is said of the model in place of a proof; null for none. */
  picked: string | null;
  /** Identifier of the proof under the pointer or the focus, in any view. */
  pointed: string | null;
  /** Identifier of the proof that the chosen one is compared with; empty for none. */
  vs: string;
  /** The distribution of inputs; empty where all are alike. */
  over: string;
  within: Within;
  /** The model as the distribution shows it: outcomes of its proofs are weighted. */
  weighed: Model;
}

/** What a view asks of the page; `E` answers the questions of its task. */
export interface Host<E = Explain> {
  /** Chooses a proof by its identifier. */
  choose(strategy: string): void;
  /** Compares the chosen proof with another, by its identifier; with none if that is empty. */
  compare(strategy: string): void;
  /** Weighs inputs by a distribution; all alike if that is empty. */
  over(text: string): void;
  /** Shows something else within views, by a choice of the user's or as it is typed. */
  within(change: Partial<Within>, choice?: 'look' | 'typed'): void;
  /** Says that the model does not have what is open within a view, and closes it. */
  refuse(name: keyof Within): void;
  /**
   * Shows these bounds of the open model that are no proofs; what is said of it is the one with the
   * id `picked`, if any.
   */
  uncertain(bounds: readonly Uncertain[], picked: string | null): void;
  /** Shows the table of all proofs. */
  toTable(): void;
  /** Shows an input, tokens separated by commas, in the view `try`. */
  tryInput(tokens: string): void;
  /**
   * Works out what the published formula claims of a proof; the views are shown again when it is
   * known.
   */
  askPublished(proof: Proof): void;
  /**
   * Opens a file that a view has made, such as a certificate or a network, as if the user had
   * dropped it.
   */
  take(file: File): void;
  /**
   * Returns the certificate of a proof by its identifier, which runs for it; undefined if it fails.
   */
  certificate(strategy: string): Promise<string | undefined>;
  /** Answers questions about the open model, in a worker of its own. */
  readonly explain: E;
  /** The open model. */
  model(): Model | undefined;
  /** Says what went wrong, where a view has no better place for it. */
  problem(text: string): void;
}

/** A view: it is shown whatever changes, and only while it is open. */
export interface ViewOf {
  show(shown: Shown): void;
}

/** What a view's module exports: puts the view into `parent`. */
export type Open = (parent: HTMLElement, host: Host) => ViewOf;
