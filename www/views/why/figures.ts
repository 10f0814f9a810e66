/** The figures of this view, drawn by plotters: a map of all cases, and all inputs in parts. */

import type { Area, Figure } from '../../pkg/plot.js';
import { drawCells } from '../../ui/cells.js';
import { told } from '../../ui/format.js';
import { play, type Style, styleOf } from '../../ui/player.js';
import { type Plot, plotters } from '../../ui/plotters.js';
import type { PartRow } from './parts.js';

/** A map of v by v cells: [m * v + q], 0 to 1, or −1 to 1 if it is signed; NaN where there is nothing. */
export interface MapPicture {
  v: number;
  /** What the values are. */
  name: string;
  values: Float64Array;
  isSigned?: boolean;
  /** [m * v + q]: 1 where a cell is hatched, 2 where it is crossed. */
  hatching?: Uint8Array;
}

/** All inputs in parts; what is proven comes last. */
export interface PartsPicture {
  total: bigint;
  rows: readonly PartRow[];
}

export type Picture = MapPicture | PartsPicture;

function figureOf(plot: Plot, picture: Picture, { width, height }: Style): Figure {
  if ('rows' in picture) {
    const parts = picture.rows.map(({ label, inputs, role }) => ({ label, count: String(inputs), role }));
    return plot.waterfall([{ label: 'All inputs', count: String(picture.total), role: 'muted' }, ...parts], width);
  }
  const { v, name, values, isSigned, hatching } = picture;
  const names = { name, row_name: 'largest token', column_name: 'last token' };
  const options = { width, height, shades: isSigned ? 'signed' : 'part', color: 'ours', ...names, every: 8 } as const;
  return plot.heatMap(v, v, Float32Array.from(values), hatching ?? new Uint8Array(), options);
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
      const figure = figureOf(this.#plot, picture, this.#style);
      // A waterfall is as high as it takes.
      if ('rows' in picture) {
        this.#canvas.style.height = `${figure.height}px`;
        this.#style.height = figure.height;
      }
      const { scale, left, top } = play(this.#canvas, this.#style, figure, drawCells);
      const { x, y, width, height } = figure.plane;
      this.#placed?.({ x: left + scale * x, y: top + scale * y, width: scale * width, height: scale * height });
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
