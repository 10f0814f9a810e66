/**
 * The entries of a matrix, its approximation and what that leaves: one number each, and where they
 * are.
 */

import { t } from '../../languages/language.js';
import type { MatrixFacts } from '../../pkg/explain.js';
import type { Area } from '../../pkg/plot.js';
import { capital } from '../../ui/format.js';
import { real } from '../../ui/real.js';

export type Cell = [row: number, column: number];

/** One of the pictures of a matrix. */
export interface Part {
  label: string;
  values: Float64Array;
}

/**
 * What proofs take in the place of a matrix: a few directions or, of positions, the worst for each
 * output; undefined where they take it as it is.
 */
function approximationOf({ id, values, approximation, columns }: MatrixFacts): Float64Array | undefined {
  if (id !== 'PVOU') return approximation ?? undefined;
  const worst = Array.from({ length: columns }, (_, o) =>
    values.reduce((most, x, i) => (i % columns === o ? Math.max(most, x) : most), -Infinity),
  );
  return values.map((_, i) => worst[i % columns] ?? NaN);
}

/**
 * A matrix of tokens and outputs less what each token adds to its own output: a proof compares with
 * that of the largest token.
 */
function lessOwn({ values, columns }: MatrixFacts): Part {
  const own = (row: number) => values[row * columns + row] ?? NaN;
  return { label: t`Less what a token adds to its own output`, values: values.map((x, i) => x - own(Math.floor(i / columns))) };
}

/** The whole and, where proofs take something in its place, that and what it leaves. */
export function partsOf(matrix: MatrixFacts): Part[] {
  const { id, values } = matrix;
  const whole = { label: t`Whole`, values };
  const approximation = approximationOf(matrix);
  if (id === 'EVOU') return [whole, lessOwn(matrix)];
  if (!approximation) return [whole];
  const left = values.map((x, i) => x - (approximation[i] ?? 0));
  return [
    whole,
    { label: id === 'PVOU' ? t`Worst position for each output` : t`Approximation`, values: approximation },
    { label: t`What is left`, values: left },
  ];
}

/** The largest size of an entry. */
export const size = (values: Float64Array): number => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** The cell of a matrix at a point of its picture. */
export function cellAt({ x, y, width, height }: Area, { rows, columns }: MatrixFacts, left: number, top: number): Cell | undefined {
  const row = Math.floor(((top - y) / height) * rows);
  const column = Math.floor(((left - x) / width) * columns);
  return row >= 0 && row < rows && column >= 0 && column < columns ? [row, column] : undefined;
}

/** Rows and columns that a key goes. */
const STEPS: Record<string, Cell> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

/** Where a key leads from a cell; undefined for other keys. */
export function step(key: string, [row, column]: Cell, { rows, columns }: MatrixFacts): Cell | undefined {
  const by = STEPS[key];
  if (!by) return undefined;
  const within = (i: number, count: number) => Math.max(0, Math.min(count - 1, i));
  return [within(row + by[0], rows), within(column + by[1], columns)];
}

/** Row, column and value of a cell in words. */
export function wordsOf(matrix: MatrixFacts, [row, column]: Cell): string {
  const { values, columns, row_axis, column_axis } = matrix;
  const approximation = approximationOf(matrix);
  const i = row * columns + column;
  const value = values[i] ?? NaN;
  const near = approximation?.[i];
  const parts = near === undefined ? '' : t`, of which the approximation gives ${real(near)} and leaves ${real(value - near)}`;
  return `${capital(row_axis)} ${row}, ${column_axis} ${column}: ${real(value)}${parts}.`;
}

/** What the approximation says of a matrix. */
export function summaryOf(parts: readonly Part[]): string {
  const [whole, , left] = parts;
  if (!whole) return '';
  const most = real(size(whole.values));
  return left
    ? t`No entry is larger than ${most}; of that, the approximation leaves at most ${real(size(left.values))}.`
    : t`No entry is larger than ${most}.`;
}
