/**
 * The results as a table: what the plot shows, for sorting, filtering, choosing, copying and screen
 * readers.
 */

import type { Looks } from '../../app/address.js';
import { COLUMNS, type Column } from './columns.js';
import { t } from '../../languages/language.js';
import { get, make, place } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { proofTable } from './rows.js';
import { copyRows } from './copy-rows.js';
import type { ClassFacts } from '../../pkg/prove.js';
import { Filters } from './filters.js';
import { mark } from '../frontier/legend.js';
import { FILTER, type Filter, passes } from '../../state/filter.js';
import { Rows } from '../../ui/rows.js';
import type { Uncertain } from '../../state/uncertain.js';
import { bodyOf } from './uncertain.js';
import { isAlone, type Model, type Proof } from '../../state/model.js';

type Direction = 'ascending' | 'descending';
/** By which column the rows are sorted; after a minus from the largest on. */
export type Sorted = Pick<Looks, 'sort'>;

/** Sorted by this one, the proofs stand in their own order, under the names of their classes. */
const PROOF: Pick<Column, 'title' | 'best'> & { key: 'proof' } = { key: 'proof', title: t`Proof`, best: 'ascending' };
/** What stands in a cell without a number. */
const NONE = '–';
/** Rows that are put in at once: the layout of a hundred would take many frames. */
const BATCH = 20;

export class ResultsTable {
  readonly #table = get('results', HTMLTableElement);
  readonly #shown = get('shown', HTMLElement);
  readonly #filters: Filters;
  #passes: (proof: Proof) => boolean = () => true;
  /** What the filter is, to tell another one apart. */
  #key = '';
  readonly #rows: Rows;
  readonly #heads: readonly { column: typeof PROOF | Column; head: HTMLElement }[];
  readonly #head: HTMLElement;
  /** Where the rows are, by their class. */
  readonly #bodies = new Map<string, HTMLElement>();
  #proofs: readonly Proof[] = [];
  /** Which inputs count, where not all do alike; else empty. */
  #over = '';
  /** In the order of the table. */
  #classes: readonly ClassFacts[] = [];
  #column: typeof PROOF | Column = PROOF;
  #direction: Direction = PROOF.best;
  /** The order that the rows are in. */
  #order = '';
  /** The bounds that are no proofs, what their rows show, and those. */
  #uncertain: { bounds: readonly Uncertain[]; key: string; body: HTMLElement[] } = { bounds: [], key: '', body: [] };
  /** How many rows there may be by now, and the frame that brings more. */
  #room = 0;
  #more = 0;

