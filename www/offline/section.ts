/** The part of the page about its use without a network, and about what it stores: keep, look, delete. */

import './section.css';
import { make } from '../ui/element.js';
import { told } from '../ui/format.js';
import { keepButton } from './keep-button.js';
import { deleteStored, stored } from './stored.js';

/** Files that this section keeps besides the program: those of the open model. */
export function section(paths: () => readonly string[]): HTMLElement {
  const erase = make('button', { type: 'button', 'aria-haspopup': 'dialog' }, 'Delete what is stored…');
  const said = make('span', { role: 'status' });
  erase.addEventListener('click', () => void ask(erase, said));
  return make(
    'p',
    { class: 'stored' },
    'After a visit this page opens without a network, and a browser can install it. It then has what you have used of it. ',
    keepButton('Keep all views and this model', paths),
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
    said.textContent = 'Nothing is stored.';
    return;
  }
  const title = make('h2', { id: 'stored-title' }, 'Delete what this page has stored?');
  const yes = make('button', { type: 'submit', value: 'delete', class: 'primary' }, 'Delete all of it');
  const no = make('button', { type: 'submit', value: '' }, 'Keep it');
  const form = make(
    'form',
    { method: 'dialog' },
    title,
    make('ul', {}, ...kinds.map((kind) => make('li', {}, kind))),
    make('p', {}, 'This cannot be undone. Other pages of this site keep what is theirs.'),
    make('p', { class: 'buttons' }, yes, no),
  );
  const dialog = make('dialog', { class: 'stored', 'aria-labelledby': title.id }, form);
  document.body.append(dialog);
  dialog.addEventListener('close', () => {
    dialog.remove();
    button.focus();
    if (dialog.returnValue !== 'delete') return;
    deleteStored().then(
      () => (said.textContent = 'Deleted. What is open stays until you leave.'),
      (error: unknown) => (said.textContent = `Not all of it is deleted: ${told(error)}`),
    );
  });
  dialog.showModal();
  no.focus();
}
