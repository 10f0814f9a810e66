/** The views that an embed may show, each fetched when it is first shown. */

import type { Open } from '../views/view.js';
import type { Shown } from './switches.js';

export const VIEWS: Partial<Record<Shown, { label: string; load: () => Promise<{ open: Open }> }>> = {
  strategies: { label: 'Strategies', load: () => import('../views/strategies/strategies.js') },
  why: { label: 'Why', load: () => import('../views/why/why.js') },
  weights: { label: 'Weights', load: () => import('../views/weights/weights.js') },
  try: { label: 'Try', load: () => import('../views/try/try.js') },
};
