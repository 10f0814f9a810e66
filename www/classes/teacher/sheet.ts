/** What is printed of a set: a sheet for each student and, if wanted, the key. */

import type { Exercise, Prediction, Question } from '../../exercises/exercise.js';
import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';
import type { ExerciseSet } from '../set.js';
import { inWords } from '../words.js';
import type { Bench } from './bench.js';
import type { Draft } from './draft.js';
import { hint } from './parts.js';

/** Where something is written by hand. */
const line = (label: string) => make('p', { class: 'write' }, label);

/** How a question is answered on paper. */
function blank(question: Question): HTMLElement {
  if (question.kind === 'choice') return make('ul', { class: 'boxes' }, ...question.options.map(({ label }) => make('li', {}, label)));
  if (question.kind !== 'order') return line(question.kind === 'number' && question.unit ? t`Answer (${question.unit}):` : t`Answer:`);
  const items = question.items.map(({ label }) => make('li', {}, label));
  return make('div', {}, make('p', {}, t`Number them, from ${question.from} to ${question.to}:`), make('ul', { class: 'boxes' }, ...items));
}

function sheetOf(exercise: Exercise, at: number): HTMLElement {
  const { title, goal, minutes, steps, question } = exercise;
  const guess = ({ asks, unit }: Prediction) => line(unit ? t`${asks} My guess (${unit}):` : t`${asks} My guess:`);
  const done = steps.map(({ says, predict }) => make('li', {}, says, ...(predict ? [guess(predict)] : [])));
  const head = make('h2', {}, `${at + 1}. ${title}`);
  const asks = make('p', {}, make('strong', {}, question.asks));
  return make('section', { class: 'part' }, head, hint(t`${goal} ${minutes} minutes.`), make('ol', {}, ...done), asks, blank(question));
}

/** The right answer, its reason, and what the exercise shows. */
async function keyOf(exercise: Exercise, at: number, draft: Draft, bench: Bench): Promise<HTMLElement> {
  const { title, question, shows, steps } = exercise;
  const head = make('h3', {}, `${at + 1}. ${title}`);
  try {
    const results = await bench.results(exercise, draft);
    const { solve } = await import('../solutions.js');
    const found = await solve(exercise, results);
    const outcomes = await Promise.all(steps.map(({ predict }) => predict?.outcome(results)));
    const said = outcomes.map((outcome, i) => outcome && t`Step ${i + 1}: ${steps[i]?.predict?.asks} ${outcome}`);
    const guesses = said.flatMap((text) => (text ? [make('p', {}, text)] : []));
    const none = t`No right answer was found on this model: try the exercise before you give it to a class.`;
    const answer = found ? [make('strong', {}, inWords(question, found.answer)), ` ${found.verdict.reason}`] : [none];
    return make('section', { class: 'part' }, head, make('p', {}, ...answer), ...guesses, hint(t`${shows} About ${results.facts.file}.`));
  } catch (error) {
    return make('section', { class: 'part' }, head, make('p', {}, t`No answer could be computed: ${told(error)}`));
  }
}

function headOf({ title, note }: ExerciseSet): Node[] {
  return [make('h1', {}, title || t`Exercises about compact proofs`), ...(note ? [make('p', {}, note)] : [])];
}

/** Fills the sheet and prints it. With the key, that comes last, on a page of its own. */
export async function printSheet(sheet: HTMLElement, draft: Draft, bench: Bench, withKey: boolean) {
  const { exercises, set } = draft;
  const keys: HTMLElement[] = [];
  // One after the other: models take turns.
  if (withKey) for (const [at, exercise] of exercises.entries()) keys.push(await keyOf(exercise, at, draft, bench));
  const about = hint(t`Computed on this page, from the models that the exercises are about.`);
  const key = make('section', { class: 'key' }, make('h2', {}, t`Key, for the teacher`), about, ...keys);
  sheet.replaceChildren(...headOf(set), line(t`Name:`), ...exercises.map(sheetOf), ...(withKey ? [key] : []));
  sheet.hidden = false;
  addEventListener('afterprint', () => (sheet.hidden = true), { once: true });
  print();
}
