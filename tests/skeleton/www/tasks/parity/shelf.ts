/** The models of this task, and the menus that choose one. */

import { type Address, Field } from '../../app/address.js';
import { t } from '../../languages/language.js';
import { about, type Entry, type Named, withSha256 } from '../../state/gallery.js';
import { fill, menus } from '../../views/picker/menus.js';
import type { Picker, Shelf } from '../task.js';
import { ID } from './task.js';

/** A model as `manifest.json` lists it. */
interface Listed extends Entry {
  sha256: string;
}

const MODEL: Field<Listed, ParityShelf> = new Field('model', {
  part: 'hash',
  initial: (shelf: ParityShelf) => shelf.default,
  parse: (text, shelf: ParityShelf) => shelf.models.find(({ named }) => named['model'] === text),
  range: (shelf: ParityShelf) => t`one of ${shelf.models.map(({ file }) => file).join(', ')}`,
  said: ({ named }: Listed) => named['model'] ?? '',
});

class ParityShelf implements Shelf {
  readonly default: Listed;

  constructor(readonly models: readonly [Listed, ...Listed[]]) {
    this.default = models[0];
  }

  at(address: Address, tell: (problem: string) => void): Listed {
    return MODEL.read(address, this, tell);
  }

  bySha256(sha256: string): Promise<Listed | undefined> {
    return Promise.resolve(withSha256(this.models, sha256, Object.fromEntries(this.models.map((each) => [each.file, each.sha256]))));
  }

  picker(pick: (named: Named) => void): Picker {
    const [models] = menus(['model', t`Model`], ['bits', t`Bits`]);
    models.addEventListener('change', () => pick({ model: models.value }));
    return {
      show: (entry) => fill(models, this.models.map(({ file }) => [file, file]), entry?.file),
    };
  }

  list(): Promise<void> {
    return Promise.resolve();
  }
}

/** Fetches the list of the gallery's models. */
export const shelf = async () => new ParityShelf(await about(ID, 'manifest.json'));
