/** How bounds are spread over many models. Bounds are parts of all inputs, from 0 to 1. */

/**
 * The least of sorted numbers, the lower quartile, the median, the upper quartile, and the most:
 * each is one of them.
 */
export const quartiles = (sorted: Float64Array): number[] =>
  [0, 1, 2, 3, 4].map((quarter) => sorted[Math.floor((quarter * (sorted.length - 1)) / 4)] ?? NaN);

/** The part of all bounds in each percent; the last has 100 % too. */
export function inHundred(bounds: Float64Array): Float32Array {
  const parts = new Float32Array(100);
  for (const bound of bounds) {
    const at = Math.min(99, Math.floor(bound * 100));
    parts[at] = (parts[at] ?? 0) + 1 / bounds.length;
  }
  return parts;
}

/** Some models with bounds from `low` up to `high`. */
export interface Bin {
  low: number;
  high: number;
  models: number[];
}

/** Most bins. */
const BINS = 24;

/** The least part that is missing and told apart from none. */
const LEAST_MISSING = 1e-7;
/**
 * Where bounds are on the axis of the bins, and back. Those that are all high are told apart by the
 * logarithm of what they leave missing.
 */
const LINEAR = [(bound: number) => bound, (at: number) => at] as const;
const MISSING = [(bound: number) => -Math.log10(Math.max(LEAST_MISSING, 1 - bound)), (at: number) => 1 - 10 ** -at] as const;

/**
 * The models in bins of one width, from the least bound to the most; those without a model are left
 * out.
 */
export function binsOf(bounds: Float64Array): Bin[] {
  const boundOf = (model: number) => bounds[model] ?? 0;
  const models = [...bounds.keys()].filter((i) => !Number.isNaN(bounds[i])).sort((a, b) => boundOf(a) - boundOf(b));
  const [first, last] = [models[0], models.at(-1)];
  if (first === undefined || last === undefined) return [];
  const [least, most] = [boundOf(first), boundOf(last)];
  const [placed, back] = least > 0.5 ? MISSING : LINEAR;
  const [low, width] = [placed(least), (placed(most) - placed(least)) / BINS];
  const edge = (i: number) => (i === 0 ? least : i === BINS ? most : back(low + i * width));
  const bins = Array.from({ length: BINS }, (_, i): Bin => ({ low: edge(i), high: edge(i + 1), models: [] }));
  const binOf = (model: number) => (width > 0 ? Math.min(BINS - 1, Math.floor((placed(boundOf(model)) - low) / width)) : 0);
  for (const model of models) bins[binOf(model)]?.models.push(model);
  return bins.filter(({ models }) => models.length);
}

/** Tukey’s fence: bounds below it are outliers. */
export const fence = ([, lower = NaN, , upper = NaN]: readonly number[]) => lower - 1.5 * (upper - lower);

/** A bound in percent, rounded down to four decimals. */
export const down = (bound: number) => (Math.floor(bound * 1e6) / 1e4).toFixed(4);
