/** The results as a table: what the plot shows, for reading, copying and screen readers. */

import { breakable, make } from './dom.js';
import { approximate, count, percent, scientific, seconds } from './format.js';
import { Rows } from './rows.js';
import type { Proof } from './session.js';

const NONE = '–';

const COLUMNS: [title: string, cell: (proof: Proof) => Node | string][] = [
  ['Accuracy is at least', ({ outcome }) => (outcome ? percent(outcome.percent) : NONE)],
  ['Inputs proven right', ({ outcome }) => (outcome ? breakable(count(outcome.correct)) : NONE)],
  ['Length in FLOPs', ({ facts }) => scientific(facts.flops)],
  ['Unexplained dimension', ({ facts }) => approximate(facts.unexplained_dimension)],
  ['Time', ({ outcome, shipped }) => (!outcome ? NONE : shipped ? 'shipped with the page' : seconds(outcome.seconds))],
];

// The roles say what the elements are anyway; on narrow screens CSS lays them out as blocks, and browsers then forget.
export function resultsTable(table: HTMLTableElement): Rows {
  const titles = ['Proof', ...COLUMNS.map(([title]) => title)];
  const head = make('tr', { role: 'row' }, ...titles.map((title) => make('th', { role: 'columnheader', scope: 'col' }, title)));
  const body = make('tbody', { role: 'rowgroup' });
  table.setAttribute('role', 'table');
  table.append(make('thead', { role: 'rowgroup' }, head), body);
  return new Rows(body, ({ facts }) => {
    const cells = COLUMNS.map(([title]) => make('td', { role: 'cell', 'data-title': title }));
    return {
      element: make('tr', { role: 'row' }, make('th', { role: 'rowheader', scope: 'row' }, facts.label), ...cells),
      update: (proof) => COLUMNS.forEach(([, cell], i) => cells[i]?.replaceChildren(cell(proof))),
    };
  });
}
