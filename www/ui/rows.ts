/** Elements for each of some proofs. They are kept as long as their strategy is there, and with them the focus. */

import type { Proof } from '../state/model.js';

export interface Row {
  element: HTMLElement;
  update(proof: Proof): void;
}

export class Rows {
  readonly #make: (proof: Proof) => Row;
  readonly #rows = new Map<string, Row>();

  constructor(make: (proof: Proof) => Row) {
    this.#make = make;
  }

  /** Makes the rows of these proofs; whether they are others than before, and so have to be put somewhere. */
  model(proofs: readonly Proof[]): boolean {
    const strategies = proofs.map(({ facts }) => facts.strategy);
    const others = strategies.join() !== [...this.#rows.keys()].join();
    if (others) {
      const before = new Map(this.#rows);
      this.#rows.clear();
      for (const proof of proofs) {
        const { strategy } = proof.facts;
        const row = before.get(strategy) ?? this.#make(proof);
        row.element.dataset['strategy'] = strategy;
        this.#rows.set(strategy, row);
      }
    }
    for (const proof of proofs) this.proof(proof);
    return others;
  }

  element(strategy: string): HTMLElement | undefined {
    return this.#rows.get(strategy)?.element;
  }

  proof(proof: Proof) {
    this.#rows.get(proof.facts.strategy)?.update(proof);
  }

  /** Gives one row a class, and takes it from all others. */
  mark(name: 'pointed' | 'selected', strategy: string | null) {
    for (const [key, { element }] of this.#rows) element.classList.toggle(name, key === strategy);
  }
}
