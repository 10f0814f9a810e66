/** The results as a table: what the plot shows, for sorting, filtering, choosing, copying and screen readers. */

import { COLUMNS, type Column } from './columns.js';
import { get, make } from './dom.js';
import { Filters } from './filters.js';
import { classesOf, mark, nameOf } from './legend.js';
import { Rows } from './rows.js';
import { isAlone, type Model, type Proof } from './session.js';

type Direction = 'ascending' | 'descending';

/** Sorted by this one, the proofs stand in their own order, under the names of their classes. */
const PROOF: Pick<Column, 'title' | 'best' | 'narrow'> = { title: 'Proof', best: 'ascending', narrow: true };
/** What stands in a cell without a number. */
const NONE = '–';

export class ResultsTable {
  readonly #table = get('results', HTMLTableElement);
  readonly #scroller = get('scroller', HTMLElement);
  readonly #shown = get('shown', HTMLElement);
  readonly #filters = new Filters(get('filters', HTMLElement), () => this.#arrange());
  readonly #rows: Rows;
  readonly #heads: readonly { column: typeof PROOF | Column; head: HTMLElement }[];
  #proofs: readonly Proof[] = [];
  #column: typeof PROOF | Column = PROOF;
  #direction: Direction = PROOF.best;
  /** The order that the rows are in. */
  #order = '';

  constructor(choose: (strategy: string) => void) {
    this.#heads = [PROOF, ...COLUMNS].map((column) => {
      const button = make('button', { type: 'button' }, column.title);
      button.addEventListener('click', () => this.#sort(column));
      return { column, head: make('th', { scope: 'col', ...width(column) }, button) };
    });
    this.#table.append(make('thead', {}, make('tr', {}, ...this.#heads.map(({ head }) => head))));
    this.#rows = new Rows((proof) => row(proof));
    this.#table.addEventListener('change', ({ target }) => {
      if (target instanceof HTMLInputElement) choose(target.value);
    });
    // All of a row answers to the pointer, not only its name.
    this.#table.addEventListener('click', ({ target }) => {
      if (!(target instanceof Element) || target.closest('label')) return;
      const strategy = target.closest<HTMLElement>('[data-strategy]')?.dataset['strategy'];
      if (strategy) choose(strategy);
    });
  }

  /** Shows what is new of the proofs, and where that puts them. */
  show({ proofs }: Model, chosen: string | null) {
    const others = proofs !== this.#proofs;
    this.#proofs = proofs;
    if (others) this.#filters.model(proofs);
    // If there are new rows, the old ones have to go, even if they were in the same order.
    const fresh = this.#rows.model(proofs);
    if (fresh) this.#order = '';
    this.#arrange();
    if (others || fresh) this.choose(chosen);
  }

  point(strategy: string | null) {
    this.#rows.mark('pointed', strategy);
  }

  /** Marks the chosen row, and scrolls the table, not the page, to where it is. */
  choose(strategy: string | null) {
    this.#rows.mark('selected', strategy);
    const chosen = strategy === null ? undefined : this.#rows.element(strategy);
    const radio = chosen?.querySelector('input');
    if (radio) radio.checked = true;
    if (!chosen?.isConnected) return;
    const [row, box] = [chosen.getBoundingClientRect(), this.#scroller.getBoundingClientRect()];
    const top = box.top + (this.#heads[0]?.head.offsetHeight ?? 0);
    if (row.top < top) this.#scroller.scrollTop -= top - row.top;
    else if (row.bottom > box.bottom) this.#scroller.scrollTop += row.bottom - box.bottom;
  }

  #sort(column: typeof PROOF | Column) {
    const reverse = this.#direction === 'ascending' ? 'descending' : 'ascending';
    this.#direction = column === this.#column ? reverse : column.best;
    this.#column = column;
    this.#arrange();
  }

  /** Puts the rows that pass the filters in order. */
  #arrange() {
    for (const { column, head } of this.#heads) head.setAttribute('aria-sort', column === this.#column ? this.#direction : 'none');
    const shown = this.#sorted(this.#proofs.filter((proof) => this.#filters.passes(proof)));
    this.#say(`${shown.length} of ${this.#proofs.length} proofs shown`);
    const grouped = !('value' in this.#column);
    const order = [grouped, ...shown.map(({ facts }) => facts.strategy)].join();
    if (order === this.#order) return;
    this.#order = order;
    const groups = new Map<string, Proof[]>();
    for (const proof of shown) {
      const name = grouped ? proof.facts.class : '';
      groups.set(name, [...(groups.get(name) ?? []), proof]);
    }
    // Elements that move lose the focus, and the box its place.
    const [focused, { scrollTop }] = [document.activeElement, this.#scroller];
    for (const body of [...this.#table.tBodies]) body.remove();
    this.#table.append(...[...groups].map(([name, proofs]) => this.#group(name, proofs)));
    this.#scroller.scrollTop = scrollTop;
    if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus({ preventScroll: true });
  }

  #sorted(proofs: Proof[]): Proof[] {
    const sign = this.#direction === 'ascending' ? 1 : -1;
    const column = this.#column;
    if (!('value' in column)) {
      const classes = classesOf(this.#proofs);
      return proofs.sort((a, b) => sign * (classes.indexOf(a.facts.class) - classes.indexOf(b.facts.class)));
    }
    return proofs.sort((a, b) => {
      const [x, y] = [column.value(a), column.value(b)];
      return x === undefined || y === undefined ? Number(x === undefined) - Number(y === undefined) : sign * (x - y);
    });
  }

  /** Rows of one class, under its name unless that says no more than theirs. */
  #group(name: string, proofs: Proof[]): HTMLElement {
    const rows = proofs.flatMap(({ facts }) => this.#rows.element(facts.strategy) ?? []);
    if (proofs.some(isAlone) || !name) return make('tbody', {}, ...rows);
    const title = make('th', { scope: 'rowgroup', colspan: String(this.#heads.length) }, mark(name), nameOf(name), make('span', {}, `${proofs.length} shown`));
    return make('tbody', {}, make('tr', { class: 'group' }, title), ...rows);
  }

  /** Only what is new: it is read aloud. */
  #say(text: string) {
    if (this.#shown.textContent !== text) this.#shown.textContent = text;
  }
}

const width = ({ narrow }: Pick<Column, 'narrow'>) => (narrow ? {} : { class: 'wide' });

function row({ facts }: Proof) {
  const radio = make('input', { type: 'radio', name: 'strategy', value: facts.strategy });
  const cells = COLUMNS.map((column) => ({ column, cell: make('td', { 'data-title': column.title, ...width(column) }) }));
  return {
    element: make('tr', {}, make('th', { scope: 'row' }, make('label', {}, radio, make('span', {}, facts.label))), ...cells.map(({ cell }) => cell)),
    update: (proof: Proof) => {
      // Any of them may have left the frontier; most are as they were.
      for (const { column, cell } of cells) {
        const shown = column.cell(proof) || NONE;
        const text = typeof shown === 'string' ? shown : shown.textContent;
        if (text !== cell.textContent) cell.replaceChildren(shown);
      }
    },
  };
}
