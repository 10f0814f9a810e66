/** The views that an embed may show, each fetched when it is first shown. */

import { t } from '../languages/language.js';
import type { Open } from '../views/view.js';
import type { Shown } from './switches.js';

export const VIEWS: Partial<Record<Shown, { label(): string; load: () => Promise<{ open: Open }> }>> = {
  strategies: { label: () => t`Strategies`, load: () => import('../views/strategies/strategies.js') },
  why: { label: () => t`Why`, load: () => import('../views/why/why.js') },
  weights: { label: () => t`Weights`, load: () => import('../views/weights/weights.js') },
  try: { label: () => t`Try`, load: () => import('../views/try/try.js') },
};
