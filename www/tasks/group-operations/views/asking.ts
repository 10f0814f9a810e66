/** What views of this task ask of the page: the questions that the module `insight` answers. */

import type { Answers } from '../../../pkg/insight.js';
import { Cancelled } from '../../../engine/client.js';
import { make } from '../../../ui/element.js';
import { told } from '../../../ui/format.js';
import { Latest } from '../../../ui/latest.js';
import type { Host } from '../../../views/view.js';

/** Answers a question of this task about the open model, by its name and its arguments. */
export interface Asks {
  ask<T>(question: { ask: string; [argument: string]: unknown }): Promise<T>;
}

export type GroupHost = Omit<Host, 'explain'> & { readonly explain: Asks };

/**
 * A line that says what a view waits for, or why it shows nothing; of several questions it says the
 * last one's.
 */
export class State {
  readonly element = make('p', { class: 'state', 'aria-live': 'polite' });

  say(text: string) {
    this.element.textContent = text;
  }

  /** Says why there is no answer, unless another model is about to be shown. */
  failed(error: unknown) {
    if (!(error instanceof Cancelled)) this.say(told(error));
  }
}

/** A question that is asked again and again: only the last answer counts. */
export class Question<K extends keyof Answers> {
  readonly #host: GroupHost;
  readonly #name: K;
  readonly #latest: Latest<Answers[K]>;

  constructor(host: GroupHost, name: K, answered: (answer: Answers[K]) => void, state: State) {
    [this.#host, this.#name] = [host, name];
    this.#latest = new Latest(answered, (error) => state.failed(error));
  }

  ask(args: Record<string, unknown> = {}) {
    this.#latest.ask(() => this.#host.explain.ask<Answers[K]>({ ask: this.#name, ...args }));
  }

  forget() {
    this.#latest.forget();
  }
}
