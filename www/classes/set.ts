/**
 * A teacher's set of exercises: what it holds, its code, and the course that a student gets of it.
 */

import { type Address, FIELDS, HIDABLE, SET, TASK, WEIGHTS } from '../app/address.js';
import type { Attempt, Course, Exercise } from '../exercises/exercise.js';
import { t } from '../languages/language.js';
import { TASKS } from '../tasks/tasks.js';
import { codeOf, crc32, Damaged, valueOf } from './code.js';

/** Texts of an exercise that a teacher has written anew, by their places: see `textsOf`. */
export type Texts = Readonly<Record<string, string>>;

/** An exercise of a set. */
export interface Chosen {
  id: string;
  /** Only what differs from the exercise's own texts. */
  texts: Texts;
}

/**
 * What a task's exercises are about, if not what each of them says: a model of the gallery, or the
 * address of weights.
 */
export type About = { task: string } & ({ named: Readonly<Record<string, string>> } | { weights: string });

export interface ExerciseSet {
  title: string;
  /** What the class should know, such as a deadline. */
  note: string;
  /** In their order; at least one. */
  exercises: readonly Chosen[];
  about: About | null;
  /** Parts of the page that are not shown. */
  hide: readonly string[];
  hints: boolean;
  timed: boolean;
}

/** A set before anything is chosen. */
export const EMPTY: ExerciseSet = { title: '', note: '', exercises: [], about: null, hide: [], hints: true, timed: false };

/** Most characters of a text, and most exercises. */
export const [MOST_TEXT, MOST_EXERCISES] = [2000, 40];

// ---- code
// ----------------------------------------------------------------------------------------

/** Returns the code of a set. What is as usual goes without saying. */
export function setCode({ title, note, exercises, about, hide, hints, timed }: ExerciseSet): string {
  const chosen = exercises.map(({ id, texts }) => (Object.keys(texts).length ? [id, texts] : id));
  const options = {
    ...(about && { m: [about.task, 'named' in about ? about.named : about.weights] }),
    ...(hide.length && { h: hide }),
    ...(!hints && { n: 1 }),
    ...(timed && { t: 1 }),
  };
  return codeOf('S', [title, chosen, note, options]);
}

/**
 * A set within a package, which has no other models than those of its exercises, and no other
 * pages.
 */
export const packagedSet = (set: ExerciseSet): ExerciseSet => ({ ...set, hide: [...new Set(['picker', 'foot', ...set.hide])] });

/** The code of a set in a text, such as a link; undefined for none. */
export const setCodeIn = (text: string) => /(?<![\w-])S\d+[zt][\w-]+/.exec(text)?.[0];

/** What tells sets apart: eight digits that depend on all that a set says. */
export const printOf = (code: string) => crc32(new TextEncoder().encode(code)).toString(16).padStart(8, '0');

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MOST_TEXT;
const isTexts = (value: unknown): value is Texts =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isText);

function expect<T>(value: unknown, is: (value: unknown) => value is T, what: string): T {
  if (is(value)) return value;
  throw new Damaged(t`The set of exercises is not as a set should be: expected ${what}, found ${JSON.stringify(value)?.slice(0, 60)}.`);
}

const chosenOf = (value: unknown): Chosen => {
  const [id, texts] = Array.isArray(value) ? value : [value, {}];
  return { id: expect(id, isText, t`the name of an exercise`), texts: expect(texts, isTexts, t`texts of an exercise`) };
};

function aboutOf(value: unknown): About {
  const [task, model] = expect(value, (v): v is unknown[] => Array.isArray(v) && isText(v[0]), t`a task and its model`);
  if (isText(model)) return { task: String(task), weights: model };
  return { task: String(task), named: expect(model, isTexts, t`the name of a model`) };
}

