/** Which proofs the table shows. */

import { make } from '../../ui/element.js';
import type { StrategyFacts } from '../../pkg/prove.js';
import type { Proof } from '../../state/model.js';

/** The values of a property that a strategy has. */
type ValuesOf = (facts: StrategyFacts) => string[];

/** By which properties proofs are chosen, and what each says of a strategy. */
function propertiesOf(proofs: readonly Proof[]): [string, ValuesOf][] {
  const names = new Set(proofs.flatMap(({ facts }) => facts.tags.map(({ name }) => name)));
  const ofTag = (name: string): [string, ValuesOf] => [name, ({ tags }) => tags.flatMap((tag) => (tag.name === name ? tag.value : []))];
  return [['Family', ({ categories }) => categories], ...[...names].map(ofTag)];
}

export class Filters {
  readonly #chosen = make('div', { class: 'choices' });
  #selects: { title: string; of: ValuesOf; select: HTMLSelectElement }[] = [];
  readonly #text = make('input', { type: 'search', spellcheck: 'false' });
  readonly #frontier = make('input', { type: 'checkbox' });

  constructor(group: HTMLElement, changed: () => void) {
    group.append(
      this.#chosen,
      labelled('Name contains', this.#text),
      make('label', { class: 'check' }, this.#frontier, 'Only the frontier'),
    );
    group.addEventListener('input', changed);
  }

  /** Offers what there is among the proofs; what was chosen stays chosen while it is. */
  model(proofs: readonly Proof[]) {
    const properties = propertiesOf(proofs);
    if (properties.map(([title]) => title).join() !== this.#selects.map(({ title }) => title).join()) {
      this.#selects = properties.map(([title, of]) => ({ title, of, select: make('select') }));
      this.#chosen.replaceChildren(...this.#selects.map(({ title, select }) => labelled(title, select)));
    }
    for (const { of, select } of this.#selects) {
      const { value } = select;
      const options = [...new Set(proofs.flatMap(({ facts }) => of(facts)))];
      select.replaceChildren(make('option', { value: '' }, 'All'), ...options.map((option) => make('option', { value: option }, option)));
      select.value = options.includes(value) ? value : '';
    }
  }

  /** Those that are to be shown. */
  passing(proofs: readonly Proof[]): Proof[] {
    const chosen = this.#selects.map(({ of, select }) => ({ of, value: select.value })).filter(({ value }) => value);
    const [wanted, all] = [this.#text.value.trim().toLowerCase(), !this.#frontier.checked];
    const words = wanted.split(/\s+/);
    const isNamed = ({ label, categories, strategy }: StrategyFacts) => {
      const name = `${label} ${categories.at(-1)}`.toLowerCase();
      return words.every((word) => name.includes(word)) || strategy.toLowerCase().includes(wanted);
    };
    return proofs.filter(
      ({ facts, frontier }) => (all || frontier) && chosen.every(({ of, value }) => of(facts).includes(value)) && (!wanted || isNamed(facts)),
    );
  }
}

const labelled = (title: string, field: HTMLElement) => make('label', {}, make('span', {}, title), field);
