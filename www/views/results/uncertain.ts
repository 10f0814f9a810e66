/** The rows of bounds that are no proofs, below those of all proofs. */

import { t } from '../../languages/language.js';
import type { Uncertain } from '../../state/uncertain.js';
import { make } from '../../ui/element.js';
import { count, percent, steps } from '../../ui/format.js';
import type { Column } from './columns.js';

/** What a bound has in a column; undefined for nothing. */
function cellOf(key: Column['key'], { certainty, percent: digits, correct, flops, frontier }: Uncertain): string | undefined {
  const isEstimate = certainty === 'estimate';
  switch (key) {
    case 'least':
      return isEstimate ? t`about ${percent(digits)}` : percent(digits);
    case 'inputs':
      return isEstimate || correct === null ? undefined : count(correct);
    case 'flops':
      return steps(flops);
    case 'frontier':
      return frontier ? t`yes, with coins` : undefined;
    default:
      return undefined;
  }
}

/**
 * A body of the table with a row for each bound, under the name of their kinds; none without
 * bounds. `none` stands in a cell without a number.
 */
export function bodyOf(bounds: readonly Uncertain[], columns: readonly Column[], none: string): HTMLElement[] {
  if (!bounds.length) return [];
  const title = make(
    'th',
    { scope: 'rowgroup', role: 'rowheader', colspan: String(columns.length + 1) },
    t`No proofs: samples and estimates`,
  );
  const rows = bounds.map((bound) => {
    const radio = make('input', { type: 'radio', name: 'strategy', value: bound.id });
    const sign = make('span', { class: 'mark', 'aria-hidden': 'true' }, bound.mark);
    const name = make('label', {}, radio, sign, make('span', {}, bound.label));
    const cells = columns.map(({ key, title }) => make('td', { role: 'cell', 'data-title': title }, cellOf(key, bound) ?? none));
    return make('tr', { role: 'row', class: 'uncertain' }, make('th', { scope: 'row', role: 'rowheader' }, name), ...cells);
  });
  return [make('tbody', { role: 'rowgroup' }, make('tr', { class: 'group', role: 'row' }, title), ...rows)];
}
