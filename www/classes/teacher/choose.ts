/** The first section: which exercises, in which order, in which words. */

import { type Exercise, levelInWords } from '../../exercises/exercise.js';
import { EXERCISE } from '../../app/address.js';
import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { PRESETS } from '../presets.js';
import { type Chosen, MOST_EXERCISES, MOST_TEXT, type Texts, textsOf } from '../set.js';
import { counted } from '../words.js';
import type { Draft } from './draft.js';
import { button, hint } from './parts.js';

const minutesOf = (exercises: readonly Exercise[]) => exercises.reduce((sum, { minutes }) => sum + minutes, 0);
const about = ({ minutes, level }: Exercise) => `${minutes} min · ${levelInWords(level)}`;

export class Choose {
  readonly #draft: Draft;
  readonly #chosen = make('ol', { class: 'chosen' });
  readonly #all = make('ul', { class: 'all', 'aria-labelledby': 'all-title' });
  readonly #sum = make('p', { class: 'hint' });
  readonly #said = make('p', { class: 'unseen', role: 'status' });
  /** Exercises whose texts are open for writing. */
  readonly #open = new Set<string>();
  /**
   * The exercises that the list shows: it is made anew when they or their order change, not while a
   * text is written.
   */
  #shown = '';

  constructor(section: HTMLElement, draft: Draft) {
    this.#draft = draft;
    const presets = PRESETS.map(({ title, exercises: ids }) => {
      const exercises = ids.map((id) => ({ id, texts: {} }));
      return button(title, () => draft.change({ title, exercises }));
    });
    section.append(
      make('p', { class: 'presets' }, t`Begin with`, ' ', ...presets, ' ', t`or choose below.`),
      make('div', { class: 'columns' },
        make('div', {}, make('h3', { id: 'all-title' }, t`All exercises`), this.#all),
        make('div', {}, make('h3', { id: 'chosen-title', tabindex: '-1' }, t`Your set`), this.#sum, this.#chosen, this.#said)),
    );
    this.#all.append(...draft.all.map((exercise) => this.#offer(exercise)));
    draft.watch(() => this.#show());
  }

  #offer(exercise: Exercise): HTMLElement {
    const { id, title, goal } = exercise;
    const put = () => this.#put([...this.#draft.set.exercises, { id, texts: {} }], t`“${title}” is in your set.`);
    const add = button(t`Add`, put, { 'aria-label': t`Add “${title}”`, 'data-id': id });
    const inTab = { href: `./?${EXERCISE.name}=${id}`, target: '_blank', rel: 'noopener' };
    const look = make('a', { ...inTab, 'aria-label': t`Look at “${title}”, in a new tab` }, t`Look`);
    const said = make('div', {}, make('strong', {}, title), ' ', hint(about(exercise), 'span'), hint(goal));
    return make('li', {}, said, make('span', { class: 'acts' }, look, add));
  }

  #put(exercises: readonly Chosen[], said: string) {
    this.#draft.change({ exercises });
    this.#said.textContent = said;
  }

  #show() {
    const { set, exercises } = this.#draft;
    const isFull = set.exercises.length >= MOST_EXERCISES;
    for (const add of this.#all.querySelectorAll<HTMLButtonElement>('[data-id]')) {
      add.disabled = isFull || set.exercises.some(({ id }) => id === add.dataset['id']);
    }
    const sum = t`${counted(exercises.length, t`exercise`, t`exercises`)}, ${minutesOf(exercises)} minutes`;
    this.#sum.textContent = exercises.length ? sum : t`Nothing is chosen yet.`;
    const shown = set.exercises.map(({ id }) => id).join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#chosen.replaceChildren(...set.exercises.map((chosen, at) => this.#card(chosen, at)));
  }

  #card(chosen: Chosen, at: number): HTMLElement {
    const { set, all } = this.#draft;
    const exercise = all.find(({ id }) => id === chosen.id);
    const title = chosen.texts['title'] ?? exercise?.title ?? chosen.id;
    const last = set.exercises.length - 1;
    const move = (sign: string, to: number, act: 'up' | 'down', isEnd: boolean) => {
      const attributes = {
        'aria-label': act === 'up' ? t`Move “${title}” up` : t`Move “${title}” down`,
        'data-act': act,
        ...(isEnd && { disabled: '' }),
      };
      return button(sign, () => this.#move(at, to, act), attributes);
    };
    const [up, down] = [move('↑', at - 1, 'up', at === 0), move('↓', at + 1, 'down', at === last)];
    const remove = button(t`Remove`, () => this.#remove(at, title), { 'aria-label': t`Remove “${title}”` });
    const handle = make('span', { class: 'handle', 'aria-hidden': 'true', title: t`Drag to another place` }, '⠿');
    const acts = make('span', { class: 'acts' }, up, down, remove);
    const card = make('li', {}, make('div', { class: 'card' }, handle, make('strong', {}, title), acts));
    handle.addEventListener('pointerdown', (event) => this.#drag(event, handle, at));
    if (exercise) card.append(this.#texts(chosen, exercise));
    return card;
  }

  /** The fields in which a teacher writes texts anew. */
  #texts(chosen: Chosen, exercise: Exercise): HTMLElement {
    const fields = textsOf(exercise).map(({ place, label, text }) => {
      const area = make('textarea', { rows: text.length > 90 ? '3' : '1', maxlength: String(MOST_TEXT) });
      area.value = chosen.texts[place] ?? text;
      area.addEventListener('input', () => this.#write(chosen.id, place, area.value === text ? undefined : area.value));
      return make('label', { class: 'text' }, label, area);
    });
    const reset = button(t`Texts as they were`, () => {
      this.#change(chosen.id, {});
      this.#shown = '';
      this.#show();
    });
    const details = make(
      'details',
      this.#open.has(chosen.id) ? { open: '' } : {},
      make('summary', {}, t`Edit its texts`),
      ...fields,
      reset,
    );
    details.addEventListener('toggle', () => (details.open ? this.#open.add(chosen.id) : this.#open.delete(chosen.id)));
    return details;
  }

  #write(id: string, place: string, text: string | undefined) {
    const texts = { ...this.#draft.set.exercises.find((each) => each.id === id)?.texts };
    if (text === undefined) delete texts[place];
    else texts[place] = text;
    this.#change(id, texts);
  }

  #change(id: string, texts: Texts) {
    this.#draft.change({ exercises: this.#draft.set.exercises.map((each) => (each.id === id ? { id, texts } : each)) });
  }

  #remove(at: number, title: string) {
    this.#put(this.#draft.set.exercises.filter((_, i) => i !== at), t`“${title}” is not in your set any more.`);
    const next = this.#chosen.children[Math.min(at, this.#chosen.children.length - 1)]?.querySelector<HTMLElement>('button:enabled');
    (next ?? document.getElementById('chosen-title'))?.focus();
  }

  /** Moves an exercise; `act` names the button that keeps the focus. */
  #move(from: number, to: number, act?: 'up' | 'down') {
    const exercises = [...this.#draft.set.exercises];
    const [moved] = exercises.splice(from, 1);
    if (!moved) return;
    exercises.splice(to, 0, moved);
    this.#put(exercises, t`Now number ${to + 1} of ${exercises.length}.`);
    const card = this.#chosen.children[to];
    if (act)
      (card?.querySelector<HTMLElement>(`[data-act="${act}"]:enabled`) ?? card?.querySelector<HTMLElement>('button:enabled'))?.focus();
  }

  /** Follows the pointer until it is let go: the exercise takes the place of the one under it. */
  #drag(event: PointerEvent, handle: HTMLElement, from: number) {
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    const cards = [...this.#chosen.children];
    const card = cards[from];
    card?.classList.add('dragged');
    const placeAt = (y: number) => {
      const above = cards.filter(
        (each, i) => i !== from && y > each.getBoundingClientRect().top + each.getBoundingClientRect().height / 2,
      ).length;
      return Math.min(above, cards.length - 1);
    };
    const mark = ({ clientY }: PointerEvent) => {
      const to = placeAt(clientY);
      cards.forEach((each, i) => each.classList.toggle('target', i === to && to !== from));
    };
    const end = ({ type, clientY }: PointerEvent) => {
      handle.removeEventListener('pointermove', mark);
      for (const each of cards) each.classList.remove('target', 'dragged');
      const to = placeAt(clientY);
      if (type === 'pointerup' && to !== from) this.#move(from, to);
    };
    handle.addEventListener('pointermove', mark);
    for (const kind of ['pointerup', 'pointercancel'] as const) handle.addEventListener(kind, end, { once: true });
  }
}
