/**
 * The list of models: those of the gallery by accuracy, and the user's own files. Fetched when it
 * is first opened.
 */

import { t } from '../../languages/language.js';
import { about } from '../../state/gallery.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';
import '../../views/picker/models.css';
import { OwnModels } from '../../views/picker/own-models.js';
import type { Offered, Picked } from '../task.js';
import { type MaxGallery, namedBy } from './gallery.js';
import { type Accuracies, type By, landmarks, meaning, rated, type Rated, sorted } from './seeds.js';
import { ID } from './task.js';

/** Fetches what is proven of the models' accuracy. */
const accuracies = () => about<Accuracies>(ID, 'accuracies.json');

/** The heads of the table. */
const HEADS: readonly [By, string][] = [
  ['seed', t`Seed`],
  ['accuracy', t`Accuracy`],
];

class ModelList {
  readonly #dialog = make('dialog', { class: 'models', 'aria-labelledby': 'models-title' });
  readonly #sizes = make('select', { id: 'models-k' });
  readonly #at = make('p', { class: 'at' });
  readonly #meaning = make('p', { class: 'hint' });
  readonly #scroller = make('div', { class: 'seeds' });
  readonly #table = make('table', { 'aria-label': t`Models by seed` });
  readonly #own = new OwnModels((own) => this.#pick({ own }));
  #gallery: MaxGallery | undefined;
  #offered: Offered | undefined;
  #accuracies: Accuracies = {};
  #by: By = 'accuracy';
  #isReversed = false;

  constructor() {
    const close = make('button', { type: 'button', 'aria-label': t`Close` }, '×');
    close.addEventListener('click', () => this.#dialog.close());
    // The window around the list closes it, too.
    this.#dialog.addEventListener('click', ({ target }) => {
      if (target === this.#dialog) this.#dialog.close();
    });
    this.#sizes.addEventListener('change', () => this.#fill());
    this.#scroller.append(this.#table);
    const head = make('header', {}, make('h2', { id: 'models-title' }, t`Models`), close);
    const control = make('p', { class: 'control' }, make('label', { for: 'models-k' }, t`K, tokens of an input`), this.#sizes);
    const shipped = make('section', {}, make('h3', {}, t`Of this page`), control, this.#at, this.#scroller, this.#meaning);
    this.#dialog.append(make('div', {}, head, shipped, this.#own.element));
    document.body.append(this.#dialog);
  }

  /** Opens the list. */
  async show(gallery: MaxGallery, offered: Offered) {
    [this.#gallery, this.#offered] = [gallery, offered];
    const { open } = offered;
    const k = open && 'model' in open ? open.model['k'] : gallery.default.k;
    this.#sizes.replaceChildren(...gallery.sizes.map((size) => make('option', { value: String(size) }, String(size))));
    this.#sizes.value = String(k);
    this.#fill();
    this.#dialog.showModal();
    await Promise.all([this.#rate(), this.#own.show(open && 'own' in open ? open.own : undefined)]);
  }

  /** Fetches the accuracies, unless they are here. */
  async #rate() {
    if (Object.keys(this.#accuracies).length) return;
    try {
      this.#accuracies = await accuracies();
      this.#fill();
    } catch (error) {
      const again = make('button', { type: 'button' }, t`Try again`);
      again.addEventListener('click', () => void this.#rate());
      this.#meaning.replaceChildren(told(error), ' ', again);
    }
  }

  /** The models for the K that is shown: without accuracies, none. */
  #models(): Rated[] {
    const gallery = this.#gallery;
    const k = Number(this.#sizes.value);
    return (gallery?.seeds(k) ?? []).flatMap((seed) => {
      const accuracy = this.#accuracies[gallery?.find(k, seed)?.file ?? ''];
      return accuracy ? { seed, accuracy } : [];
    });
  }

  #fill() {
    const models = this.#models();
    const picks = landmarks(models).map(({ name, model }) => this.#button(`${name}, ${rated(model.accuracy)}`, model));
    const random = make('button', { type: 'button' }, t`Random`);
    random.addEventListener('click', () => {
      const others = models.filter(({ seed }) => !this.#isOpen(seed));
      const model = others[Math.floor(Math.random() * others.length)];
      if (model) this.#pick({ model: namedBy(Number(this.#sizes.value), model.seed) });
    });
    this.#at.replaceChildren(...(models.length ? [...picks, random] : []));
    const heads = HEADS.map(([by, title]) => {
      const button = make('button', { type: 'button' }, title);
      button.addEventListener('click', () => this.#sort(by));
      // Accuracies go down at first.
      const goesUp = (by === 'seed') !== this.#isReversed;
      const order = by !== this.#by ? 'none' : goesUp ? 'ascending' : 'descending';
      return make('th', { scope: 'col', 'aria-sort': order }, button);
    });
    const rows = sorted(models, this.#by, this.#isReversed).map((model) => {
      const seed = this.#button(String(model.seed), model);
      return make('tr', {}, make('th', { scope: 'row' }, seed), make('td', {}, rated(model.accuracy)));
    });
    this.#table.replaceChildren(make('thead', {}, make('tr', {}, ...heads)), make('tbody', {}, ...rows));
    this.#meaning.textContent = models.length ? t`${models.length} models. ${meaning(models)}` : t`The accuracies are being fetched …`;
    this.#scroller.scrollTop = 0;
  }

  /** Sorts the table; the focus stays on its head. */
  #sort(by: By) {
    this.#isReversed = by === this.#by && !this.#isReversed;
    this.#by = by;
    this.#fill();
    this.#table.querySelectorAll('button')[HEADS.findIndex(([name]) => name === by)]?.focus();
  }

  #button(text: string, { seed }: Rated) {
    const button = make('button', { type: 'button', ...(this.#isOpen(seed) && { 'aria-current': 'true' }) }, text);
    button.addEventListener('click', () => this.#pick({ model: namedBy(Number(this.#sizes.value), seed) }));
    return button;
  }

  #isOpen(seed: number): boolean {
    const open = this.#offered?.open;
    return !!open && 'model' in open && open.model['k'] === this.#sizes.value && open.model['seed'] === String(seed);
  }

  #pick(model: Picked) {
    this.#dialog.close();
    this.#offered?.pick(model);
  }
}

let list: ModelList | undefined;

/** Opens the list of models. */
export function showModels(gallery: MaxGallery, offered: Offered): Promise<void> {
  list ??= new ModelList();
  return list.show(gallery, offered);
}
