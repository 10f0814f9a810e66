/**
 * How each family of proofs is derived, with the open model's numbers, why to trust them, and how
 * to cite them.
 */

import './method.css';
import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import type { Shown, ViewOf } from '../view.js';
import { CiteBox } from './cite-box.js';
import type { Section, Told } from './parts.js';

/** The view "Method" of a task, whose `sections` derive its families of proofs. */
export class Method implements ViewOf {
  readonly #sections: readonly Section[];
  readonly #host: Told['host'];
  readonly #places: readonly HTMLElement[];
  readonly #cite = new CiteBox();

  constructor(parent: HTMLElement, host: Told['host'], sections: readonly Section[]) {
    this.#sections = sections;
    this.#host = host;
    this.#places = sections.map(() => make('div'));
    const contents = [...sections, { id: 'cite', title: t`Cite` }].map(({ id, title }) => {
      const button = make('button', { type: 'button', class: 'link' }, title);
      button.addEventListener('click', () => {
        const heading = document.getElementById(`method-${id}`);
        heading?.scrollIntoView({ block: 'start' });
        heading?.focus({ preventScroll: true });
      });
      return make('li', {}, button);
    });
    const places = sections.map(({ id, title }, i) => {
      const heading = make('h3', { id: `method-${id}`, tabindex: '-1' }, title);
      return make('section', { 'aria-labelledby': heading.id }, heading, ...this.#places.slice(i, i + 1));
    });
    const about = make(
      'p',
      {},
      t`How each proof works, with the numbers of the open model and the chosen proof. Dotted words explain themselves.`,
    );
    const nav = make('nav', { 'aria-label': t`Method` }, make('ul', {}, ...contents));
    parent.append(make('div', { class: 'method' }, about, nav, ...places, this.#cite.element));
  }

  show(shown: Shown) {
    const told = { ...shown, host: this.#host };
    this.#sections.forEach(({ content }, i) => {
      const place = this.#places[i];
      const fresh = make('div', {}, ...content(told));
      // What says the same stays, with its focus and its selection.
      if (place && place.textContent !== fresh.textContent) place.replaceChildren(...fresh.childNodes);
    });
    // The address follows what is shown, within this task.
    queueMicrotask(() => this.#cite.show(shown.model, shown.chosen));
  }
}
