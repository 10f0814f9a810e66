/** The values of a figure as a table to read. */

import { floorOf, make } from '../element.js';
import { headOf, type Table, textOf, type Value } from './table.js';
import { t } from '../../languages/language.js';

/** Rows that are put in at once: the layout of thousands would take long. */
const BATCH = 100;

/** Shows a table, of what is in `element`, in a dialog until that is closed. */
export async function showTable(element: HTMLElement, title: string, { columns, rows }: Table): Promise<string> {
  const close = make('button', { type: 'button' }, t`Close`);
  const body = make('tbody');
  const head = make('thead', {}, make('tr', {}, ...columns.map((column) => make('th', { scope: 'col' }, headOf(column)))));
  const table = make('table', { 'aria-label': title, 'aria-rowcount': String(rows.length + 1) }, head, body);
  const scroller = make('div', { class: 'rows', tabindex: '0', role: 'region', 'aria-label': t`Table: ${title}` }, table);
  const dialog = make('dialog', { class: 'export-table', 'aria-label': title });
  dialog.append(make('div', { class: 'title' }, make('h2', {}, title), close), scroller);
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  floorOf(element).append(dialog);
  dialog.showModal();
  close.focus();
  for (let first = 0; first < rows.length && dialog.open; first += BATCH) {
    body.append(...rows.slice(first, first + BATCH).map(rowOf));
    await new Promise(requestAnimationFrame);
  }
  return '';
}

function rowOf(values: readonly Value[]) {
  const cell = (value: Value, i: number) => {
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    return make(i ? 'td' : 'th', { ...(!i && { scope: 'row' }), ...(isNumber && { class: 'number' }) }, textOf(value));
  };
  return make('tr', {}, ...values.map(cell));
}
