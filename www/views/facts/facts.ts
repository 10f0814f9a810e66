/** What is known of the model. */

import { t } from '../../languages/language.js';
import { breakable, make } from '../../ui/element.js';
import { bytes, capital, count } from '../../ui/format.js';
import { word } from '../../ui/word.js';
import type { Word } from '../glossary/words.js';
import { GALLERY, type Model } from '../../state/model.js';

/** Of a stranger's metadata, the part that fits a page. */
const MAX_ENTRIES = 12;
const MAX_CHARACTERS = 400;
/** Longer values get a line of their own, below the others. */
const LONG = 60;

/** Terms that begin with a technical word. */
const WORDS = new Map<string, Word>([
  [t`K, tokens of an input`, 'K'],
  [t`Seed`, 'seed'],
]);

export function showFacts(list: HTMLElement, { facts, source, task }: Model) {
  const { format, sha256, parameters, biases, metadata } = facts;
  const entries: [string, string][] = [
    ...task.facts(facts),
    [t`Parameters`, `${count(parameters)}${biases ? t`, with biases` : ''}`],
    [t`Source`, [facts.file, source === GALLERY ? t`gallery of this page` : t`your file`].join(', ')],
    [t`Format`, `${format}, ${bytes(facts.bytes)}`],
    ...Object.entries(metadata).filter(([key]) => key !== 'k').slice(0, MAX_ENTRIES).map(readable),
    ['SHA-256', sha256],
  ];
  const short = entries.filter(([, value]) => value.length < LONG);
  const long = entries.filter(([, value]) => value.length >= LONG);
  const item = (kind: string) => ([term, value]: [string, string]) => {
    const name = WORDS.get(term);
    return make('div', { class: kind }, make('dt', {}, name ? word(name, term) : term), make('dd', {}, breakable(value)));
  };
  list.replaceChildren(...short.map(item('short')), ...long.map(item('long')));
}

export const showTask = (paragraph: HTMLElement, { facts, task }: Model) => paragraph.replaceChildren(...task.about(facts));

/** `final_loss` as Final loss. */
function readable([key, value]: [string, string]): [string, string] {
  const term = key.replaceAll('_', ' ');
  // Of a long decimal, a loss say, what a reader can use. What is there for programs only, as JSON,
  // is cut short.
  const most = key === 'config' || key === 'logits' ? LONG - 1 : MAX_CHARACTERS;
  const shown = /^\d*\.\d{7,}$/.test(value) ? Number(value).toPrecision(4) : value.length > most ? `${value.slice(0, most - 1)}…` : value;
  return [capital(term), shown];
}
