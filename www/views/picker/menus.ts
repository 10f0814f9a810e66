/** The menus for the models of a task, which its page puts into the header. */

import { get, make } from '../../ui/element.js';

/** The identifier of a menu, and its label. */
export type Labelled = [id: string, label: string];

/** Returns two menus of the header; puts them there at the first call. They have no choices yet. */
export function menus(...labelled: [Labelled, Labelled]): [HTMLSelectElement, HTMLSelectElement] {
  const place = get('menus', HTMLElement);
  if (!place.hasChildNodes()) {
    place.append(
      ...labelled.map(([id, label]) => make('span', {}, make('label', { for: id }, label), ' ', make('select', { id, disabled: '' }))),
    );
  }
  const [[first], [second]] = labelled;
  return [get(first, HTMLSelectElement), get(second, HTMLSelectElement)];
}

/** Fills a menu with the models to choose from; none is chosen where `value` is undefined. */
export function fill(menu: HTMLSelectElement, choices: readonly (readonly [value: string, label: string])[], value: string | undefined) {
  const none = make('option', { value: '', hidden: '' }, '–');
  menu.replaceChildren(none, ...choices.map(([value, label]) => make('option', { value }, label)));
  menu.value = value ?? '';
}
