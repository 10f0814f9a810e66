/** The words and symbols of the glossary that a text has, as buttons below it. */

import { translated } from '../../languages/language.js';
import { coalesce } from '../../ui/coalesce.js';
import { make, place } from '../../ui/element.js';
import { word } from '../../ui/word.js';
import { type Entry, WORDS } from './words.js';

/**
 * What matches any of `spellings`, each by itself: a letter in a formula, and none within a word.
 */
function pattern(spellings: readonly string[]): RegExp {
  const alone = spellings.map((spelling) => {
    const escaped = spelling
      .replace(/[|{}()[\]^$+*?.\\]/g, '\\$&')
      .replace(/^[a-z](?=[a-z])/, (first) => `[${first}${first.toUpperCase()}]`);
    const [before, after] = [/^[\p{L}\p{N}]/u, /[\p{L}\p{N}]$/u].map((edge) => edge.test(spelling));
    return `${before ? "(?<![\\p{L}\\p{Nd}’'-])" : ''}${escaped}${after ? "(?![\\p{L}\\p{Nd}’'-])" : ''}`;
  });
  return new RegExp(alone.join('|'), 'u');
}

/**
 * The glossary of a task: its own entries go before those of all tasks, and its symbols mean
 * nothing else there.
 */
function entriesOf(ofTask: Readonly<Record<string, Entry>>): [name: string, as: readonly string[]][] {
  const all: Readonly<Record<string, Entry>> = { ...WORDS, ...ofTask };
  const taken = new Set(Object.values(ofTask).flatMap(({ as = [] }) => as));
  const general = (name: string) => ((WORDS as Readonly<Record<string, Entry>>)[name]?.as ?? []).filter((each) => !taken.has(each));
  return Object.keys(all).map((name) => [name, ofTask[name]?.as ?? general(name)]);
}

/** The entries that a text has, by name or symbol. */
export const termsIn = (text: string, ofTask: Readonly<Record<string, Entry>>): string[] =>
  entriesOf(ofTask).flatMap(([name, as]) => (pattern([translated(name), ...as]).test(text) ? [name] : []));

/** What of `as` is a symbol, for who looks for one. */
const symbols = (as: readonly string[]) => as.filter((each) => each.length <= 5 && !/^[a-z]{2}/.test(each));

/** The text of all elements, one below the other: `textContent` would make one word of two. */
function textOf(view: HTMLElement): string {
  const nodes = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
  const texts: string[] = [];
  while (nodes.nextNode()) texts.push(nodes.currentNode.nodeValue ?? '');
  return texts.join('\n');
}

/**
 * Shows the terms of what is in `view` in a list in `box`, and goes on doing so while that is open.
 */
export function followTerms(box: HTMLDetailsElement, view: HTMLElement, ofTask: Readonly<Record<string, Entry>>) {
  const list = make('ul');
  const item = (name: string, symbols: readonly string[]) => make('li', {}, word<string>(name, [translated(name), ...symbols].join(', ')));
  const items = new Map(entriesOf(ofTask).map(([name, as]) => [name, item(name, symbols(as))]));
  const show = coalesce(() => {
    // What is pressed stays.
    if (box.open) place(list, termsIn(textOf(view), ofTask).flatMap((name) => items.get(name) ?? []));
  });
  box.append(list);
  box.addEventListener('toggle', () => show());
  new MutationObserver(() => show()).observe(view, { childList: true, characterData: true, subtree: true });
  show();
}
