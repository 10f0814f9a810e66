/** The view "Strategies": the slider of ranks with its cliff, and all other proofs. */

import './strategies.css';
import { t } from '../../../../languages/language.js';
import type { TaskFacts } from '../../../../pkg/group.js';
import type { Model } from '../../../../state/model.js';
import { make } from '../../../../ui/element.js';
import { Drawing, drawnOf } from '../../../../ui/drawing.js';
import { exportButton } from '../../../../ui/export/button.js';
import { count, fixed, steps } from '../../../../ui/format.js';
import { proofTable } from '../../../../views/results/rows.js';
import { describe } from '../../../../views/proofs/describe.js';
import { Strip } from '../../../../views/strategies/strip.js';
import '../../../../views/strategies/strategies.css';
import type { Host, Shown, ViewOf } from '../../../../views/view.js';
import type { Asking } from '../../explain.js';
import { called, type GroupFacts } from '../../task.js';
import { cliffOf, figureOf, ranked, type Ranked } from './ranks.js';

export const open = (parent: HTMLElement, host: Host<Asking>): ViewOf => {
  const view = new Strategies(host);
  parent.append(view.element);
  return view;
};

class Strategies implements ViewOf {
  readonly element = make('div', { class: 'strategies ranks' });
  readonly #canvas = make('canvas', { role: 'img' });
  readonly #slider = make('input', { type: 'range', min: '1', step: '1', id: 'rank' });
  readonly #said = make('p', { class: 'said', role: 'status' });
  readonly #cliff = make('p', { class: 'hint' });
  readonly #strip: Strip;
  readonly #drawing: Drawing;
  #ranked: Ranked[] = [];
  /** The rank that the slider shows. */
  #rank = 1;
  #model: Model | undefined;

  constructor(host: Host<Asking>) {
    this.#strip = new Strip((strategy) => host.choose(strategy));
    this.#drawing = new Drawing(this.#canvas, (_, { width }) => figureOf(this.#ranked, this.#rank, width), (why) => host.problem(why));
    const choose = (index: number) => {
      const found = this.#ranked[Math.min(Math.max(index, 0), this.#ranked.length - 1)];
      if (found) host.choose(found.proof.facts.strategy);
    };
    this.#slider.addEventListener('input', () => choose(this.#ranked.findIndex(({ rank }) => rank === Number(this.#slider.value))));
    this.#canvas.addEventListener('click', ({ offsetX }) => {
      const { plane } = this.#drawing.drawn?.figure ?? {};
      if (plane) choose(Math.floor(((offsetX - plane.x) / plane.width) * this.#ranked.length));
    });
    const figure = make(
      'div',
      { class: 'ranks' },
      this.#canvas,
      make('label', { for: 'rank' }, t`R, numbers through which the proof sees the outputs of an input`),
      this.#slider,
      this.#said,
      this.#cliff,
    );
    const menu = exportButton({
      name: 'ranks',
      title: t`What is proven through R numbers for each input`,
      element: figure,
      model: () => host.model(),
      table: () => proofTable(this.#ranked.map(({ proof }) => proof)),
      drawn: () => drawnOf({ '': this.#drawing }),
    });
    this.element.append(make('h3', {}, t`Through how few numbers?`), menu, figure, make('h3', {}, t`Other proofs`), this.#strip.element);
  }

  show({ model, chosen, pointed }: Shown) {
    this.#model = model;
    this.#ranked = ranked(model.proofs);
    const now = this.#ranked.find(({ proof }) => proof === chosen);
    // Another proof leaves the slider where it is, at first on the cliff.
    const cliff = cliffOf(this.#ranked);
    this.#rank = now?.rank ?? (this.#ranked.some(({ rank }) => rank === this.#rank) && this.#rank > 1 ? this.#rank : (cliff?.rank ?? 1));
    this.#slider.max = String(this.#ranked.at(-1)?.rank ?? 1);
    if (this.#slider.value !== String(this.#rank)) this.#slider.value = String(this.#rank);
    this.#slider.disabled = !this.#ranked.length;
    const said = this.#sayOf(this.#ranked.find(({ rank }) => rank === this.#rank), model);
    put(this.#said, said);
    this.#slider.setAttribute('aria-valuetext', said);
    put(this.#cliff, this.#sayCliff(cliff));
    this.#canvas.setAttribute('aria-label', t`Part of all inputs that is proven by rank. ${this.#cliff.textContent}`);
    this.#drawing.draw();
    this.#strip.show(
      model.proofs.filter((proof) => !this.#ranked.some((other) => other.proof === proof)),
      model.facts.classes,
      chosen?.facts.strategy,
      pointed,
    );
  }

  #sayOf(at: Ranked | undefined, { facts: { baseline_flops } }: Model): string {
    if (!at) return '';
    const { outcome } = at.proof;
    if (!outcome) return t`Rank ${at.rank}: ${describe(at.proof)}`;
    const times = baseline_flops / outcome.flops;
    const length =
      times > 1 ? t`${steps(outcome.flops)} steps, ${fixed(times, 1)} times fewer than brute force` : t`${steps(outcome.flops)} steps`;
    return t`Rank ${at.rank}: proven right on ${count(outcome.correct)} of ${count(outcome.total)} inputs, in ${length}.`;
  }

  #sayCliff(cliff: Ranked | undefined): string {
    if (!cliff || !this.#model) return '';
    const before = this.#ranked.filter(({ rank }) => rank < cliff.rank).at(-1)?.proof.outcome;
    const least = before
      ? ` ${before.correct === '0' ? t`With one fewer, nothing is.` : t`With one fewer, ${count(before.correct)} is.`}`
      : '';
    const facts = this.#model.facts as TaskFacts as GroupFacts;
    const sum = facts.group?.startsWith('Z')
      ? t`two for each frequency that the network uses, for a cosine and a sine`
      : t`the sum of d² over the irreps of ${called(facts)} that the network uses, d their dimensions: as many numbers as they have entries`;
    return `${t`From R = ${cliff.rank} on, all inputs are proven.`}${least} ${t`As a rule, that is ${sum}.`}`;
  }
}

/** Sets a text that is new: it may be read aloud. */
function put(element: HTMLElement, text: string) {
  if (element.textContent !== text) element.textContent = text;
}
