/** The menus for K and seed, and the list of all models. */

import type { Address } from '../../app/address.js';
import { about, type Hashes, type Named, withSha256 } from '../../state/gallery.js';
import { get, make } from '../../ui/element.js';
import type { Offered, Picker, Shelf } from '../task.js';
import { K, type Manifest, type MaxEntry, MaxGallery, namedBy, SEED } from './gallery.js';
import { ID } from './task.js';

export class MaxShelf extends MaxGallery implements Shelf {
  at(address: Address, tell: (problem: string) => void): MaxEntry {
    const k = K.read(address, this, tell);
    const seed = SEED.read(address, { gallery: this, k }, tell);
    return this.find(k, seed) ?? this.default;
  }

  async bySha256(sha256: string): Promise<MaxEntry | undefined> {
    return withSha256(this.models, sha256, await about<Hashes>(ID, 'hashes.json'));
  }

  picker(pick: (named: Named) => void): Picker {
    const [ks, seeds] = [get('k', HTMLSelectElement), get('seed', HTMLSelectElement)];
    ks.addEventListener('change', () => {
      const k = Number(ks.value);
      pick(namedBy(k, this.find(k, Number(seeds.value))?.seed ?? this.firstSeed(k)));
    });
    seeds.addEventListener('change', () => pick(namedBy(Number(ks.value), Number(seeds.value))));
    return {
      show: (entry) => {
        const open = this.models.find(({ file }) => file === entry?.file);
        fill(ks, this.sizes, open?.k);
        fill(seeds, open ? this.seeds(open.k) : [], open?.seed);
        ks.disabled = false;
        seeds.disabled = !open;
      },
    };
  }

  async list(offered: Offered) {
    const { showModels } = await import('./models.js');
    await showModels(this, offered);
  }
}

/** Fetches the list of the gallery's models. */
export const shelf = async () => new MaxShelf(await about<Manifest>(ID, 'manifest.json'));

function fill(select: HTMLSelectElement, values: number[], value: number | undefined) {
  const none = make('option', { value: '', hidden: '' }, '–');
  select.replaceChildren(none, ...values.map((v) => make('option', { value: String(v) }, String(v))));
  select.value = String(value ?? '');
}
