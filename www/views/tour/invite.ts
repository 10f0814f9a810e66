/** Offers the tour on the first visit, once. */

import { t } from '../../languages/language.js';
import { notice } from '../../ui/notice.js';

const SEEN = 'compact-proofs.tour';

/**
 * Whether this browser has been offered the tour; so it is where nothing can be stored, or it would
 * be offered every time.
 */
function isOffered(): boolean {
  try {
    const was = localStorage.getItem(SEEN) !== null;
    localStorage.setItem(SEEN, 'offered');
    return was;
  } catch {
    return true;
  }
}

/** Offers the tour that `button` starts, unless that has been done. */
export function invite(button: HTMLElement) {
  if (isOffered()) return;
  const offer = notice(t`New here? A tour shows what this page does, in sixty seconds.`, {
    [t`Start the tour`]: () => button.click(),
    [t`Not now`]: () => offer.close(),
  });
  button.addEventListener('click', () => offer.close(), { once: true });
}
