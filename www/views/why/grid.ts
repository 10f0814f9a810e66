/**
 * A grid over a map, of one focusable cell, which arrow keys and the pointer move; and the text
 * that says what the cell is.
 */

import type { Area } from '../../pkg/plot.js';
import { make } from '../../ui/element.js';
import { moveOf } from '../../ui/moves.js';

export class CaseGrid {
  /** Canvas, grid and the text that says the cell. */
  readonly element = make('div', { class: 'map' });
  readonly canvas = make('canvas', { 'aria-hidden': 'true' });
  readonly #cell = make('div', { role: 'gridcell', tabindex: '0', class: 'crosshair' });
  readonly #row = make('div', { role: 'row' }, this.#cell);
  readonly #grid: HTMLElement;
  readonly #said = make('p', { class: 'said', 'aria-live': 'polite' });
  readonly #say: (m: number, q: number) => string;
  #v = 1;
  #m = 0;
  #q = 0;

  /** `say` says what a cell is, in words; `open` is called when one is chosen. */
  constructor(label: string, say: (m: number, q: number) => string, open?: (m: number, q: number) => void) {
    this.#say = say;
    this.#grid = make('div', { role: 'grid', class: 'cells', 'aria-label': label }, this.#row);
    this.element.append(make('div', { class: 'drawn' }, this.canvas, this.#grid), this.#said);
    this.#grid.addEventListener('pointermove', (event) => this.#point(event));
    this.#grid.addEventListener('click', (event) => {
      this.#point(event);
      this.#cell.focus({ preventScroll: true });
      open?.(this.#m, this.#q);
    });
    this.#cell.addEventListener('keydown', (event) => {
      if (event.altKey || event.metaKey) return;
      if (open && (event.key === 'Enter' || event.key === ' ')) open(this.#m, this.#q);
      else if (!this.#key(event)) return;
      event.preventDefault();
    });
  }

  /** The cell: largest and last token. */
  get at(): [m: number, q: number] {
    return [this.#m, this.#q];
  }

  /** Shows another map, of v by v cells; the cell stays where it is if it can. */
  show(v: number) {
    this.#v = v;
    for (const name of ['aria-rowcount', 'aria-colcount']) this.#grid.setAttribute(name, String(v));
    this.move(this.#m, this.#q);
  }

  /** Puts the grid over the cells of the figure. */
  place({ x, y, width, height }: Area) {
    Object.assign(this.#grid.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
  }

  /**
   * Moves the cell: the largest token stays in the vocabulary, and the last token at most the
   * largest.
   */
  move(m: number, q: number) {
    this.#m = Math.max(0, Math.min(m, this.#v - 1));
    this.#q = Math.max(0, Math.min(q, this.#m));
    const text = this.#say(this.#m, this.#q);
    this.#row.setAttribute('aria-rowindex', String(this.#m + 1));
    this.#cell.setAttribute('aria-colindex', String(this.#q + 1));
    this.#cell.setAttribute('aria-label', text);
    this.#said.textContent = text;
    const part = (cells: number) => `${(100 * cells) / this.#v}%`;
    Object.assign(this.#cell.style, { left: part(this.#q), top: part(this.#m), width: part(1), height: part(1) });
  }

  /** Moves the cell by a key: rows are largest tokens, from the top, and columns last tokens. */
  #key(event: KeyboardEvent): boolean {
    const by = moveOf(event);
    if (by) this.move(this.#m + by[0], this.#q + by[1]);
    return !!by;
  }

  #point({ clientX, clientY }: MouseEvent) {
    const { left, top, width, height } = this.#grid.getBoundingClientRect();
    if (!width || !height) return;
    const m = Math.floor(((clientY - top) / height) * this.#v);
    const q = Math.floor(((clientX - left) / width) * this.#v);
    if (q <= m && (m !== this.#m || q !== this.#q)) this.move(m, q);
  }
}
