/** Questions that the views answer, for who is new: each leads to the place of its answer. */

import './questions.css';
import { focusIn, make } from '../../ui/element.js';
import { goTo } from '../../ui/go.js';
import type { ViewName } from '../view.js';

export interface Question {
  asks: string;
  /** The view that answers it. */
  view: ViewName;
  /** The id of the heading within the view below which the answer stands; without it, the view. */
  at?: string;
  /** Identifier of the proof that it is about. */
  strategy?: string;
}

/** Lists `questions` in `box`; `view` is where views are shown, `label` names them. */
export function listQuestions(
  box: HTMLElement,
  view: HTMLElement,
  questions: readonly Question[],
  label: (name: ViewName) => string,
  choose: (strategy: string) => void,
) {
  const item = ({ asks, view: name, at, strategy }: Question) => {
    const button = make('button', { type: 'button', class: 'link' }, asks);
    button.addEventListener('click', () => {
      if (strategy !== undefined) choose(strategy);
      goTo(name);
      if (at !== undefined) arrive(view, at);
    });
    return make('li', {}, button, ' ', make('small', {}, label(name)));
  };
  box.append(make('ul', {}, ...questions.map(item)));
}

/** Ends the wait for the former answer. */
let wait = new AbortController();

/**
 * Goes to the element `id` once `view` has it, as views arrive later, and their answers later
 * still; no more once the user does something else.
 */
function arrive(view: HTMLElement, id: string) {
  wait.abort();
  wait = new AbortController();
  const { signal } = wait;
  const look = () => {
    const place = document.getElementById(id);
    if (signal.aborted || !place) return;
    place.focus({ preventScroll: true });
    if (focusIn(place) !== place) return; // What is not shown yet takes no focus.
    wait.abort();
    place.scrollIntoView({ block: 'start' });
  };
  const changes = new MutationObserver(look);
  signal.addEventListener('abort', () => changes.disconnect());
  for (const kind of ['pointerdown', 'keydown', 'wheel'] as const) addEventListener(kind, () => wait.abort(), { signal });
  changes.observe(view, { attributeFilter: ['class', 'hidden'], childList: true, subtree: true });
  look();
}
