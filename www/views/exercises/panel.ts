/** The panel beside the instrument: the list of exercises, or one of them. */

import './exercises.css';
import { packaged } from '../../classes/set-here.js';
import { type Course, type Exercise, levelInWords } from '../../exercises/exercise.js';
import { Progress } from '../../exercises/progress.js';
import { t } from '../../languages/language.js';
import { keepButton } from '../../offline/keep-button.js';
import { get, make } from '../../ui/element.js';
import { focusBack } from '../../ui/focus-back.js';
import { addressOf, go, leave, opened } from './address.js';
import type { Desk } from './desk.js';
import { listOf, solvedOf } from './list.js';
import { Work } from './work.js';

export class Panel {
  readonly #place = get('exercise', HTMLElement);
  readonly #desk: Desk;
  readonly #course: Course;
  readonly #progress: Progress;
  readonly #title = make('h2', { id: 'exercise-title', tabindex: '-1' });
  readonly #about = make('p', { class: 'hint' });
  readonly #solved = make('div');
  readonly #body = make('div', { id: 'exercise-body' });
  readonly #fold = make('button', { type: 'button', 'aria-controls': 'exercise-body', 'aria-expanded': 'true' }, t`Fold`);
  readonly #large = make('button', { type: 'button', class: 'large' }, t`Large type`);
  readonly #clear = make('button', { type: 'button' }, t`Clear my progress`);
  readonly #kept = make('p', { class: 'hint' });
  #work: Work | undefined;
  /** Whether the next press forgets everything. */
  #isSure = false;

  constructor(desk: Desk, course: Course) {
    this.#desk = desk;
    this.#course = course;
    this.#progress = new Progress(course.id);
    const all = make('button', { type: 'button' }, t`All exercises`);
    const close = make('button', { type: 'button' }, t`Close`);
    // A learning platform keeps its packages itself.
    const keep = packaged('set') === undefined ? [keepButton(t`Keep these exercises for use without a network`, () => this.#models())] : [];
    all.addEventListener('click', () => this.#list(true));
    close.addEventListener('click', () => this.close());
    this.#fold.addEventListener('click', () => this.#unfold(this.#body.hidden !== false));
    this.#large.addEventListener('click', () => this.#enlarge());
    this.#clear.addEventListener('click', () => this.#forget());
    this.#clear.addEventListener('blur', () => this.#showKept());
    this.#enlarge(document.documentElement.classList.contains('projected'));
    this.#place.setAttribute('aria-labelledby', this.#title.id);
    this.#place.removeAttribute('aria-label');
    this.#place.replaceChildren(
      make('div', { class: 'buttons' }, all, this.#large, this.#fold, close),
      this.#title,
      this.#about,
      this.#solved,
      this.#body,
      make('p', { class: 'buttons' }, ...keep, this.#clear),
      this.#kept,
    );
    this.#showKept();
    addEventListener('popstate', () => {
      if (opened() !== null) this.show();
      else if (this.#work) this.#hide();
    });
  }

  /** Shows the exercise of the address, or the list; `isAsked` by a person who pressed a button. */
  show(isAsked = false) {
    this.#reveal();
    const id = opened();
    const exercise = this.#course.exercises.find((each) => each.id === id);
    if (!exercise) return this.#list(isAsked, id);
    if (exercise === this.#work?.exercise) return;
    // A short link names the exercise alone.
    if (!location.hash) go(addressOf(exercise), 'replaceState');
    this.#open(exercise, isAsked);
  }

  /** The files of the models that the exercises use. */
  async #models(): Promise<string[]> {
    const { modelsOf } = await import('../../classes/models.js');
    return modelsOf(this.#course.exercises);
  }

  close() {
    leave();
    this.#hide();
    focusBack(get('exercises', HTMLButtonElement));
  }

  #reveal() {
    document.documentElement.classList.add('exercising');
  }

  #hide() {
    this.#leave();
    document.documentElement.classList.remove('exercising');
  }

  #leave() {
    this.#work?.end();
    this.#work = undefined;
  }

  /** Shows all exercises; `missing` is an exercise that there is not. */
  #list(isAsked: boolean, missing: string | null = null) {
    this.#leave();
    const { title, note } = this.#course;
    this.#title.textContent = title;
    this.#about.textContent = missing === null ? note : t`There is no exercise “${missing}” here. ${note}`;
    this.#body.replaceChildren(
      listOf(
        this.#course,
        this.#progress,
        (exercise) => addressOf(exercise).href,
        (exercise) => this.#go(exercise),
      ),
      ...this.#handIn(),
    );
    this.#showSolved();
    this.#unfold(true);
    if (isAsked) this.#focus();
  }

  #open(exercise: Exercise, isAsked: boolean) {
    this.#leave();
    const { exercises, note } = this.#course;
    const at = exercises.indexOf(exercise);
    this.#title.textContent = exercise.title;
    this.#about.textContent = t`Exercise ${at + 1} of ${exercises.length}: ${levelInWords(exercise.level)}, about ${exercise.minutes} minutes. ${note}`;
    this.#work = new Work(exercise, this.#course, this.#progress, this.#desk, () => this.#changed());
    this.#body.replaceChildren(this.#work.element, this.#neighbours(at), ...this.#handIn());
    this.#showSolved();
    this.#unfold(true);
    if (isAsked) this.#focus();
  }