/** Reads the code of a set. Throws `Damaged` with a message for people. */
export function readSet(code: string): ExerciseSet {
  const value = valueOf('S', code);
  const list = (v: unknown): v is unknown[] => Array.isArray(v) && v.length > 0 && v.length <= MOST_EXERCISES;
  const parts = expect(value, (v): v is unknown[] => Array.isArray(v) && v.length === 4, t`four parts`);
  const exercises = expect(parts[1], list, t`1 to ${MOST_EXERCISES} exercises`).map(chosenOf);
  const options = expect(
    parts[3],
    (v): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v),
    t`options`,
  );
  const { m = null, h = [], n, t: timed } = options;
  const hidable = (v: unknown): v is string[] => Array.isArray(v) && v.every((part) => HIDABLE.includes(part));
  return {
    title: expect(parts[0], isText, t`a title`),
    note: expect(parts[2], isText, t`a note`),
    exercises,
    about: m === null ? null : aboutOf(m),
    hide: expect(h, hidable, t`some of ${HIDABLE.join(', ')}`),
    hints: !n,
    timed: !!timed,
  };
}

// ---- texts
// ---------------------------------------------------------------------------------------

/**
 * The texts of an exercise that a teacher may write anew, each with its place and what it is
 * called.
 */
export function textsOf({ title, goal, steps, question }: Exercise): { place: string; label: string; text: string }[] {
  return [
    { place: 'title', label: t`Title`, text: title },
    { place: 'goal', label: t`Goal`, text: goal },
    ...steps.map(({ says }, i) => ({ place: `step${i}`, label: t`Step ${i + 1}`, text: says })),
    { place: 'asks', label: t`Question`, text: question.asks },
  ];
}

/** An exercise with a teacher's texts. */
export function rewritten(exercise: Exercise, texts: Texts): Exercise {
  const { title, goal, steps, question } = exercise;
  return {
    ...exercise,
    title: texts['title'] ?? title,
    goal: texts['goal'] ?? goal,
    steps: steps.map((step, i) => ({ ...step, says: texts[`step${i}`] ?? step.says })),
    question: { ...question, asks: texts['asks'] ?? question.asks },
  };
}

// ---- course
// --------------------------------------------------------------------------------------

/**
 * The exercises of a set with the teacher's texts; `tell` hears of those that this page does not
 * have.
 */
export function exercisesOf(set: ExerciseSet, all: readonly Exercise[], tell: (problem: string) => void = () => {}): Exercise[] {
  return set.exercises.flatMap(({ id, texts }) => {
    const found = all.find((exercise) => exercise.id === id);
    if (!found) tell(t`“${id.slice(0, 40)}”, which this page does not have, is left out: is the page older than the set?`);
    return found ? [rewritten(found, texts)] : [];
  });
}

/** The parts of an address that is given after the page's folder. */
function partsOf(setup: string): Address {
  const url = new URL(setup, 'https://page.invalid/');
  return { search: url.search, hash: url.hash };
}

/** The task of an address. */
export const taskOf = (setup: string) => TASK.read(partsOf(setup), { tasks: TASKS.map(({ id }) => id) }, () => {});

/**
 * Where the page stands at the beginning of an exercise, within a set: with its model, if that is
 * of the exercise's task. `code` is put into the address, if the set came from there.
 */
export function setupOf(
  { setup }: Pick<Exercise, 'setup'>,
  { about, hide }: Pick<ExerciseSet, 'about' | 'hide'>,
  code: string | undefined,
): string {
  const parts = partsOf(setup);
  const [search, hash] = [new URLSearchParams(parts.search), new URLSearchParams(parts.hash.slice(1))];
  if (about && about.task === taskOf(setup)) {
    const known = FIELDS.map(({ name }) => name);
    // What is left names a model.
    for (const name of [...hash.keys()]) if (!known.includes(name)) hash.delete(name);
    if ('weights' in about) search.set(WEIGHTS.name, about.weights);
    else for (const [name, value] of Object.entries(about.named)) hash.set(name, value);
  }
  if (hide.length) hash.set('hide', hide.join());
  if (code !== undefined) search.set(SET.name, code);
  return `${search.size ? `?${search}` : ''}#${hash}`;
}

/** What a student works on. */
export function courseOf(
  set: ExerciseSet,
  code: string,
  exercises: readonly Exercise[],
  inAddress: boolean,
  handIn: (attempts: readonly Attempt[]) => void,
): Course {
  const { title, note, hints, timed } = set;
  const own = inAddress ? code : undefined;
  return {
    id: printOf(code),
    title,
    note,
    hints,
    timed,
    handIn,
    exercises: exercises.map((each) => ({ ...each, setup: setupOf(each, set, own) })),
  };
}
