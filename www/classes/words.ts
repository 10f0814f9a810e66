/** What was answered, as people read it. */

import type { Answer, OwnProof, Question } from '../exercises/exercise.js';
import { t } from '../languages/language.js';

const labelOf = (options: readonly { id: string; label: string }[], id: unknown) =>
  options.find((option) => option.id === id)?.label ?? String(id);

/** An answer in words; empty for none. */
export function inWords(question: Question, answer: Answer | null): string {
  if (answer === null) return '';
  if (question.kind === 'choice') return labelOf(question.options, answer);
  if (question.kind === 'order' && Array.isArray(answer)) return answer.map((id) => labelOf(question.items, id)).join(' → ');
  if (question.kind === 'number') return `${String(answer)} ${question.unit}`.trim();
  if (question.kind === 'distribution' && answer === '') return t`all inputs alike`;
  if (Array.isArray(answer)) return answer.join(', ');
  return typeof answer === 'object' ? (answer as OwnProof).strategy : String(answer);
}

/** A number and what it counts: “1 try”, “2 tries”. */
export const counted = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

/** A share as a percentage without decimals. */
export const percentage = (share: number) => `${Math.round(100 * share)}\u00a0%`;
