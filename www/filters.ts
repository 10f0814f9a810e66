/** Which proofs the table shows. */

import { make } from './dom.js';
import { nameOf } from './legend.js';
import type { StrategyFacts } from './pkg/compute.js';
import type { Proof } from './session.js';

interface Choice {
  title: string;
  /** What of it a proof is: nothing, one thing, or a thing and a kind of it. */
  of(facts: StrategyFacts): string[];
}

/** What holds more than one class of a family: “published” leaves ours out. */
const PUBLISHED = 'published, all classes';
const WIDER: Partial<Record<StrategyFacts['family'], string[]>> = {
  'brute-force': [PUBLISHED],
  cubic: [PUBLISHED],
  'sub-cubic': [PUBLISHED, 'sub-cubic, all classes'],
};

const CHOICES: readonly Choice[] = [
  { title: 'Family', of: ({ family, class: kind }) => [...(WIDER[family] ?? []), kind] },
  { title: 'Direct path', of: ({ parts }) => (parts ? [parts.direct] : []) },
  { title: 'Attention', of: ({ parts }) => (parts ? [parts.attention] : []) },
  { title: 'Error of attention', of: ({ parts }) => (parts ? [parts.error] : []) },
];

export class Filters {
  readonly #selects = CHOICES.map(({ title, of }) => ({ title, of, select: make('select') }));
  readonly #text = make('input', { type: 'search', spellcheck: 'false' });
  readonly #frontier = make('input', { type: 'checkbox' });

  constructor(group: HTMLElement, changed: () => void) {
    const fields = [...this.#selects.map(({ title, select }) => [title, select] as const), ['Name contains', this.#text] as const];
    group.append(
      ...fields.map(([title, field]) => make('label', {}, make('span', {}, title), field)),
      make('label', { class: 'check' }, this.#frontier, 'Only the frontier'),
    );
    group.addEventListener('input', changed);
  }

  /** Offers what there is among the proofs; what was chosen stays chosen while it is. */
  model(proofs: readonly Proof[]) {
    for (const { of, select } of this.#selects) {
      const { value } = select;
      const options = [...new Set(proofs.flatMap(({ facts }) => of(facts)))];
      select.replaceChildren(make('option', { value: '' }, 'All'), ...options.map((option) => make('option', { value: option }, nameOf(option))));
      select.value = options.includes(value) ? value : '';
    }
  }

  passes(proof: Proof): boolean {
    const { facts, frontier } = proof;
    const [name, wanted] = [`${facts.label} ${nameOf(facts.class)}`.toLowerCase(), this.#text.value.trim().toLowerCase()];
    return (
      (frontier || !this.#frontier.checked) &&
      this.#selects.every(({ of, select }) => !select.value || of(facts).includes(select.value)) &&
      (wanted.split(/\s+/).every((word) => name.includes(word)) || facts.strategy.toLowerCase().includes(wanted))
    );
  }
}
