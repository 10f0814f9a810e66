/** A language that has its texts in a catalogue. Fetched when one is chosen. */

import { download } from '../engine/download.js';
import deUrl from './de.json?url';
import { type Language, speak } from './language.js';

/** Texts by their English ones; `{0}` is the place of the first value. */
type Texts = Readonly<Record<string, string>>;

/** A catalogue: what the page says, and what programs say that it shows. */
export interface Catalogue {
  page: Texts;
  programs: Texts;
}

const URLS: Readonly<Record<string, string>> = { de: deUrl };
/** The places of values. */
const PLACE = /\{(\d+)\}/;
/** A number as programs write it, with a sign of percent or a unit of axes. */
const NUMBER = /^([−-]?\d{1,3}(?:,\d{3})*|[−-]?\d+)(\.\d+)?(\s?%|[kMGT])?$/;
/** The attributes that are read by people. */
const READ = ['title', 'aria-label', 'placeholder', 'alt'];

/** The key of a text with these parts around its values. */
export const keyOf = (parts: readonly string[]) => parts.reduce((key, part, i) => `${key}{${i - 1}}${part}`);

/** A text in pieces: texts, and the numbers of values. */
export const piecesOf = (text: string) =>
  text
    .split(PLACE)
    .map((piece, i) => (i % 2 ? Number(piece) : piece))
    .filter((piece) => piece !== '');

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** A text that programs compose, and how to recognise it. */
interface Composed {
  /** What is matched has a group for each value, in their English order. */
  pattern: RegExp;
  order: readonly number[];
  text: string;
}

/**
 * Texts with fewer letters than this, such as `{0} to {1}`, are recognised around single words
 * only.
 */
const FEW = 3;

/**
 * The texts with values, those with most letters first: what fits several is the most special one.
 */
function composedOf(texts: Texts): Composed[] {
  const withValues = Object.entries(texts).filter(([key]) => PLACE.test(key));
  const letters = (key: string) => key.replaceAll(/[^a-z]/gi, '').length;
  return withValues.sort(([a], [b]) => letters(b) - letters(a)).map(([key, text]) => {
    const pieces = piecesOf(key);
    const value = letters(key) > 0 && letters(key) < FEW && !key.includes(':') ? '(\\S*?)' : '(.*?)';
    const source = pieces.map((piece) => (typeof piece === 'number' ? value : escaped(piece))).join('');
    return { pattern: new RegExp(`^${source}$`, 's'), order: pieces.filter((piece) => typeof piece === 'number'), text };
  });
}

export class Catalogued implements Language {
  readonly tag: string;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #composed: readonly Composed[];
  readonly #pieces = new WeakMap<readonly string[], readonly (string | number)[]>();
  readonly #translated = new Map<string, string | undefined>();
  readonly #numbers: { group: string; point: string };

  constructor(tag: string, { page, programs }: Catalogue) {
    this.tag = tag;
    this.#texts = new Map([...Object.entries(programs), ...Object.entries(page)]);
    this.#composed = composedOf(programs);
    const written = new Intl.NumberFormat(tag).formatToParts(12345.5);
    const sign = (wanted: string) => written.find(({ type }) => type === wanted)?.value ?? '';
    this.#numbers = { group: sign('group'), point: sign('decimal') };
  }

  pieces(parts: readonly string[]) {
    const found = this.#pieces.get(parts);
    if (found) return found;
    const text = this.#texts.get(keyOf(parts));
    if (text === undefined) return undefined;
    const pieces = piecesOf(text);
    this.#pieces.set(parts, pieces);
    return pieces;
  }

  translated(text: string): string | undefined {
    if (!this.#translated.has(text)) this.#translated.set(text, this.#texts.get(text) ?? this.#number(text) ?? this.#compose(text));
    return this.#translated.get(text);
  }

  #number(said: string): string | undefined {
    const [, whole, rest = '', unit = ''] = NUMBER.exec(said) ?? [];
    const { group, point } = this.#numbers;
    return whole === undefined ? undefined : `${whole.replaceAll(',', group)}${rest.replace('.', point)}${unit.replace(/\s?%/, '\u00a0%')}`;
  }

  #compose(said: string): string | undefined {
    for (const { pattern, order, text } of this.#composed) {
      const values = pattern.exec(said)?.slice(1);
      if (!values) continue;
      const value = (place: number) => this.#value(values[order.indexOf(place)] ?? '');
      return piecesOf(text).map((piece) => (typeof piece === 'number' ? value(piece) : piece)).join('');
    }
    return undefined;
  }

  /** A value in a composed text: another text of the program's, a list of them, or a name. */
  #value(said: string): string {
    const listed = (text: string, separator: string): string =>
      text
        .split(separator)
        .map((part) => this.translated(part) ?? (separator === ', ' ? part : listed(part, ', ')))
        .join(separator);
    return this.translated(said) ?? listed(said, '; ');
  }

  inscribe(root: ParentNode) {
    for (const element of root.querySelectorAll<HTMLElement>('*')) {
      for (const name of READ) {
        const said = element.getAttribute(name);
        if (said) element.setAttribute(name, this.#texts.get(said) ?? said);
      }
      if (!element.closest('script, style, svg, [lang]:not([lang=en], html)')) this.#write(element);
    }
  }

  /** Writes what an element says itself, around the elements in it. */
  #write(element: HTMLElement) {
    const inside = [...element.childNodes].filter((node) => node instanceof Element || node instanceof Text);
    const texts = inside.filter((node) => node instanceof Text && node.data.trim());
    if (!texts.length) return;
    const children = inside.filter((node) => node instanceof Element);
    let place = 0;
    const key = inside.map((node) => (node instanceof Text ? node.data : `{${place++}}`)).join('').replaceAll(/\s+/g, ' ').trim();
    const text = this.#texts.get(key);
    if (text === undefined) return;
    element.replaceChildren(...piecesOf(text).map((piece) => (typeof piece === 'number' ? (children[piece] ?? '') : piece)));
  }
}

/**
 * Fetches a language's catalogue, and speaks it from now on. Rejects with `Missing` if it does not
 * arrive.
 */
export async function learn(tag: string) {
  const url = URLS[tag];
  if (url) speak(new Catalogued(tag, await download(url, (response) => response.json() as Promise<Catalogue>)));
}
