/** Small parts that the sections of the page share. */

import { make } from '../../ui/element.js';

/** A button that acts at once. */
export function button(label: string, act: () => void, attributes: Record<string, string> = {}): HTMLButtonElement {
  const made = make('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', act);
  return made;
}

/** What helps, in smaller type. */
export const hint = (text: string, tag: 'p' | 'span' = 'p') => make(tag, { class: 'hint' }, text);

/** A field under its label. */
export const labelled = (label: string, field: HTMLElement, help = '') =>
  make('label', { class: 'field' }, label, field, ...(help ? [hint(help, 'span')] : []));

export const buttons = (...children: (Node | string)[]) => make('p', { class: 'buttons' }, ...children);
