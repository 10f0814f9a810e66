/**
 * What the page says, in the language of its reader. Texts stand in the code in English:
 *
 *     t`Right on at least ${share} of ${inputs}.`
 *     make('p', {}, ...nodes`A ${word('frontier')} of proofs.`)
 *
 * A text is whole: a sentence, or what stands alone. Other languages have it in a catalogue
 * (`de.json`), by the key `Right on at least {0} of {1}.`, where values may come in another order.
 */

/** A language other than English. */
export interface Language {
  /** Its tag, such as `de`. */
  readonly tag: string;
  /** A text of the page's, by its parts around the values: texts, and numbers of values, in this language's order. */
  pieces(parts: readonly string[]): readonly (string | number)[] | undefined;
  /** A text that one of the programs has composed. */
  translated(text: string): string;
}

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
  pieces(parts).map((piece) => (typeof piece === 'number' ? asNode(values[piece] ?? '') : piece)).filter((piece) => piece !== '');

const asNode = (value: Node | string | number) => (typeof value === 'number' ? String(value) : value);

/** What a program has said in English, in the reader's language; as it is where that does not have it. */
export const translated = (text: string) => other?.translated(text) ?? text;
