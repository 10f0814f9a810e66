/** Selects a range of bars: by dragging over them, or by two sliders. */

import { nodes, t } from '../../languages/language.js';
import type { Figure } from '../../pkg/plot.js';
import { make } from '../../ui/element.js';

export class Brush {
  readonly #from = make('input', { type: 'range', min: '0', 'aria-label': t`Selected bounds, from` });
  readonly #to = make('input', { type: 'range', min: '0', 'aria-label': t`Selected bounds, to` });
  readonly controls = make(
    'p',
    { class: 'control' },
    make('label', {}, ...nodes`From ${this.#from}`),
    make('label', {}, ...nodes`to ${this.#to}`),
  );
  readonly #canvas: HTMLCanvasElement;
  readonly #changed: () => void;
  #names: readonly string[] = [];
  #figure: Figure | undefined;
  /** The bar where the pointer went down. */
  #begun: number | undefined;

  constructor(canvas: HTMLCanvasElement, changed: () => void) {
    [this.#canvas, this.#changed] = [canvas, changed];
    for (const slider of [this.#from, this.#to]) {
      slider.addEventListener('input', () => {
        const [from, to] = [Number(this.#from.value), Number(this.#to.value)];
        // The other end makes room.
        if (slider === this.#from) this.select(from, Math.max(from, to));
        else this.select(Math.min(from, to), to);
      });
    }
    canvas.addEventListener('pointerdown', (event) => {
      this.#begun = this.#at(event);
      if (this.#begun === undefined) return;
      canvas.setPointerCapture(event.pointerId);
      this.select(this.#begun, this.#begun);
    });
    canvas.addEventListener('pointermove', (event) => {
      const at = this.#at(event);
      canvas.style.cursor = at === undefined ? '' : 'ns-resize';
      if (this.#begun === undefined || at === undefined) return;
      this.select(Math.min(this.#begun, at), Math.max(this.#begun, at));
    });
    for (const end of ['pointerup', 'pointercancel'] as const) canvas.addEventListener(end, () => (this.#begun = undefined));
  }

  /** Takes other bars, by their names, and selects all. */
  show(names: readonly string[]) {
    this.#names = names;
    for (const slider of [this.#from, this.#to]) slider.max = String(names.length - 1);
    this.select(0, names.length - 1);
  }

  /** Learns where the bars are. */
  place(figure: Figure | undefined) {
    this.#figure = figure;
  }

  select(from: number, to: number) {
    [this.#from.value, this.#to.value] = [String(from), String(to)];
    for (const slider of [this.#from, this.#to]) slider.setAttribute('aria-valuetext', this.#names[Number(slider.value)] ?? '');
    this.#changed();
  }

  has(bar: number): boolean {
    return bar >= Number(this.#from.value) && bar <= Number(this.#to.value);
  }

  /** The bar at the height of the pointer. */
  #at({ clientY }: PointerEvent): number | undefined {
    const figure = this.#figure;
    if (!figure?.rows.length) return undefined;
    const { top, height } = this.#canvas.getBoundingClientRect();
    const y = ((clientY - top) / height) * figure.height;
    if (y > figure.plane.y + figure.plane.height) return undefined;
    const each = figure.plane.height / figure.rows.length;
    return Math.min(figure.rows.length - 1, Math.max(0, Math.floor((y - figure.plane.y) / each)));
  }
}
