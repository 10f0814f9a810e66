/** What went wrong: it stays until it is dismissed, tried again, or over. */

import { get } from '../ui/element.js';
import { distrustCache } from '../engine/download.js';

/** What it went wrong with: of each, the last problem is shown. */
type About = 'model' | 'gallery' | 'figure';

export class Problems {
  readonly #box = get('problem', HTMLElement);
  readonly #message = get('message', HTMLElement);
  readonly #again = get('again', HTMLButtonElement);
  readonly #open = new Map<About, { text: string; retry: (() => void) | undefined }>();

  constructor() {
    get('dismiss', HTMLButtonElement).addEventListener('click', () => {
      this.#open.clear();
      this.#show();
    });
    this.#again.addEventListener('click', () => {
      const retries = [...this.#open.values()].flatMap(({ retry }) => retry ?? []);
      this.#open.clear();
      this.#show();
      distrustCache();
      for (const retry of retries) retry();
    });
  }

  /** Says it, with a button for what is worth another try; undefined takes it back. */
  tell(about: About, text: string | undefined, retry?: () => void) {
    this.#open.delete(about);
    if (text) this.#open.set(about, { text, retry });
    this.#show();
  }

  #show() {
    const problems = [...this.#open.values()];
    const text = problems.map((problem) => problem.text).join('\n');
    // It is read aloud: only what is new.
    if (this.#message.textContent !== text) this.#message.textContent = text;
    this.#again.hidden = !problems.some(({ retry }) => retry);
    const focused = this.#box.contains(document.activeElement);
    this.#box.hidden = !problems.length;
    if (focused && this.#box.hidden) get('status', HTMLElement).focus({ preventScroll: true });
  }
}
