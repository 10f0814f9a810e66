/** The controls of the filter: which proofs are shown. */

import { t, translated } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import type { StrategyFacts } from '../../pkg/prove.js';
import { type Filter, parts } from '../../state/filter.js';
import type { Proof } from '../../state/model.js';

/** The values of a property that a strategy has. */
type ValuesOf = (facts: StrategyFacts) => string[];

/**
 * By which properties proofs are chosen, and what each says of a strategy: first their family, then
 * what they are made of.
 */
function propertiesOf(proofs: readonly Proof[]): [string, ValuesOf][] {
  const names = new Set(proofs.flatMap(({ facts }) => facts.tags.map(({ name }) => name)));
  const ofTag = (name: string): [string, ValuesOf] => [name, ({ tags }) => tags.flatMap((tag) => (tag.name === name ? tag.value : []))];
  return [[t`Family`, ({ categories }) => categories], ...[...names].map(ofTag)];
}

export class Filters {
  readonly #chosen = make('div', { class: 'choices' });
  #selects: { title: string; of: ValuesOf; select: HTMLSelectElement }[] = [];
  readonly #text = make('input', { type: 'search', spellcheck: 'false', maxlength: '400' });
  readonly #frontier = make('input', { type: 'checkbox' });
  #shown: Filter | undefined;

  /** `look` hears how the filter is to change, and whether letter by letter. */
  constructor(group: HTMLElement, look: (filter: Partial<Filter>, choice: 'look' | 'typed') => void) {
    group.append(
      this.#chosen,
      labelled(t`Name contains`, this.#text),
      make('label', { class: 'check' }, this.#frontier, t`Only the frontier`),
    );
    this.#text.addEventListener('input', () => look({ name: this.#text.value }, 'typed'));
    this.#frontier.addEventListener('change', () => look({ only: this.#frontier.checked ? 'frontier' : 'all' }, 'look'));
    this.#chosen.addEventListener('change', () => {
      const [family, ...made] = this.#selects;
      const tags = made.flatMap(({ title, select }) => (select.value ? `${title}:${select.value}` : []));
      look({ family: family?.select.value ?? '', tags: tags.join(';') }, 'look');
    });
  }

  /** Offers what there is among the proofs. */
  model(proofs: readonly Proof[]) {
    const properties = propertiesOf(proofs);
    if (properties.map(([title]) => title).join() !== this.#selects.map(({ title }) => title).join()) {
      this.#selects = properties.map(([title, of]) => ({ title, of, select: make('select') }));
      this.#chosen.replaceChildren(...this.#selects.map(({ title, select }) => labelled(translated(title), select)));
    }
    for (const { of, select } of this.#selects) {
      const options = [...new Set(proofs.flatMap(({ facts }) => of(facts)))];
      select.replaceChildren(
        make('option', { value: '' }, t`All`),
        ...options.map((option) => make('option', { value: option }, translated(option))),
      );
    }
    if (this.#shown) this.show(this.#shown);
  }

  /** Shows what the filter is. */
  show(filter: Filter) {
    this.#shown = filter;
    const tags = parts(filter.tags, ';');
    const [family, ...made] = this.#selects;
    if (family) family.select.value = filter.family;
    for (const { title, select } of made) select.value = tags.find((tag) => tag.startsWith(`${title}:`))?.slice(title.length + 1) ?? '';
    if (this.#text.value !== filter.name) this.#text.value = filter.name;
    this.#frontier.checked = filter.only === 'frontier';
  }
}

const labelled = (title: string, field: HTMLElement) => make('label', {}, make('span', {}, title), field);
