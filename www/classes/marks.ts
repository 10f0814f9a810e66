/**
 * Marks what was handed in. A score is computed from the answer, by the exercise’s own check on the
 * model’s real results; what a code says of its score is only compared with that.
 */

import type { Attempt, Exercise, Verdict } from '../exercises/exercise.js';
import { mark } from '../exercises/answers.js';
import type { Results } from '../exercises/results.js';
import { t } from '../languages/language.js';
import { fixed, told } from '../ui/format.js';
import type { HandIn } from './hand-in.js';
import { counted, percentage } from './words.js';

/** One exercise of a student's. */
export interface Marked {
  exercise: Exercise;
  /** Undefined where nothing was handed in. */
  attempt: Attempt | undefined;
  /** Undefined for no answer, or where none could be computed. */
  verdict: Verdict | undefined;
}

/** A student's work, marked. */
export interface Row {
  name: string;
  code: string;
  marked: readonly Marked[];
  /** Sum of the scores; at most the number of exercises. */
  score: number;
  /** What a teacher should know of it, such as that its score is not what it says. */
  notes: readonly string[];
}

/** What hand-ins are marked against. */
export interface Marking {
  /** The exercises that they may be of, in the order of the table. */
  exercises: readonly Exercise[];
  /**
   * What tells the teacher's set from others, as a link and in a package; empty while there is
   * none.
   */
  prints: readonly string[];
  /** The results of the model that an exercise begins with. */
  results(exercise: Exercise): Promise<Results>;
  /**
   * The results of another model, by the first digits of its SHA-256; undefined if the page does
   * not have it.
   */
  byDigits(exercise: Exercise, digits: string): Promise<Results | undefined>;
}

/** Marks one exercise; `note` hears what a teacher should know. */
async function markedOf(exercise: Exercise, attempt: Attempt | undefined, marking: Marking, note: (text: string) => void): Promise<Marked> {
  if (!attempt || attempt.answer === null) return { exercise, attempt, verdict: undefined };
  const { title } = exercise;
  if (!attempt.tries) note(t`“${title}”: an answer that was never tried`);
  let results: Results | undefined = await marking.results(exercise);
  if (!attempt.model || !results.facts.sha256.startsWith(attempt.model)) {
    results = attempt.model ? await marking.byDigits(exercise, attempt.model) : undefined;
    if (!results) {
      note(t`“${title}”: the answer is about a model that this page does not have (${attempt.model || t`none is named`})`);
      return { exercise, attempt, verdict: undefined };
    }
    note(t`“${title}”: the answer is about another model, ${results.facts.file}`);
  }
  const verdict = await mark(exercise, attempt.answer, results);
  if (attempt.score !== undefined && Math.abs(attempt.score - verdict.score) > 1e-9) {
    const ask = attempt.score > verdict.score ? ` ${t`Forged?`}` : '';
    note(t`“${title}”: the code says ${percentage(attempt.score)}, its answer is worth ${percentage(verdict.score)}.${ask}`);
  }
  return { exercise, attempt, verdict };
}

/** Marks what a student has handed in. Never rejects: what cannot be marked is noted. */
export async function marked(code: string, { set, name, attempts }: HandIn, marking: Marking): Promise<Row> {
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  if (marking.prints.length && !marking.prints.includes(set)) note(t`of another set than the one above: paste its link here to open it`);
  const ids = attempts.map(({ exercise }) => exercise);
  if (new Set(ids).size < ids.length) note(t`an exercise is in it twice: the first counts`);
  const all: Marked[] = [];
  for (const exercise of marking.exercises) {
    const attempt = attempts.find((each) => each.exercise === exercise.id);
    all.push(
      await markedOf(exercise, attempt, marking, note).catch((error: unknown) => {
        note(t`“${exercise.title}” was not marked: ${told(error)}`);
        return { exercise, attempt, verdict: undefined };
      }),
    );
  }
  const others = ids.filter((id) => !marking.exercises.some((exercise) => exercise.id === id));
  if (others.length) note(t`not of the set: ${[...new Set(others)].map((id) => t`“${id.slice(0, 40)}”`).join(', ')}`);
  return { name: name.trim(), code, marked: all, score: all.reduce((sum, { verdict }) => sum + (verdict?.score ?? 0), 0), notes };
}

/** What makes names alike: case, blanks and ways of writing letters do not. */
const alike = (name: string) => name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();

/** The rows by name, each of a name that occurs several times with a note. */
export function together(rows: readonly Row[]): Row[] {
  const sorted = [...rows].sort((a, b) => alike(a.name).localeCompare(alike(b.name)));
  return sorted.map((row) => {
    const same = sorted.filter((other) => alike(other.name) === alike(row.name));
    return same.length > 1
      ? { ...row, notes: [t`handed in ${same.length} times: this is number ${same.indexOf(row) + 1}`, ...row.notes] }
      : row;
  });
}

/** A class in one line. */
export function summed(rows: readonly Row[], exercises: readonly Exercise[]): string {
  if (!rows.length) return t`Nothing is handed in yet.`;
  const names = new Set(rows.map(({ name }) => alike(name))).size;
  const mean = rows.reduce((sum, { score }) => sum + score, 0) / rows.length;
  const rightOf = (i: number) => rows.reduce((sum, { marked: all }) => sum + (all[i]?.verdict?.score ?? 0), 0);
  const shares = exercises.map((exercise, i) => ({ exercise, share: rightOf(i) / rows.length }));
  const hardest = shares.reduce((a, b) => (b.share < a.share ? b : a), { exercise: exercises[0], share: Infinity });
  const by = names === rows.length ? '' : t` of ${counted(names, t`student`, t`students`)}`;
  const worst = exercises.length > 1 ? ` ${t`Hardest: “${hardest.exercise?.title ?? ''}”, ${percentage(hardest.share)}.`}` : '';
  const average = t`${fixed(mean, 1)} of ${exercises.length} right on average (${percentage(mean / Math.max(exercises.length, 1))}).`;
  return `${counted(rows.length, t`hand-in`, t`hand-ins`)}${by}: ${average}${worst}`;
}
