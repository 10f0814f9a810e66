/** A button that copies a text. */

import { make } from './element.js';
import { copy } from './export/copy.js';
import { t } from '../languages/language.js';

/** For so long the button says what came of it, in milliseconds. */
const SAID = 2000;

/** Copies what `text` gives when it is pressed, and says so on the button. */
export function copyButton(label: string, text: () => string | Promise<string>): HTMLButtonElement {
  const button = make('button', { type: 'button', 'aria-live': 'polite' }, label);
  let timer = 0;
  button.addEventListener('click', async () => {
    const done = await Promise.resolve(text()).then(copy).then(() => true, () => false);
    button.textContent = done ? t`Copied` : t`Select the text and copy it by hand`;
    clearTimeout(timer);
    timer = setTimeout(() => (button.textContent = label), SAID);
  });
  return button;
}
