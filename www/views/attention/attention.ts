/** How well the model's attention is approximated by something short. */

import { make } from '../../ui/element.js';
import type { Model } from '../../state/model.js';

/** Numbers of any size, and an infinite one where nothing is proven. */
const number = (x: number) => (Number.isFinite(x) ? x.toPrecision(4) : '∞');

export class AttentionSection {
  readonly #section: HTMLElement;
  readonly #ratio = make('p');
  readonly #body = make('tbody');

  constructor(section: HTMLElement) {
    this.#section = section;
    const heads = ['Way to bound the error', 'Bound'].map((title) => make('th', { scope: 'col' }, title));
    section.append(
      this.#ratio,
      make('p', {}, 'Each row bounds the same error, that of leaving the rest out; the shorter the check, the looser the bound.'),
      make('table', { 'aria-labelledby': 'attention-title' }, make('thead', {}, make('tr', {}, ...heads)), this.#body),
    );
  }

  show({ attention }: Model) {
    this.#section.hidden = !attention;
    if (!attention) return;
    const { sigma_ratio, errors } = attention;
    this.#ratio.textContent = `Attention scores, seen as one number for each query times one for each key: the first singular value is ${number(sigma_ratio)} times the second. The larger that is, the truer is the view.`;
    this.#body.replaceChildren(
      ...errors.map(({ name, value }) => make('tr', {}, make('th', { scope: 'row' }, name), make('td', {}, number(value)))),
    );
  }
}
