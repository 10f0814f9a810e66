/** What proofs say of the integral of each frequency, beside the error that is measured. */

import { t } from '../../../../languages/language.js';
import type { Integrals } from '../../../../pkg/insight.js';
import { make } from '../../../../ui/element.js';
import { fixed, steps } from '../../../../ui/format.js';
import type { GroupHost } from '../asking.js';
import { cells, Drawn, heads, wide } from '../drawn.js';
import { NOTHING } from './waves.js';

/** Who found a rule, and how it goes. */
const RULES: Readonly<Record<string, { name(): string; way(): string }>> = {
  'quadrature-boxes': { name: () => t`Boxes`, way: () => t`published: how much the curve changes within each box` },
  'quadrature-spectral': { name: () => t`Spectral`, way: () => t`ours: the error of each wave that the curve is a sum of` },
  'quadrature-kinks': { name: () => t`Kinks`, way: () => t`ours: the error at each kink, and how much it bends between two` },
};
const nameOf = (strategy: string) => RULES[strategy]?.name() ?? strategy;

/** An error, rounded up as a bound has to be; a dash where nothing is proven. */
const atMost = (bound: number | null) => (bound === null ? '–' : fixed(Math.ceil(bound * 1e4) / 1e4, 4));
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
    const reach = Number.isFinite(worst) ? t`at most ${atMost(worst)}` : t`not bounded`;
    return t`${nameOf(strategy)} (${RULES[strategy]?.way() ?? ''}) in ${steps(flops)} FLOPs: ${reach} at every frequency, less than nothing’s ${fixed(NOTHING, 2)} at ${telling} of ${all.length}`;
  });
  const found = Math.max(...all.map(({ found }) => found));
  return t`${said.join('. ')}. The largest error that was found is ${fixed(found, 4)}.`;
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
      title: t`What is proven of the integral`,
      about: [
        t`A proof bounds the error for all angles at once, of the part with the absolute value. Of each frequency the bars show the error that is measured, on average, and the best bound. If the neurons gave nothing, the error would be ${fixed(NOTHING, 2)} on average: a bound above that says nothing.`,
      ],
      picture: (plot, { width }) => {
        const bars = frequenciesOf(this.#proofs).flatMap(({ frequency, mean, bounds }) => {
          const best = bounds.filter((bound) => bound !== null).reduce((least, bound) => Math.min(least, bound), Infinity);
          const measured = { label: t`frequency ${frequency}, measured`, value: mean, text: fixed(mean, 4), role: 'beaten' as const };
          return [
            measured,
            ...(Number.isFinite(best)
              ? [{ label: t`frequency ${frequency}, proven`, value: best, text: `≤ ${atMost(best)}`, role: 'ours' as const }]
              : []),
          ];
        });
        return bars.length
          ? plot.bars([...bars, { label: t`nothing`, value: NOTHING, text: fixed(NOTHING, 2), role: 'muted' }], t`error`, width)
          : undefined;
      },
      table: () => this.#table(),
    });
    this.#drawn.element.append(wide(t`Bounds on the error of the integral`, this.#head, this.#rows));
    this.element.append(this.#drawn.element);
  }

  /** Shows what each rule proves; nothing where no integral describes the network. */
  show(proofs: readonly Integrals[] | null) {
    this.element.hidden = !proofs?.length;
    this.#proofs = proofs ?? [];
    if (!proofs?.length) return;
    this.#head.replaceChildren(
      ...heads([t`Frequency`, t`Mean, measured`, t`Largest, found`, ...proofs.map(({ strategy }) => t`At most: ${nameOf(strategy)}`)])
        .children,
    );
    this.#rows.replaceChildren(
      ...cells(
        frequenciesOf(proofs).map(({ frequency, mean, found, bounds }) => [
          String(frequency),
          fixed(mean, 4),
          fixed(found, 4),
          ...bounds.map(atMost),
        ]),
      ),
    );
    this.#drawn.show(sayProven(proofs));
  }

  #table() {
    const rows = frequenciesOf(this.#proofs).map(({ frequency, mean, found, bounds }) => [frequency, mean, found, ...bounds]);
    const columns = [
      { key: 'frequency', title: t`Frequency` },
      { key: 'mean', title: t`Mean error, measured` },
      { key: 'found', title: t`Largest error, found` },
      ...this.#proofs.map(({ strategy }) => ({ key: strategy, title: t`At most: ${strategy}` })),
    ];
    return rows.length ? { columns, rows } : undefined;
  }
}
