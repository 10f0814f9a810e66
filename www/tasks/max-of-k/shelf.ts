/** The menus for K and seed, and the list of all models. */

import type { Address } from '../../app/address.js';
import { t } from '../../languages/language.js';
import { about, type Hashes, type Named, withSha256 } from '../../state/gallery.js';
import { fill, menus } from '../../views/picker/menus.js';
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
    const [ks, seeds] = modelMenus();
    ks.addEventListener('change', () => {
      const k = Number(ks.value);
      pick(namedBy(k, this.find(k, Number(seeds.value))?.seed ?? this.firstSeed(k)));
    });
    seeds.addEventListener('change', () => pick(namedBy(Number(ks.value), Number(seeds.value))));
    return {
      show: (entry) => {
        const open = this.models.find(({ file }) => file === entry?.file);
        fill(ks, written(this.sizes), open && String(open.k));
        fill(seeds, written(open ? this.seeds(open.k) : []), open && String(open.seed));
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

/** Numbers as choices of a menu. */
const written = (numbers: readonly number[]) => numbers.map(String).map((number) => [number, number] as const);

/** The menus in the header. */
export const modelMenus = () => menus(['k', t`K`], ['seed', t`Seed`]);

/** Fetches the list of the gallery's models. */
export const shelf = async () => new MaxShelf(await about<Manifest>(ID, 'manifest.json'));
