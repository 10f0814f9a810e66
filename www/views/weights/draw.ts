/** The two kinds of figures of this view, as plotters is asked for them. */

import type { MatrixFacts } from '../../pkg/explain.js';
import type { Plot } from '../../ui/plotters.js';
import type { Pictured } from '../../ui/drawing.js';
import { real } from '../../ui/real.js';

interface Size {
  width: number;
  height: number;
}

/** What the module draws beside the frontier. */
interface Figures {
  heatMap(matrix: { rows: number; columns: number; values: Float32Array; hatching: Uint8Array }, options: object): Pictured;
  bars(bars: { label: string; value: number; text: string; role: string }[], name: string, width: number): Pictured;
}

/** Entries of a matrix in colours, on a scale of their own, with row 0 at the top. */
export function heatMap(plot: Plot, { rows, columns, row_axis, column_axis }: MatrixFacts, values: Float64Array, { width, height }: Size): Pictured {
  const options = { width, height, shades: 'signed', color: 'ours', name: 'entry', row_name: row_axis, column_name: column_axis, every: 1 };
  return (plot as Plot & Figures).heatMap({ rows, columns, values: Float32Array.from(values), hatching: new Uint8Array() }, options);
}

/** Positive numbers as bars on a logarithmic axis, as high as it takes. */
export function bars(plot: Plot, values: readonly number[], name: string, { width }: Size): Pictured {
  const all = values.map((value, i) => ({ label: `${i + 1}`, value, text: real(value), role: 'ours' }));
  return (plot as Plot & Figures).bars(all, name, width);
}
