/** The list of a course's exercises, and how far the student is. */

import { type Course, type Exercise, levelInWords } from '../../exercises/exercise.js';
import type { Progress } from '../../exercises/progress.js';
import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { capital } from '../../ui/format.js';

/** The sign and the words of what came of an exercise. */
const stateOf = (progress: Progress, id: string) =>
  progress.isSolved(id) ? { sign: '✓', said: 'solved' } : progress.isBegun(id) ? { sign: '◐', said: 'begun' } : { sign: '○', said: 'open' };

/** How much of a course is solved. */
export function solvedOf(course: Course, progress: Progress): HTMLElement {
  const solved = course.exercises.filter(({ id }) => progress.isSolved(id)).length;
  const said = t`${solved} of ${course.exercises.length} solved`;
  return make(
    'div',
    { class: 'solved' },
    make('progress', { max: String(course.exercises.length), value: String(solved), 'aria-label': said }),
    make('span', {}, said),
  );
}

/** The exercises as links to their addresses; `pick` hears of the one that is pressed. */
export function listOf(
  course: Course,
  progress: Progress,
  addressOf: (exercise: Exercise) => string,
  pick: (exercise: Exercise) => void,
): HTMLElement {
  const entries = course.exercises.map((exercise) => {
    const { id, title, goal, minutes, level } = exercise;
    const { sign, said } = stateOf(progress, id);
    const link = make('a', { href: addressOf(exercise) }, title);
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      pick(exercise);
    });
    return make(
      'li',
      {},
      make('span', { class: 'state-sign', 'aria-hidden': 'true' }, sign),
      make('div', {}, link, make('p', { class: 'hint' }, t`${capital(levelInWords(level))}, ${minutes} min, ${said}`), make('p', {}, goal)),
    );
  });
  return make('ol', { class: 'exercises' }, ...entries);
}
