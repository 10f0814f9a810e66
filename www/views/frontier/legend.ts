/** What the marks of the plot stand for. */

import { make } from '../../ui/element.js';
import type { ClassFacts } from '../../pkg/prove.js';
import type { Model } from '../../state/model.js';

/** The mark of a class, for the eye only. */
export const mark = ({ marker }: ClassFacts) => make('span', { class: 'mark', 'aria-hidden': 'true' }, marker);

export function showLegend(legend: HTMLElement, { facts: { classes } }: Model) {
  legend.replaceChildren(...classes.flatMap((each) => [make('span', {}, mark(each), each.label), ' ']));
}
