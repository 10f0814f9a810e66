/**
 * The map of all inputs: a cell for each x and y, whose margin is its colour; a pattern where the
 * proof does not hold, a dot where the answer is wrong.
 */

import { t } from '../../../languages/language.js';
import type { Margins } from '../../../pkg/insight.js';
import type { Area } from '../../../pkg/plot.js';
import { make } from '../../../ui/element.js';
import { count } from '../../../ui/format.js';
import { MARK, PATTERNS } from '../../../ui/hatch.js';
import { moveOf } from '../../../ui/moves.js';
import { real } from '../../../ui/real.js';
import type { GroupHost } from './asking.js';
import { chooser, Drawn, offer } from './drawn.js';

const RISING = PATTERNS.findIndex((pattern) => pattern?.name === 'rising');

/** Whether a proof covers an input. */
export const isProven = ({ proven, slack }: Margins, at: number) => (proven[at] ?? -Infinity) > slack;
export const isRight = ({ margins }: Margins, at: number) => (margins[at] ?? 0) > 0;

/** What is to be said of an input. */
export function sayInput(map: Margins, at: number): string {
  const [x, y, margin] = [Math.floor(at / map.order), at % map.order, map.margins[at] ?? 0];
  const start = t`x = ${x}, y = ${y}: the answer should be ${map.products[at] ?? ''}.`;
  const network =
    margin > 0
      ? `${t`It is, by ${real(margin)} logits.`} `
      : `${margin === 0 ? t`It is not: another logit is as large.` : t`It is not: another logit is ${real(-margin)} larger.`} `;
  if (!map.proven.length) return start + network;
  const shown = real((map.proven[at] ?? 0) - map.slack);
  return `${start} ${network}${isProven(map, at) ? t`The proof shows a margin of at least ${shown}: proven.` : t`The proof shows a margin of at least ${shown}: not proven.`}`;
}

/** The numbers of all inputs, in words. */
export function sayMap(map: Margins): string {
  const inputs = map.margins.length;
  const right = map.margins.filter((margin) => margin > 0).length;
  const least = map.margins.indexOf(map.margins.reduce((least, margin) => Math.min(least, margin), Infinity));
  const [x, y] = [Math.floor(least / map.order), least % map.order];
  const proven = map.proven.length ? t`; the proof covers ${count(map.count)}` : '';
  return t`${count(right)} of ${count(inputs)} inputs are answered right${proven}. The smallest margin is ${real(map.margins[least] ?? 0)}, at x = ${x}, y = ${y}.`;
}

export class MarginMap {
  readonly drawn: Drawn;
  readonly #grid = make('div', { role: 'grid', class: 'cells', 'aria-label': t`Margins, by x and y` });
  readonly #row = make('div', { role: 'row' });
  readonly #cell = make('div', { role: 'gridcell', tabindex: '0', class: 'crosshair' });
  /** What colours say. */
  readonly #colours = chooser(t`Colours say`, () => this.drawn.show(this.#map ? sayMap(this.#map) : ''));
  readonly #reading = make('p', { class: 'reading', 'aria-live': 'polite' });
  readonly #open: (x: number, y: number) => void;
  #map: Margins | undefined;
  #at: [x: number, y: number] = [0, 0];

  /** `open` is called with an input that is chosen. */
  constructor(host: GroupHost, about: (Node | string)[], open: (x: number, y: number) => void) {
    this.#open = open;
    this.drawn = new Drawn(host, {
      name: 'margins',
      title: t`All inputs`,
      about,
      picture: (plot, { width }) =>
        this.#map &&
        plot.heatMap(this.#map.order, this.#map.order, this.#values(this.#map), this.#hatching(this.#map), {
          width,
          height: width + 64,
          shades: 'signed',
          color: 'ours',
          name: t`margin, in logits`,
          row_name: 'x',
          column_name: 'y',
          every: this.#map.order > 80 ? 20 : this.#map.order > 30 ? 10 : 4,
        }),
      table: () => this.#map && tableOf(this.#map),
      placed: (area) => this.#place(area),
    });
    this.drawn.figure.classList.add('square');
    this.drawn.controls.append(this.#colours.element);
    this.#row.append(this.#cell);
    this.#grid.append(this.#row);
    this.drawn.canvas.setAttribute('aria-hidden', 'true');
    this.drawn.figure.append(this.#grid);
    this.drawn.element.append(this.#reading);
    this.#grid.addEventListener('pointermove', (event) => this.#point(event));
    this.#grid.addEventListener('click', (event) => {
      this.#point(event);
      this.#cell.focus({ preventScroll: true });
      this.#open(...this.#at);
    });
    this.#cell.addEventListener('keydown', (event) => this.#key(event));
  }

  show(map: Margins) {
    this.#map = map;
    offer(this.#colours.select, [
      ['network', t`the network’s margin`],
      ...(map.proven.length ? ([['proof', t`the margin that the proof shows`]] as const) : []),
    ]);
    for (const name of ['aria-rowcount', 'aria-colcount']) this.#grid.setAttribute(name, String(map.order));
    this.drawn.show(sayMap(map));
    this.move(...this.#at);
  }

  /** Puts the crosshair on an input. */
  move(x: number, y: number) {
    const map = this.#map;
    if (!map) return;
    const within = (i: number) => Math.max(0, Math.min(map.order - 1, i));
    this.#at = [within(x), within(y)];
    const [row, column] = this.#at;
    const text = sayInput(map, row * map.order + column);
    this.#row.setAttribute('aria-rowindex', String(row + 1));
    this.#cell.setAttribute('aria-colindex', String(column + 1));
    this.#cell.setAttribute('aria-label', text);
    this.#reading.textContent = text;
    const part = (cells: number) => `${(100 * cells) / map.order}%`;
    Object.assign(this.#cell.style, { left: part(column), top: part(row), width: part(1), height: part(1) });
  }

  #values(map: Margins): Float32Array {
    return Float32Array.from(this.#colours.select.value === 'proof' ? map.proven : map.margins);
  }

  #hatching(map: Margins): Uint8Array {
    return Uint8Array.from(map.margins, (margin, at) => (map.proven.length && !isProven(map, at) ? RISING : 0) + (margin > 0 ? 0 : MARK));
  }

  #key(event: KeyboardEvent) {
    const by = moveOf(event);
    if (event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') this.#open(...this.#at);
    else if (by) this.move(this.#at[0] + by[0], this.#at[1] + by[1]);
    else return;
    event.preventDefault();
  }

  #point({ clientX, clientY }: MouseEvent) {
    const { left, top, width, height } = this.#grid.getBoundingClientRect();
    const order = this.#map?.order;
    if (!order || !width || !height) return;
    this.move(Math.floor(((clientY - top) / height) * order), Math.floor(((clientX - left) / width) * order));
  }

  #place({ x, y, width, height }: Area) {
    Object.assign(this.#grid.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
  }
}

const tableOf = (map: Margins) => ({
  columns: [
    { key: 'x', title: 'x' },
    { key: 'y', title: 'y' },
    { key: 'product', title: t`Right answer` },
    { key: 'margin', title: t`Margin`, unit: 'logits' },
    { key: 'shown', title: t`Margin that the proof computes`, unit: 'logits' },
    { key: 'right', title: t`Answered right` },
    { key: 'proven', title: t`Proven` },
  ],
  rows: map.margins.map((margin, at) => [
    Math.floor(at / map.order),
    at % map.order,
    map.products[at] ?? null,
    margin,
    map.proven[at] ?? null,
    isRight(map, at),
    isProven(map, at),
  ]),
});
