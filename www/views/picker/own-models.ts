/** The user's own files that this browser keeps: to open, rename and remove. */

import { t } from '../../languages/language.js';
import * as store from '../../state/own.js';
import { make } from '../../ui/element.js';
import { bytes, told } from '../../ui/format.js';

/** What is said where there is none. */
const NONE = t`None yet. A file that you open is kept in this browser, and is not sent anywhere.`;

export class OwnModels {
  readonly element = make('section', { 'aria-labelledby': 'own-models' }, make('h3', { id: 'own-models', tabindex: '-1' }, t`Your models`));
  readonly #list = make('ul', { class: 'own-models' });
  readonly #said = make('span', { role: 'status' });
  readonly #undo = make('button', { type: 'button', hidden: '' }, t`Undo`);
  readonly #clear = make('button', { type: 'button', hidden: '' }, t`Remove all`);
  readonly #open: (id: string) => void;
  /** What was removed last. */
  #removed: store.KeptFile[] = [];
  #current: string | undefined;

  /** `open` hears which file the user wants. */
  constructor(open: (id: string) => void) {
    this.#open = open;
    this.#clear.addEventListener('click', () => this.#change(() => this.#remove()));
    this.#undo.addEventListener('click', () =>
      this.#change(async () => {
        const back = this.#removed.splice(0);
        for (const file of back) await store.putBack(file);
        return back.length === 1 ? t`“${back[0]?.name}” is back.` : t`${back.length} files are back.`;
      }),
    );
    this.element.append(this.#list, make('p', { class: 'control' }, this.#clear, this.#said, this.#undo));
  }

  /** Shows the files, and which of them is open. */
  async show(current: string | undefined) {
    this.#current = current;
    this.#removed = [];
    this.#said.textContent = '';
    await this.#fill();
  }

  async #fill() {
    this.#undo.hidden = !this.#removed.length;
    try {
      const kept = await store.list();
      this.#clear.hidden = !kept.length;
      this.#list.replaceChildren(...(kept.length ? kept.map((file) => this.#item(file)) : [make('li', {}, NONE)]));
    } catch (error) {
      this.#clear.hidden = true;
      this.#list.replaceChildren(make('li', {}, t`This browser keeps no files (${told(error)}): each visit starts without them.`));
    }
  }

  #item({ id, file, name, size }: store.Kept) {
    const field = make('input', {
      type: 'text',
      maxlength: String(store.MOST_NAME),
      spellcheck: 'false',
      'aria-label': t`Name of ${file}`,
    });
    field.value = name;
    field.addEventListener('change', () =>
      this.#change(async () => {
        const wanted = field.value.trim() || file;
        await store.rename(id, wanted);
        return t`${file} is called “${wanted}”.`;
      }),
    );
    const button = (text: string, act: () => void) => {
      const made = make('button', { type: 'button', 'aria-label': `${text} ${name}` }, text);
      made.addEventListener('click', act);
      return made;
    };
    const open = button(t`Open`, () => this.#open(id));
    if (id === this.#current) open.setAttribute('aria-current', 'true');
    return make('li', {}, field, open, button(t`Remove`, () => this.#change(() => this.#remove(id))), make('span', {}, bytes(size)));
  }

  /** Removes a file, or all; they can be put back until the list is closed. */
  async #remove(id?: string): Promise<string> {
    const wanted = (await store.list()).filter((kept) => id === undefined || kept.id === id);
    const files = await Promise.all(wanted.map((kept) => store.find(kept.id)));
    await store.remove(id);
    this.#removed = files.flatMap((file) => file ?? []);
    return this.#removed.length === 1 ? t`“${this.#removed[0]?.name}” is removed.` : t`${this.#removed.length} files are removed.`;
  }

  /** Changes the files and says what was changed; the focus goes where it still makes sense. */
  async #change(work: () => Promise<string>) {
    this.#said.textContent = await work().catch(told);
    await this.#fill();
    if (document.activeElement === document.body || !document.activeElement)
      (this.#undo.hidden ? this.element.querySelector('h3') : this.#undo)?.focus();
  }
}
