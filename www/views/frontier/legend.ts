/** What the marks of the plot stand for, and which of them it shows. */

import { make } from '../../ui/element.js';
import type { ClassFacts } from '../../pkg/prove.js';
import { parts } from '../../state/filter.js';
import type { Model } from '../../state/model.js';

/** The mark of a class, for the eye only, in the colour that its best proofs have. */
export const mark = ({ marker, role }: ClassFacts) => make('span', { class: `mark ${role}`, 'aria-hidden': 'true' }, marker);

/** The classes of proofs, each with a box that hides its marks. */
export class Legend {
  readonly #legend: HTMLElement;
  readonly #hide: (classes: string) => void;
  #classes: readonly ClassFacts[] = [];
  #boxes: [string, HTMLInputElement][] = [];

  /** `hide` hears which classes are hidden, separated by commas. */
  constructor(legend: HTMLElement, hide: (classes: string) => void) {
    this.#legend = legend;
    this.#hide = hide;
    legend.addEventListener('change', () => this.#hide(this.#boxes.flatMap(([name, box]) => (box.checked ? [] : name)).join()));
  }

  /**
   * Shows the classes of a model, which are hidden, and the kinds of its bounds that are no proofs.
   */
  show({ facts: { classes }, uncertain }: Model, hidden: string) {
    if (classes !== this.#classes) {
      this.#classes = classes;
      this.#boxes = classes.map((each) => [each.class, make('input', { type: 'checkbox' })]);
      this.#legend.replaceChildren(...classes.map((each, i) => make('label', {}, this.#boxes[i]?.[1] ?? '', mark(each), each.label)));
    }
    const kinds = new Map(uncertain.map(({ mark, kind }) => [mark, kind]));
    for (const shown of this.#legend.querySelectorAll('.uncertain'))
      if (!kinds.delete(shown.firstElementChild?.textContent ?? '')) shown.remove();
    this.#legend.append(
      ...[...kinds].map(([mark, kind]) =>
        make('span', { class: 'uncertain' }, make('span', { class: 'mark', 'aria-hidden': 'true' }, mark), kind),
      ),
    );
    for (const [name, box] of this.#boxes) box.checked = !parts(hidden, ',').includes(name);
  }
}
