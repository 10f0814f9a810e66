/** What a proof of one's own gains against the listed proof with the same three choices. */

import { t } from '../../../languages/language.js';
import type { Proof } from '../../../state/model.js';
import { make } from '../../../ui/element.js';
import { capital, percent } from '../../../ui/format.js';
import { missing, points, steps } from '../grid.js';

/**
 * The comparison of a proof with the listed one, in a sentence. Nothing before the proof itself is
 * finished.
 */
export function compared(own: Proof | undefined, listed: Proof | undefined): string {
  if (!own?.outcome || !listed) return '';
  const name = t`“${listed.facts.label}”`;
  if (!listed.outcome) return t`The listed proof nearest to it, ${name}, is ${missing(listed)}.`;
  const change = { before: listed.outcome, after: own.outcome };
  return t`Against the listed proof nearest to it, ${name} with ${percent(listed.outcome.percent)}: ${points(change)} for ${steps(change)}.`;
}

export class Comparison {
  readonly #text = make('span');
  readonly #button = make('button', { type: 'button' }, t`Show that one`);
  readonly element = make('p', { class: 'compared' }, this.#text, ' ', this.#button);
  #listed: string | undefined;

  constructor(choose: (strategy: string) => void) {
    this.#button.addEventListener('click', () => this.#listed !== undefined && choose(this.#listed));
  }

  show(own: Proof | undefined, listed: Proof | undefined) {
    const text = compared(own, listed);
    this.element.hidden = !text;
    if (this.#text.textContent !== text) this.#text.textContent = text;
    this.#listed = listed?.facts.strategy;
    this.#button.title = listed ? capital(listed.facts.label) : '';
  }
}
