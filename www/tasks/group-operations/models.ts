/**
 * The list of models: those of the gallery by their group, and the user's own files. Fetched when
 * it is first opened.
 */

import { t, translated } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { count } from '../../ui/format.js';
import '../../views/picker/models.css';
import { OwnModels } from '../../views/picker/own-models.js';
import type { Offered, Picked } from '../task.js';
import { type GroupEntry, type GroupGallery, nameOf } from './gallery.js';
import { written } from './task.js';

const HEADS = [t`Model`, t`Neurons`, t`Inputs right`, t`Proofs that fail`];

class ModelList {
  readonly #dialog = make('dialog', { class: 'models', 'aria-labelledby': 'models-title' });
  readonly #table = make('table', { 'aria-label': t`Models by group` });
  readonly #own = new OwnModels((own) => this.#pick({ own }));
  #offered: Offered | undefined;

  constructor() {
    const close = make('button', { type: 'button', 'aria-label': t`Close` }, '×');
    close.addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('click', ({ target }) => {
      if (target === this.#dialog) this.#dialog.close();
    });
    const head = make('header', {}, make('h2', { id: 'models-title' }, t`Models`), close);
    const meaning = make(
      'p',
      { class: 'hint' },
      t`Inputs right are counted over all inputs. A proof may fail though the network is right: it then has not learned what the proof supposes.`,
    );
    const shipped = make(
      'section',
      {},
      make('h3', {}, t`Of this page`),
      make('div', { class: 'seeds', tabindex: '0', role: 'group', 'aria-label': t`Models of this page` }, this.#table),
      meaning,
    );
    this.#dialog.append(make('div', {}, head, shipped, this.#own.element));
    document.body.append(this.#dialog);
  }

  async show(gallery: GroupGallery, offered: Offered) {
    this.#offered = offered;
    const head = make('tr', {}, ...HEADS.map((title) => make('th', { scope: 'col' }, title)));
    this.#table.replaceChildren(make('thead', {}, head), make('tbody', {}, ...gallery.models.map((model) => this.#row(model))));
    this.#dialog.showModal();
    const { open } = offered;
    await this.#own.show(open && 'own' in open ? open.own : undefined);
  }

  #row(model: GroupEntry) {
    const { group, neurons, correct, total, failures, source, named, id } = model;
    const open = this.#offered?.open;
    const isOpen = !!open && 'model' in open && open.model['model'] === id;
    const button = make(
      'button',
      { type: 'button', ...(source && { title: source }), ...(isOpen && { 'aria-current': 'true' }) },
      `${written(group)}, ${nameOf(model)}`,
    );
    button.addEventListener('click', () => this.#pick({ model: named }));
    const failed = failures
      .map(({ strategy, reasons }) => (reasons.length ? t`${strategy} fails: ${reasons.map(translated).join('; ')}` : t`${strategy} fails`))
      .join('. ');
    return make(
      'tr',
      {},
      make('th', { scope: 'row' }, button),
      make('td', {}, count(neurons)),
      make('td', {}, t`${count(correct)} of ${count(total)}`),
      make('td', {}, failed),
    );
  }

  #pick(model: Picked) {
    this.#dialog.close();
    this.#offered?.pick(model);
  }
}

let list: ModelList | undefined;

/** Opens the list of models. */
export function showModels(gallery: GroupGallery, offered: Offered): Promise<void> {
  list ??= new ModelList();
  return list.show(gallery, offered);
}
