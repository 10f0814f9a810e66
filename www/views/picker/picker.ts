/** The two menus for K and seed. Choosing changes the address; the address decides what is loaded. */

import { get, make } from '../../ui/element.js';
import { type Entry, type Gallery, hashOf } from '../../state/gallery.js';

export class Picker {
  readonly #k = get('k', HTMLSelectElement);
  readonly #seed = get('seed', HTMLSelectElement);
  readonly #gallery: Gallery;

  constructor(gallery: Gallery) {
    this.#gallery = gallery;
    this.#k.addEventListener('change', () => {
      const [k, seeds] = [Number(this.#k.value), gallery.seeds(Number(this.#k.value))];
      const seed = seeds.find((s) => String(s) === this.#seed.value) ?? gallery.find(`#k=${k}`)?.seed;
      if (seed !== undefined) location.hash = hashOf({ k, seed });
    });
    this.#seed.addEventListener('change', () => {
      location.hash = hashOf({ k: Number(this.#k.value), seed: Number(this.#seed.value) });
    });
  }

  /** Shows which model is loaded; none of the gallery's while a file of the user's is. */
  show(entry: Entry | undefined) {
    fill(this.#k, this.#gallery.sizes, entry?.k);
    fill(this.#seed, entry ? this.#gallery.seeds(entry.k) : [], entry?.seed);
    this.#k.disabled = false;
    this.#seed.disabled = !entry;
  }
}

function fill(select: HTMLSelectElement, values: number[], value: number | undefined) {
  const none = make('option', { value: '', hidden: '' }, '–');
  select.replaceChildren(none, ...values.map((v) => make('option', { value: String(v) }, String(v))));
  select.value = String(value ?? '');
}
