/**
 * Whether something is an answer to a question, and what it is worth. What is handed in may hold
 * anything.
 */

import type { Answer, Exercise, OwnProof, Question, Verdict } from './exercise.js';
import type { Results } from './results.js';
import { MOST_CHARACTERS } from '../app/address.js';
import { t } from '../languages/language.js';
import { capital } from '../ui/format.js';

/**
 * Most characters of the text of a certificate: the largest that people build, of eight directions
 * and 512 tokens, has a fifth of them.
 */
const MOST_CERTIFICATE = 1e6;

const isText = (found: unknown, most: number): found is string => typeof found === 'string' && found.length > 0 && found.length <= most;
const isAmong = (ids: readonly { id: string }[], found: unknown) => ids.some(({ id }) => id === found);

function isProof(found: unknown): found is OwnProof {
  if (typeof found !== 'object' || found === null) return false;
  const { strategy, certificate } = found as Partial<OwnProof>;
  return isText(strategy, MOST_CHARACTERS) && (certificate === undefined || isText(certificate, MOST_CERTIFICATE));
}

/** Whether `found` has the form of an answer to a question. */
export function isAnswer(question: Question, found: unknown): found is Answer {
  switch (question.kind) {
    case 'choice':
      return isAmong(question.options, found);
    case 'number':
      return typeof found === 'number' && Number.isFinite(found);
    case 'order':
      return Array.isArray(found) && found.length === question.items.length && question.items.every(({ id }) => found.includes(id));
    case 'tokens':
      return Array.isArray(found) && found.length <= MOST_CHARACTERS && found.every((token) => Number.isInteger(token) && token >= 0);
    case 'strategy':
      return isText(found, MOST_CHARACTERS);
    // All inputs alike have the empty text.
    case 'distribution':
      return found === '' || isText(found, MOST_CHARACTERS);
    case 'proof':
      return isProof(found);
  }
}

/**
 * What an answer is worth on a model, computed from the model's results. What the model refuses,
 * such as an input with too many tokens, is worth nothing, and the refusal says why. Rejects only
 * if nothing could be computed: with `Cancelled`, `Died` or `Missing`, as the engine does.
 */
export async function mark(exercise: Exercise, answer: unknown, results: Results): Promise<Verdict> {
  if (!isAnswer(exercise.question, answer)) return { score: 0, reason: t`This is no answer to the question.` };
  try {
    return await exercise.check(answer, results);
  } catch (error) {
    // Refusals are plain errors; what went wrong around them has a class of its own.
    if (error instanceof Error && error.constructor === Error) return { score: 0, reason: capital(error.message) };
    throw error;
  }
}
