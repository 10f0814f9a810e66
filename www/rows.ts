/** Elements for each of a model's proofs. They are kept while the strategies stay the same, and with them the focus. */

import type { Model, Proof } from './session.js';

export interface Row {
  element: HTMLElement;
  update(proof: Proof, model: Model): void;
}

export class Rows {
  readonly #parent: HTMLElement;
  readonly #make: (proof: Proof) => Row;
  readonly #rows = new Map<string, Row>();

  constructor(parent: HTMLElement, make: (proof: Proof) => Row) {
    this.#parent = parent;
    this.#make = make;
  }

  model(model: Model) {
    const strategies = model.proofs.map(({ facts }) => facts.strategy);
    if (strategies.join() !== [...this.#rows.keys()].join()) {
      this.#rows.clear();
      for (const proof of model.proofs) {
        const row = this.#make(proof);
        row.element.dataset['strategy'] = proof.facts.strategy;
        this.#rows.set(proof.facts.strategy, row);
      }
      this.#parent.replaceChildren(...[...this.#rows.values()].map(({ element }) => element));
    }
    for (const proof of model.proofs) this.proof(proof, model);
  }

  proof(proof: Proof, model: Model) {
    this.#rows.get(proof.facts.strategy)?.update(proof, model);
  }

  select(selected: string | null) {
    for (const [strategy, { element }] of this.#rows) element.classList.toggle('selected', strategy === selected);
  }
}
