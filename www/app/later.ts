/**
 * What waits until the page has its first figure: the use without a network, and the offer of a
 * tour.
 */

import { listen } from '../offline/news.js';
import { get } from '../ui/element.js';
import { invite } from '../views/tour/invite.js';
import { isLink } from './address.js';

/** Starts all of it. */
export function startLater() {
  // A source that is served as it is written is no build that could be kept.
  if (import.meta.env.PROD) listen();
  // Who follows a link wants to see what it shows.
  if (!isLink() && !document.documentElement.classList.contains('exercising')) invite(get('tour', HTMLButtonElement));
}
