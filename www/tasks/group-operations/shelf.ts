/** The menus for group and model, and the list of all models. */

import { t } from '../../languages/language.js';
import { about, type Named, withSha256 } from '../../state/gallery.js';
import { fill, menus } from '../../views/picker/menus.js';
import type { Offered, Picker, Shelf } from '../task.js';
import { type GroupEntry, GroupGallery, type Manifest, nameOf } from './gallery.js';
import { ID, written } from './task.js';

class GroupShelf extends GroupGallery implements Shelf {
  bySha256(sha256: string): Promise<GroupEntry | undefined> {
    return Promise.resolve(withSha256(this.models, sha256, Object.fromEntries(this.models.map((each) => [each.file, each.sha256]))));
  }

  picker(pick: (named: Named) => void): Picker {
    const [groups, models] = modelMenus();
    groups.addEventListener('change', () => {
      const [first] = this.of(groups.value);
      if (first) pick(first.named);
    });
    models.addEventListener('change', () => pick(this.find(models.value)?.named ?? this.default.named));
    return {
      show: (entry) => {
        const open = this.models.find(({ file }) => file === entry?.file);
        fill(groups, this.groups.map((group) => [group, written(group)]), open?.group);
        fill(models, open ? this.of(open.group).map((each) => [each.id, nameOf(each)]) : [], open?.id);
        groups.disabled = false;
        models.disabled = !open;
      },
    };
  }

  async list(offered: Offered) {
    const { showModels } = await import('./models.js');
    await showModels(this, offered);
  }
}

/** The menus in the header. */
export const modelMenus = () => menus(['group', t`Group`], ['model', t`Model`]);

export const manifest = () => about<Manifest>(ID, 'manifest.json');

/** Fetches the list of the gallery's models. */
export const shelf = async () => new GroupShelf(await manifest());
