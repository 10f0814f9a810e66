/** What this view shows, as tables of exact values. */

import { t, translated } from '../../languages/language.js';
import type { MatrixFacts } from '../../pkg/explain.js';
import type { AttentionFacts } from '../../pkg/prove.js';
import { capital } from '../../ui/format.js';
import type { Column, Table } from '../../ui/export/table.js';
import type { Part } from './entries.js';

/** Every entry of a matrix, its approximation and what that leaves. */
export function entryTable({ rows, columns, row_axis, column_axis }: MatrixFacts, parts: readonly Part[]): Table {
  const places: Column[] = [
    { key: 'row', title: t`Row: ${row_axis}` },
    { key: 'column', title: t`Column: ${column_axis}` },
  ];
  const values = parts.map(({ label }): Column => ({ key: label.toLowerCase().replaceAll(' ', '_'), title: label }));
  const line = (i: number) => [Math.floor(i / columns), i % columns, ...parts.map((part) => part.values[i] ?? null)];
  return { columns: [...places, ...values], rows: Array.from({ length: rows * columns }, (_, i) => line(i)) };
}

/** All singular values of a matrix, the largest first. */
export const singularTable = ({ label, singular_values }: MatrixFacts): Table => ({
  columns: [
    { key: 'number', title: t`Number` },
    { key: 'value', title: t`Singular value of ${label}` },
  ],
  rows: singular_values.map((value, i) => [i + 1, value]),
});

/** The bounds on the error of approximated attention scores. */
export const errorTable = ({ errors }: AttentionFacts): Table => ({
  columns: [
    { key: 'way', title: t`Way to bound the error` },
    { key: 'bound', title: t`Bound` },
  ],
  rows: errors.map(({ name, value }) => [capital(translated(name)), value]),
});
