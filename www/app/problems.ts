/** Shows problems, until the user dismisses them or tries again, or they are resolved. */

import { get } from '../ui/element.js';
import { distrustCache } from '../engine/download.js';

/** The subject of a problem. One problem per subject, the last, is shown. */
type About = 'language' | 'task' | 'model' | 'kept' | 'address' | 'workers' | 'prove' | 'gallery' | 'figure';

/** A button with a solution. */
export interface Offer {
  label: string;
  act(): void;
}

interface Problem {
  text: string;
  /** Tries again; undefined if that cannot help. */
  retry: (() => void) | undefined;
  offer: Offer | undefined;
}

/** The box with the open problems. */
export class Problems {
  readonly #box = get('problem', HTMLElement);
  readonly #message = get('message', HTMLElement);
  readonly #again = get('again', HTMLButtonElement);
  readonly #offer = get('offer', HTMLButtonElement);
  readonly #open = new Map<About, Problem>();

  constructor() {
    get('dismiss', HTMLButtonElement).addEventListener('click', () => this.#takeAll());
    this.#again.addEventListener('click', () => {
      distrustCache();
      for (const { retry } of this.#takeAll()) retry?.();
    });
    this.#offer.addEventListener('click', () => {
      for (const { offer } of this.#takeAll()) offer?.act();
    });
  }

  /** Shows a problem, with buttons for `retry` and `offer`. Without a text, removes the problem. */
  tell(about: About, text: string | undefined, { retry, offer }: Partial<Problem> = {}) {
    this.#open.delete(about);
    if (text) this.#open.set(about, { text, retry, offer });
    this.#show();
  }

  /** Removes and returns all problems. */
  #takeAll(): Problem[] {
    const problems = [...this.#open.values()];
    this.#open.clear();
    this.#show();
    return problems;
  }

  #show() {
    const problems = [...this.#open.values()];
    const text = problems.map((problem) => problem.text).join('\n');
    // Screen readers read the message aloud whenever it is set, so it is set only if it is new.
    if (this.#message.textContent !== text) this.#message.textContent = text;
    this.#again.hidden = !problems.some(({ retry }) => retry);
    const label = problems.flatMap(({ offer }) => offer?.label ?? [])[0];
    this.#offer.hidden = label === undefined;
    this.#offer.textContent = label ?? '';
    const focused = this.#box.contains(document.activeElement);
    this.#box.hidden = !problems.length;
    if (focused && this.#box.hidden) get('status', HTMLElement).focus({ preventScroll: true });
  }
}
