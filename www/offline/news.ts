/** Sets up the use without a network, and says quietly when a newer version of the page is here. */

import './news.css';
import { make } from '../ui/element.js';
import { told } from '../ui/format.js';
import { setUp } from './offline.js';

const said = make('span', {}, 'A newer version of this page is here. This one goes on until you close it.');
const now = make('button', { type: 'button' }, 'Open it now');
const later = make('button', { type: 'button' }, 'Later');
const box = make('p', { class: 'news', role: 'status' });

/** Starts it; the page is as useful if that fails. */
export function listen() {
  setUp((open) => {
    now.onclick = () => void open().catch((error: unknown) => (said.textContent = told(error)));
    later.onclick = () => box.remove();
    document.body.append(box);
    // A status is read aloud if it changes once it is in the page.
    box.replaceChildren(said, ' ', now, ' ', later);
  }).catch(() => {});
}
