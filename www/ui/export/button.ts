/** The button that opens the menu of a figure, which is fetched when it is first pressed. */

import { make } from '../element.js';
import { told } from '../format.js';
import type { Exported } from './exported.js';
import { t } from '../../languages/language.js';

/** Returns the button, with the place where the menu says what it has done. */
export function exportButton(exported: Exported): HTMLElement {
  const button = make('button', { type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false' }, t`Export`);
  button.setAttribute('aria-label', t`Export: ${exported.title}`);
  const said = make('span', { role: 'status' });
  button.addEventListener('click', () => {
    import('./menu.js').then(
      ({ open }) => open(button, said, exported),
      (error: unknown) => (said.textContent = t`The menu did not arrive: ${told(error)}`),
    );
  });
  return make('span', { class: 'export' }, button, said);
}
