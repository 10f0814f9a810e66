/** Where exercises stand in the address of the page. */

import { EXERCISE, SET, TASK, WEIGHTS } from '../../app/address.js';
import type { Exercise } from '../../exercises/exercise.js';

/** The fields before # that a setup decides. */
const DECIDED = [TASK, WEIGHTS, SET];

/** The name of the exercise that the address opens; null for none. */
export const opened = () => EXERCISE.read(location, undefined, () => {});

/** The address of an exercise as it is set up at its beginning. */
export function addressOf({ id, setup }: Exercise): URL {
  const [url, wanted] = [new URL(location.href), new URL(setup, 'https://page.invalid/')];
  for (const { name } of DECIDED) url.searchParams.delete(name);
  for (const [name, value] of wanted.searchParams) url.searchParams.set(name, value);
  url.searchParams.set(EXERCISE.name, id);
  url.hash = wanted.hash;
  return url;
}

/** Whether the page is opened again by one of its exercises, and not left. */
export let isMoving = false;

/**
 * Goes to an address, in a new entry of the history or in place of the present one; reloads the
 * page only for another task or file.
 */
export function go(url: URL, change: 'pushState' | 'replaceState' = 'pushState') {
  const isHere = [TASK, WEIGHTS].every(({ name }) => url.searchParams.get(name) === new URL(location.href).searchParams.get(name));
  isMoving = !isHere;
  if (isMoving) return location[change === 'pushState' ? 'assign' : 'replace'](url);
  history[change](history.state, '', url);
  // The page listens to what links do.
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/**
 * Writes into the address that no exercise is open; what the page shows, and a teacher's set, stay.
 */
export function leave() {
  const url = new URL(location.href);
  url.searchParams.delete(EXERCISE.name);
  history.pushState(history.state, '', url);
}
