/** A button that keeps files for use without a network, and says how that goes. */

import { t } from '../languages/language.js';
import { make } from '../ui/element.js';
import { told } from '../ui/format.js';
import { isPossible, keep } from './offline.js';

/**
 * The button, written as `label`; it keeps the whole program and the files that `paths` names when
 * it is pressed.
 */
export function keepButton(label: string, paths: () => readonly string[] | Promise<readonly string[]>): HTMLElement {
  const button = make('button', { type: 'button' }, label);
  // Only the end is read aloud.
  const progress = make('span');
  const said = make('span', { role: 'status' });
  const place = make('span', { class: 'keep' }, button, ' ', progress, said);
  place.hidden = !isPossible();
  let isBusy = false;
  button.addEventListener('click', async () => {
    if (isBusy) return;
    isBusy = true;
    said.textContent = '';
    try {
      await keep(await paths(), (done, of) => (progress.textContent = t`${done} of ${of} files`));
      said.textContent = t`Kept: this opens without a network.`;
    } catch (error) {
      said.textContent = t`Not kept: ${told(error)}`;
    }
    progress.textContent = '';
    isBusy = false;
  });
  return place;
}