  /**
   * `choose` hears which row was chosen, `look` how the filter is to change, `retry` which failed
   * proof is to run again; `model` is whose proofs they are.
   */
  constructor(
    choose: (strategy: string) => void,
    look: (looks: Partial<Filter & Sorted>, choice: 'look' | 'typed') => void,
    model: () => Model,
    retry: (proof: Proof) => void,
  ) {
    this.#filters = new Filters(get('filters', HTMLElement), look);
    this.#heads = [PROOF, ...COLUMNS].map((column) => {
      const button = make('button', { type: 'button' }, column.title);
      button.addEventListener('click', () => look({ sort: this.#next(column) }, 'look'));
      return { column, head: make('th', { scope: 'col', role: 'columnheader' }, button) };
    });
    // With roles, since it is still a table where it is narrow and laid out otherwise.
    this.#head = make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, ...this.#heads.map(({ head }) => head)));
    this.#rows = new Rows((proof) => row(proof, retry, () => this.#over !== ''));
    this.#table.addEventListener('change', ({ target }) => {
      if (target instanceof HTMLInputElement) choose(target.value);
    });
    const passing = () => this.#sorted(this.#proofs.filter(this.#passes));
    const table = () => proofTable(passing(), this.#over, this.#uncertain.bounds);
    const element = get('whole-table', HTMLElement);
    element.before(exportButton({ name: 'proofs', title: t`Table of proofs`, element, model, table }));
    copyRows(this.#table, (strategies) => proofTable(passing().filter(({ facts }) => strategies.has(facts.strategy)), this.#over));
    // All of a row answers to the pointer, not only its name.
    this.#table.addEventListener('click', ({ target }) => {
      if (!(target instanceof Element) || target.closest('label, button')) return;
      const strategy = target.closest<HTMLElement>('[data-strategy]')?.dataset['strategy'];
      if (strategy) choose(strategy);
    });
  }

  /**
   * Shows what is new of the proofs, as a distribution shows them if one is on, and where that puts
   * them.
   */
  show({ facts: { classes }, proofs, uncertain, over }: Model, chosen: string | null) {
    const others = classes !== this.#classes;
    const key = uncertain.map(({ id, frontier }) => `${id} ${frontier}`).join();
    if (key !== this.#uncertain.key) this.#uncertain = { bounds: uncertain, key, body: bodyOf(uncertain, COLUMNS, NONE) };
    this.#over = over?.() ?? '';
    this.#proofs = proofs;
    this.#classes = classes;
    // If there are new rows, the old ones have to go, even if they were in the same order.
    const fresh = this.#rows.model(proofs);
    if (others || fresh) this.#filters.model(proofs);
    if (fresh) {
      this.#order = '';
      this.#fill();
    } else this.#arrange();
    if (others || fresh) this.choose(chosen);
  }

  /** Shows the proofs that pass a filter, sorted, from the top on. */
  look(looks: Filter & Sorted) {
    this.#filters.show(looks);
    const key = [looks.sort, ...FILTER.map((name) => looks[name])].join('\n');
    const isOther = key !== this.#key;
    this.#key = key;
    this.#passes = passes(looks);
    this.#column = [PROOF, ...COLUMNS].find(({ key }) => looks.sort.endsWith(key)) ?? PROOF;
    this.#direction = looks.sort.startsWith('-') ? 'descending' : 'ascending';
    if (isOther) this.#begin();
  }

  point(strategy: string | null) {
    this.#rows.mark('pointed', strategy);
  }

  /** Marks the chosen row. The page stays where it is. */
  choose(strategy: string | null) {
    this.#rows.mark('selected', strategy);
    const chosen = strategy === null ? undefined : this.#rows.element(strategy);
    const radio = chosen?.querySelector('input');
    if (radio) radio.checked = true;
    else for (const checked of this.#table.querySelectorAll<HTMLInputElement>('input:checked')) checked.checked = false;
  }

  /**
   * How rows are sorted after a press on the head of a column: the other way, if by that one
   * already.
   */
  #next(column: typeof PROOF | Column): Sorted['sort'] {
    const reverse = this.#direction === 'ascending' ? 'descending' : 'ascending';
    const direction = column === this.#column ? reverse : column.best;
    return direction === 'descending' ? `-${column.key}` : column.key;
  }

  /** Shows the rows in a new order from the top on, batch by batch. */
  #begin() {
    this.#room = 0;
    this.#fill();
  }

  #fill() {
    this.#room += BATCH;
    this.#arrange();
    cancelAnimationFrame(this.#more);
    if (this.#room < this.#proofs.length) this.#more = requestAnimationFrame(() => this.#fill());
  }

  /** Puts the rows that pass the filters in order. */
  #arrange() {
    for (const { column, head } of this.#heads) head.setAttribute('aria-sort', column === this.#column ? this.#direction : 'none');
    const passing = this.#sorted(this.#proofs.filter(this.#passes));
    if (this.#proofs.length) this.#say(this.#over
      ? t`${passing.length} of ${this.#proofs.length} proofs shown; accuracies are of ${this.#over}`
      : t`${passing.length} of ${this.#proofs.length} proofs shown`);
    const shown = passing.slice(0, this.#room);
    const grouped = !('value' in this.#column);
    const order = [grouped, this.#uncertain.key, ...shown.map(({ facts }) => facts.strategy)].join();
    if (order === this.#order) return;
    this.#order = order;
    const groups = new Map<string, Proof[]>();
    for (const proof of shown) {
      const key = grouped ? proof.facts.class : '';
      groups.set(key, [...(groups.get(key) ?? []), proof]);
    }
    // An element that moves loses the focus.
    const focused = document.activeElement;
    place(this.#table, [this.#head, ...[...groups].map(([key, proofs]) => this.#group(key, proofs)), ...this.#uncertain.body]);
    if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus({ preventScroll: true });
  }

  #sorted(proofs: Proof[]): Proof[] {
    const sign = this.#direction === 'ascending' ? 1 : -1;
    const column = this.#column;
    if (!('value' in column)) {
      const classes = this.#classes.map((each) => each.class);
      return proofs.sort((a, b) => sign * (classes.indexOf(a.facts.class) - classes.indexOf(b.facts.class)));
    }
    return proofs.sort((a, b) => {
      const [x, y] = [column.value(a), column.value(b)];
      return x === undefined || y === undefined ? Number(x === undefined) - Number(y === undefined) : sign * (x - y);
    });
  }

  /** Rows of one class, under its name unless that says no more than theirs. */
  #group(key: string, proofs: Proof[]): HTMLElement {
    const body = this.#bodies.get(key) ?? make('tbody', { role: 'rowgroup' });
    this.#bodies.set(key, body);
    const rows = proofs.flatMap(({ facts }) => this.#rows.element(facts.strategy) ?? []);
    const named = this.#classes.find((each) => each.class === key);
    const title = (named: ClassFacts) =>
      make(
        'th',
        { scope: 'rowgroup', role: 'rowheader', colspan: String(this.#heads.length) },
        mark(named),
        named.label,
        make('span', {}, t`${proofs.length} shown`),
      );
    place(body, !named || proofs.some(isAlone) ? rows : [make('tr', { class: 'group', role: 'row' }, title(named)), ...rows]);
    return body;
  }

  /** Only what is new: it is read aloud. */
  #say(text: string) {
    if (this.#shown.textContent !== text) this.#shown.textContent = text;
  }
}

/** `isWeighed` says whether counts are of weights, which the table does not show. */
function row({ facts }: Proof, retry: (proof: Proof) => void, isWeighed: () => boolean) {
  const radio = make('input', { type: 'radio', name: 'strategy', value: facts.strategy });
  const cells = COLUMNS.map((column) => ({ column, cell: make('td', { role: 'cell', 'data-title': column.title }) }));
  const again = make('button', { type: 'button', 'aria-label': t`Try again: ${facts.label}` }, t`Try again`);
  let current: Proof | undefined;
  again.addEventListener('click', () => current && retry(current));
  let before: unknown[] = [];
  return {
    element: make(
      'tr',
      { role: 'row' },
      make('th', { scope: 'row', role: 'rowheader' }, make('label', {}, radio, make('span', {}, facts.label)), again),
      ...cells.map(({ cell }) => cell),
    ),
    update: (proof: Proof) => {
      current = proof;
      again.hidden = proof.job.state !== 'failed';
      // Any of them may have left the frontier; most are as they were.
      const now = [proof.facts, proof.outcome, proof.shipped, proof.frontier, proof.job.state, isWeighed()];
      if (now.every((part, at) => part === before[at])) return;
      before = now;
      for (const { column, cell } of cells) {
        const shown = (column.key === 'inputs' && isWeighed() ? '' : column.cell(proof)) || NONE;
        const text = typeof shown === 'string' ? shown : shown.textContent;
        if (text !== cell.textContent) cell.replaceChildren(shown);
      }
    },
  };
}
