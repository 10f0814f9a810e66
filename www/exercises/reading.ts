/** What most exercises lead on to. */

import type { Link } from './exercise.js';

/** The paper that published proofs are from; `about` is what to look for in it. */
export const paper = (about: string): Link => ({
  label: `Compact Proofs of Model Performance via Mechanistic Interpretability: ${about}`,
  href: 'https://arxiv.org/abs/2406.11779',
});
