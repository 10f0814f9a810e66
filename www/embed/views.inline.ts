/** The smaller single file has the sentence, the figure and the slider: other views need more program. Takes the place of `views.ts` there. */

import type { Open } from '../views/view.js';
import type { Shown } from './switches.js';

export const VIEWS: Partial<Record<Shown, { label(): string; load: () => Promise<{ open: Open }> }>> = {};
