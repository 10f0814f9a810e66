/** The choice of the figure's axes. */

import type { Looks } from '../../app/address.js';
import { make } from '../../ui/element.js';

export type Axes = Pick<Looks, 'zoom' | 'scale'>;

export class AxesControl {
  readonly #all = make('input', { type: 'checkbox' });
  readonly #missing = make('input', { type: 'checkbox' });

  /** `changed` hears what the user chooses. */
  constructor(parent: HTMLElement, changed: (axes: Axes) => void) {
    parent.append(make('label', {}, this.#all, 'Whole range'), make('label', {}, this.#missing, 'Missing accuracy, log scale'));
    parent.addEventListener('change', () =>
      changed({ zoom: this.#all.checked ? 'all' : 'crowd', scale: this.#missing.checked ? 'missing' : 'accuracy' }),
    );
  }

  show({ zoom, scale }: Axes) {
    this.#all.checked = zoom === 'all';
    this.#missing.checked = scale === 'missing';
  }
}
