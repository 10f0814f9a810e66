/** The pictures of one matrix beside each other, with one cell that is read in all of them. */

import { t } from '../../languages/language.js';
import type { MatrixFacts } from '../../pkg/explain.js';
import type { Area } from '../../pkg/plot.js';
import { Drawing, drawnOf } from '../../ui/drawing.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { real } from '../../ui/real.js';
import { heatMap } from './draw.js';
import type { Host } from '../view.js';
import { entryTable } from './tables.js';
import { type Cell, cellAt, type Part, partsOf, size, step, summaryOf, wordsOf } from './entries.js';

/** Widest and highest pictures, columns for each row. */
const [WIDEST, HIGHEST] = [3, 0.75];

interface Picture {
  /** What holds the canvas. */
  frame: HTMLElement;
  drawing: Drawing;
  caption: HTMLElement;
  cursor: HTMLElement;
  figure: HTMLElement;
  area: Area | undefined;
}

export class Maps {
  readonly element = make('div', { class: 'maps' });
  readonly #stage = make('div', {
    class: 'stage',
    tabindex: '0',
    role: 'application',
    'aria-roledescription': t`heat map`,
    'aria-describedby': 'weights-reading',
  });
  readonly #summary = make('p', { class: 'summary' });
  readonly #reading = make('p', { id: 'weights-reading', class: 'reading', 'aria-live': 'polite' });
  readonly #pictures: Picture[];
  #matrix: MatrixFacts | undefined;
  #parts: Part[] = [];
  #cell: Cell = [0, 0];

  constructor(host: Host, failed: (why: string) => void) {
    this.#pictures = [0, 1, 2].map((i) => this.#picture(i, failed));
    this.#stage.append(...this.#pictures.map(({ figure }) => figure));
    this.#stage.addEventListener('keydown', (event) => {
      const cell = this.#matrix && step(event.key, this.#cell, this.#matrix);
      if (!cell) return;
      event.preventDefault();
      this.#read(cell);
    });
    this.#stage.addEventListener('focus', () => this.#read(this.#cell));
    const menu = exportButton({
      name: 'matrix',
      title: t`Weights, entry by entry`,
      element: this.element,
      model: () => host.model(),
      table: () => this.#matrix && entryTable(this.#matrix, this.#parts),
      drawn: () =>
        drawnOf(Object.fromEntries(this.#parts.flatMap(({ label }, i) => (this.#pictures[i] ? [[label, this.#pictures[i].drawing]] : [])))),
    });
    this.element.append(this.#summary, menu, this.#stage, this.#reading);
  }

  show(matrix: MatrixFacts) {
    if (matrix === this.#matrix) return;
    this.#matrix = matrix;
    this.#parts = partsOf(matrix);
    this.#cell = [0, 0];
    this.#stage.setAttribute(
      'aria-label',
      t`${matrix.label}, ${matrix.rows} rows and ${matrix.columns} columns; arrow keys read its entries`,
    );
    this.#summary.textContent = summaryOf(this.#parts);
    this.#reading.textContent = t`Point at a cell, or go there with the arrow keys, to read it.`;
    this.#stage.classList.toggle('alone', this.#parts.length === 1);
    const ratio = Math.max(HIGHEST, Math.min(WIDEST, matrix.columns / matrix.rows));
    this.#pictures.forEach(({ frame, figure, caption, cursor, drawing }, i) => {
      const part = this.#parts[i];
      figure.hidden = !part;
      cursor.hidden = true;
      if (!part) return;
      caption.textContent = t`${part.label}: strongest at ±${real(size(part.values))}`;
      frame.style.aspectRatio = String(ratio);
      drawing.draw();
    });
  }

  /** Fetches plotters again, after a failure. */
  load() {
    for (const { drawing } of this.#pictures) drawing.load();
  }

  #picture(i: number, failed: (why: string) => void): Picture {
    const canvas = make('canvas', { 'aria-hidden': 'true' });
    const cursor = make('span', { class: 'cursor', hidden: '' });
    const caption = make('figcaption');
    const frame = make('div', {}, canvas, cursor);
    const figure = make('figure', {}, caption, frame);
    const drawing = new Drawing(
      canvas,
      (plot, style) => {
        const [matrix, part] = [this.#matrix, this.#parts[i]];
        return matrix && part && heatMap(plot, matrix, part.values, style);
      },
      failed,
      (area) => {
        picture.area = area;
        if (!cursor.hidden) this.#place(picture);
      },
    );
    const picture: Picture = { frame, drawing, caption, cursor, figure, area: undefined };
    const read = ({ offsetX, offsetY }: PointerEvent) => {
      const cell = picture.area && this.#matrix && cellAt(picture.area, this.#matrix, offsetX, offsetY);
      if (cell && cell.join() !== this.#cell.join()) this.#read(cell);
    };
    canvas.addEventListener('pointermove', read);
    canvas.addEventListener('pointerdown', read);
    return picture;
  }

  #read(cell: Cell) {
    if (!this.#matrix) return;
    this.#cell = cell;
    this.#reading.textContent = wordsOf(this.#matrix, cell);
    for (const picture of this.#pictures) this.#place(picture);
  }

  #place({ area, cursor }: Picture) {
    cursor.hidden = !area;
    if (!area || !this.#matrix) return;
    const [width, height] = [area.width / this.#matrix.columns, area.height / this.#matrix.rows];
    const [row, column] = this.#cell;
    Object.assign(cursor.style, {
      left: `${area.x + column * width}px`,
      top: `${area.y + row * height}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
  }
}
