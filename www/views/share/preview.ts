/** The preview: the element as other sites have it, at the width that it will have there. */

import type { Name } from '../../embed/switches.js';
import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';

let fetched: Promise<void> | undefined;
/** Fetches what other sites fetch, as they do; again after a failure. */
function program(src: string): Promise<void> {
  fetched ??= new Promise((done, failed) => {
    const script = make('script', { type: 'module', src });
    script.addEventListener('load', () => done());
    script.addEventListener('error', () => failed(new Error(t`The preview did not arrive. Choose something to try again.`)));
    document.head.append(script);
  });
  fetched.catch(() => (fetched = undefined));
  return fetched;
}

export class Preview {
  readonly element = make('div', {
    class: 'share-preview scroller',
    tabindex: '0',
    role: 'group',
    'aria-label': t`The embed, which may be wider than this place`,
  });
  #shown: HTMLElement | undefined;

  /**
   * Shows an embed; `why` says why there is none. Its attributes change as an author would change
   * them.
   */
  async show(page: string, switches: Partial<Record<Name, string>>, width: number, why: string | undefined) {
    if (why) return this.#say(why);
    try {
      await program(`${page}embed/compact-proofs.js`);
    } catch (error) {
      return this.#say(told(error));
    }
    const shown = (this.#shown ??= make('compact-proofs' as 'div'));
    for (const name of shown.getAttributeNames()) if (name !== 'style' && !(name in switches)) shown.removeAttribute(name);
    for (const [name, value] of Object.entries(switches)) if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
    shown.style.width = `${width}px`;
    if (!shown.isConnected) this.element.replaceChildren(shown);
  }

  /** Ends the preview and frees what it uses. */
  clear() {
    this.element.replaceChildren();
    this.#shown = undefined;
  }

  #say(why: string) {
    this.clear();
    this.element.append(make('p', { class: 'hint' }, why));
  }
}
