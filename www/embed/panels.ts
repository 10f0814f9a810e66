/** The views of an embed beside its figure, below each other. */

import { t } from '../languages/language.js';
import { make } from '../ui/element.js';
import { told } from '../ui/format.js';
import type { Host, Shown, ViewOf } from '../views/view.js';
import type { Session } from './session.js';
import type { Shown as Name } from './switches.js';

/** What an embed does for its views. */
type Asked = Pick<Host, 'choose' | 'compare' | 'over' | 'within' | 'problem' | 'take' | 'uncertain'>;
/** What a view asks of an embed, but for questions about the model. */
type Rest = Omit<Host, 'explain'>;

export class Panels {
  readonly #parent: HTMLElement;
  readonly #session: Session;
  readonly #host: Rest;
  readonly #views = new Map<Name, Promise<ViewOf>>();
  readonly #places = new Map<Name, HTMLElement>();
  #names: readonly Name[] = [];
  #shown: Shown | undefined;
  /** Views are fetched once something has been proven here. */
  #isReady = false;

  constructor(parent: HTMLElement, session: Session, asked: Asked) {
    const { models, queue, prover, view } = session;
    [this.#parent, this.#session] = [parent, session];
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
    const { views, name: task } = this.#session.task;
    const found = views[name];
    try {
      if (!found) throw new Error(t`models of ${task()} have ${Object.keys(views).join(', ')}.`);
      // Its place is there before it is, so that views stand in the order of the switch.
      const place = make('div', { class: `of-${name}`, 'data-view': found.label() });
      this.#places.set(name, place);
      this.#parent.append(place);
      const [{ open }, explain] = await Promise.all([found.load(), this.#session.explains()]);
      return open(place, { ...this.#host, explain });
    } catch (error) {
      this.#host.problem(t`The view ${found?.label() ?? name} cannot be shown: ${told(error)}`);
      throw error;
    }
  }
}
