/**
 * The grid itself: a cell for each proof, moved through by arrow keys, with heads that explain
 * themselves.
 */

import { t, translated } from '../../languages/language.js';
import { focusIn, make } from '../../ui/element.js';
import type { Proof } from '../../state/model.js';
import { type Choice, type Grid, missing, short, strength, type Value, WAITS } from './grid.js';

/** How far a move goes, in lines and in columns. */
const MOVES: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

interface Cell {
  element: HTMLElement;
  /** All that it shows, in words: while that stays, nothing of it changes. */
  label: string;
}

export class Matrix {
  readonly element = make('div', { class: 'strategy-grid', role: 'grid', 'aria-label': t`Proofs by the three choices they are made of` });
  readonly #cells = new Map<string, Cell>();
  /**
   * What can be focused, line by line. Heads that span columns are in each; where there is nothing,
   * undefined.
   */
  #lines: (HTMLElement | undefined)[][] = [];
  /** The one of them that the Tab key reaches. */
  #reached: HTMLElement | undefined;
  #pointed: HTMLElement | undefined;
  #chosen: HTMLElement | undefined;
  readonly #explain: (choice: Choice, value: Value) => string;

  /** `explain` gives the id of the popover that explains a value. */
  constructor(explain: (choice: Choice, value: Value) => string, choose: (strategy: string) => void) {
    this.#explain = explain;
    const chosen = ({ target }: Event) => target instanceof Element && target.closest<HTMLElement>('[data-strategy]')?.dataset['strategy'];
    this.element.addEventListener('click', (event) => {
      const strategy = chosen(event);
      if (strategy) choose(strategy);
    });
    this.element.addEventListener('focusin', ({ target }) => {
      if (target instanceof HTMLElement) this.#reach(target);
    });
    this.element.addEventListener('keydown', (event) => {
      const { key } = event;
      const strategy = key === 'Enter' || key === ' ' ? chosen(event) : undefined;
      if (strategy) choose(strategy);
      else if (!this.#move(event)) return;
      event.preventDefault();
    });
  }

  /** Puts rows and columns in place for other proofs. */
  build({ columns, parts, rows, cells }: Grid) {
    this.#cells.clear();
    const many = parts.values.length;
    this.element.style.setProperty('--columns', String(columns.values.length * many));
    const head = (choice: Choice, value: Value) =>
      make(
        'button',
        { type: 'button', class: 'term', tabindex: '-1', popovertarget: this.#explain(choice, value) },
        translated(value.value),
      );
    const over = columns.values.map((value) => head(columns, value));
    const under = columns.values.flatMap(() => parts.values.map((value) => head(parts, value)));
    const beside = rows.values.map((value) => head(rows, value));
    const elements = cells.map((row) => row.map((proof) => this.#cell(proof)));
    const title = (text: string, role = 'rowheader') => make('div', { role, class: 'title' }, text);
    const line = (...children: HTMLElement[]) => make('div', { role: 'row' }, ...children);
    this.element.replaceChildren(
      line(
        title(translated(columns.name)),
        ...over.map((button) => make('div', { role: 'columnheader', class: 'over', 'aria-colspan': String(many) }, button)),
      ),
      line(title(translated(parts.name)), ...under.map((button) => make('div', { role: 'columnheader' }, button))),
      line(title(translated(rows.name), 'columnheader')),
      ...beside.map((button, i) => line(make('div', { role: 'rowheader' }, button), ...(elements[i] ?? []))),
    );
    this.element.style.setProperty('--parts', String(many));
    this.#lines = [
      [undefined, ...over.flatMap((button) => parts.values.map(() => button))],
      [undefined, ...under],
      ...beside.map((button, i) => [button, ...(elements[i] ?? [])]),
    ];
    this.#reached = undefined;
    this.#reach(elements[0]?.[0]);
  }

  #cell(proof: Proof | undefined): HTMLElement {
    const element = make('div', { role: 'gridcell', tabindex: '-1', 'aria-selected': 'false' });
    if (!proof) return element;
    const { strategy } = proof.facts;
    element.dataset['strategy'] = strategy;
    this.#cells.set(strategy, { element, label: '' });
    return element;
  }

  /** Shows what has changed of a proof. */
  update(proof: Proof) {
    const { facts, outcome, frontier } = proof;
    const cell = this.#cells.get(facts.strategy);
    if (!cell) return;
    const text = outcome ? short(outcome) : missing(proof) === WAITS() ? '…' : '–';
    const onFrontier = !!outcome && frontier;
    const found = outcome ? `${text}\u00a0%` : missing(proof);
    const label = `${found}: ${facts.label}${onFrontier ? t`, on the frontier` : ''}`;
    if (cell.label === label) return;
    cell.label = label;
    const { element } = cell;
    element.textContent = text;
    element.setAttribute('aria-label', label);
    if (outcome) element.dataset['fill'] = String(strength(outcome));
    else delete element.dataset['fill'];
    element.classList.toggle('frontier', onFrontier);
  }

  /** Outlines the cell that is pointed at. */
  point(strategy: string | null) {
    const element = strategy === null ? undefined : this.#cells.get(strategy)?.element;
    if (element === this.#pointed) return;
    this.#pointed?.classList.remove('pointed');
    element?.classList.add('pointed');
    this.#pointed = element;
  }

  /**
   * Selects the cell of the chosen proof. The Tab key reaches it, unless the user is elsewhere in
   * the grid.
   */
  choose(strategy: string | undefined) {
    const element = strategy === undefined ? undefined : this.#cells.get(strategy)?.element;
    if (element === this.#chosen) return;
    this.#chosen?.setAttribute('aria-selected', 'false');
    element?.setAttribute('aria-selected', 'true');
    this.#chosen = element;
    if (!this.element.contains(focusIn(this.element))) this.#reach(element);
  }

  #reach(element: HTMLElement | undefined) {
    if (!element || element === this.#reached || !this.#lines.some((line) => line.includes(element))) return;
    this.#reached?.setAttribute('tabindex', '-1');
    element.setAttribute('tabindex', '0');
    this.#reached = element;
  }

  /** Moves the focus as a key says; whether it says that. */
  #move({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
    const at = this.#reached;
    const move = MOVES[key];
    if (!at || altKey || metaKey || shiftKey || (ctrlKey && move)) return false;
    const lines = this.#lines;
    let line = lines.findIndex((each) => each.includes(at));
    let column = lines[line]?.indexOf(at) ?? 0;
    if (key === 'Home' || key === 'End') {
      const present = (each: (HTMLElement | undefined)[] | undefined) => each?.filter((element) => element) ?? [];
      const of = present(ctrlKey ? lines.at(key === 'Home' ? 0 : -1) : lines[line]);
      of.at(key === 'Home' ? 0 : -1)?.focus();
      return true;
    }
    if (!move) return false;
    let next: HTMLElement | undefined = at;
    while (next === at) {
      line += move[0];
      column += move[1];
      next = lines[line]?.[column];
    }
    next?.focus();
    return true;
  }
}
