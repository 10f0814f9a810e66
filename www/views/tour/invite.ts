/** Offers the tour on the first visit, once. */

import { notice } from '../../ui/notice.js';

const SEEN = 'compact-proofs.tour';

/** Whether this browser has been offered the tour; so it is where nothing can be stored, or it would be offered every time. */
function isOffered(): boolean {
  try {
    const was = localStorage.getItem(SEEN) !== null;
    localStorage.setItem(SEEN, 'offered');
    return was;
  } catch {
    return true;
  }
}

/** Offers the tour, which `start` starts, unless that has been done. */
export function invite(start: () => void) {
  if (isOffered()) return;
  const offer = notice('New here? A tour shows what this page does, in sixty seconds.', {
    'Start the tour': () => {
      offer.close();
      start();
    },
    'Not now': () => offer.close(),
  });
}
