/** The bounds on the error of approximated attention scores: a table with a bar in each row. */

import { nodes, t, translated } from '../../languages/language.js';
import type { AttentionFacts } from '../../pkg/prove.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { kind, word } from '../../ui/word.js';
import { real } from '../../ui/real.js';
import type { Host } from '../view.js';
import { errorTable } from './tables.js';
import { compounding, lengths, lessons, start } from './bounds.js';

export class ErrorTable {
  readonly element = make('section', { 'aria-labelledby': 'weights-errors' });
  readonly #ratio = make('p');
  readonly #lesson = make('p');
  readonly #asks = make('h4', { id: 'recursive-error', tabindex: '-1' });
  readonly #compounding = make('p');
  readonly #axis = make('th', { scope: 'col' });
  readonly #body = make('tbody');
  #shown: AttentionFacts | undefined;

  constructor(host: Host) {
    const menu = exportButton({
      name: 'score-errors',
      title: t`Bounds on the error of attention scores`,
      element: this.element,
      model: () => host.model(),
      table: () => this.#shown && errorTable(this.#shown),
    });
    const head = make(
      'tr',
      {},
      make('th', { scope: 'col' }, t`Way to bound the error`),
      make('th', { scope: 'col' }, t`Bound`),
      this.#axis,
    );
    this.element.append(
      make('h3', { id: 'weights-errors' }, t`How well attention is approximated`),
      make(
        'p',
        { class: 'hint' },
        ...nodes`${kind('estimated')} Ways to bound the ${word('attention error')}, most of them by ${word('row difference', t`row differences`)}. A proof needs one that is small and cheap. The ${word('recursive error')} is the cheapest.`,
      ),
      this.#ratio,
      this.#lesson,
      this.#asks,
      this.#compounding,
      menu,
      make(
        'div',
        { class: 'scroller', tabindex: '0', role: 'group', 'aria-labelledby': 'weights-errors' },
        make('table', { 'aria-labelledby': 'weights-errors' }, make('thead', {}, head), this.#body),
      ),
    );
  }

  /** `d` numbers are added up in each product of factors. */
  show(attention: AttentionFacts | undefined, d: number) {
    this.element.hidden = !attention;
    if (!attention || attention === this.#shown) return;
    this.#shown = attention;
    const { sigma_ratio, errors } = attention;
    this.#ratio.replaceChildren(
      ...nodes`Attention scores, seen as one number for each query times one for each key: the first ${word('singular value')} is ${real(sigma_ratio ?? Infinity)} times the second. The larger that is, the truer is the view.`,
    );
    this.#lesson.textContent = lessons(errors);
    const found = compounding(errors, d);
    this.#asks.hidden = !found;
    this.#asks.textContent = found?.asks ?? '';
    this.#compounding.textContent = found?.says ?? '';
    const values = errors.map(({ value }) => value);
    const long = lengths(values);
    this.#axis.textContent = t`Logarithmic, from ${start(values)} on`;
    this.#body.replaceChildren(
      ...errors.map(({ name, value }, i) => {
        const bar = make('span');
        bar.style.width = `${100 * (long[i] ?? 0)}%`;
        const cells = [make('td', {}, real(value)), make('td', {}, make('span', { class: 'length' }, bar))];
        return make('tr', {}, make('th', { scope: 'row' }, translated(name)), ...cells);
      }),
    );
  }
}
