/** The name of a file of the user's, where the menus have none. */

import { type Model, OWN } from '../../state/model.js';
import { breakable } from '../../ui/element.js';

/** Shows the name of a file of the user's. */
export function showOwn(place: HTMLElement, { facts, source }: Model) {
  place.hidden = source !== OWN;
  place.replaceChildren(breakable(facts.file));
}