  /** Links to the exercises before and after one. */
  #neighbours(at: number): HTMLElement {
    const { exercises } = this.#course;
    const button = (name: string, exercise: Exercise | undefined) => {
      if (!exercise) return [];
      const made = make('button', { type: 'button' }, `${name}: ${exercise.title}`);
      made.addEventListener('click', () => this.#go(exercise));
      return [made];
    };
    return make(
      'nav',
      { class: 'buttons', 'aria-label': t`Other exercises` },
      ...button(t`Next`, exercises[at + 1]),
      ...button(t`Previous`, exercises[at - 1]),
    );
  }

  #handIn(): HTMLElement[] {
    const { handIn, timed } = this.#course;
    if (!handIn) return [];
    const button = make('button', { type: 'button', class: 'primary' }, t`Hand in…`);
    button.addEventListener('click', () => {
      this.#work?.count();
      handIn(this.#progress.all);
    });
    const what = timed
      ? t`Answers, predictions and tries are handed in, and the time that you spend on each exercise; nothing is sent before you press the button.`
      : t`Answers, predictions and tries are handed in; nothing is sent before you press the button.`;
    return [make('div', {}, button, make('p', { class: 'hint' }, what))];
  }

  #go(exercise: Exercise) {
    this.#work?.count();
    go(addressOf(exercise));
    this.show(true);
  }

  #focus() {
    this.#title.focus({ preventScroll: true });
    this.#place.scrollIntoView({ block: 'start' });
    this.#place.scrollTop = 0;
  }

  #unfold(isOpen: boolean) {
    this.#body.hidden = !isOpen;
    this.#fold.setAttribute('aria-expanded', String(isOpen));
    this.#fold.textContent = isOpen ? t`Fold` : t`Unfold`;
  }

  /** Switches large type, for projectors, or sets it. */
  #enlarge(isLarge: boolean = !document.documentElement.classList.contains('projected')) {
    document.documentElement.classList.toggle('projected', isLarge);
    this.#large.setAttribute('aria-pressed', String(isLarge));
  }

  #changed() {
    this.#showSolved();
    this.#course.changed?.(this.#progress.all);
  }

  #showSolved() {
    this.#solved.replaceChildren(solvedOf(this.#course, this.#progress));
  }

  #showKept() {
    this.#isSure = false;
    this.#clear.textContent = t`Clear my progress`;
    this.#kept.textContent = t`What you do here is kept in this browser, and sent nowhere.`;
  }

  /** Asks once more before it forgets. */
  #forget() {
    this.#isSure = !this.#isSure;
    if (this.#isSure) return void (this.#clear.textContent = t`Yes, forget all answers`);
    this.#progress.clear();
    this.#showKept();
    const exercise = this.#work?.exercise;
    if (exercise) this.#open(exercise, true);
    else this.#list(true);
  }
}
