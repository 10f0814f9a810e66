/**
 * A sweep: the spread of every proof over all models of a size, and the models that a range of
 * bounds selects.
 */

import './sweep.css';
import { t } from '../../languages/language.js';
import type { Model } from '../../state/model.js';
import { OWN } from '../../state/model.js';
import { Drawing } from '../../ui/drawing.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import type { Table } from '../../ui/export/table.js';
import { count, percent, steps } from '../../ui/format.js';
import { Brush } from './brush.js';
import { Selected } from './selected.js';
import type { Size, Spread, Sweep } from './read.js';
import { type Bin, binsOf, down, fence } from './spread.js';

/** What the page does for the view. */
export interface Wanted {
  /** The open model. */
  model(): Model;
  /** The task of the page, and the address of the page of another. */
  task: string;
  pageOf(task: string): { name: string; address: string } | undefined;
  /** Opens the model whose file has a SHA-256, with a proof; resolves to whether it is at hand. */
  open(sha256: string, strategy: string): Promise<boolean>;
  status(text: string): void;
  problem(text: string): void;
}

const QUARTILES = [t`Least`, t`Lower quartile`, t`Median`, t`Upper quartile`, t`Most`];
const NONE = new Uint8Array();
/** CSS pixels of a row of the map, and of what is around its rows. */
const [ROW, AROUND] = [6, 108];

export class SweepView {
  readonly #file: string;
  readonly #wanted: Wanted;
  readonly #heading: HTMLHeadingElement;
  readonly #element: HTMLElement;
  readonly #proof = make('select', { 'aria-label': t`Proof` });
  readonly #map = make('canvas', { role: 'img', class: 'map' });
  readonly #said = make('p', { class: 'reading', 'aria-live': 'polite' });
  readonly #bars = make('canvas', { role: 'img', class: 'bars' });
  readonly #mapDrawing: Drawing;
  readonly #barsDrawing: Drawing;
  readonly #brush: Brush;
  readonly #selected: Selected;
  #size: Size;
  #spread: Spread | undefined;
  #bins: Bin[] = [];

