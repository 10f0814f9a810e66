/** The menus for K and seed, the button of the list of models, and the name of a file of the user's. */

import type { Entry, Gallery } from '../../state/gallery.js';
import { type Model, OWN } from '../../state/model.js';
import { breakable, get, make } from '../../ui/element.js';
import type { Picked } from './models.js';

export class Picker {
  readonly #k = get('k', HTMLSelectElement);
  readonly #seed = get('seed', HTMLSelectElement);
  readonly #list = get('models', HTMLButtonElement);
  readonly #gallery: Gallery;

  /** `pick` is told which model the user wants, and `list` that the user wants to see the list of all. */
  constructor(gallery: Gallery, pick: (model: Picked) => void, list: () => void) {
    this.#gallery = gallery;
    this.#k.addEventListener('change', () => {
      const k = Number(this.#k.value);
      pick({ k, seed: gallery.find(k, Number(this.#seed.value))?.seed ?? gallery.firstSeed(k) });
    });
    this.#seed.addEventListener('change', () => pick({ k: Number(this.#k.value), seed: Number(this.#seed.value) }));
    this.#list.addEventListener('click', list);
  }

  /** Shows which model of the gallery is open: none, while a file of the user's is. */
  show(entry: Entry | undefined) {
    fill(this.#k, this.#gallery.sizes, entry?.k);
    fill(this.#seed, entry ? this.#gallery.seeds(entry.k) : [], entry?.seed);
    this.#k.disabled = this.#list.disabled = false;
    this.#seed.disabled = !entry;
  }
}

/** Shows the name of a file of the user's, where the menus have none. */
export function showOwn(place: HTMLElement, { facts, source }: Model) {
  place.hidden = source !== OWN;
  place.replaceChildren(breakable(facts.file));
}

function fill(select: HTMLSelectElement, values: number[], value: number | undefined) {
  const none = make('option', { value: '', hidden: '' }, '–');
  select.replaceChildren(none, ...values.map((v) => make('option', { value: String(v) }, String(v))));
  select.value = String(value ?? '');
}
