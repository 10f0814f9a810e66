/** The links to the same page in the other languages. */

import { LANGUAGES, tag } from '../languages/language.js';
import { get, make } from '../ui/element.js';
import { pageIn } from './address.js';

/** Puts a link for each of them into the header. */
export function offerLanguages() {
  const others = Object.entries(LANGUAGES).filter(([language]) => language !== tag);
  const links = others.map(([language, name]) => {
    const link = make('a', { href: pageIn(language), lang: language, hreflang: language }, name);
    // What is shown now, not what was when the page opened.
    link.addEventListener('click', () => (link.href = pageIn(language)));
    return link;
  });
  get('languages', HTMLElement).append(...links);
}
