/**
 * Why a proof proves what it does: all inputs in parts, the map of its cases, what would prove
 * more, and another proof beside it.
 */

import { Cancelled, Died } from '../../engine/client.js';
import { nodes, t } from '../../languages/language.js';
import type { CaseMap, WhatIf } from '../../pkg/explain.js';
import type { Model, Proof } from '../../state/model.js';
import { exactOf, sidesOf } from '../../state/sides.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';
import { word } from '../../ui/word.js';
import type { Host, Open, Shown } from '../view.js';
import { CaseMapSection } from './case-map.js';
import { Compare } from './compare.js';
import { Latest } from '../../ui/latest.js';
import { Parts } from './parts-section.js';
import { WhyNotMore } from './why-not-more.js';
import './why.css';

class Why {
  readonly #host: Host;
  readonly #state = make('p', { class: 'state', 'aria-live': 'polite' });
  readonly #retry = make('button', { type: 'button', hidden: '' }, t`Try again`);
  /** What is shown of the proof's cases. */
  readonly #cases: HTMLElement;
  readonly #parts: Parts;
  readonly #map: CaseMapSection;
  readonly #more: WhyNotMore;
  readonly #compare: Compare;
  readonly #latest: Latest<CaseMap>;
  readonly #terms: Latest<WhatIf[]>;
  #model: Model | undefined;
  #chosen: Proof | undefined;
  /** The distribution of inputs; empty where all are alike. */
  #over = '';

  constructor(parent: HTMLElement, host: Host) {
    this.#host = host;
    this.#map = new CaseMapSection(host);
    this.#parts = new Parts(host, ({ m, q }) => this.#map.go(m, q));
    this.#more = new WhyNotMore((strategy) => host.choose(strategy));
    this.#compare = new Compare(host);
    this.#latest = new Latest(
      (map) => this.#answered(map),
      (error) => this.#failed(error),
    );
    // The map has said what is wrong with the proof.
    this.#terms = new Latest((terms) => this.#more.tell(terms), () => this.#more.tell([]));
    this.#cases = make('div', { class: 'stale' }, this.#parts.element, this.#map.element);
    const about = make(
      'p',
      { class: 'about' },
      ...nodes`A proof goes through all inputs, ${word('case', t`case by case`)}. Here is what each case gives, and what is lost.`,
    );
    const state = make('div', { class: 'control' }, this.#state, this.#retry);
    parent.append(make('div', { class: 'why' }, about, state, this.#cases, this.#more.element, this.#compare.element));
    this.#retry.addEventListener('click', () => this.#ask());
  }

  /**
   * Asks only about another proof, or another model: what else changes is the progress of proofs.
   */
  show({ model, chosen, vs, within, over }: Shown) {
    const isOther = model !== this.#model || chosen?.facts.strategy !== this.#chosen?.facts.strategy || over !== this.#over;
    [this.#model, this.#chosen, this.#over] = [model, chosen, over];
    this.#more.element.hidden = !chosen;
    if (chosen) this.#more.show(model.proofs, chosen, !!over);
    this.#compare.list(model, chosen, vs, over);
    this.#map.open(within);
    if (isOther) this.#ask();
    else this.#parts.tell(this.#right);
  }

  /** How many inputs the network is right on, once that is proven; unknown of weights. */
  get #right(): bigint | undefined {
    if (this.#over) return undefined;
    return exactOf(sidesOf(this.#model?.proofs ?? []))?.count;
  }

  #ask() {
    this.#cases.classList.add('stale');
    this.#compare.show(undefined);
    this.#retry.hidden = true;
    this.#terms.forget();
    this.#more.tell([]);
    const facts = this.#chosen?.facts;
    if (!facts) {
      this.#latest.forget();
      this.#state.textContent = t`Choose a proof to see why it proves what it does.`;
      return;
    }
    this.#state.textContent = t`Looking into the proof …`;
    this.#latest.ask(() => this.#host.explain.cases(facts.strategy, this.#over));
  }

  #answered(map: CaseMap) {
    this.#state.textContent = '';
    this.#state.append(make('strong', {}, this.#chosen?.facts.label ?? map.strategy));
    this.#cases.classList.remove('stale');
    this.#parts.show(map);
    this.#parts.tell(this.#right);
    this.#map.show(map);
    this.#compare.show(map);
    this.#terms.ask(() => this.#host.explain.terms(map.strategy));
  }

  #failed(error: unknown) {
    // Another model is about to be shown.
    if (error instanceof Cancelled) return;
    this.#state.textContent = told(error);
    this.#retry.hidden = !(error instanceof Died);
  }
}

export const open: Open = (parent, host) => new Why(parent, host);
