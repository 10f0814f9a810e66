/**
 * The proofs that are alone in their family: what each knows of the model, how far it is, and a
 * button to start or stop it.
 */

import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { describe } from './describe.js';
import { Rows } from '../../ui/rows.js';
import { isAlone, isBusy, type Model, type Models, type Proof } from '../../state/model.js';
import type { Queue } from '../../state/queue.js';

export class ProofCards {
  readonly #list: HTMLElement;
  readonly #others: HTMLElement;
  readonly #rows: Rows;

  constructor(list: HTMLElement, others: HTMLElement, models: Models, queue: Queue) {
    this.#list = list;
    this.#others = others;
    this.#rows = new Rows((proof) => card(proof, models, queue));
  }

  model({ facts, proofs }: Model) {
    const named = proofs.filter(isAlone);
    if (this.#rows.model(named)) this.#list.replaceChildren(...named.flatMap(({ facts }) => this.#rows.element(facts.strategy) ?? []));
    this.#others.textContent = [...facts.about, t`The table below lists all proofs.`].join(' ');
  }

  proof(proof: Proof) {
    this.#rows.proof(proof);
  }

  point(strategy: string | null) {
    this.#rows.mark('pointed', strategy);
  }
}

function card({ facts }: Proof, models: Models, queue: Queue) {
  const [complexity] = models.current.facts.classes.flatMap((each) => (each.class === facts.class ? each.complexity : []));
  const name = `proof-${facts.strategy}`;
  const state = make('p', { class: 'state' });
  const bar = make('progress', { max: '1', 'aria-labelledby': name });
  const button = make('button', { type: 'button', 'aria-describedby': name });
  const options = facts.options.map(({ name, label }) => {
    const input = make('input', { type: 'checkbox', id: name });
    input.addEventListener('change', () => (input.checked ? queue.options.add(name) : queue.options.delete(name)));
    return { name, input, element: make('label', { class: 'check' }, input, label) };
  });
  let current: Proof;
  button.addEventListener('click', () => {
    if (isBusy(current)) queue.cancel(current);
    else queue.run(current);
  });
  return {
    element: make(
      'li',
      {},
      make('div', { class: 'proof' }, make('h3', { id: name }, facts.label), make('p', { class: 'complexity' }, complexity ?? ''), button),
      make('p', { class: 'idea' }, facts.idea),
      ...options.map(({ element }) => element),
      bar,
      state,
    ),
    update(proof: Proof) {
      current = proof;
      const { job, outcome } = proof;
      button.textContent = isBusy(proof) ? t`Cancel` : job.state === 'failed' ? t`Try again` : outcome ? t`Run again` : t`Run`;
      button.disabled = !models.current.bytes;
      button.hidden = proof.facts.refused !== null;
      for (const { name, input } of options) {
        input.disabled = button.hidden;
        input.checked = queue.options.has(name);
      }
      bar.hidden = job.state !== 'running';
      if (job.state === 'running') bar.value = job.done;
      state.textContent = describe(proof, queue.estimate(proof));
    },
  };
}
