/** Sets to begin with. A teacher changes them at will. */

import { t } from '../languages/language.js';

export interface Preset {
  title: string;
  exercises: readonly string[];
}

export const PRESETS: readonly Preset[] = [
  { title: t`First lesson`, exercises: ['try-all-inputs', 'half-the-work', 'where-it-looks'] },
  { title: t`What makes a proof short`, exercises: ['one-stands-for-all', 'cheapest-above-half', 'svd-or-centring', 'order-the-errors'] },
  { title: t`Is it the mechanism?`, exercises: ['ablate-and-predict', 'cheat-a-metric', 'tight-distribution'] },
];
