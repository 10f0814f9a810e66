/**
 * A teacher's set as a student works on it: its course, and the learning platform that takes its
 * marks. Fetched with a set.
 */

import { type Attempt, type Course, type Exercise, SOLVED } from '../exercises/exercise.js';
import { Progress } from '../exercises/progress.js';
import { t } from '../languages/language.js';
import { make } from '../ui/element.js';
import { told } from '../ui/format.js';
import { go, isMoving, opened } from '../views/exercises/address.js';
import { handInCode, readHandIn } from './hand-in.js';
import type { Gradebook, Report } from './lms/gradebook.js';
import { courseOf, type ExerciseSet, exercisesOf, printOf, readSet } from './set.js';
import { packaged } from './set-here.js';
import { inWords } from './words.js';

/** What a gradebook is told of a student's work. */
export function reportOf(set: string, exercises: readonly Exercise[], attempts: readonly Attempt[], seconds: number | undefined): Report {
  const of = (id: string) => attempts.find(({ exercise }) => exercise === id);
  const items = exercises.flatMap(({ id, title, question }) => {
    const { answer = null, score = 0 } = of(id) ?? {};
    return answer === null ? [] : [{ id, title, said: inWords(question, answer), isRight: score >= SOLVED }];
  });
  return {
    kept: handInCode({ set, name: '', attempts }),
    score: exercises.reduce((sum, { id }) => sum + (of(id)?.score ?? 0), 0) / exercises.length,
    isComplete: items.length === exercises.length,
    items,
    seconds,
  };
}

/** Says what went wrong above the exercises, once. */
function alarm() {
  const said = make('p', { class: 'problem', role: 'alert', hidden: '' });
  document.getElementById('exercise')?.before(said);
  return (text: string) => {
    said.hidden = false;
    if (said.textContent !== text) said.textContent = text;
  };
}

/**
 * The gradebook of the platform around this page; undefined if there is none. `tell` hears why it
 * cannot be used.
 */
async function gradebookHere(set: string, tell: (problem: string) => void): Promise<Gradebook | undefined> {
  try {
    const { gradebookAround } = await import('./lms/around.js');
    const found = await gradebookAround(set);
    if (!found && packaged('marks')) tell(t`No learning platform takes marks here. Hand in by the button below the exercises.`);
    return found;
  } catch (error) {
    tell(told(error));
    return undefined;
  }
}

/**
 * Takes over what the platform has kept, where it is further than this browser is. What the browser
 * has may be another student's, if the platform does not say who this one is.
 */
function resume(course: string, { kept, studentId }: Gradebook) {
  const progress = new Progress(course);
  if (!studentId) progress.clear();
  for (const attempt of kept ? readHandIn(kept).attempts : []) {
    const here = progress.all.find(({ exercise }) => exercise === attempt.exercise);
    if (!here || attempt.tries > here.tries) progress.keep(attempt);
  }
}

/**
 * The set of a code with its exercises; `tell` hears what is wrong. Undefined if nothing is left of
 * it.
 */
function setOf(code: string, all: readonly Exercise[], tell: (problem: string) => void) {
  const problems: string[] = [];
  try {
    const set = readSet(code);
    const exercises = exercisesOf(set, all, (problem) => problems.push(problem));
    if (exercises.length) return { set, exercises };
  } catch (error) {
    problems.push(told(error));
  } finally {
    if (problems.length) tell(t`The set of exercises in this page’s address: ${problems.join(' ')}`);
  }
  return undefined;
}

/** Hides parts of the page while no exercise is open; each exercise does so in its setup. */
function hide(parts: readonly string[]) {
  const url = new URL(location.href);
  const hash = new URLSearchParams(url.hash.slice(1));
  if (!parts.length || opened() !== null || hash.has('hide')) return;
  hash.set('hide', parts.join());
  url.hash = String(hash);
  go(url, 'replaceState');
}

/**
 * A course whose marks a platform takes: it goes on where the platform says, and tells it of every
 * change.
 */
function graded(course: Course, set: ExerciseSet, gradebook: Gradebook, tell: (problem: string) => void): Course {
  // Several students may use one browser.
  const id = `${course.id} ${gradebook.studentId}`;
  try {
    resume(id, gradebook);
  } catch (error) {
    tell(t`What the learning platform has kept cannot be read: ${told(error)}`);
  }
  const began = performance.now();
  const changed = (attempts: readonly Attempt[]) => {
    const seconds = set.timed ? (performance.now() - began) / 1e3 : undefined;
    gradebook.report(reportOf(course.id, course.exercises, attempts, seconds)).catch((error: unknown) => tell(told(error)));
  };
  addEventListener('pagehide', () => isMoving || gradebook.close(), { once: true });
  return { ...course, id, changed };
}

/** The course of a set. Undefined if its code is damaged, which is told above the exercises. */
export async function lessonOf(code: string, all: readonly Exercise[]): Promise<Course | undefined> {
  const tell = alarm();
  const found = setOf(code, all, tell);
  if (!found) return undefined;
  const { set, exercises } = found;
  hide(set.hide);
  const print = printOf(code);
  const gradebook = await gradebookHere(print, tell);
  const open = async (attempts: readonly Attempt[]) =>
    (await import('./hand-in-dialog.js')).handIn({ set: print, attempts, exercises, gradebook });
  const handIn = (attempts: readonly Attempt[]) => void open(attempts).catch((error: unknown) => tell(told(error)));
  const course = courseOf(set, code, exercises, packaged('set') === undefined, handIn);
  return gradebook ? graded(course, set, gradebook, tell) : course;
}
