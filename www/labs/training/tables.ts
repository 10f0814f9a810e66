/** What was proven, in tables. */

import { t, translated } from '../../languages/language.js';
import type { Progress } from '../../pkg/training.js';
import { make } from '../../ui/element.js';
import { approximate, briefly, count, fixed, percent, steps } from '../../ui/format.js';
import { best, by, classes, integral, shortest, type Proven } from './proven.js';
import { accuracy, estimated } from './said.js';

/** A network on the way, and what is proven of it. */
export interface Checkpoint {
  progress: Progress;
  proven: Proven;
  /** Area under its frontier, of at most 1. */
  area: number;
}

const shown = (percent: string | undefined) => (percent === undefined ? '–' : briefly(percent));
const boundOf = (proven: Proven, name: string) => shown(best(proven, name)?.percent);
const ratioOf = (ratio: number | null) => (ratio === null ? '∞' : approximate(ratio));
/** σ₁/σ₂ of networks that have attention. */
const ratios = (...networks: readonly Proven[]) => networks.flatMap(({ ratio }) => (ratio === undefined ? [] : [ratioOf(ratio)]));

/** What is proven of the integrals of networks that add. */
function integralOf(proven: Proven): string {
  const found = integral(proven);
  // Rounded up, as a bound has to be.
  return found ? t`≤ ${fixed(Math.ceil(found.error * 1e3) / 1e3, 3)} at frequency ${found.frequency}; ${found.telling} in all` : '–';
}

const head = (...names: string[]) => make('thead', {}, make('tr', {}, ...names.map((name) => (name ? make('th', { scope: 'col' }, name) : make('td')))));
const row = (name: string, ...cells: string[]) => make('tr', {}, make('th', { scope: 'row' }, name), ...cells.map((cell) => make('td', {}, cell)));

/** A row for each network on the way. */
export function ofCheckpoints(checkpoints: readonly Checkpoint[]): HTMLElement[] {
  const networks = checkpoints.map(({ proven }) => proven);
  const names = classes(...networks);
  const adds = networks.some(({ integrals }) => integrals);
  const rows = checkpoints.map(({ progress, proven, area }) =>
    row(
      count(progress.step),
      fixed(progress.loss, 4),
      accuracy(proven),
      ...names.map(({ class: name }) => boundOf(proven, name)),
      ...ratios(proven),
      fixed(area, 3),
      ...(adds ? [integralOf(proven)] : []),
    ),
  );
  const ratio = ratios(...networks).length ? ['σ₁/σ₂'] : [];
  return [
    make('caption', {}, t`Networks on the way, and the best proof of each class: parts of all inputs that it proves`),
    head(t`Step`, t`Loss`, t`Accuracy`, ...names.map(({ label }) => translated(label)), ...ratio, t`Area`, ...(adds ? [t`Error of the integral, proven`] : [])),
    make('tbody', {}, ...rows),
  ];
}

/** Two networks beside each other: classes, and, where all proofs were run, every strategy. */
export function ofBoth(before: Proven, after: Proven, distance: number | null): HTMLElement[] {
  const strategies = after.proofs.length > 20 ? after.proofs : [];
  return [
    make('caption', {}, t`Before and after`),
    head('', t`Before`, t`After`),
    make(
      'tbody',
      {},
      row(t`Accuracy`, accuracy(before), accuracy(after)),
      ...classes(after).map(({ class: name, label }) => row(translated(label), boundOf(before, name), boundOf(after, name))),
      row('σ₁/σ₂', ...ratios(before, after)),
      ...(distance === null ? [] : [row(t`Weights moved by`, '–', t`${percent(fixed(100 * distance, 0))} of their length`)]),
      ...strategies.map(({ facts, outcome }) => row(`${translated(facts.label)}, ${steps(outcome.flops)}`, shown(by(before, facts.strategy)?.percent), shown(outcome.percent))),
    ),
  ];
}

/** Bounds and accuracies of two networks with noise in their weights. */
export function ofNoise(rows: readonly { sigma: number; before: Proven; after: Proven }[]): HTMLElement[] {
  const cells = (proven: Proven) => [estimated(proven), boundOf(proven, shortest(proven))];
  return [
    make('caption', {}, t`Gaussian noise in every weight: accuracy, and what the shortest proofs prove`),
    head(t`Standard deviation`, t`Before: accuracy`, t`Before: proven`, t`After: accuracy`, t`After: proven`),
    make('tbody', {}, ...rows.map(({ sigma, before, after }) => row(String(sigma), ...cells(before), ...cells(after)))),
  ];
}
