/**
 * Undoes the user's choices by keyboard, as Back and Forward do: Ctrl+Z, and Ctrl+Y or
 * Ctrl+Shift+Z.
 */

import { redo, undo } from './address.js';

/** Fields that undo what is typed into them themselves. */
const TYPED = 'input:not([type=checkbox], [type=radio], [type=range]), textarea';

/** Listens for the keys. */
export function acceptUndo() {
  addEventListener('keydown', (event) => {
    const { altKey, ctrlKey, metaKey, shiftKey, target } = event;
    if (altKey || !(ctrlKey || metaKey) || (target instanceof Element && target.matches(TYPED))) return;
    const key = event.key.toLowerCase();
    if (key === 'z' && !shiftKey) undo();
    else if (key === 'y' || key === 'z') redo();
    else return;
    event.preventDefault();
  });
}
