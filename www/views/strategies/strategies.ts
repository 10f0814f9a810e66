/**
 * The view "Strategies": all proofs at once. The sub-cubic ones are a grid of their three choices,
 * the others a strip.
 */

import './strategies.css';
import {
  best,
  type Change,
  changes,
  type Choice,
  type Grid,
  gridOf,
  missing,
  points,
  steps,
  type Value,
  weakest,
  withValue,
} from './grid.js';
import { Matrix } from './matrix.js';
import { gridFigure } from './picture.js';
import { Strip } from './strip.js';
import { svdLesson, svdProof } from './svd.js';
import type { Builder } from './own/builder.js';
import { nodes, t, translated } from '../../languages/language.js';
import type { Model, Proof } from '../../state/model.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { capital, inside, percent, told } from '../../ui/format.js';
import { styleOf } from '../../ui/player.js';
import { kind, word } from '../../ui/word.js';
import { proofTable } from '../results/rows.js';
import type { Host, Open, Shown } from '../view.js';

export const open: Open = (parent, host) => {
  const view = new Strategies(host);
  parent.append(view.element);
  return view;
};

/** A button for a change: which, and what it brings. */
interface Offer {
  element: HTMLElement;
  show(change: Change): void;
}

/** The family of proofs that people build. */
const BUILT = 'built';

class Strategies {
  readonly element = make('div', { class: 'strategies' });
  readonly #matrix: Matrix;
  readonly #strip: Strip;
  readonly #terms = make('div');
  readonly #weakest = make('p', { class: 'hint weakest' });
  readonly #svd = make('span');
  readonly #lesson = make('div', { class: 'lesson', hidden: '' });
  /** The proof whose published claim was asked for. */
  #asked: Proof | undefined;
  readonly #ask = make('p', { class: 'hint' });
  readonly #list = make('ul', { class: 'changes' });
  readonly #offers: Offer[];
  readonly #host: Host;
  readonly #place = make('div');
  readonly #own = make('details', { class: 'build' }, make('summary', {}, make('h3', {}, t`Build your own`)), this.#place);
  #builder: Promise<Builder> | undefined;
  #shown: Shown | undefined;
  #grid: Grid | undefined;
  /** Of which proofs the grid is: a list, and how long it was. */
  #of: { proofs: readonly Proof[]; length: number } | undefined;

