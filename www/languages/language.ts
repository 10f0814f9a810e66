/**
 * What the page says, in the language of its reader. Texts stand in the code in English:
 *
 *     t`Right on at least ${share} of ${inputs}.`
 *     make('p', {}, ...nodes`The ${word('frontier')} of all proofs.`)
 *
 * A text is whole: a sentence, or what stands alone. Other languages have it in a catalogue,
 * `de.json`, by the key `Right on at least {0} of {1}.`, where values may come in another order.
 * `npm run texts` lists all keys in `en.json`.
 */

/** A language other than English. */
export interface Language {
  /** Its tag, such as `de`. */
  readonly tag: string;
  /**
   * A text by its parts around the values: texts, and numbers of values, in the order of this
   * language; undefined if it has none.
   */
  pieces(parts: readonly string[]): readonly (string | number)[] | undefined;
  /** A text that a program has composed; undefined if the language has none. */
  translated(text: string): string | undefined;
  /** Puts all texts of elements into this language. */
  inscribe(root: ParentNode): void;
}

/** The languages that there are, by their tags, and what they call themselves. */
export const LANGUAGES: Readonly<Record<string, string>> = { en: 'English', de: 'Deutsch' };

let other: Language | undefined;
/** The tag of the language. */
export let tag = 'en';

/** Speaks another language from now on: what has been said stays as it is. */
export function speak(language: Language) {
  other = language;
  ({ tag } = language);
}

const pieces = (parts: readonly string[]) => other?.pieces(parts) ?? parts.flatMap((part, i) => (i ? [i - 1, part] : part));

/** A text with values, in the reader's language; in English where that does not have it. */
export const t = (parts: TemplateStringsArray, ...values: unknown[]) =>
  pieces(parts).map((piece) => (typeof piece === 'number' ? values[piece] : piece)).join('');

/** A text with elements in it. */
export const nodes = (parts: TemplateStringsArray, ...values: (Node | string | number)[]): (Node | string)[] =>
  pieces(parts).flatMap((piece) => {
    const value = typeof piece === 'number' ? (values[piece] ?? '') : piece;
    return value === '' ? [] : [typeof value === 'number' ? String(value) : value];
  });

/**
 * What a program has said in English, in the reader's language; as it is where that does not have
 * it.
 */
export const translated = (text: string) => other?.translated(text) ?? text;

/**
 * What a program has answered, with the texts in its `fields`, however deep, in the reader's
 * language.
 */
export function spoken<T>(answer: T, fields: readonly string[]): T {
  return (other ? said(answer, fields, false) : answer) as T;
}

function said(value: unknown, fields: readonly string[], isText: boolean): unknown {
  if (typeof value === 'string') return isText ? translated(value) : value;
  if (Array.isArray(value)) return value.map((each) => said(each, fields, isText));
  if (value?.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, said(each, fields, fields.includes(name))]));
}

/** Puts the texts of elements that were written in English into the reader's language. */
export const inscribe = (root: ParentNode) => other?.inscribe(root);
