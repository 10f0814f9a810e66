/**
 * Tables of typed values as text: what is copied, saved and shown of a figure comes from here, so
 * that all of them agree.
 */

import { t } from '../../languages/language.js';

/** A value of a cell. A `bigint` is an exact count; null is nothing. */
export type Value = string | number | bigint | boolean | null;

export interface Column {
  /** Its name in JSON. */
  key: string;
  /** Its name for a person. */
  title: string;
  /** What its numbers count or measure. */
  unit?: string;
}

export interface Table {
  columns: readonly Column[];
  /** A value for each column. */
  rows: readonly (readonly Value[])[];
}

/** What a file says about where its numbers come from. */
export interface Origin {
  title: string;
  /** Name of the model's file, and its SHA-256; what has no file has only a name. */
  model: string;
  sha256: string | undefined;
  /** Where the page shows the same. */
  address: string;
}

/** The head of a column, with its unit. */
export const headOf = ({ title, unit }: Column) => (unit ? `${title} (${unit})` : title);

/** A value in full: counts digit by digit, numbers so that reading them gives the same number. */
export const textOf = (value: Value) => (value === null ? '' : typeof value === 'boolean' ? (value ? t`yes` : t`no`) : String(value));

/**
 * A text that a spreadsheet would take for a formula gets an apostrophe before it, which makes it a
 * text. Numbers are no texts.
 */
function safe(value: Value): string {
  const text = textOf(value);
  return typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

const lines = (table: Table, field: (text: string) => string, between: string, end: string) =>
  [table.columns.map(headOf), ...table.rows.map((row) => row.map(safe))].map((line) => line.map(field).join(between) + end).join('');

/** Comma-separated values as RFC 4180 has them. */
export const csvOf = (table: Table) =>
  lines(table, (text) => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text), ',', '\r\n');

/**
 * Tab-separated values, for pasting into a spreadsheet: white space within a value becomes one
 * blank.
 */
export const tsvOf = (table: Table) => lines(table, (text) => text.replaceAll(/\s+/g, ' '), '\t', '\n');

/**
 * JSON: where the numbers come from, what the columns are, and an object for each row. Counts are
 * strings of digits, as they may exceed what a float64 holds; so are numbers that are not finite.
 * No date: the same view gives the same bytes.
 */
export function jsonOf({ columns, rows }: Table, origin: Origin): string {
  const plain = (value: Value) =>
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value;
  const objects = rows.map((row) => Object.fromEntries(columns.map(({ key }, i) => [key, plain(row[i] ?? null)])));
  return `${JSON.stringify({ ...origin, columns, rows: objects }, null, 1)}\n`;
}
