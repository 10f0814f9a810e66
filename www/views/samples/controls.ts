/** The choice of what is drawn. */

import { t } from '../../languages/language.js';
import type { Method, MethodFacts } from '../../pkg/samples.js';
import { isAlone, type Model, type Proof } from '../../state/model.js';
import { make } from '../../ui/element.js';
import { plainly } from '../../ui/format.js';
import { type Choice, DELTAS, MOST_SAMPLES, USUAL, wholeWithin, within } from './plan.js';
import { small } from './words.js';

const USUAL_DELTAS = [1e-2, 1e-3, 1e-6, 1e-9];
const labelled = (title: string, field: HTMLElement) => make('label', {}, make('span', {}, title), field);
const option = (value: string, name: string) => make('option', { value }, name);

export class Controls {
  readonly element: HTMLElement;
  readonly #method = make('select');
  readonly #proof = make('select');
  readonly #delta = make('input', { type: 'text', list: 'deltas', size: '6', autocomplete: 'off' });
  readonly #samples = make('input', { type: 'text', inputmode: 'numeric', size: '8', autocomplete: 'off' });
  readonly #seed = make('input', { type: 'text', size: '12', maxlength: '80', autocomplete: 'off', spellcheck: 'false', placeholder: t`none: committed` });
  readonly #wrong = make('p', { class: 'state', role: 'status' });
  /** The proofs that are offered, by their identifiers. */
  #offered = '';
  #shown: Choice = USUAL;

  /** `changed` hears what is chosen. */
  constructor(changed: (choice: Choice) => void) {
    const deltas = make('datalist', { id: 'deltas' }, ...USUAL_DELTAS.map((delta) => option(String(delta), '')));
    this.element = make(
      'div',
      { class: 'choices' },
      labelled(t`Method`, this.#method),
      labelled(t`Start from`, this.#proof),
      labelled(t`δ, probability of being false`, this.#delta),
      labelled(t`Samples`, this.#samples),
      labelled(t`Seed`, this.#seed),
      deltas,
      this.#wrong,
    );
    this.element.addEventListener('change', () => {
      const choice = this.#read();
      if (choice) changed(choice);
    });
  }

  /** Offers methods. */
  methods(methods: readonly MethodFacts[]) {
    this.#method.replaceChildren(...methods.map(({ method, label }) => option(method, label)));
    this.show(this.#shown);
  }

  /**
   * Offers the chosen proof, those on the frontier and those that are alone in their family to
   * start from, unless they try all inputs.
   */
  offer({ proofs }: Model, chosen: Proof | undefined) {
    const known = ({ facts: { strategy } }: Proof) => strategy === chosen?.facts.strategy || strategy === this.#shown.proof;
    const offered = proofs.filter((proof) => proof.outcome && !proof.facts.visits_inputs && (proof.frontier || isAlone(proof) || known(proof)));
    const key = offered.map(({ facts }) => facts.strategy).join();
    if (key === this.#offered) return;
    this.#offered = key;
    this.#proof.replaceChildren(option('', t`nothing: samples alone`), ...offered.map(({ facts }) => option(facts.strategy, facts.label)));
    this.show(this.#shown);
  }

  show(choice: Choice) {
    this.#shown = choice;
    const { method, delta, samples, proof, seed } = choice;
    if (proof && ![...this.#proof.options].some(({ value }) => value === proof)) this.#proof.append(option(proof, proof));
    [this.#method.value, this.#proof.value] = [method, proof];
    [this.#delta.value, this.#samples.value, this.#seed.value] = [small(delta), String(samples), seed];
  }

  /** What the fields say; undefined if one is out of range, which is told. */
  #read(): Choice | undefined {
    const delta = within(plainly(this.#delta.value.trim()), DELTAS.least, DELTAS.most);
    const samples = wholeWithin(this.#samples.value.replaceAll(/[\s.,’]/g, ''), 1, MOST_SAMPLES);
    for (const [field, isRight] of [[this.#delta, delta !== undefined], [this.#samples, samples !== undefined]] as const) field.setAttribute('aria-invalid', String(!isRight));
    this.#wrong.textContent =
      delta === undefined ? t`δ: expected a number from ${small(DELTAS.least)} to ${small(DELTAS.most)}, such as 0.001.`
      : samples === undefined ? t`Samples: expected a whole number from 1 to ${MOST_SAMPLES}.` : '';
    if (delta === undefined || samples === undefined) return undefined;
    return { method: this.#method.value as Method, delta, samples, proof: this.#proof.value, seed: this.#seed.value };
  }
}
