/**
 * The language of a page: as its address or the browser asks for it; and links to the same page in
 * others.
 */

import { inscribe, LANGUAGES, tag } from '../languages/language.js';
import { get, make } from '../ui/element.js';
import { told } from '../ui/format.js';
import { LANGUAGE, pageIn } from './address.js';

/**
 * Speaks the language that is asked for, before the page says anything else; `tell` hears why not,
 * and whether loading the page again may help.
 */
export async function speakHere(tell: (problem: string, again: boolean) => void) {
  const wanted = LANGUAGE.read(location, { preferred: navigator.languages }, (refusal) => tell(refusal, false));
  if (wanted !== tag) {
    const { learn } = await import('../languages/catalogue.js');
    await learn(wanted).catch((error: unknown) => tell(told(error), true));
    document.documentElement.lang = tag;
    inscribe(document);
  }
  const others = Object.entries(LANGUAGES).filter(([language]) => language !== tag);
  const links = others.map(([language, name]) => {
    const link = make('a', { href: pageIn(language), lang: language, hreflang: language }, name);
    // What is shown now, not what was when the page opened.
    link.addEventListener('click', () => (link.href = pageIn(language)));
    return link;
  });
  get('languages', HTMLElement).append(...links);
}
