/** The building blocks of the method's text. */

import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { count } from '../../ui/format.js';
import { goTo } from '../../ui/go.js';
import type { Host, Shown, ViewName, Within } from '../view.js';
import type { Cost } from './costs.js';

/** What the method tells with: what is shown, and the page that it can ask. */
export interface Told extends Shown {
  host: Pick<Host, 'choose' | 'within'>;
}

/** A section of the method: its text for what is shown. */
export interface Section {
  id: string;
  title: string;
  content(told: Told): Node[];
}

type Text = (Node | string)[];

export const p = (...text: Text) => make('p', {}, ...text);
export const steps = (...items: Text[]) => make('ol', {}, ...items.map((item) => make('li', {}, ...item)));
/** A line of mathematics, which may be wider than the window. */
export const formula = (text: string) => make('p', { class: 'formula', tabindex: '0', role: 'group', 'aria-label': t`Formula` }, text);
export const lines = (label: string, text: string) => make('pre', { tabindex: '0', 'aria-label': label }, text);

/**
 * A button that leads to a view, and to something within it, after it has chosen a proof if one is
 * named.
 */
export function see(view: ViewName, text: string, { host }: Told, strategy?: string, within?: Partial<Within>): HTMLElement {
  const button = make('button', { type: 'button', class: 'link' }, text);
  button.addEventListener('click', () => {
    if (strategy !== undefined) host.choose(strategy);
    goTo(view);
    if (within) host.within(within);
  });
  return button;
}

/**
 * A table with a caption; its first column heads the rows. It scrolls where it is wider than its
 * place.
 */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const row = ([head = '', ...cells]: readonly string[]) =>
    make('tr', {}, make('th', { scope: 'row' }, head), ...cells.map((cell) => make('td', {}, cell)));
  const titles = heads.map((title) => make('th', { scope: 'col' }, title));
  const body = make(
    'table',
    {},
    make('caption', {}, caption),
    make('thead', {}, make('tr', {}, ...titles)),
    make('tbody', {}, ...rows.map(row)),
  );
  return make('div', { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': caption }, body);
}

/** What the steps of a proof cost, and their sum. */
export function costs(caption: string, parts: readonly Cost[]): HTMLElement {
  const sum = parts.reduce((all, { flops }) => all + flops, 0);
  return table(caption, [t`Step`, 'FLOPs'], [...parts, { what: t`Together`, flops: sum }].map(({ what, flops }) => [what, count(flops)]));
}
