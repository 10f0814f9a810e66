/** The two kinds of figures of this view, as plotters is asked for them. */

import type { MatrixFacts } from '../../pkg/explain.js';
import type { Figure, HeatMapOptions } from '../../pkg/plot.js';
import type { Plot } from '../../ui/plotters.js';
import { real } from '../../ui/real.js';

interface Size {
  width: number;
  height: number;
}

const NONE = new Uint8Array();

/** Entries of a matrix in colours, on a scale of their own, with row 0 at the top. */
export function heatMap(
  plot: Plot,
  { rows, columns, row_axis, column_axis }: MatrixFacts,
  values: Float64Array,
  { width, height }: Size,
): Figure {
  const names = { name: 'entry', row_name: row_axis, column_name: column_axis };
  const options: HeatMapOptions = { width, height, shades: 'signed', color: 'ours', ...names, every: 1 };
  return plot.heatMap(rows, columns, Float32Array.from(values), NONE, options);
}

/** Positive numbers as bars on a logarithmic axis, as high as it takes. */
export function bars(plot: Plot, values: readonly number[], name: string, { width }: Size): Figure {
  return plot.bars(values.map((value, i) => ({ label: `${i + 1}`, value, text: real(value), role: 'ours' })), name, width);
}
