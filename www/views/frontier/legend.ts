/** What the marks of the plot stand for; their shapes are those of src/tasks/max_of_k/figure.rs. */

import { make } from '../../ui/element.js';
import { capital } from '../../ui/format.js';
import type { Model, Proof } from '../../state/model.js';

const SHAPES: Record<string, string> = {
  'brute force': '■',
  cubic: '●',
  'additive (ours)': '★',
  'sub-cubic': '▲',
  'low-rank QK': '▼',
  'low-rank EU': '◆',
  'low-rank QK & EU': '○',
  'quadratic QK': '×',
  'quadratic QK & EU': '+',
};

/** The name of a class, to begin a line with. */
export const nameOf = (kind: string) => (kind === 'additive (ours)' ? 'Ours (additive)' : capital(kind));

/** The mark of a class, for the eye only. */
export const mark = (kind: string) => make('span', { class: 'mark', 'aria-hidden': 'true' }, SHAPES[kind] ?? '');

/** The classes that there are, the longest proofs first. */
export function classesOf(proofs: readonly Proof[]): string[] {
  const order = Object.keys(SHAPES);
  return [...new Set(proofs.map(({ facts }) => facts.class))].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

export function showLegend(legend: HTMLElement, { proofs }: Model) {
  const kinds = classesOf(proofs);
  legend.replaceChildren(...kinds.flatMap((kind) => [make('span', {}, mark(kind), nameOf(kind)), ' ']));
}
