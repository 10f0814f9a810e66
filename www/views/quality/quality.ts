/** How good the frontier is, in a few numbers. */

import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { capital, fixed, percent, steps } from '../../ui/format.js';
import type { Metrics } from '../../pkg/plot.js';
import type { Model } from '../../state/model.js';

export class Quality {
  readonly #section: HTMLElement;
  readonly #area = make('p', { class: 'area' });
  readonly #reached = make('dl', { class: 'reached' });

  constructor(section: HTMLElement) {
    this.#section = section;
    const area = t`That is the part of the figure that lies below the frontier, lengths on a log scale from the shortest proof to brute force: 1 would be everything proven for nothing.`;
    const reached = t`That is the shortest proof of so much of the accuracy that the network truly has (or of 100 %, while brute force has not told).`;
    section.append(
      make('div', {}, make('div', {}, this.#area, make('p', {}, area)), make('div', {}, this.#reached, make('p', {}, reached))),
    );
  }

  /** Shows how good the frontier of a model is; nothing while that is unknown. */
  show(metrics: Metrics | undefined, { proofs }: Model) {
    this.#section.hidden = !metrics;
    if (!metrics) return;
    const { area, area_published, reached } = metrics;
    this.#area.textContent = t`Area: ${fixed(area, 3)}, and ${fixed(area_published, 3)} of the published strategies alone.`;
    this.#reached.replaceChildren(
      ...reached.map(({ share, flops, id }) => {
        const by = proofs.find(({ facts }) => facts.strategy === id)?.facts.label;
        const length = flops === null ? t`not reached` : `${steps(flops)} FLOPs`;
        return make(
          'div',
          {},
          make('dt', {}, percent(String(Math.round(share * 1000) / 10))),
          make('dd', {}, length, by ? make('span', {}, capital(by)) : ''),
        );
      }),
    );
  }
}
