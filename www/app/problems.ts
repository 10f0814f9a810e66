/** What went wrong: it stays until it is dismissed, tried again, or over. */

import { get } from '../ui/element.js';
import { distrustCache } from '../engine/download.js';

/** What a problem is with. The last problem with each is shown. */
type About = 'model' | 'address' | 'workers' | 'gallery' | 'figure';

/** Something that the user can do about a problem. */
export interface Offer {
  label: string;
  act(): void;
}

interface Problem {
  text: string;
  retry: (() => void) | undefined;
  offer: Offer | undefined;
}

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

  /**
   * Tells a problem, with a button that tries again and one for what is offered; without a text,
   * takes it back.
   */
  tell(about: About, text: string | undefined, { retry, offer }: Partial<Problem> = {}) {
    this.#open.delete(about);
    if (text) this.#open.set(about, { text, retry, offer });
    this.#show();
  }

  #takeAll(): Problem[] {
    const problems = [...this.#open.values()];
    this.#open.clear();
    this.#show();
    return problems;
  }

  #show() {
    const problems = [...this.#open.values()];
    const text = problems.map((problem) => problem.text).join('\n');
    // The message is read aloud whenever it is set: only if it is new.
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
