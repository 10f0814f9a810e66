/** The second section: what the exercises are about, and what the class sees of the page. */

import { HIDABLE } from '../../app/address.js';
import { t } from '../../languages/language.js';
import type { Entry } from '../../state/gallery.js';
import { TASKS } from '../../tasks/tasks.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';
import { type About, type ExerciseSet, MOST_TEXT } from '../set.js';
import type { Draft } from './draft.js';
import type { OwnWeights } from './own-weights.js';
import { labelled } from './parts.js';

const PARTS: Readonly<Record<string, string>> = {
  picker: t`Menus of models and files`,
  claim: t`Claim`,
  figure: t`Figure`,
  slider: t`Slider`,
  views: t`Views`,
  report: t`Table and report`,
  foot: t`Explanations at the end`,
};
/** Values of the menu of models that name none. */
const [EACH, ADDRESS, FILE] = ['each', 'address', 'file'] as const;

/** A model of the gallery in the menu. */
interface Offered {
  value: string;
  about: About;
}

/** What the menu of models has beside those of the gallery. */
const OTHERS: readonly (readonly [value: string, label: string])[] = [
  [EACH, t`What each exercise says`],
  [ADDRESS, t`Weights at an address of this site`],
  [FILE, t`A weights file of mine, inside a package`],
];

export class Settings {
  readonly #draft: Draft;
  readonly #weights: OwnWeights;
  readonly #title = make('input', { type: 'text', maxlength: '200', autocomplete: 'off' });
  readonly #note = make('textarea', { rows: '2', maxlength: String(MOST_TEXT) });
  readonly #model = make('select', {}, ...OTHERS.map(([value, label]) => make('option', { value }, label)));
  readonly #address = make('input', { type: 'text', maxlength: '400', spellcheck: 'false', placeholder: 'models/mine.safetensors' });
  readonly #file = make('input', { type: 'file' });
  readonly #said = make('p', { class: 'hint', role: 'status' });
  readonly #hints = make('input', { type: 'checkbox' });
  readonly #timed = make('input', { type: 'checkbox' });
  readonly #hide = HIDABLE.map((value) => make('input', { type: 'checkbox', value }));
  #offered: Offered[] = [];

  constructor(section: HTMLElement, draft: Draft, weights: OwnWeights) {
    [this.#draft, this.#weights] = [draft, weights];
    const box = (input: HTMLInputElement, label: string) => make('label', { class: 'check' }, input, label);
    const address = labelled(t`Address`, this.#address, t`Relative to this page, on the same host: the page asks no other.`);
    const file = labelled(t`File`, this.#file, t`It goes into packages only; a link cannot hold it.`);
    section.append(
      labelled(t`Title of the set`, this.#title),
      labelled(t`Note for the class`, this.#note, t`Such as a deadline: “Hand in until Friday, 18:00, in the course’s forum.”`),
      labelled(t`Model`, this.#model, t`A model takes the place of what exercises of its task say.`),
      address,
      file,
      this.#said,
      make(
        'fieldset',
        {},
        make('legend', {}, t`What students have`),
        box(this.#hints, t`Hints`),
        box(this.#timed, t`Time is recorded, and students are told`),
      ),
      make(
        'fieldset',
        {},
        make('legend', {}, t`Parts of the page that are hidden`),
        ...this.#hide.map((input) => box(input, PARTS[input.value] ?? input.value)),
      ),
    );
    section.addEventListener('input', () => this.#read());
    this.#model.addEventListener('change', () => this.#choose());
    this.#address.addEventListener('input', () => this.#choose());
    this.#file.addEventListener('change', () => void this.#take());
    draft.watch(() => {
      const { value } = this.#model;
      [address.hidden, file.hidden] = [value !== ADDRESS, value !== FILE];
      this.#show(draft.set);
    });
    void this.#list();
    // Of a file that was chosen before this page was opened again, only the name is left.
    if (draft.set.about && 'weights' in draft.set.about) {
      this.#model.value = ADDRESS;
      void this.#check();
    }
  }

  /** Fetches the models of the gallery. */
  async #list() {
    try {
      for (const listed of TASKS) {
        const page = await listed.page();
        const { models } = await page.shelf();
        const group = make('optgroup', { label: listed.name() }, ...models.map((entry) => this.#option(listed.id, entry)));
        this.#model.append(group);
      }
      // Who has chosen meanwhile means it.
      if (this.#model.value === EACH) this.#model.value = this.#chosen(this.#draft.set.about);
    } catch (error) {
      this.#said.textContent = t`The gallery’s models are not here: ${told(error)} Reload this page to choose among them.`;
    }
  }

  #option(task: string, { file, named }: Entry): HTMLOptionElement {
    this.#offered.push({ value: `${task}/${file}`, about: { task, named } });
    return make('option', { value: `${task}/${file}` }, file.replace(/\.safetensors$/, ''));
  }

  #chosen(about: About | null): string {
    if (!about) return EACH;
    if ('weights' in about) return about.weights === this.#weights.inside ? FILE : ADDRESS;
    const of = ({ task, named }: { task: string; named: Readonly<Record<string, string>> }) => `${task} ${new URLSearchParams(named)}`;
    return this.#offered.find((each) => 'named' in each.about && of(each.about) === of(about))?.value ?? EACH;
  }

  #show({ title, note, hints, timed, hide, about }: ExerciseSet) {
    // What is being written stays as it is.
    if (this.#title.value.trim() !== title) this.#title.value = title;
    if (this.#note.value.trim() !== note) this.#note.value = note;
    [this.#hints.checked, this.#timed.checked] = [hints, timed];
    for (const input of this.#hide) input.checked = hide.includes(input.value);
    if (about && this.#offered.length) this.#model.value = this.#chosen(about);
    const address = about && 'weights' in about && about.weights !== this.#weights.inside ? about.weights : undefined;
    if (address !== undefined && this.#address.value.trim() !== address) this.#address.value = address;
  }

  #read() {
    this.#draft.change({
      title: this.#title.value.trim(),
      note: this.#note.value.trim(),
      hints: this.#hints.checked,
      timed: this.#timed.checked,
      hide: this.#hide.filter(({ checked }) => checked).map(({ value }) => value),
    });
  }

  /** Takes the model that the menu says. */
  #choose() {
    const { value } = this.#model;
    this.#said.textContent = '';
    if (value === ADDRESS) return void this.#check();
    if (value === FILE) return this.#draft.change({ about: this.#weights.about ?? null });
    this.#draft.change({ about: this.#offered.find((each) => each.value === value)?.about ?? null });
  }

  /** Opens the weights at the address, to know of which task they are. */
  async #check() {
    const address = this.#address.value.trim();
    this.#draft.change({ about: null });
    if (!address) return;
    this.#said.textContent = t`The weights are being read …`;
    try {
      const about = await this.#weights.at(address);
      if (address !== this.#address.value.trim() || this.#model.value !== ADDRESS) return;
      this.#said.textContent = t`These weights can be used.`;
      this.#draft.change({ about });
    } catch (error) {
      if (address === this.#address.value.trim()) this.#said.textContent = told(error);
    }
  }

  async #take() {
    const [file] = this.#file.files ?? [];
    if (!file) return;
    this.#said.textContent = t`The file is being read …`;
    try {
      const about = await this.#weights.take(file);
      this.#said.textContent = t`${file.name} goes into packages.`;
      this.#draft.change({ about });
    } catch (error) {
      this.#said.textContent = told(error);
    }
  }
}
