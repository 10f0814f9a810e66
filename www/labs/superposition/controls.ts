/** What a visitor chooses: a few settings at first sight, the others behind a line. */

import { nodes, t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { note } from '../settings.js';
import { word } from './glossary.js';
import { PENALTIES } from './penalties.js';
import { FIELDS, parsePenalties, read, type Settings } from './settings.js';

type Numbers = 'features' | 'hidden' | 'probability' | 'importance' | 'latents' | 'steps' | 'seed' | 'seeds';
type Choices = 'kind' | 'layer' | 'amplitudes';

const NUMBERS: Readonly<Record<Numbers, { label: string; help: string; least: number; most: number; step?: string }>> = {
  features: { label: t`Features`, help: t`How many properties a token can have.`, least: 2, most: 128 },
  hidden: { label: t`Dimensions`, help: t`How many numbers the network keeps of a token. Two are drawn as arrows.`, least: 1, most: 32 },
  probability: {
    label: t`Chance of a feature`,
    help: t`How likely each is present: the smaller, the sparser, and the more fit in.`,
    least: 0.001,
    most: 1,
    step: 'any',
  },
  importance: {
    label: t`Importance`,
    help: t`How much each feature counts, as a part of the one before it: 1 for all alike.`,
    least: 0.5,
    most: 1,
    step: 'any',
  },
  latents: { label: t`Latents`, help: t`How many directions a dictionary may use.`, least: 1, most: 256 },
  steps: { label: t`Steps of training`, help: t`Of the network, and of each dictionary.`, least: 1, most: 100_000 },
  seed: {
    label: t`Seed`,
    help: t`The number that random numbers start from: the network, its tokens and the dictionaries follow from it.`,
    least: 0,
    most: 999_999,
  },
  seeds: { label: t`Seeds`, help: t`How many networks are tried, to tell what is chance.`, least: 1, most: 8 },
};

const CHOICES: Readonly<Record<Choices, { label: string; options: Readonly<Record<string, string>> }>> = {
  kind: {
    label: t`Dictionaries`,
    options: { autoencoder: t`autoencoders`, crosscoder: t`crosscoders over two layers`, matryoshka: t`Matryoshka autoencoders` },
  },
  layer: { label: t`Next layer`, options: { relu: t`ReLU`, bilinear: t`bilinear` } },
  amplitudes: {
    label: t`Amplitudes in proofs`,
    options: { fitted: t`fitted again: a hint costs a proof nothing`, encoder: t`from the encoder` },
  },
};

export class Controls {
  readonly element = make('form', { class: 'settings', novalidate: '' });
  readonly #numbers = new Map<Numbers, HTMLInputElement>();
  readonly #choices = new Map<Choices, HTMLSelectElement>();
  readonly #penalties: HTMLInputElement[] = [];
  readonly #refused: (why: string) => void;
  #settings: Settings;

  /** `changed` hears of other settings, `refused` of what is out of range. */
  constructor(settings: Settings, changed: (settings: Settings) => void, refused: (why: string) => void) {
    this.#settings = settings;
    this.#refused = refused;
    const few = make(
      'div',
      { class: 'row' },
      this.#choice('kind'),
      ...(['features', 'hidden', 'probability', 'seed'] as const).map((name) => this.#number(name)),
    );
    const others = make(
      'div',
      { class: 'row' },
      ...(['latents', 'importance', 'steps', 'seeds'] as const).map((name) => this.#number(name)),
      this.#choice('layer'),
      this.#choice('amplitudes'),
      this.#penaltyBoxes(),
    );
    this.element.append(few, make('details', {}, make('summary', {}, t`More settings`), others));
    this.element.addEventListener('submit', (event) => event.preventDefault());
    this.element.addEventListener('change', () => {
      this.#read();
      changed(this.#settings);
    });
    this.#fill();
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Notes what is chosen elsewhere on the page. */
  note(other: Pick<Settings, 'look'> | Pick<Settings, 'strength'>) {
    this.#settings = { ...this.#settings, ...other };
    note(FIELDS, this.#settings);
  }

  /** Reads what is chosen as an address is read, and shows it as it was understood. */
  #read() {
    const said = new URLSearchParams();
    for (const [name, input] of this.#numbers) said.set(FIELDS[name].name, input.value);
    for (const [name, select] of this.#choices) said.set(FIELDS[name].name, select.value);
    const penalties = parsePenalties(this.#penalties.flatMap(({ checked, value }) => (checked ? [value] : [])).join());
    if (penalties !== undefined) said.set(FIELDS.penalties.name, penalties);
    const problems: string[] = [];
    const { look, strength } = this.#settings;
    this.#settings = { ...read({ search: '', hash: `#${said}` }, (problem) => problems.push(problem)), look, strength };
    this.#refused(problems.join('\n'));
    note(FIELDS, this.#settings);
    this.#fill();
  }

  #fill() {
    for (const [name, input] of this.#numbers) input.value = String(this.#settings[name]);
    for (const [name, select] of this.#choices) select.value = this.#settings[name];
    const chosen = this.#settings.penalties.split(',');
    for (const box of this.#penalties) box.checked = chosen.includes(box.value);
  }

  #number(name: Numbers) {
    const { label, help, least, most, step = '1' } = NUMBERS[name];
    const id = `setting-${name}`;
    const input = make('input', {
      id,
      class: 'number',
      type: 'number',
      inputmode: 'decimal',
      min: String(least),
      max: String(most),
      step,
      'aria-describedby': `${id}-help`,
    });
    this.#numbers.set(name, input);
    return make('div', { class: 'setting' }, make('label', { for: id }, label), input, make('small', { id: `${id}-help` }, help));
  }

  #choice(name: Choices) {
    const { label, options } = CHOICES[name];
    const id = `setting-${name}`;
    const select = make('select', { id }, ...Object.entries(options).map(([value, text]) => make('option', { value }, text)));
    this.#choices.set(name, select);
    return make('div', { class: 'setting' }, make('label', { for: id }, label), select);
  }

  #penaltyBoxes() {
    const boxes = PENALTIES.map(({ penalty, name, formula }) => {
      const box = make('input', { type: 'checkbox', name: 'penalties', value: penalty });
      this.#penalties.push(box);
      return make('label', {}, box, ` ${name} `, make('small', {}, formula));
    });
    return make(
      'fieldset',
      { class: 'choices' },
      make('legend', {}, ...nodes`${word('penalty', t`Penalties`)} that are compared`),
      ...boxes,
    );
  }
}
