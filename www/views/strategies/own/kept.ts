/** The proofs that the user has named: to open, rename, remove, and to save as files. */

import { t } from '../../../languages/language.js';
import { LONGEST, type Named, type Names } from '../../../state/names.js';
import { recipeOf } from './recipe.js';
import { nameOf } from '../../../state/certificates.js';
import { isBusy, type Model, type Proof } from '../../../state/model.js';
import { make } from '../../../ui/element.js';
import { save } from '../../../ui/save.js';
import type { Host } from '../../view.js';

/** Said where the browser stores nothing. */
const NOT_STORED = t`This browser stores nothing here: it is full, or storage is turned off. Save the certificate instead.`;

export class Kept {
  readonly #host: Host;
  readonly #names: Names;
  readonly #name = make('input', { maxlength: String(LONGEST), autocomplete: 'off' });
  readonly #keep = make('button', { type: 'submit' }, t`Keep`);
  readonly #save = make('button', { type: 'button' }, t`Download certificate`);
  readonly #form = make('form', { class: 'keep' }, make('label', {}, make('span', {}, t`Name`), this.#name), this.#keep, this.#save);
  readonly #said = make('p', { class: 'said', 'aria-live': 'polite' });
  readonly #title = make('h4', {}, t`Kept in this browser`);
  readonly #list = make('ul', { class: 'kept' });
  readonly element = make('div', {}, this.#form, this.#said, this.#title, this.#list);
  #model: Model | undefined;
  #own: Proof | undefined;
  /** What the list shows. */
  #listed = '';

  constructor(host: Host, names: Names) {
    this.#host = host;
    this.#names = names;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#store();
    });
    this.#save.addEventListener('click', () => void this.#download());
  }

  /** `own`: the chosen proof, if it is one of the user's own. */
  show(model: Model, own: Proof | undefined) {
    if (this.#own?.facts.strategy !== own?.facts.strategy) this.#tell('');
    this.#model = model;
    this.#own = own;
    this.#form.hidden = !own?.outcome || isBusy(own);
    const all = this.#names.of(model.facts.sha256);
    const listed = JSON.stringify([model.facts.sha256, all.map(({ name, strategy }) => [name, strategy])]);
    if (listed === this.#listed) return;
    this.#listed = listed;
    this.#title.hidden = !all.length;
    this.#list.replaceChildren(...all.map((named) => this.#entry(named)));
  }

  async #store() {
    const { own, model, name } = { own: this.#own, model: this.#model, name: this.#name.value.trim() };
    if (!own || !model) return;
    if (!name) {
      this.#tell(t`Give it a name first.`);
      return this.#name.focus();
    }
    const strategy = own.outcome?.strategy ?? own.facts.strategy;
    const certificate = recipeOf(strategy)?.how === 'given' ? await this.#host.certificate(own.facts.strategy) : undefined;
    const isKept = this.#names.keep(model.facts.sha256, { name, strategy, ...(certificate !== undefined && { certificate }) });
    this.#tell(isKept ? t`Kept as “${name}” in this browser.` : NOT_STORED);
    if (isKept) this.#name.value = '';
    this.#again();
  }

  async #download() {
    const { own, model } = { own: this.#own, model: this.#model };
    const certificate = own && (await this.#host.certificate(own.facts.strategy));
    if (certificate !== undefined && model)
      save(nameOf(model.facts.file, own?.outcome?.strategy ?? ''), new Blob([certificate], { type: 'application/json' }));
  }

  #entry({ name, strategy, certificate }: Named): HTMLElement {
    const open = make('button', { type: 'button', 'data-strategy': strategy }, name);
    open.addEventListener('click', () => {
      if (certificate === undefined) this.#host.choose(strategy);
      else this.#host.take(new File([certificate], `${name}.json`));
    });
    const sha256 = () => this.#model?.facts.sha256 ?? '';
    const field = make('input', { maxlength: String(LONGEST), value: name, 'aria-label': t`New name of ${name}` });
    const rename = make('button', { type: 'button' }, t`Rename`);
    field.hidden = true;
    const finish = () => {
      const to = field.value.trim();
      if (!to) return this.#tell(t`A name has at least one character.`);
      if (!this.#names.rename(sha256(), name, to))
        return this.#tell(t`It is still called “${name}”: another is called “${to}”, or this browser stores nothing.`);
      this.#tell(to === name ? '' : t`“${name}” is now called “${to}”.`);
      this.#again();
    };
    rename.addEventListener('click', () => {
      if (!field.hidden) return finish();
      field.hidden = false;
      open.hidden = true;
      field.focus();
      field.select();
    });
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') finish();
      if (event.key === 'Escape') this.#again();
    });
    const remove = make('button', { type: 'button', 'aria-label': t`Remove ${name}` }, t`Remove`);
    remove.addEventListener('click', () => {
      this.#tell(this.#names.remove(sha256(), name) ? t`“${name}” is forgotten.` : NOT_STORED);
      this.#again();
    });
    return make('li', {}, open, field, rename, remove);
  }

  /** Shows the list anew. */
  #again() {
    this.#listed = '';
    if (this.#model) this.show(this.#model, this.#own);
    // The claim names the proof, too.
    this.#host.within({});
  }

  #tell(text: string) {
    if (this.#said.textContent !== text) this.#said.textContent = text;
  }
}
