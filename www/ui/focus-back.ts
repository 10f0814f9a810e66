/** Where the focus goes when what a button has opened is closed. */

import { focusIn } from './element.js';

/** Gives the focus back to a button or, where that is in a closed box, to the button that opens the box. */
export function focusBack(button: HTMLElement) {
  button.focus();
  const box = button.closest('[popover]');
  if (box && focusIn(button) !== button) document.querySelector<HTMLElement>(`[popovertarget="${box.id}"]`)?.focus();
}
