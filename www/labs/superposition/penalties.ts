/** The penalties that are compared, how figures draw each, and how strong each is. */

import { t } from '../../languages/language.js';
import type { DictionarySettings, Penalty } from '../../pkg/superposition.js';
import type { Role } from '../../pkg/plot.js';

export interface PenaltyFacts {
  penalty: Penalty;
  name: string;
  /** What is added to the error, for one vector of amplitudes a. */
  formula: string;
  /** What it is in figures. */
  marker: string;
  role: Role;
  /** Its usual weight; of top-k, which has none, how many latents it keeps. */
  lambda: number;
  /** The s of a logarithm or a product, the c of tanh. */
  scale: number;
}

/**
 * In the order of figures. Their weights leave them about as sparse as each other, at the usual
 * settings.
 */
export const PENALTIES: readonly PenaltyFacts[] = [
  { penalty: 'l1', name: 'L1', formula: 'λ Σ |a|', marker: '●', role: 'ours', lambda: 0.6, scale: 1 },
  { penalty: 'log1p', name: t`logarithm`, formula: t`λ Σ log(1 + |a|/s)`, marker: '■', role: 'cubic', lambda: 0.6, scale: 1 },
  { penalty: 'prod1p', name: t`product`, formula: 'λ Π (1 + |a|/s)', marker: '▲', role: 'unproven', lambda: 0.3, scale: 1 },
  { penalty: 'tanh', name: 'tanh', formula: t`λ Σ tanh(c |a|)`, marker: '◆', role: 'published', lambda: 0.225, scale: 4 },
  { penalty: 'top-k', name: 'top-k', formula: t`the k largest a stay`, marker: '▼', role: 'brute', lambda: 2, scale: 1 },
];

/** Strengths that are tried, as parts of the usual weight. */
export const STRENGTHS = [0.4, 0.7, 1, 1.4] as const;
/** One of them, in an address. */
export type Strength = `${(typeof STRENGTHS)[number]}`;

/** A penalty at a strength, as it is trained: the stronger, the fewer latents are active. */
export const atStrength = (
  { penalty, lambda, scale }: PenaltyFacts,
  strength: number,
): Pick<DictionarySettings, 'penalty' | 'lambda' | 'scale' | 'k'> =>
  penalty === 'top-k'
    ? { penalty, lambda: 0, scale, k: Math.round(lambda / strength) }
    : { penalty, lambda: lambda * strength, scale, k: 1 };
