/**
 * What the page says in a corner, quietly: it covers little, moves nothing, and waits until someone
 * answers.
 */

import './notice.css';
import { make } from './element.js';

/** A notice that is shown. */
export interface Notice {
  /** Says something else in its place. */
  say(text: string): void;
  close(): void;
}

const corner = make('div', { class: 'notices' });

/** Shows a text with buttons: a label and what it does. */
export function notice(text: string, actions: Readonly<Record<string, () => void>>): Notice {
  const said = make('span');
  const buttons = Object.entries(actions).map(([label, act]) => {
    const button = make('button', { type: 'button' }, label);
    button.addEventListener('click', act);
    return button;
  });
  const box = make('p', { class: 'notice', role: 'status' });
  document.body.append(corner);
  corner.append(box);
  said.textContent = text;
  // A status is read aloud if it changes once it is in the page.
  box.append(said, ...buttons.flatMap((button) => [' ', button]));
  return { say: (other) => (said.textContent = other), close: () => box.remove() };
}
