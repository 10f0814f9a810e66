/** What a visitor chooses, and the dictionaries that this means. */

import { Field } from '../../app/address.js';
import { t } from '../../languages/language.js';
import type { DictionarySettings, Kind, LabSettings, Layer } from '../../pkg/superposition.js';
import { choice, decimal, type Fields, settingsOf, whole } from '../settings.js';
import type { Look } from './compare.js';
import { atStrength, PENALTIES, type PenaltyFacts, type Strength, STRENGTHS } from './penalties.js';

export interface Settings {
  kind: Kind;
  /** What follows the hidden vector. */
  layer: Layer;
  features: number;
  hidden: number;
  /** How likely a feature is active. */
  probability: number;
  /** How much a feature counts, as a part of the one before it. */
  importance: number;
  latents: number;
  /** Of the network, and of each dictionary. */
  steps: number;
  /** The first of the seeds. */
  seed: number;
  seeds: number;
  /** Identifiers with commas between them. */
  penalties: string;
  amplitudes: 'fitted' | 'encoder';
  /** What the picture shows upwards. */
  look: Look;
  /**
   * How strong the penalties are whose dictionaries are shown while they train, as a part of the
   * usual.
   */
  strength: Strength;
}

const KNOWN: readonly string[] = PENALTIES.map(({ penalty }) => penalty);
const USUAL = 'l1,log1p,prod1p,tanh';

/** Penalties in the order of figures, each once; undefined if one is unknown or none is there. */
export function parsePenalties(text: string): string | undefined {
  const named = text.split(',');
  return named.every((each) => KNOWN.includes(each)) ? KNOWN.filter((each) => named.includes(each)).join() : undefined;
}

export const FIELDS: Fields<Settings> = {
  kind: choice<Kind>('kind', 'autoencoder', 'crosscoder', 'matryoshka'),
  layer: choice<Layer>('layer', 'relu', 'bilinear'),
  features: whole('features', 20, 2, 128),
  hidden: whole('hidden', 5, 1, 32),
  probability: decimal('p', 0.02, 0.001, 1),
  importance: decimal('importance', 1, 0.5, 1),
  latents: whole('latents', 20, 1, 256),
  steps: whole('steps', 4000, 1, 100_000),
  seed: whole('seed', 0, 0, 999_999),
  seeds: whole('seeds', 3, 1, 8),
  penalties: new Field<string, unknown>('penalties', {
    part: 'hash',
    initial: () => USUAL,
    parse: parsePenalties,
    range: () => t`some of ${KNOWN.join(',')}`,
  }),
  amplitudes: choice('amplitudes', 'fitted', 'encoder'),
  look: choice<Look>('look', 'error', 'loss', 'certified'),
  strength: choice<Strength>('strength', '1', '0.4', '0.7', '1.4'),
};

/** The settings that an address says. A network has no more dimensions than features. */
export function read(address: Pick<Location, 'search' | 'hash'>, tell: (problem: string) => void): Settings {
  const settings = settingsOf(FIELDS, address, tell);
  return { ...settings, hidden: Math.min(settings.hidden, settings.features) };
}

/** One dictionary of every seed. */
export interface Planned {
  facts: PenaltyFacts;
  strength: number;
  settings: Omit<DictionarySettings, 'seed'>;
}

/**
 * The dictionaries that are trained for each seed, penalty by penalty. The prefixes of a Matryoshka
 * dictionary take the place of strengths.
 */
export function planOf({ kind, penalties, latents, steps }: Settings): Planned[] {
  const chosen = penalties.split(',');
  const strengths = kind === 'matryoshka' ? [1] : STRENGTHS;
  return PENALTIES.filter(({ penalty }) => chosen.includes(penalty)).flatMap((facts) =>
    strengths.map((strength) => {
      const { k, ...weights } = atStrength(facts, strength);
      return { facts, strength, settings: { kind, latents, steps, ...weights, k: Math.min(k, latents) } };
    }),
  );
}

/** What one worker trains: the network of a seed, and all dictionaries on its activations. */
export function labOf(settings: Settings, plan: readonly Planned[], seed: number): LabSettings {
  const { layer, features, hidden, probability, importance, steps } = settings;
  return {
    toy: { layer, features, hidden, probability, importance, steps, seed },
    dictionaries: plan.map((each) => ({ ...each.settings, seed })),
  };
}

/** Seeds, the first one first. */
export const seedsOf = ({ seed, seeds }: Settings) => Array.from({ length: seeds }, (_, i) => seed + i);
