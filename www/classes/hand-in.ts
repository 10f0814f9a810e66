/**
 * What a student hands in: answers under a name, as one code. It holds no date, no score that is
 * believed, and no account.
 */

import type { Answer, Attempt } from '../exercises/exercise.js';
import { codeOf, Damaged, valueOf } from './code.js';
import { t } from '../languages/language.js';

export interface HandIn {
  /** What tells the set from others; see `printOf`. */
  set: string;
  /** As the student has typed it. */
  name: string;
  attempts: readonly Attempt[];
}

/** The name of the field of an address, after #, that holds what is handed in. */
export const FIELD = 'hand-in';
/** Most characters of a name. */
export const MOST_NAME = 80;

/** Returns the code of what is handed in. */
export function handInCode({ set, name, attempts }: HandIn): string {
  const list = attempts.map(({ exercise, model, answer, predictions, tries, hints, score, seconds }) =>
    [exercise, model, answer, predictions, tries, hints, score ?? null, ...(seconds === undefined ? [] : [Math.ceil(seconds)])]);
  return codeOf('H', [set, name, list]);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isShare = (value: unknown): value is number | null => value === null || (typeof value === 'number' && value >= 0 && value <= 1);
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isList = (value: unknown): boolean => Array.isArray(value) && (value.every(isText) || value.every(isNumber));
const isOwn = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'strategy' in value &&
  isText(value.strategy) &&
  (!('certificate' in value) || isText(value.certificate));
const isAnswer = (value: unknown): value is Answer | null =>
  value === null || isText(value) || isNumber(value) || isList(value) || isOwn(value);
const isPredictions = (value: unknown): value is (string | null)[] => Array.isArray(value) && value.every((v) => v === null || isText(v));

function attemptOf(value: unknown): Attempt | undefined {
  if (!Array.isArray(value)) return undefined;
  const [exercise, model, answer, predictions, tries, hints, score, seconds] = value as unknown[];
  if (!isText(exercise) || !isText(model) || !isAnswer(answer) || !isPredictions(predictions)) return undefined;
  if (!isCount(tries) || !isCount(hints) || !isShare(score)) return undefined;
  if (seconds !== undefined && !isCount(seconds)) return undefined;
  return {
    exercise,
    model,
    answer,
    predictions,
    tries,
    hints,
    ...(score !== null && { score }),
    ...(seconds !== undefined && { seconds }),
  };
}

/** Reads what was handed in. Throws `Damaged` with a message for people. */
export function readHandIn(code: string): HandIn {
  const wrong = new Damaged(t`This code holds no answers as this page writes them: somebody has made it by other means.`);
  const value = valueOf('H', code);
  if (!Array.isArray(value) || value.length !== 3) throw wrong;
  const [set, name, list] = value as unknown[];
  if (!isText(set) || !isText(name) || name.length > MOST_NAME || !Array.isArray(list)) throw wrong;
  const attempts = list.map(attemptOf);
  if (attempts.includes(undefined)) throw wrong;
  return { set, name, attempts: attempts as Attempt[] };
}

/**
 * Codes in a text that people have put together: one in each line, or in links, or between other
 * words.
 */
export function codesIn(text: string): string[] {
  const links = text.replaceAll('%2D', '-').replaceAll('%5F', '_');
  return [...links.matchAll(/(?<![\w-])H\d+[zt][\w-]*/g)].map(([code]) => code);
}
