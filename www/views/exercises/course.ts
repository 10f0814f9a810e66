/** Which exercises are worked on. */

import type { Course } from '../../exercises/exercise.js';
import { setHere } from '../../classes/set-here.js';
import { exercises } from '../../exercises/exercises.js';

/** A teacher's set, if the page is opened with one, or else all exercises. Rejects with an `Error` that says what is wrong with a set. */
export async function courseHere(): Promise<Course> {
  const all = await exercises();
  const code = setHere();
  if (code !== undefined) return (await import('../../classes/lesson.js')).lessonOf(code, all);
  return { id: '', title: 'Exercises', note: '', exercises: all, hints: true, timed: false };
}
