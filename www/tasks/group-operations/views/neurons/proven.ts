/** What proofs say of the integral of each frequency, beside the error that is measured. */

import type { Integrals } from '../../../../pkg/insight.js';
import { make } from '../../../../ui/element.js';
import { steps } from '../../../../ui/format.js';
import type { GroupHost } from '../asking.js';
import { cells, Drawn, heads, wide } from '../drawn.js';
import { NOTHING } from './waves.js';

/** Who found a rule, and how it goes. */
const RULES: Readonly<Record<string, { name: string; way: string }>> = {
  'quadrature-boxes': { name: 'Boxes', way: 'published: how much the curve changes within each box' },
  'quadrature-spectral': { name: 'Spectral', way: 'ours: the error of each wave that the curve is a sum of' },
  'quadrature-kinks': { name: 'Kinks', way: 'ours: the error at each kink, and how much it bends between two' },
};
const nameOf = (strategy: string) => RULES[strategy]?.name ?? strategy;

/** An error, rounded up as a bound has to be; a dash where nothing is proven. */
const atMost = (bound: number | null) => (bound === null ? '–' : (Math.ceil(bound * 1e4) / 1e4).toFixed(4));
/** What is above what the error would be if the neurons gave nothing says nothing. */
const says = (bound: number | null | undefined): bound is number => typeof bound === 'number' && bound < NOTHING;

/** All that is known of one frequency: what is measured, and the bound of each rule. */
export function frequenciesOf(proofs: readonly Integrals[]) {
  const [first] = proofs;
  return (first?.frequencies ?? []).map(({ frequency, mean, absolute }) => ({
    frequency,
    mean,
    found: absolute.at_least ?? 0,
    bounds: proofs.map(({ frequencies }) => frequencies.find((each) => each.frequency === frequency)?.absolute.at_most ?? null),
  }));
}

/** What is proven, in words. */
export function sayProven(proofs: readonly Integrals[]): string {
  const all = frequenciesOf(proofs);
  const said = proofs.map(({ strategy, flops }, i) => {
    const bounds = all.map(({ bounds }) => bounds[i]);
    const worst = Math.max(...bounds.map((bound) => bound ?? Infinity));
    const telling = bounds.filter(says).length;
    const reach = Number.isFinite(worst) ? `at most ${atMost(worst)}` : 'not bounded';
    return `${nameOf(strategy)} (${RULES[strategy]?.way ?? ''}) in ${steps(flops)} FLOPs: ${reach} at every frequency, less than nothing’s ${NOTHING.toFixed(2)} at ${telling} of ${all.length}`;
  });
  const found = Math.max(...all.map(({ found }) => found));
  return `${said.join('. ')}. The largest error that was found is ${found.toFixed(4)}.`;
}

export class ProvenIntegrals {
  readonly element = make('div', { hidden: '' });
  readonly #drawn: Drawn;
  readonly #head = make('thead');
  readonly #rows = make('tbody');
  #proofs: readonly Integrals[] = [];

  constructor(host: GroupHost) {
    this.#drawn = new Drawn(host, {
      name: 'integral-bounds',
      title: 'What is proven of the integral',
      about: [
        `A proof bounds the error for all angles at once, of the part with the absolute value. Of each frequency the bars show the error that is measured, on average, and the best bound. If the neurons gave nothing, the error would be ${NOTHING.toFixed(2)} on average: a bound above that says nothing.`,
      ],
      picture: (plot, { width }) => {
        const bars = frequenciesOf(this.#proofs).flatMap(({ frequency, mean, bounds }) => {
          const best = bounds.filter((bound) => bound !== null).reduce((least, bound) => Math.min(least, bound), Infinity);
          const measured = { label: `frequency ${frequency}, measured`, value: mean, text: mean.toFixed(4), role: 'beaten' as const };
          return [measured, ...(Number.isFinite(best) ? [{ label: `frequency ${frequency}, proven`, value: best, text: `≤ ${atMost(best)}`, role: 'ours' as const }] : [])];
        });
        return bars.length ? plot.bars([...bars, { label: 'nothing', value: NOTHING, text: NOTHING.toFixed(2), role: 'muted' }], 'error', width) : undefined;
      },
      table: () => this.#table(),
    });
    this.#drawn.element.append(wide('Bounds on the error of the integral', this.#head, this.#rows));
    this.element.append(this.#drawn.element);
  }

  /** Shows what each rule proves; nothing where no integral describes the network. */
  show(proofs: readonly Integrals[] | null) {
    this.element.hidden = !proofs?.length;
    this.#proofs = proofs ?? [];
    if (!proofs?.length) return;
    this.#head.replaceChildren(...heads(['Frequency', 'Mean, measured', 'Largest, found', ...proofs.map(({ strategy }) => `At most, by ${nameOf(strategy).toLowerCase()}`)]).children);
    this.#rows.replaceChildren(...cells(frequenciesOf(proofs).map(({ frequency, mean, found, bounds }) => [String(frequency), mean.toFixed(4), found.toFixed(4), ...bounds.map(atMost)])));
    this.#drawn.show(sayProven(proofs));
  }

  #table() {
    const rows = frequenciesOf(this.#proofs).map(({ frequency, mean, found, bounds }) => [frequency, mean, found, ...bounds]);
    const columns = [
      { key: 'frequency', title: 'Frequency' },
      { key: 'mean', title: 'Mean error, measured' },
      { key: 'found', title: 'Largest error, found' },
      ...this.#proofs.map(({ strategy }) => ({ key: strategy, title: `At most, by ${strategy}` })),
    ];
    return rows.length ? { columns, rows } : undefined;
  }
}
