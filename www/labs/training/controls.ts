/** What a visitor chooses: a task and its recipe, and how to fine-tune. */

import { nodes, t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { decimal } from '../../ui/format.js';
import { written } from '../../tasks/group-operations/task.js';
import { note } from '../settings.js';
import { word } from './glossary.js';
import { FIELDS, GROUPS, MOST_WEIGHT, NOISE, type Settings, usualSteps, WEIGHT_STEP } from './settings.js';

type Whole = 'k' | 'modulus' | 'seed' | 'steps' | 'tuning';

/** The buttons that controls stand beside. */
interface Buttons {
  train: HTMLElement;
  tune: readonly HTMLElement[];
}

export class Controls {
  readonly element: HTMLElement;
  readonly #settings: Settings;
  readonly #steps: HTMLInputElement;
  /** What only one task has. */
  readonly #only: readonly { task: Settings['task']; part: HTMLElement }[];
  readonly #changed: () => void;

  /** Changes `settings`, and the address with them; `changed` hears of it. */
  constructor(settings: Settings, { train, tune }: Buttons, changed: () => void) {
    [this.#settings, this.#changed] = [settings, changed];
    const [k] = this.#number('k', t`Numbers in an input (K)`, 2, 6);
    const [modulus] = this.#number('modulus', t`Modulo`, 2, 64);
    const [seed] = this.#number('seed', t`Seed`, 0, 4_294_967_295);
    const [steps, input] = this.#number('steps', t`Steps`, 1, 20_000);
    this.#steps = input;
    const group = this.#choice('group', t`Group`, GROUPS.map((name) => [name, written(name)]));
    const tuning = this.#tuning(tune);
    this.#only = [
      { task: 'max-of-k', part: k },
      { task: 'addition', part: modulus },
      { task: 'group', part: group },
      { task: 'max-of-k', part: tuning },
    ];
    const task = this.#choice('task', t`Task`, [
      ['max-of-k', t`Largest of K numbers`],
      ['addition', t`Addition modulo n`],
      ['group', t`Product in a group`],
    ]);
    const hint = make('p', { class: 'hint' }, ...nodes`The published ${word('recipe')}: a ${word('seed')} gives equal weights, to the bit, in every browser and in the native program.`);
    this.element = make('div', {}, make('fieldset', {}, make('legend', {}, t`Train`), task, k, modulus, group, seed, steps, train, hint), tuning);
    this.#show();
  }

  /** Notes what is done. */
  note(changed: Partial<Settings>) {
    Object.assign(this.#settings, changed);
    note(FIELDS, this.#settings);
  }

  #set(changed: Partial<Settings>) {
    this.note(changed);
    this.#show();
    this.#changed();
  }

  #show() {
    for (const { task, part } of this.#only) part.hidden = task !== this.#settings.task;
  }

  #tuning(buttons: readonly HTMLElement[]): HTMLElement {
    const names: Record<(typeof NOISE)[number], string> = {
      attention: t`Attention`,
      ov: t`OV circuit`,
      positions: t`Positions`,
      direct: t`Direct path`,
      bound: t`Bound as a loss`,
    };
    return make(
      'fieldset',
      {},
      make('legend', {}, t`Fine-tune`),
      make('p', { class: 'hint' }, ...nodes`${word('noise', t`Noise`)} that proofs must bound is added to the ${word('loss')} with these weights: that of ${word('attention')}, of the ${word('OV circuit')}, of ${word('positions')}, of the ${word('direct path')}, and the ${word('bound as a loss')}. The loss of the task always counts, and steps that cost accuracy are ${word('undone')}.`),
      ...NOISE.map((term) => this.#slider(term, names[term])),
      this.#number('tuning', t`Steps`, 1, 20_000)[0],
      ...buttons,
    );
  }

  #number(key: Whole, label: string, least: number, most: number): [HTMLElement, HTMLInputElement] {
    const id = `setting-${key}`;
    const input = make('input', { id, type: 'number', min: String(least), max: String(most), value: String(this.#settings[key]) });
    input.addEventListener('change', () => {
      const value = Math.min(Math.max(Math.round(input.valueAsNumber) || least, least), most);
      input.value = String(value);
      this.#set({ [key]: value, ...(key === 'modulus' && this.#usual({ ...this.#settings, modulus: value })) });
    });
    return [this.#labelled(id, label, input), input];
  }

  /** The steps of the recipe for a task. */
  #usual(settings: Settings): Pick<Settings, 'steps'> {
    const steps = usualSteps(settings);
    this.#steps.value = String(steps);
    return { steps };
  }

  #choice<N extends 'task' | 'group'>(key: N, label: string, options: readonly (readonly [Settings[N], string])[]): HTMLElement {
    const id = `setting-${key}`;
    const select = make('select', { id }, ...options.map(([value, name]) => make('option', { value }, name)));
    select.value = this.#settings[key];
    select.addEventListener('change', () => {
      const value = select.value as Settings[N];
      this.#set({ [key]: value, ...(key === 'task' && this.#usual({ ...this.#settings, task: value as Settings['task'] })) });
    });
    return this.#labelled(id, label, select);
  }

  #slider(key: (typeof NOISE)[number], label: string): HTMLElement {
    const id = `setting-${key}`;
    const input = make('input', { id, type: 'range', min: '0', max: String(MOST_WEIGHT), step: String(WEIGHT_STEP), value: String(this.#settings[key]) });
    const shown = make('output', { for: id }, decimal(String(this.#settings[key])));
    input.addEventListener('input', () => {
      shown.textContent = decimal(input.value);
      this.#set({ [key]: input.valueAsNumber });
    });
    return this.#labelled(id, label, input, shown);
  }

  #labelled(id: string, label: string, ...control: HTMLElement[]): HTMLElement {
    return make('div', { class: 'setting' }, make('label', { for: id }, label), ...control);
  }
}