  constructor(host: Host) {
    this.#host = host;
    const choose = (strategy: string) => host.choose(strategy);
    this.#lesson.append(
      make('h3', { id: 'svd-alone', tabindex: '-1' }, ...nodes`Why is ${word('SVD')} alone vacuous?`),
      make('p', {}, kind('published'), ' ', this.#svd),
    );
    this.#own.addEventListener('toggle', () => void this.#showBuilder());
    this.#matrix = new Matrix((choice, value) => this.#term(choice, value), choose);
    this.#strip = new Strip(choose);
    this.#offers = Array.from({ length: 3 }, () => offer(choose));
    this.#list.append(...this.#offers.map(({ element }) => element));
    const legend = make(
      'p',
      { class: 'hint' },
      ...nodes`${kind('proven')} Each cell is a ${word('sub-cubic')} proof: the percentage of all inputs that it proves right, rounded down. Its row says how it bounds the ${word('attention error')}, its columns how it sums up the ${word('direct path')}, and whether attention is ${word('centred')}. A dot\u00a0${make('span', { class: 'key', 'aria-hidden': 'true' })} marks the ${word('frontier')}: no other proof gives as much in as few ${word('steps')}.`,
    );
    const menu = exportButton({
      name: 'strategies',
      title: t`Proofs by the three choices they are made of`,
      element: this.element,
      model: () => host.model(),
      table: () => this.#grid && proofTable(this.#grid.cells.flat().filter((proof) => proof !== undefined)),
      drawn: () => this.#grid && { figures: [{ name: '', figure: gridFigure(this.#grid) }], style: styleOf(this.#matrix.element) },
    });
    this.element.append(
      make(
        'div',
        { class: 'parts' },
        make('div', {}, legend, menu, this.#matrix.element, this.#weakest, this.#lesson, this.#terms),
        make('div', {}, make('h3', {}, t`What one change gains`), this.#ask, this.#list),
        make('div', { class: 'rest' }, make('h3', {}, t`Other proofs`), this.#strip.element, this.#own),
      ),
    );
  }

  show(shown: Shown) {
    const { weighed: model, chosen, pointed } = shown;
    const { proofs } = model;
    // A proof that was built opens the form that it was built with, once.
    if (chosen?.facts.family === BUILT && this.#shown?.chosen !== chosen) this.#own.open = true;
    this.#shown = shown;
    const grid = this.#gridOf(proofs);
    for (const proof of grid.cells.flat()) if (proof) this.#matrix.update(proof);
    this.#matrix.choose(chosen?.facts.strategy);
    this.#matrix.point(pointed);
    this.#strip.show(grid.others, model.facts.classes, chosen?.facts.strategy, pointed);
    this.#showChanges(grid, chosen);
    this.#showLesson(grid, model);
    const worst = weakest(grid).map(
      ({ choice, value, outcome }) => t`${inside(translated(choice))} “${translated(value)}” (at best ${percent(outcome.percent)})`,
    );
    tell(this.#weakest, worst.length ? t`Weakest, whatever the rest: ${worst.join('; ')}.` : '');
    void this.#showBuilder();
  }

  /** Shows the form for proofs of the user's own, if it is open; fetches it the first time. */
  async #showBuilder() {
    if (!this.#own.open) return;
    this.#builder ??= import('./own/builder.js').then(({ Builder }) => {
      const builder = new Builder(this.#host);
      this.#place.replaceChildren(builder.element);
      return builder;
    });
    try {
      const builder = await this.#builder;
      if (this.#shown) builder.show(this.#shown, this.#gridOf(this.#shown.model.proofs));
    } catch (error) {
      this.#builder = undefined;
      this.#own.open = false;
      this.#host.problem(t`The form for own proofs cannot be shown: ${told(error)}`);
    }
  }

  /** The grid of these proofs, put in place if its rows or columns have changed. */
  #gridOf(proofs: readonly Proof[]): Grid {
    const { length } = proofs;
    if (this.#grid && this.#of?.proofs === proofs && this.#of.length === length) return this.#grid;
    const grid = gridOf(proofs);
    const isBuilt = this.#grid && layout(this.#grid) === layout(grid);
    this.#grid = grid;
    this.#of = { proofs, length };
    if (!isBuilt) {
      this.#terms.replaceChildren();
      this.#matrix.build(grid);
    }
    return grid;
  }

  /** The id of the popover that explains a value, which is made when it is first asked for. */
  #term(choice: Choice, value: Value): string {
    const id = `strategies-${choice.name.replaceAll(/\W+/g, '-')}-${value.place}`;
    if ([...this.#terms.children].some((term) => term.id === id)) return id;
    const reach = make('p', { class: 'hint' });
    const title = make('strong', {}, `${translated(choice.name)}: ${translated(value.value)}`);
    const idea = make('p', {}, t`Supposes that ${value.idea}.`);
    const term = make('div', { id, popover: '', class: 'explained' }, title, idea, reach);
    term.addEventListener('beforetoggle', () => {
      const found = this.#grid && best(withValue(this.#grid, choice.name, value.value));
      reach.textContent = found ? t`Best proof with it: at least ${percent(found.outcome.percent)}.` : '';
    });
    this.#terms.append(term);
    return id;
  }

  /** Asks for the claim that the lesson tells, once this browser has the proofs. */
  #showLesson(grid: Grid, { bytes, facts }: Model) {
    const proof = svdProof(grid);
    if (bytes && proof && !proof.shipped && proof !== this.#asked) {
      this.#asked = proof;
      if (proof.published === undefined) this.#host.askPublished(proof);
    }
    const said = svdLesson(grid, facts.v);
    this.#lesson.hidden = !said;
    tell(this.#svd, said);
  }

  #showChanges(grid: Grid, chosen: Proof | undefined) {
    const found = chosen ? changes(grid, chosen) : [];
    const isCell = !!chosen && grid.cells.some((row) => row.includes(chosen));
    const name = chosen && capital(chosen.facts.label);
    const state = chosen?.outcome ? t`${name}, at least ${percent(chosen.outcome.percent)}:` : `${name}: ${chosen && missing(chosen)}.`;
    tell(this.#ask, isCell ? state : t`Choose a cell to see.`);
    this.#list.hidden = !found.length;
    this.#offers.forEach(({ element, show }, i) => {
      const change = found[i];
      element.hidden = !change;
      if (change) show(change);
    });
  }
}

function offer(choose: (strategy: string) => void): Offer {
  const [gain, what] = [make('strong'), make('span')];
  const button = make('button', { type: 'button' }, gain, ' ', what);
  button.addEventListener('click', () => choose(button.dataset['strategy'] ?? ''));
  return {
    element: make('li', {}, button),
    show(change) {
      const { choice, from, to, proof, before, after, soFar } = change;
      const gains = BigInt(after.correct) > BigInt(before.correct);
      const { strategy } = proof.facts;
      if (button.dataset['strategy'] !== strategy) button.dataset['strategy'] = strategy;
      tell(gain, t`${capital(points(change))} for ${steps(change)}`);
      tell(
        what,
        `${translated(choice)}: ${gains ? t`${translated(to)} instead of ${translated(from)}` : t`${translated(from)} is best; next is ${translated(to)}`}${soFar ? t`, so far` : ''}`,
      );
    },
  };
}

/** What rows, columns and cells there are. */
const layout = ({ columns, parts, rows, cells }: Grid) =>
  JSON.stringify([columns, parts, rows, cells.map((row) => row.map((proof) => proof?.facts.strategy))]);

/** Changes a text only where it is another. */
function tell(element: HTMLElement, text: string) {
  if (element.textContent !== text) element.textContent = text;
}
