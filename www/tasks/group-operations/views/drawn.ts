/** A figure with its heading, what it shows in words, and its menu. */

import type { Area } from '../../../pkg/plot.js';
import { Drawing, drawnOf, type Picture } from '../../../ui/drawing.js';
import { make } from '../../../ui/element.js';
import { exportButton } from '../../../ui/export/button.js';
import type { Table } from '../../../ui/export/table.js';
import type { GroupHost } from './asking.js';

export interface Given {
  /** Of its files: letters and dashes. */
  name: string;
  title: string;
  /** Part of a section that has a heading of its own. */
  isPart?: boolean;
  about: (Node | string)[];
  picture: Picture;
  table(): Table | undefined;
  /** Where the part inside its axes is. */
  placed?(area: Area): void;
}

export class Drawn {
  readonly element = make('section');
  readonly canvas = make('canvas', { role: 'img' });
  /** What the figure shows now. */
  readonly said = make('p', { class: 'said', 'aria-live': 'polite' });
  readonly figure = make('div', { class: 'figure' }, this.canvas);
  /** Where a view puts what changes the figure. */
  readonly controls = make('div', { class: 'controls' });
  readonly #drawing: Drawing;

  constructor(host: GroupHost, { name, title, isPart, about, picture, table, placed }: Given) {
    this.#drawing = new Drawing(this.canvas, picture, (why) => host.problem(why), placed);
    const menu = exportButton({
      name,
      title,
      element: this.element,
      model: () => host.model(),
      table,
      drawn: () => drawnOf({ '': this.#drawing }),
    });
    this.element.append(
      make(isPart ? 'h4' : 'h3', {}, title),
      ...(about.length ? [make('p', {}, ...about)] : []),
      menu,
      this.controls,
      this.figure,
      this.said,
    );
    this.canvas.setAttribute('aria-label', title);
  }

  /** Draws, and says what that shows. */
  show(said: string) {
    this.said.textContent = said;
    this.canvas.setAttribute('aria-label', said);
    this.#drawing.draw();
  }
}

/** A menu of choices, with its label. */
export function chooser(label: string, changed: () => void): { element: HTMLElement; select: HTMLSelectElement } {
  // Its own name: that of the label would end with what is chosen.
  const select = make('select', { 'aria-label': label });
  select.addEventListener('change', changed);
  return { element: make('label', {}, `${label} `, select), select };
}

/** Offers choices by their values; the one that was chosen stays, if there still is one. */
export function offer(select: HTMLSelectElement, choices: readonly (readonly [value: string, label: string])[]) {
  const { value } = select;
  select.replaceChildren(...choices.map(([value, label]) => make('option', { value }, label)));
  if (choices.some(([each]) => each === value)) select.value = value;
}

/** A number that is typed, from 0 on. */
export function numberField(label: string, changed: () => void): { element: HTMLElement; input: HTMLInputElement } {
  const input = make('input', { type: 'number', class: 'number', min: '0', step: '1', value: '0', inputmode: 'numeric' });
  input.addEventListener('input', changed);
  return { element: make('label', {}, `${label} `, input), input };
}

export const cells = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => make('tr', {}, ...row.map((text, i) => make(i ? 'td' : 'th', i ? {} : { scope: 'row' }, text))));

export const heads = (names: readonly string[]) =>
  make('thead', {}, make('tr', {}, ...names.map((name) => make('th', { scope: 'col' }, name))));

/** A table that is moved sideways where it does not fit, also by keys. */
export const wide = (name: string, head: HTMLElement, body: HTMLElement) =>
  make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': name }, make('table', { 'aria-label': name }, head, body));
