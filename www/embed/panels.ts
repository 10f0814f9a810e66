/** The views of an embed beside its figure, below each other. */

import { t } from '../languages/language.js';
import { make } from '../ui/element.js';
import { told } from '../ui/format.js';
import type { Host, Shown, ViewOf } from '../views/view.js';
import type { Session } from './session.js';
import type { Shown as Name } from './switches.js';
import { VIEWS } from './views.js';

/** What an embed does for its views. */
type Asked = Pick<Host, 'choose' | 'compare' | 'over' | 'within' | 'problem' | 'take'>;

export class Panels {
  readonly #parent: HTMLElement;
  readonly #host: Host;
  readonly #views = new Map<Name, Promise<ViewOf>>();
  readonly #places = new Map<Name, HTMLElement>();
  #names: readonly Name[] = [];
  #shown: Shown | undefined;
  /** Views are fetched once something has been proven here. */
  #isReady = false;

  constructor(parent: HTMLElement, { models, queue, prover, explain, view }: Session, asked: Asked) {
    this.#parent = parent;
    this.#host = {
      ...asked,
      tryInput: (tokens) => asked.within({ tokens }),
      refuse: () => {},
      toTable: () => {},
      askPublished: (proof) => void models.askPublished(proof),
      certificate: async (strategy) => {
        const proof = await queue.ask(strategy);
        const { Certificates } = await import('../state/certificates.js');
        return proof && new Certificates(models, queue, prover, view).of(proof);
      },
      explain,
      model: () => models.current,
    };
  }

  /** Shows these views and no others. */
  open(names: readonly Name[]) {
    this.#names = names;
    this.#parent.hidden = !names.length;
    this.#fill();
  }

  /** Fetches views from now on. */
  ready() {
    this.#isReady = true;
    this.#fill();
  }

  show(shown: Shown) {
    this.#shown = shown;
    this.#fill();
  }

  #fill() {
    const shown = this.#shown;
    if (!shown || !this.#isReady) return;
    for (const [name, place] of this.#places) place.hidden = !this.#names.includes(name);
    for (const name of this.#names) {
      const view = this.#views.get(name) ?? this.#fetch(name);
      this.#views.set(name, view);
      view.then((each) => each.show(this.#shown ?? shown), () => {});
    }
  }

  async #fetch(name: Name): Promise<ViewOf> {
    const found = VIEWS[name];
    try {
      if (!found) throw new Error(t`it is not in this file; the file with all views has it.`);
      // Its place is there before it is, so that views stand in the order of the switch.
      const place = make('div', { class: `of-${name}`, 'data-view': found.label() });
      this.#places.set(name, place);
      this.#parent.append(place);
      const { open } = await found.load();
      return open(place, this.#host);
    } catch (error) {
      this.#host.problem(t`The view ${found?.label() ?? name} cannot be shown: ${told(error)}`);
      throw error;
    }
  }
}
