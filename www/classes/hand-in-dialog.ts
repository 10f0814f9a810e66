/**
 * The dialog in which a student hands in: a name, what is in it, and one link. Fetched when it is
 * first opened.
 */

import './hand-in-dialog.css';
import { type Attempt, type Exercise, SOLVED } from '../exercises/exercise.js';
import { t } from '../languages/language.js';
import { copyButton } from '../ui/copy.js';
import { make } from '../ui/element.js';
import { save } from '../ui/save.js';
import { FIELD, handInCode, MOST_NAME } from './hand-in.js';
import type { Gradebook } from './lms/gradebook.js';
import { packaged } from './set-here.js';
import { counted, inWords } from './words.js';

/** What is handed in, and to whom. */
export interface Work {
  /** What tells the set from others. */
  set: string;
  attempts: readonly Attempt[];
  exercises: readonly Exercise[];
  gradebook: Gradebook | undefined;
}

/** Longest link that messages carry unharmed, in characters. */
const MOST_LINK = 8000;
const NAME = 'compact-proofs-name';

/** The name that was typed last; empty where the browser keeps nothing. */
const kept = () => {
  try {
    return localStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
};
const keep = (name: string) => {
  try {
    localStorage.setItem(NAME, name);
  } catch {
    // It is typed again the next time.
  }
};

const minutes = (seconds: number) => t`${Math.ceil(seconds / 60)} min`;

/** What is handed in of one exercise, in words. */
function itemOf({ title, question, id }: Exercise, attempts: readonly Attempt[]): HTMLElement {
  const attempt = attempts.find(({ exercise }) => exercise === id);
  const parts =
    !attempt || attempt.answer === null
      ? [t`not answered`]
      : [
          inWords(question, attempt.answer),
          (attempt.score ?? 0) >= SOLVED ? t`solved` : t`not solved`,
          counted(attempt.tries, t`try`, t`tries`),
        ];
  const guesses = attempt?.predictions.filter((guess) => guess !== null) ?? [];
  if (guesses.length) parts.push(`predicted: ${guesses.join('; ')}`);
  if (attempt?.hints) parts.push(t`${counted(attempt.hints, t`hint`, t`hints`)} read`);
  if (attempt?.seconds !== undefined) parts.push(`time: ${minutes(attempt.seconds)}`);
  return make('li', {}, make('strong', {}, title), `: ${parts.join(', ')}`);
}

/** Opens the dialog. */
export function handIn({ set, attempts, exercises, gradebook }: Work) {
  const name = make('input', { type: 'text', maxlength: String(MOST_NAME), autocomplete: 'name', id: 'hand-in-name' });
  name.value = gradebook?.student || kept();
  const text = make('textarea', { readonly: '', rows: '4', spellcheck: 'false', 'aria-label': t`What you hand in` });
  const hint = make('p', { class: 'hint', role: 'status' });
  const own = attempts.filter(({ exercise }) => exercises.some(({ id }) => id === exercise));
  const write = () => {
    const code = handInCode({ set, name: name.value.trim(), attempts: own });
    // A package has no page for teachers.
    text.value = packaged('set') === undefined ? new URL(`./teacher.html#${FIELD}=${code}`, document.baseURI).href : code;
    const isNamed = name.value.trim() !== '';
    const way =
      text.value.length > MOST_LINK
        ? t`It is long: save it as a file and send that.`
        : t`Send it to your teacher. You can hand in again later.`;
    hint.textContent = isNamed ? way : t`Type your name first.`;
    for (const button of buttons) button.disabled = !isNamed;
  };
  const copied = copyButton(t`Copy it`, () => text.value);
  const saved = make('button', { type: 'button' }, t`Save as a file`);
  saved.addEventListener('click', () => save(`hand-in-${set}.txt`, new Blob([`${text.value}\n`], { type: 'text/plain' })));
  const buttons = [copied, saved];
  name.addEventListener('input', () => {
    keep(name.value);
    write();
  });
  const close = make('button', { type: 'button' }, t`Close`);
  const taken = t`Your marks are with your learning platform already (${gradebook?.name}). This is a copy, if your teacher asks for one.`;
  const marks = gradebook ? [make('p', {}, taken)] : [];
  const dialog = make('dialog', { class: 'hand-in', 'aria-labelledby': 'hand-in-title' },
    make('h2', { id: 'hand-in-title' }, t`Hand in`),
    ...marks,
    make('label', { for: 'hand-in-name' }, t`Your name`),
    name,
    make('ul', {}, ...exercises.map((exercise) => itemOf(exercise, own))),
    text,
    make('p', { class: 'buttons' }, copied, saved, close),
    hint,
    make('p', { class: 'hint' }, t`Nothing has been sent: all of it is in this text.`));
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  write();
  dialog.showModal();
}
