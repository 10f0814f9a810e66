/**
 * The part of the page about its use without a network, and about what it stores: keep, look,
 * delete.
 */

import './section.css';
import { t } from '../languages/language.js';
import { make } from '../ui/element.js';
import { told } from '../ui/format.js';
import { keepButton } from './keep-button.js';
import { deleteStored, stored } from './stored.js';

/** Files that this section keeps besides the program: those of the open model. */
export function section(paths: () => readonly string[]): HTMLElement {
  const erase = make('button', { type: 'button', 'aria-haspopup': 'dialog' }, t`Delete what is stored…`);
  const said = make('span', { role: 'status' });
  erase.addEventListener('click', () => void ask(erase, said));
  return make(
    'p',
    { class: 'stored' },
    t`After a visit this page opens without a network, and a browser can install it. It then has what you have used of it.`,
    ' ',
    keepButton(t`Keep all views and this model`, paths),
    ' ',
    erase,
    ' ',
    said,
  );
}

/** Says what would be deleted, asks once, and deletes it. */
async function ask(button: HTMLElement, said: HTMLElement) {
  const kinds = await stored();
  if (!kinds.length) {
    said.textContent = t`Nothing is stored.`;
    return;
  }
  const title = make('h2', { id: 'stored-title' }, t`Delete what this page has stored?`);
  const yes = make('button', { type: 'submit', value: 'delete', class: 'primary' }, t`Delete all of it`);
  const no = make('button', { type: 'submit', value: '' }, t`Keep it`);
  const form = make(
    'form',
    { method: 'dialog' },
    title,
    make('ul', {}, ...kinds.map((kind) => make('li', {}, kind))),
    make('p', {}, t`This cannot be undone. Other pages of this site keep what is theirs.`),
    make('p', { class: 'buttons' }, yes, no),
  );
  const dialog = make('dialog', { class: 'stored', 'aria-labelledby': title.id }, form);
  document.body.append(dialog);
  dialog.addEventListener('close', () => {
    dialog.remove();
    button.focus();
    if (dialog.returnValue !== 'delete') return;
    deleteStored().then(
      () => (said.textContent = t`Deleted. What is open stays until you leave.`),
      (error: unknown) => (said.textContent = t`Not all of it is deleted: ${told(error)}`),
    );
  });
  dialog.showModal();
  no.focus();
}
