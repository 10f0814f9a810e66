/**
 * Technical words that explain themselves when they are pressed, and marks that tell numbers apart.
 */

import { translated } from '../languages/language.js';
import type { Word } from '../views/glossary/words.js';
import { make } from './element.js';

/**
 * A word as a button, written as `text`; `views/glossary` says what it means, or the glossary `N`
 * of a task.
 */
export const word = <N extends string = Word>(name: NoInfer<N>, text: string = translated(name)) =>
  make('button', { type: 'button', class: 'word', 'data-word': name }, text);

/** Kinds of numbers, each a word of the glossary. */
export type Kind = Extract<Word, 'exact' | 'proven' | 'estimated' | 'published'>;

const SIGNS: Record<Kind, string> = { exact: '=', proven: '≥', estimated: '≈', published: '?' };

/**
 * A mark beside a number: a sign, a word and a frame of its own. `sign` is ≤ for what is proven
 * from above.
 */
export function kind(name: Kind, sign: string = SIGNS[name]): HTMLButtonElement {
  const mark = word(name, `${sign}\u00a0${translated(name)}`);
  mark.classList.add('kind', name);
  return mark;
}
