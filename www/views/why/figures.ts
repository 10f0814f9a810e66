/** The figures of this view, drawn by plotters: a map of all cases, and all inputs in parts. */

import type { Figure } from '../../pkg/plot.js';
import { told } from '../../ui/format.js';
import { play, type Style, styleOf } from '../../ui/player.js';
import { type Plot, plotters } from '../../ui/plotters.js';
import type { PartRow } from './parts.js';

/** A part of a canvas, in CSS pixels. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A map of v by v cells: [m * v + q], 0 to 1, or −1 to 1 if it is signed; NaN where there is nothing. */
export interface MapPicture {
  v: number;
  values: Float64Array;
  isSigned?: boolean;
  /** [m * v + q]: which hatch a cell has; 0 for none. */
  hatch?: Uint8Array;
}

/** All inputs in parts, from the top. */
export interface PartsPicture {
  rows: PartRow[];
}

export type Picture = MapPicture | PartsPicture;

/** What is not in the module yet. */
interface Figures {
  heatMap(map: object, options: object): Figure & { area: Area };
  waterfall(parts: object, options: object): Figure;
}

function figureOf(plot: Plot & Figures, picture: Picture, { width, height }: Style): Figure & { area?: Area } {
  const options = { width, height };
  if ('rows' in picture) return plot.waterfall(picture.rows.map(({ label, inputs, isProven }) => ({ label, value: Number(inputs), isProven })), options);
  return plot.heatMap(picture, options);
}

/** A canvas with a figure, which is drawn anew when its size, the theme or the pixel density changes. */
export class Drawing {
  readonly #canvas: HTMLCanvasElement;
  readonly #picture: () => Picture | undefined;
  readonly #failed: (why: string) => void;
  readonly #placed: ((area: Area) => void) | undefined;
  #plot: Plot | undefined;
  #style: Style | undefined;

  /** `picture` is what to draw now, `failed` is told why there is no figure, and `placed` where the cells of a map are. */
  constructor(canvas: HTMLCanvasElement, picture: () => Picture | undefined, failed: (why: string) => void, placed?: (area: Area) => void) {
    this.#canvas = canvas;
    this.#picture = picture;
    this.#failed = failed;
    this.#placed = placed;
    const restyle = () => {
      this.#style = undefined;
      this.draw();
    };
    new ResizeObserver(restyle).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', restyle);
    matchMedia('(forced-colors: active)').addEventListener('change', restyle);
    this.#watchRatio(restyle);
    void this.#fetch();
  }

  /** Draws what there is to draw; nothing while the canvas is not laid out. */
  draw() {
    const picture = this.#picture();
    if (!picture || !this.#plot || !this.#canvas.clientWidth) return;
    this.#style ??= styleOf(this.#canvas);
    try {
      const figure = figureOf(this.#plot as Plot & Figures, picture, this.#style);
      const { scale, left, top } = play(this.#canvas, this.#style, figure);
      const { area } = figure;
      if (area) this.#placed?.({ x: left + scale * area.x, y: top + scale * area.y, width: scale * area.width, height: scale * area.height });
    } catch (error) {
      this.#fail(error);
    }
  }

  async #fetch() {
    try {
      this.#plot = await plotters();
      this.draw();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown) {
    this.#failed(`A figure cannot be drawn; its numbers are in words beside it. The reason: ${told(error)}`);
  }

  /** A query holds for one pixel density only: after each change there is another to listen to. */
  #watchRatio(changed: () => void) {
    const again = () => {
      changed();
      this.#watchRatio(changed);
    };
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', again, { once: true });
  }
}
