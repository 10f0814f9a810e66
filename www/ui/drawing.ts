/** A canvas with a figure that plotters draws, at the canvas's own size. */

import { t } from '../languages/language.js';
import type { Area, Figure } from '../pkg/plot.js';
import { drawCells } from './cells.js';
import type { Drawn } from './export/exported.js';
import { told } from './format.js';
import { play, roomOf, type Style, styleOf, watchStyle } from './player.js';
import { type Plot, plotters } from './plotters.js';

/**
 * Drawings that are shown beside each other, by their names, for their menu; undefined while none
 * shows anything.
 */
export function drawnOf(drawings: Readonly<Record<string, Drawing>>): Drawn | undefined {
  const shown = Object.entries(drawings).flatMap(([name, { drawn }]) => (drawn ? [{ name, ...drawn }] : []));
  return shown[0] && { figures: shown, style: shown[0].style };
}

/** What to draw now, in CSS pixels of the usual size of text; undefined for nothing. */
export type Picture = (plot: Plot, size: { width: number; height: number }) => Figure | undefined;

/**
 * Draws a figure, as high as it wants to be, and draws it anew when the canvas's size, the theme or
 * the pixel density changes.
 */
export class Drawing {
  readonly #canvas: HTMLCanvasElement;
  readonly #picture: Picture;
  readonly #failed: (why: string) => void;
  readonly #placed: (area: Area) => void;
  #plot: Plot | undefined;
  #style: Style | undefined;
  /** What was drawn last, and how. */
  #drawn: { figure: Figure; style: Style } | undefined;

  /** `failed` is told why there is no figure, and `placed` where the part inside its axes is. */
  constructor(canvas: HTMLCanvasElement, picture: Picture, failed: (why: string) => void, placed: (area: Area) => void = () => {}) {
    [this.#canvas, this.#picture, this.#failed, this.#placed] = [canvas, picture, failed, placed];
    new ResizeObserver(() => this.restyle()).observe(canvas);
    watchStyle(this);
    this.load();
  }

  /** Draws in the colours, the size and the pixel density that now hold. */
  restyle() {
    this.#style = undefined;
    this.draw();
  }

  /** Fetches plotters, again after a failure, and draws. */
  load() {
    plotters().then(
      (plot) => {
        this.#plot = plot;
        this.draw();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** What the canvas shows; undefined before it shows something. */
  get drawn(): { figure: Figure; style: Style } | undefined {
    return this.#drawn;
  }

  /** Draws what there is to draw, once plotters is here and the canvas is laid out. */
  draw() {
    if (!this.#plot || !this.#canvas.clientWidth) return;
    this.#style ??= styleOf(this.#canvas);
    try {
      const figure = this.#picture(this.#plot, roomOf(this.#style));
      if (!figure) return;
      const high = Math.round(figure.height * this.#style.text);
      if (high !== this.#style.height) {
        this.#canvas.style.height = `${high}px`;
        this.#style = styleOf(this.#canvas);
      }
      this.#drawn = { figure, style: this.#style };
      const { scale, left, top } = play(this.#canvas, this.#style, figure, drawCells);
      const { x, y, width, height } = figure.plane;
      this.#placed({ x: left + scale * x, y: top + scale * y, width: scale * width, height: scale * height });
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown) {
    this.#failed(t`The figures cannot be drawn; their numbers are in words. The reason: ${told(error)}`);
  }
}
