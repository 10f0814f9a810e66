/** Leads from one place of the page to another. */

import type { ViewName } from '../views/view.js';
import { get } from './element.js';

/** Opens a view, as pressing its tab does, and goes there. */
export function goTo(view: ViewName) {
  const tab = get(`tab-${view}`, HTMLButtonElement);
  tab.click();
  tab.focus({ preventScroll: true });
  tab.scrollIntoView({ block: 'nearest' });
}
