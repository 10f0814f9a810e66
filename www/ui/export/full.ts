/** A figure that fills the screen or, where a browser does not allow that, the window. */

import { floorOf, focusIn, make } from '../element.js';
import { t } from '../../languages/language.js';

/** The class of what fills the screen or the window. */
const FILLS = 'fills';

/**
 * Fills the screen with an element, until it is left by Escape or a button. Resolves to what is
 * said of it.
 */
export async function fill(element: HTMLElement, title: string): Promise<string> {
  if (document.fullscreenElement) {
    await document.exitFullscreen();
    return '';
  }
  element.classList.add(FILLS);
  try {
    await element.requestFullscreen();
  } catch {
    fillWindow(element, title);
    return '';
  }
  const left = () => {
    if (document.fullscreenElement === element) return;
    element.classList.remove(FILLS);
    removeEventListener('fullscreenchange', left);
  };
  addEventListener('fullscreenchange', left);
  return t`Escape leaves the full screen.`;
}

/**
 * Shows the element in a dialog as large as the window; it goes back to its place when that is
 * closed.
 */
function fillWindow(element: HTMLElement, title: string) {
  const close = make('button', { type: 'button' }, t`Close`);
  const place = document.createComment(title);
  const dialog = make('dialog', { class: 'export-window', 'aria-label': title }, close);
  const [before, floor] = [focusIn(element), floorOf(element)];
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    element.classList.remove(FILLS);
    place.replaceWith(element);
    dialog.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  });
  element.replaceWith(place);
  dialog.append(element);
  floor.append(dialog);
  dialog.showModal();
}
