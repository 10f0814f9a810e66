/** Which proofs the table shows. */

import { make } from '../../ui/element.js';
import { nameOf } from '../frontier/legend.js';
import type { StrategyFacts } from '../../pkg/read.js';
import type { Proof } from '../../state/model.js';

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

  /** Those that are to be shown. */
  passing(proofs: readonly Proof[]): Proof[] {
    const chosen = this.#selects.map(({ of, select }) => ({ of, value: select.value })).filter(({ value }) => value);
    const [wanted, all] = [this.#text.value.trim().toLowerCase(), !this.#frontier.checked];
    const words = wanted.split(/\s+/);
    const isNamed = ({ label, class: kind, strategy }: StrategyFacts) => {
      const name = `${label} ${nameOf(kind)}`.toLowerCase();
      return words.every((word) => name.includes(word)) || strategy.toLowerCase().includes(wanted);
    };
    return proofs.filter(
      ({ facts, frontier }) => (all || frontier) && chosen.every(({ of, value }) => of(facts).includes(value)) && (!wanted || isNamed(facts)),
    );
  }
}
