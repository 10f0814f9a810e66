/** One exercise as a student works on it: steps, question, hints, verdict, and what it shows. */

import { idOf } from '../../app/address.js';
import { Cancelled } from '../../engine/client.js';
import { mark } from '../../exercises/answers.js';
import { type Answer, type Attempt, type Course, type Exercise, type OwnProof, SOLVED, type Verdict } from '../../exercises/exercise.js';
import type { Progress } from '../../exercises/progress.js';
import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';
import { addressOf, go } from './address.js';
import type { Desk } from './desk.js';
import { ASKS, type Input, inputOf, Unanswered } from './inputs.js';
import { stepsOf } from './steps.js';

export class Work {
  readonly exercise: Exercise;
  readonly element = make('div', { class: 'work' });
  readonly #progress: Progress;
  readonly #desk: Desk;
  readonly #changed: () => void;
  readonly #input: Input;
  readonly #check = make('button', { type: 'submit', class: 'primary' }, t`Check`);
  readonly #verdict = make('div', { role: 'status', class: 'verdict' });
  readonly #hints = make('ol');
  readonly #hint = make('button', { type: 'button' });
  readonly #end = make('div', { class: 'end', hidden: '' });
  #attempt: Attempt;
  /** When this exercise came into view; undefined while the page is hidden. */
  #since: number | undefined;
  readonly #watched = () => (document.hidden ? this.count() : (this.#since = performance.now()));

  /** `changed` hears when there is progress. */
  constructor(exercise: Exercise, course: Course, progress: Progress, desk: Desk, changed: () => void) {
    this.exercise = exercise;
    this.#progress = progress;
    this.#desk = desk;
    this.#changed = changed;
    this.#attempt = progress.of(exercise);
    this.#input = inputOf(exercise.question, this.#attempt.answer, desk);
    if (course.timed) {
      this.#watched();
      document.addEventListener('visibilitychange', this.#watched);
    }
    this.#hint.addEventListener('click', () => this.#reveal());
    const form = make('form', { novalidate: '' }, this.#input.element, make('p', { class: 'buttons' }, this.#check), this.#verdict);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#mark();
    });
    const again = make('button', { type: 'button' }, t`Set the page up again`);
    again.addEventListener('click', () => go(addressOf(exercise)));
    const { goal, steps, question } = exercise;
    this.element.append(
      make('p', {}, make('strong', {}, t`You will:`), ' ', goal),
      make('h3', {}, t`Steps`),
      stepsOf(steps, this.#attempt.predictions, desk, (step, text) => this.#predict(step, text)),
      make('p', { class: 'buttons' }, again),
      make('h3', {}, t`Question`),
      make('p', { id: ASKS }, question.asks),
      form,
      ...(course.hints ? [make('div', { class: 'hints', 'aria-live': 'polite' }, this.#hints, this.#hint)] : []),
      this.#end,
    );
    for (const hint of exercise.hints.slice(0, this.#attempt.hints)) this.#hints.append(make('li', {}, hint));
    this.#showHints();
    if (progress.isSolved(exercise.id)) this.#finish();
  }

  /** Adds the time since the exercise came into view, if it is measured. */
  count() {
    if (this.#since === undefined) return;
    const seconds = (this.#attempt.seconds ?? 0) + (performance.now() - this.#since) / 1e3;
    this.#since = document.hidden ? undefined : performance.now();
    this.#keep({ seconds });
  }

  /** Ends the work. */
  end() {
    this.count();
    document.removeEventListener('visibilitychange', this.#watched);
  }

  #keep(change: Partial<Attempt>) {
    this.#attempt = { ...this.#attempt, ...change };
    const isKept = this.#progress.keep(this.#attempt);
    if (!isKept)
      this.#verdict.append(make('p', { class: 'hint' }, t`This browser stores nothing here: after a reload, this answer is gone.`));
    this.#changed();
  }

  #predict(step: number, text: string) {
    this.#keep({ predictions: this.#attempt.predictions.with(step, text) });
  }

  async #mark() {
    let answer: Answer;
    try {
      answer = this.#input.read();
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      return this.#say('', error.message);
    }
    this.#check.disabled = true;
    this.#say('', t`Being compared with the results of the model …`);
    try {
      const results = await this.#desk.results();
      const { file, sha256 } = results.facts;
      const model = idOf(sha256);
      const verdict = await mark(this.exercise, answer, results);
      if (model !== this.#desk.model) return this.#say('', t`Another model was opened meanwhile. Check again.`);
      this.#show(verdict, file);
      const isBest = verdict.score >= (this.#attempt.score ?? 0);
      this.#keep({ ...(isBest && { answer, model, score: verdict.score }), tries: this.#attempt.tries + 1 });
      if (verdict.score >= SOLVED) this.#finish(answer);
    } catch (error) {
      this.#say('', error instanceof Cancelled ? t`Another model was opened meanwhile. Check again.` : told(error));
    } finally {
      this.#check.disabled = false;
    }
  }

  #say(head: string, text: string, about = '') {
    this.#verdict.className = 'verdict';
    this.#verdict.replaceChildren(
      make('p', {}, ...(head ? [make('strong', {}, `${head} `)] : []), text),
      ...(about ? [make('p', { class: 'hint' }, about)] : []),
    );
  }

  #show({ score, reason }: Verdict, file: string) {
    const [head, kind] =
      score >= SOLVED
        ? [t`✓ Solved.`, 'right']
        : score > 0
          ? [t`◐ ${Math.round(100 * score)} % of it.`, 'partly']
          : [t`✗ Not yet.`, 'wrong'];
    this.#say(head, reason, t`Computed from ${file}.`);
    this.#verdict.classList.add(kind);
  }

  #reveal() {
    const hint = this.exercise.hints[this.#attempt.hints];
    if (hint === undefined) return;
    this.#hints.append(make('li', {}, hint));
    this.#keep({ hints: this.#attempt.hints + 1 });
    this.#showHints();
  }

  #showHints() {
    const { length } = this.exercise.hints;
    this.#hint.hidden = this.#attempt.hints >= length;
    this.#hint.textContent = t`Show hint ${this.#attempt.hints + 1} of ${length}`;
    this.#hints.hidden = !this.#attempt.hints;
  }

  /** Says what the exercise shows. The best proofs of one's own are kept. */
  #finish(answer?: Answer) {
    const { shows, reading, title, question } = this.exercise;
    const links = reading.map(({ label, href }) => make('li', {}, make('a', { href }, label)));
    this.#end.replaceChildren(make('h3', {}, t`What it shows`), make('p', {}, shows), make('h3', {}, t`Read on`), make('ul', {}, ...links));
    this.#end.hidden = false;
    if (question.kind !== 'proof' || !answer) return;
    const { strategy, certificate } = answer as OwnProof;
    this.#desk.keep(`${title}: ${strategy.split('--')[0]}`, strategy, certificate);
    this.#end.append(make('p', { class: 'hint' }, t`Your proof is kept in this browser, below the grid of the view Strategies.`));
  }
}
