/**
 * How each verdict looks, in every proof alike: a pattern for each, and a mark for inputs that are
 * answered wrong.
 */

import { FLAT, MARK, PATTERNS } from '../../ui/hatch.js';

const NAMES: Readonly<Record<string, string>> = {
  gap: 'rising',
  tokens: 'falling',
  direct: 'upright',
  positions: 'level',
  output: 'crossed',
  attention: 'grid',
  'not-excluded': 'dots',
  left: 'dashes',
  rounding: 'chevrons',
};

/**
 * What is drawn over a cell of this verdict: nothing where all of it is proven, a mark where the
 * rest is wrong.
 */
export function hatchingOf(id: string): number {
  return id === 'wrong' ? MARK : numberOf(NAMES[id]);
}

const WAYS: Readonly<Record<string, string>> = {
  position: 'light dots',
  sets: 'light lines',
  count: 'light crosses',
  each: 'light grid',
  untried: 'dashes',
};

/**
 * What is drawn over a cell that is decided in this way: nothing where it is decided in a block.
 */
export const hatchingOfWay = (way: string) => numberOf(WAYS[way]);

const numberOf = (name: string | undefined) => (name ? PATTERNS.findIndex((pattern) => pattern?.name === name) : 0);

/** What is drawn where there is no such input. */
export const NO_INPUT = FLAT;
