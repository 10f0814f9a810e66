/**
 * What the neurons are: waves for a cyclic group, pairs of points for another one; and any of them
 * closely.
 */

import { t } from '../../../../languages/language.js';
import type { Neuron } from '../../../../pkg/insight.js';
import { make } from '../../../../ui/element.js';
import type { Shown } from '../../../../views/view.js';
import { type GroupHost, Question, State } from '../asking.js';
import { Cyclic } from './cyclic.js';
import { OneNeuron } from './one.js';
import { Orbits } from './orbits.js';
import { ProvenIntegrals } from './proven.js';
import '../views.css';

class Neurons {
  readonly #state = new State();
  readonly #cyclic: Cyclic;
  readonly #orbits: Orbits;
  readonly #proven: ProvenIntegrals;
  readonly #one: OneNeuron;
  readonly #frequencies: Question<'frequencies'>;
  readonly #integrals: Question<'integrals'>;
  readonly #circuits: Question<'circuits'>;
  readonly #neuron: Question<'neuron'>;
  #model: Shown['model'] | undefined;

  constructor(parent: HTMLElement, host: GroupHost) {
    const ask = (neuron: number) => this.#ask(neuron);
    this.#cyclic = new Cyclic(host, ask);
    this.#orbits = new Orbits(host, ask);
    this.#one = new OneNeuron(host, ask);
    this.#proven = new ProvenIntegrals(host);
    this.#integrals = new Question(host, 'integrals', (proofs) => this.#proven.show(proofs), this.#state);
    this.#frequencies = new Question(host, 'frequencies', (facts) => {
      this.#cyclic.element.hidden = !facts;
      if (!facts) return this.#circuits.ask({ absolute: true });
      this.#state.say('');
      this.#cyclic.show(facts);
      this.#integrals.ask();
    }, this.#state);
    this.#circuits = new Question(host, 'circuits', (facts) => {
      this.#orbits.element.hidden = !facts;
      this.#state.say(
        facts
          ? ''
          : t`Circuits of representations do not describe this network: paths lead around its neurons, or it has softmax attention.`,
      );
      if (facts) this.#orbits.show(facts);
      if (!facts?.circuits.length) this.#ask(0);
    }, this.#state);
    this.#neuron = new Question(host, 'neuron', (facts) => this.#show(facts), this.#state);
    parent.append(
      make(
        'div',
        { class: 'group-view neurons' },
        this.#state.element,
        this.#cyclic.element,
        this.#proven.element,
        this.#orbits.element,
        this.#one.element,
      ),
    );
  }

  show({ model }: Shown) {
    if (model === this.#model) return;
    this.#model = model;
    this.#state.say(t`Looking at the neurons …`);
    this.#cyclic.element.hidden = this.#proven.element.hidden = this.#orbits.element.hidden = true;
    this.#circuits.forget();
    this.#integrals.forget();
    this.#frequencies.ask();
  }

  #ask(neuron: number) {
    this.#neuron.ask({ neuron });
  }

  #show(facts: Neuron) {
    this.#state.say('');
    this.#one.show(facts, !this.#cyclic.element.hidden);
    this.#cyclic.mark(facts.neuron);
    this.#orbits.mark(facts.neuron);
  }
}

export const open = (parent: HTMLElement, host: GroupHost) => new Neurons(parent, host);
