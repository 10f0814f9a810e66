/** Which exercises are worked on. */

import type { Course } from '../../exercises/exercise.js';
import { setHere } from '../../classes/set-here.js';
import { exercises } from '../../exercises/exercises.js';
import { t } from '../../languages/language.js';

/** A teacher's set, if the page is opened with one that is whole, or else all exercises. */
export async function courseHere(): Promise<Course> {
  const all = await exercises();
  const code = setHere();
  const lesson = code === undefined ? undefined : await (await import('../../classes/lesson.js')).lessonOf(code, all);
  return lesson ?? { id: '', title: t`Exercises`, note: '', exercises: all, hints: true, timed: false };
}
