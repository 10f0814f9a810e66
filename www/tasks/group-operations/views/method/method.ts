/** The view "Method" of this task. */

import { Method } from '../../../../views/method/sections.js';
import { TRUST } from '../../../../views/method/trust.js';
import type { Host, Shown, ViewOf } from '../../../../views/view.js';
import type { Asking } from '../../explain.js';
import { Question, State } from '../asking.js';
import { type Answered, familiesOf } from './families.js';

class GroupMethod implements ViewOf {
  readonly #method: Method;
  readonly #answered: Answered = {};
  readonly #power: Question<'power'>;
  readonly #frequencies: Question<'frequencies'>;
  #shown: Shown | undefined;

  constructor(parent: HTMLElement, host: Host<Asking>) {
    const state = new State();
    this.#method = new Method(parent, host, [...familiesOf(this.#answered), ...TRUST]);
    parent.append(state.element);
    const answered = (answer: Answered) => {
      Object.assign(this.#answered, answer);
      if (this.#shown) this.#method.show(this.#shown);
    };
    this.#power = new Question(host, 'power', (power) => answered({ power }), state);
    this.#frequencies = new Question(host, 'frequencies', (frequencies) => answered({ frequencies }), state);
  }

  show(shown: Shown) {
    if (shown.model !== this.#shown?.model) {
      Object.assign(this.#answered, { power: undefined, frequencies: undefined } satisfies Answered);
      this.#power.ask();
      this.#frequencies.ask();
    }
    this.#shown = shown;
    this.#method.show(shown);
  }
}

export const open = (parent: HTMLElement, host: Host<Asking>): ViewOf => new GroupMethod(parent, host);
