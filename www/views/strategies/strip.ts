/**
 * The proofs that are in no cell of the grid, as buttons; those that end in the same proof are one.
 */

import { merged, missing, WAITS } from './grid.js';
import { t } from '../../languages/language.js';
import type { ClassFacts } from '../../pkg/prove.js';
import type { Proof } from '../../state/model.js';
import { make, place } from '../../ui/element.js';
import { percent } from '../../ui/format.js';

interface Entry {
  element: HTMLElement;
  show(proof: Proof, more: number): void;
}

export class Strip {
  readonly element = make('ul', { class: 'strip' });
  readonly #choose: (strategy: string) => void;
  readonly #entries = new Map<string, Entry>();

  constructor(choose: (strategy: string) => void) {
    this.#choose = choose;
  }

  show(proofs: readonly Proof[], classes: readonly ClassFacts[], chosen: string | undefined, pointed: string | null) {
    const shown = merged(proofs).map(({ proof, all }) => {
      const entry = this.#entry(proof, classes);
      entry.show(proof, all.length - 1);
      const has = (strategy: string | null | undefined) => all.some(({ facts }) => facts.strategy === strategy);
      const button = entry.element.firstElementChild;
      const pressed = String(has(chosen));
      if (button?.getAttribute('aria-pressed') !== pressed) button?.setAttribute('aria-pressed', pressed);
      button?.classList.toggle('pointed', has(pointed));
      return entry.element;
    });
    place(this.element, shown);
  }

  #entry({ facts: { strategy, label, class: own } }: Proof, classes: readonly ClassFacts[]): Entry {
    const known = this.#entries.get(strategy);
    if (known) return known;
    const marker = classes.find((each) => each.class === own)?.marker ?? '';
    const bound = make('span', { class: 'bound' });
    const more = make('span', { class: 'more' });
    const button = make(
      'button',
      { type: 'button', 'data-strategy': strategy },
      make('span', { 'aria-hidden': 'true' }, marker),
      ' ',
      label,
      ' ',
      bound,
      more,
    );
    button.addEventListener('click', () => this.#choose(strategy));
    let before = '';
    const entry: Entry = {
      element: make('li', {}, button),
      show(proof, others) {
        const { outcome, frontier } = proof;
        const why = missing(proof);
        const text = outcome ? percent(outcome.percent) : why === WAITS() ? '…' : `– (${why})`;
        const now = `${text} ${frontier} ${others}`;
        if (now === before) return;
        before = now;
        bound.textContent = text;
        const onFrontier = !!outcome && frontier;
        more.textContent = `${others ? t`, and ${others} that end the same` : ''}${onFrontier ? t`, frontier` : ''}`;
        button.classList.toggle('frontier', onFrontier);
      },
    };
    this.#entries.set(strategy, entry);
    return entry;
  }
}
