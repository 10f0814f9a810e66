/** Keeps one element for each proof in a list, such as a row of the table or a card. */

import type { Proof } from '../state/model.js';

/** The element of one proof. */
export interface Row {
  element: HTMLElement;
  /** Shows the proof's state in the element. */
  update(proof: Proof): void;
}

/** The elements of all listed proofs. An element and its focus stay while the proof is listed. */
export class Rows {
  readonly #make: (proof: Proof) => Row;
  readonly #rows = new Map<string, Row>();

  /** `make` creates the element for a proof. */
  constructor(make: (proof: Proof) => Row) {
    this.#make = make;
  }

  /**
   * Creates, drops and updates rows, so that there is one for each of `proofs`. Returns whether the
   * list of strategies has changed: the caller must then place the elements.
   */
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

  /** The element of the proof with the identifier `strategy`. */
  element(strategy: string): HTMLElement | undefined {
    return this.#rows.get(strategy)?.element;
  }

  /** Updates the row of a proof. */
  proof(proof: Proof) {
    this.#rows.get(proof.facts.strategy)?.update(proof);
  }

  /** Gives the row of `strategy` the class `name`, and removes the class from all other rows. */
  mark(name: 'pointed' | 'selected', strategy: string | null) {
    for (const [key, { element }] of this.#rows) element.classList.toggle(name, key === strategy);
  }
}