  constructor(file: string, sweep: Sweep, wanted: Wanted) {
    [this.#file, this.#wanted] = [file, wanted];
    const [first] = sweep.sizes;
    if (!first) throw new Error(t`${file} has no model: none of its ${count(sweep.unread.length)} files is a network.`);
    this.#size = first;
    const models = sweep.sizes.reduce((sum, { files }) => sum + files.length, 0);
    this.#heading = make('h2', { tabindex: '-1' }, t`${file}: ${count(models)} models, ${count(sweep.rows - sweep.unread.length)} proofs`);
    this.#selected = new Selected(wanted);
    this.#brush = new Brush(this.#bars, () => this.#select());
    this.#mapDrawing = new Drawing(this.#map, (plot, { width }) => {
      const { spreads } = this.#size;
      const values = Float32Array.from(spreads.flatMap(({ parts }) => [...parts].map((part) => Math.sqrt(part))));
      const height = ROW * spreads.length + AROUND;
      return plot.heatMap(spreads.length, 100, values, NONE, {
        width,
        height,
        shades: 'part',
        color: 'ours',
        name: t`square root of the part of the models`,
        row_name: t`proof, numbered as in the menu`,
        column_name: t`bound, percent`,
        every: 10,
      });
    }, wanted.problem);
    this.#barsDrawing = new Drawing(this.#bars, (plot, { width }) => {
      const bars = this.#bins.map(({ low, high, models }, i) => ({
        label: `${down(low)}–${down(high)} %`,
        value: models.length,
        text: count(models.length),
        role: this.#brush.has(i) ? ('ours' as const) : ('beaten' as const),
      }));
      return plot.bars(bars, 'models', width);
    }, wanted.problem, () => this.#brush.place(this.#barsDrawing.drawn?.figure));
    this.#element = make('section', { class: 'sweep', 'aria-label': t`Sweep ${file}` }, ...this.#parts(sweep));
    document.querySelector('main')?.append(this.#element);
    this.#showSize(first);
  }

  /** Brings it into view, with the focus. */
  reveal() {
    this.#element.scrollIntoView();
    this.#heading.focus({ preventScroll: true });
  }

  close() {
    this.#element.remove();
  }

  #parts({ sizes, unread }: Sweep): HTMLElement[] {
    const size = make(
      'select',
      { 'aria-label': t`Models` },
      ...sizes.map(({ task, name, files }, i) =>
        make('option', { value: String(i) }, `${this.#wanted.pageOf(task)?.name ?? task}, ${name}: ${count(files.length)}`),
      ),
    );
    size.addEventListener('change', () => this.#showSize(sizes[Number(size.value)] ?? this.#size));
    this.#proof.addEventListener('change', () => this.#choose(this.#proof.selectedIndex));
    const close = make('button', { type: 'button' }, t`Close`);
    close.addEventListener('click', () => this.close());
    this.#map.addEventListener('click', (event) => this.#choose(this.#rowAt(event)));
    const outliers = make('button', { type: 'button' }, t`Select outliers`);
    outliers.addEventListener('click', () => this.#outliers());
    const of = (name: string, title: string, element: HTMLElement, table: () => Table, drawing: Drawing) =>
      exportButton({
        name,
        title,
        element,
        model: () => this.#about(),
        table,
        drawn: () => drawing.drawn && { figures: [{ name: '', figure: drawing.drawn.figure }], style: drawing.drawn.style },
      });
    const map = make(
      'figure',
      {},
      make(
        'figcaption',
        {},
        t`Each row is a proof, those that usually prove most at the top; the darker a cell, the more models have a bound of that percent. A click on a row chooses its proof.`,
      ),
      this.#map,
    );
    map.append(of('spreads', t`Spread of every proof`, map, () => this.#table(), this.#mapDrawing));
    const bars = make(
      'figure',
      {},
      make('figcaption', {}, t`The bounds of the chosen proof. Drag over the bars to select models.`),
      make('div', { class: 'plane' }, this.#bars),
      this.#brush.controls,
      outliers,
    );
    bars.append(of('selected', t`Selected models`, bars, () => this.#selected.table(), this.#barsDrawing));
    const wrong = make(
      'details',
      {},
      make('summary', {}, t`Files that are no networks: ${count(unread.length)}`),
      make('ul', {}, ...unread.slice(0, 100).map(({ file, problem }) => make('li', {}, `${file}: ${problem}`))),
    );
    return [
      make('header', {}, this.#heading, close),
      make('p', { class: 'control' }, size, this.#proof),
      map,
      this.#said,
      bars,
      this.#selected.element,
      ...(unread.length ? [wrong] : []),
    ];
  }

  #showSize(size: Size) {
    this.#size = size;
    const numbered = size.spreads.map(({ strategy }, i) => make('option', {}, `${i}: ${strategy}`));
    this.#proof.replaceChildren(...numbered);
    const names = size.spreads.slice(0, 3).map(({ strategy }) => strategy).join(', ');
    this.#map.setAttribute(
      'aria-label',
      t`Spread of ${size.spreads.length} proofs over ${count(size.files.length)} models. The highest medians: ${names}. The menu Proof chooses one; its numbers follow.`,
    );
    this.#mapDrawing.draw();
    this.#choose(0);
  }

  #choose(at: number) {
    const spread = this.#size.spreads[at];
    if (!spread) return;
    this.#spread = spread;
    this.#proof.selectedIndex = at;
    this.#bins = binsOf(spread.bounds);
    const bounds = QUARTILES.map((name, i) => `${name.toLowerCase()} ${percent(down(spread.quartiles[i] ?? 0))}`).join(', ');
    this.#said.textContent = `${spread.strategy}: ${bounds}; ${steps(spread.flops)} FLOPs.`;
    this.#brush.show(this.#bins.map(({ low, high }) => t`${down(low)} to ${down(high)} %`));
  }

  /** Shows the models of the bins that are selected. */
  #select() {
    const spread = this.#spread;
    if (!spread) return;
    this.#barsDrawing.draw();
    const bins = this.#bins.filter((_, i) => this.#brush.has(i));
    const all = this.#bins.map(({ low, high, models }) => t`${down(low)} to ${down(high)} %: ${count(models.length)}`).join('; ');
    this.#bars.setAttribute('aria-label', t`Models by their bound, ${spread.strategy}. ${all}.`);
    this.#selected.show(this.#size, spread, bins.flatMap(({ models }) => models));
  }

  /** Selects the bins whose bounds lie below Tukey’s fence. */
  #outliers() {
    const least = fence(this.#spread?.quartiles ?? []);
    const last = this.#bins.findLastIndex(({ models }) => models.some((model) => (this.#spread?.bounds[model] ?? 1) < least));
    if (last >= 0) return this.#brush.select(0, last);
    this.#selected.say(
      t`No model is an outlier: none has a bound below ${percent(down(Math.max(0, least)))}, which is the lower quartile less one and a half times the distance of the quartiles.`,
    );
  }

  #rowAt({ clientY }: MouseEvent): number {
    const drawn = this.#mapDrawing.drawn;
    if (!drawn) return -1;
    const { top, height } = this.#map.getBoundingClientRect();
    const { plane, height: whole } = drawn.figure;
    return Math.floor(((((clientY - top) / height) * whole - plane.y) / plane.height) * this.#size.spreads.length);
  }

  /** What figures of the sweep are about, for their files. */
  #about(): Model {
    const model = this.#wanted.model();
    return { ...model, source: OWN, proofs: [], facts: { ...model.facts, file: this.#file, sha256: t`of the file of the sweep` } };
  }

  #table(): Table {
    return {
      columns: [
        { key: 'strategy', title: t`Proof` },
        { key: 'models', title: t`Models` },
        ...QUARTILES.map((title, i) => ({
          key: ['least', 'lower_quartile', 'median', 'upper_quartile', 'most'][i] ?? '',
          title,
          unit: t`part of all inputs`,
        })),
        { key: 'flops', title: t`Median length`, unit: 'FLOPs' },
      ],
      rows: this.#size.spreads.map(({ strategy, bounds, quartiles, flops }) => [
        strategy,
        bounds.filter((bound) => !Number.isNaN(bound)).length,
        ...quartiles,
        flops,
      ]),
    };
  }
}
