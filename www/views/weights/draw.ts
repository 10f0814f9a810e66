/** The two kinds of figures of this view, as plotters is asked for them. */

import type { Plot } from '../../ui/plotters.js';
import type { Pictured } from '../../ui/drawing.js';

interface Size {
  width: number;
  height: number;
}

/** What the module is asked for beside the frontier. */
interface Figures {
  heatMap(map: { rows: number; columns: number; values: Float64Array; isSigned: boolean }, size: Size): Pictured;
  bars(bars: { label: string; value: number }[], options: Size & { isLogarithmic: boolean }): Pictured;
}

/** A matrix in colours, −1 to 1, with row 0 at the top. */
export const heatMap = (plot: Plot, rows: number, columns: number, values: Float64Array, { width, height }: Size): Pictured =>
  (plot as Plot & Figures).heatMap({ rows, columns, values, isSigned: true }, { width, height });

/** Positive numbers as bars on a logarithmic axis. */
export const bars = (plot: Plot, all: { label: string; value: number }[], { width, height }: Size): Pictured =>
  (plot as Plot & Figures).bars(all, { width, height, isLogarithmic: true });
