/** Which exercises are worked on. */

import type { Course } from '../../exercises/exercise.js';
import { exercises } from '../../exercises/exercises.js';

/** The course of the address: all exercises of the page. */
export const courseHere = async (): Promise<Course> => ({
  id: '',
  title: 'Exercises',
  note: '',
  exercises: await exercises(),
  hints: true,
  timed: false,
});
