/** The menus for group and model, and the list of all models. */

import { t } from '../../languages/language.js';
import { about, type Named, withSha256 } from '../../state/gallery.js';
import { get, make } from '../../ui/element.js';
import type { Offered, Picker, Shelf } from '../task.js';
import { type GroupEntry, GroupGallery, type Manifest, nameOf } from './gallery.js';
import { ID, written } from './task.js';

class GroupShelf extends GroupGallery implements Shelf {
  bySha256(sha256: string): Promise<GroupEntry | undefined> {
    return Promise.resolve(withSha256(this.models, sha256, Object.fromEntries(this.models.map((each) => [each.file, each.sha256]))));
  }

  picker(pick: (named: Named) => void): Picker {
    const [groups, models] = menus();
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

/** Puts the menus into the header, where they are not there yet. */
export function menus(): [HTMLSelectElement, HTMLSelectElement] {
  const labelled = (id: string, label: string) => make('span', {}, make('label', { for: id }, label), ' ', make('select', { id, disabled: '' }));
  const place = get('menus', HTMLElement);
  if (!document.getElementById('group')) place.replaceChildren(labelled('group', t`Group`), labelled('model', t`Model`));
  return [get('group', HTMLSelectElement), get('model', HTMLSelectElement)];
}

export const manifest = () => about<Manifest>(ID, 'manifest.json');

/** Fetches the list of the gallery's models. */
export const shelf = async () => new GroupShelf(await manifest());

function fill(select: HTMLSelectElement, values: [value: string, label: string][], value: string | undefined) {
  const none = make('option', { value: '', hidden: '' }, '–');
  select.replaceChildren(none, ...values.map(([value, label]) => make('option', { value }, label)));
  select.value = value ?? '';
}
