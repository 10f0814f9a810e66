/**
 * The marks of a picture as buttons over its canvas: each has a name, can be focused, and chooses
 * what it is of.
 */

import { t } from '../../languages/language.js';
import type { Figure } from '../../pkg/plot.js';
import { focusIn, make } from '../../ui/element.js';

/** A mark that can be pointed at. */
export interface Mark {
  /** Says what it is of. */
  name: string;
  /** What tells it from others, also when its place changes. */
  id: string;
  isChosen: boolean;
}

export class Spots {
  readonly element = make('div', { class: 'spots', role: 'group', 'aria-label': t`Dictionaries. Arrow keys go from mark to mark.` });
  readonly #buttons = new Map<string, HTMLButtonElement>();
  #marks: readonly Mark[] = [];

  /** `point` hears which mark is under the pointer or the focus, `choose` which is pressed. */
  constructor(point: (mark: Mark | undefined) => void, choose: (mark: Mark) => void) {
    const of = (target: EventTarget | null) => this.#marks.find(({ id }) => target instanceof HTMLElement && target.dataset['spot'] === id);
    for (const type of ['pointerover', 'focusin']) this.element.addEventListener(type, ({ target }) => point(of(target)));
    for (const type of ['pointerleave', 'focusout']) this.element.addEventListener(type, () => point(undefined));
    this.element.addEventListener('click', ({ target }) => {
      const mark = of(target);
      if (mark) choose(mark);
    });
    this.element.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Puts a button for each mark where the figure has it. */
  show(marks: readonly Mark[], places: Figure['markers'], scale: number) {
    this.#marks = marks;
    const there = new Set(marks.map(({ id }) => id));
    for (const [id, button] of this.#buttons) {
      if (there.has(id)) continue;
      button.remove();
      this.#buttons.delete(id);
    }
    const stop = Math.max(0, marks.findIndex(({ isChosen }) => isChosen));
    marks.forEach(({ id, name, isChosen }, i) => {
      const button = this.#buttons.get(id) ?? this.#add(id);
      const { x, y } = places[i] ?? { x: 0, y: 0 };
      button.style.transform = `translate(${(scale * x).toFixed(1)}px, ${(scale * y).toFixed(1)}px)`;
      if (button.getAttribute('aria-label') !== name) button.setAttribute('aria-label', name);
      button.setAttribute('aria-pressed', String(isChosen));
      button.tabIndex = button === focusIn(button) || i === stop ? 0 : -1;
    });
  }

  #add(id: string): HTMLButtonElement {
    const button = make('button', { type: 'button', 'data-spot': id });
    this.#buttons.set(id, button);
    this.element.append(button);
    return button;
  }

  #key(event: KeyboardEvent) {
    const all = this.#marks.flatMap(({ id }) => this.#buttons.get(id) ?? []);
    const at = all.findIndex((button) => button === event.target);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = all[to];
    if (!next) return;
    for (const button of all) button.tabIndex = button === next ? 0 : -1;
    next.focus({ preventScroll: true });
  }
}
