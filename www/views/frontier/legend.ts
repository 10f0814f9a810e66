/** What the marks of the plot stand for, and which of them it shows. */

import { make } from '../../ui/element.js';
import type { ClassFacts } from '../../pkg/prove.js';
import type { Model, Proof } from '../../state/model.js';

/** The mark of a class, for the eye only. */
export const mark = ({ marker }: ClassFacts) => make('span', { class: 'mark', 'aria-hidden': 'true' }, marker);

/** The classes of proofs, each with a box that hides its marks. */
export class Legend {
  readonly #legend: HTMLElement;
  readonly #changed: () => void;
  readonly #hidden = new Set<string>();

  constructor(legend: HTMLElement, changed: () => void) {
    this.#legend = legend;
    this.#changed = changed;
  }

  model({ facts: { classes } }: Model) {
    const items = classes.map((each) => {
      const box = make('input', { type: 'checkbox' });
      box.checked = !this.#hidden.has(each.class);
      box.addEventListener('change', () => {
        if (box.checked) this.#hidden.delete(each.class);
        else this.#hidden.add(each.class);
        this.#changed();
      });
      return make('label', {}, box, mark(each), each.label);
    });
    this.#legend.replaceChildren(...items);
  }

  /** Whether the class of a proof is shown. */
  passes({ facts }: Proof): boolean {
    return !this.#hidden.has(facts.class);
  }
}
