/** Inputs as people type them: texts that should be tokens, n numbers from 0 to v − 1. */

import { t } from '../../languages/language.js';

/** The texts between commas, spaces or brackets. */
export const split = (text: string): string[] => text.match(/[^\s,;[\]()]+/g) ?? [];

const isToken = (text: string, v: number) => /^\d+$/.test(text) && Number(text) < v;

/**
 * What keeps texts from being an input: a sentence, and which of them where it is one; undefined if
 * nothing does.
 */
export function problemOf(texts: readonly string[], n: number, v: number): { at: number | undefined; said: string } | undefined {
  if (texts.length !== n) {
    const tokens = texts.length === 1 ? t`1 token` : t`${texts.length} tokens`;
    return { at: undefined, said: t`${tokens}: expected ${n}, each from 0 to ${v - 1}.` };
  }
  const at = texts.findIndex((text) => !isToken(text, v));
  const text = texts[at];
  if (text === undefined) return undefined;
  const found = text === '' ? t`is empty` : t`is “${text}”`;
  return { at, said: t`Token ${at + 1} ${found}: expected a number from 0 to ${v - 1}.` };
}

/** A token that is `by` above what a text says, as far as there are tokens. */
export function moved(text: string, by: number, v: number): string {
  const from = /^\d+$/.test(text) ? Number(text) : 0;
  return String(Math.max(0, Math.min(v - 1, from + by)));
}

/** Moves the token at the caret of a list; undefined where there is none. */
export function movedAt(list: string, caret: number, by: number, v: number): { list: string; caret: number } | undefined {
  for (const { 0: text, index } of list.matchAll(/\d+/g)) {
    if (caret < index || caret > index + text.length) continue;
    const token = moved(text, by, v);
    return { list: list.slice(0, index) + token + list.slice(index + text.length), caret: index + token.length };
  }
  return undefined;
}

/**
 * Fields after a list is put in at one of them; a list too long to go on from there begins at the
 * first.
 */
export function spread(fields: readonly string[], at: number, list: readonly string[]): string[] {
  const start = at + list.length <= fields.length ? at : 0;
  return fields.map((text, p) => list[p - start] ?? text);
}

/** An input to begin with: tokens that lie apart, the same each time. */
export const first = (n: number, v: number): string[] =>
  Array.from({ length: n }, (_, p) => String(Math.floor(v * (((p + 1) * 0.618034) % 1))));

/** n tokens drawn evenly. `draw` gives numbers that are evenly distributed from 0 to 2³² − 1. */
export function random(n: number, v: number, draw: () => number): string[] {
  // Numbers above the last multiple of v would favour small tokens: they are drawn again.
  const limit = 2 ** 32 - (2 ** 32 % v);
  const token = (): number => {
    for (;;) {
      const drawn = draw();
      if (drawn < limit) return drawn % v;
    }
  };
  return Array.from({ length: n }, () => String(token()));
}
