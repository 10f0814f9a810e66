/**
 * Marks by SCORM, in both versions that LMSs speak: an object of a window around this one takes
 * them.
 */

import { type Gradebook, hundredths, type Item, type Report } from './gradebook.js';
import { t } from '../../languages/language.js';

/** An object that takes marks; its methods have other names in each version. */
type Api = Record<string, (...args: string[]) => string>;

/** What differs between the versions. */
interface Dialect {
  name: string;
  /** The object's name in the window that has it. */
  object: string;
  /** What comes before the names of its methods. */
  before: string;
  /** Ends a visit. */
  finish: string;
  /** The names of values. */
  names: { student: string; studentId: string; score: string; exit: string; time: string; answer: string };
  /** The error of a visit that is begun twice. */
  begun: string;
  /** What says that the lesson has begun, and that it is done. */
  status: readonly [name: string, begun: string, done: string];
  /** Whether scores are also given as a share. */
  isScaled: boolean;
  wrong: string;
  /** Most characters that are kept, and of an answer. */
  most: { kept: number; answer: number };
  duration(seconds: number): string;
}

const two = (n: number) => String(Math.floor(n)).padStart(2, '0');

export const DIALECTS: Readonly<Record<'scorm12' | 'scorm2004', Dialect>> = {
  scorm2004: {
    name: 'SCORM 2004',
    begun: '103',
    object: 'API_1484_11',
    before: '',
    finish: 'Terminate',
    names: {
      student: 'cmi.learner_name',
      studentId: 'cmi.learner_id',
      score: 'cmi.score',
      exit: 'cmi.exit',
      time: 'cmi.session_time',
      answer: 'learner_response',
    },
    status: ['cmi.completion_status', 'incomplete', 'completed'],
    isScaled: true,
    wrong: 'incorrect',
    most: { kept: 64_000, answer: 250 },
    duration: (s) => `PT${Math.floor(s / 3600)}H${Math.floor(s / 60) % 60}M${Math.floor(s % 60)}S`,
  },
  scorm12: {
    name: 'SCORM 1.2',
    begun: '101',
    object: 'API',
    before: 'LMS',
    finish: 'Finish',
    names: {
      student: 'cmi.core.student_name',
      studentId: 'cmi.core.student_id',
      score: 'cmi.core.score',
      exit: 'cmi.core.exit',
      time: 'cmi.core.session_time',
      answer: 'student_response',
    },
    status: ['cmi.core.lesson_status', 'incomplete', 'completed'],
    isScaled: false,
    wrong: 'wrong',
    most: { kept: 4096, answer: 255 },
    duration: (s) => `${Math.floor(s / 3600).toString().padStart(4, '0')}:${two((s / 60) % 60)}:${two(s % 60)}`,
  },
};
export type Version = keyof typeof DIALECTS;

/** A window that may hold the object, and those around it. */
type Around = Pick<Window, 'parent' | 'opener'>;
/** Windows within windows that are looked at. */
const MOST_AROUND = 50;

/**
 * The object called `name` in a window around `inner`, or in one around the window that opened
 * that.
 */
function find(inner: Around, name: string): Api | undefined {
  const above = (start: Around | null): Api | undefined => {
    for (let [at, left] = [start, MOST_AROUND]; at && left; left--) {
      const api = (at as unknown as Record<string, Api | undefined>)[name];
      if (api) return api;
      if (at.parent === at) break;
      at = at.parent;
    }
    return undefined;
  };
  try {
    return above(inner) ?? above(inner.opener as Around | null);
  } catch {
    return undefined; // a window of another site shows nothing of itself
  }
}

class Scorm implements Gradebook {
  readonly name: string;
  readonly student: string;
  readonly studentId: string;
  readonly kept: string;
  readonly #api: Api;
  readonly #dialect: Dialect;
  #isClosed = false;

  constructor(api: Api, dialect: Dialect) {
    [this.#api, this.#dialect, this.name] = [api, dialect, dialect.name];
    // A visit goes on that was begun before this page was opened again, for another task or file.
    const isBegun = this.#call('Initialize', '') === 'true' || this.#call('GetLastError') === dialect.begun;
    if (!isBegun) throw this.#refused(t`the start of the lesson`);
    const [status, begun] = dialect.status;
    this.student = this.#get(dialect.names.student);
    this.studentId = this.#get(dialect.names.studentId);
    this.kept = this.#get('cmi.suspend_data');
    if (!/^(completed|passed|failed)$/.test(this.#get(status))) this.#set(status, begun);
  }

  report({ kept, score, isComplete, items, seconds }: Report): Promise<void> {
    const { names, status, isScaled, most, duration } = this.#dialect;
    return new Promise((done) => {
      if (this.#isClosed) throw new Error(t`${this.name}: this visit has ended. Open the lesson again from your learning platform.`);
      const long = t`${this.name} keeps at most ${most.kept} characters, and this lesson has ${kept.length}: hand in its link as well.`;
      if (kept.length > most.kept) throw new Error(long);
      this.#set('cmi.suspend_data', kept);
      this.#set(`${names.score}.min`, '0');
      this.#set(`${names.score}.max`, '100');
      this.#set(`${names.score}.raw`, String(hundredths(score)));
      if (isScaled) this.#set(`${names.score}.scaled`, String(hundredths(score) / 100));
      if (isComplete) this.#set(status[0], status[2]);
      items.forEach((item, i) => this.#item(i, item));
      if (seconds !== undefined) this.#set(names.time, duration(seconds));
      // The next visit goes on where this one ends.
      this.#set(names.exit, 'suspend');
      if (this.#call('Commit', '') !== 'true') throw this.#refused(t`the marks`);
      done();
    });
  }

  close() {
    this.#isClosed = true;
    this.#call(this.#dialect.finish, '');
  }

  #item(i: number, { id, title, said, isRight }: Item) {
    const { names, isScaled, wrong, most } = this.#dialect;
    const at = `cmi.interactions.${i}`;
    this.#set(`${at}.id`, id);
    this.#set(`${at}.type`, 'fill-in');
    if (isScaled) this.#set(`${at}.description`, title.slice(0, most.answer));
    this.#set(`${at}.${names.answer}`, said.slice(0, most.answer));
    this.#set(`${at}.result`, isRight ? 'correct' : wrong);
  }

  #call(method: string, ...args: string[]): string {
    return String(this.#api[this.#dialect.before + method]?.(...args));
  }

  #get(name: string): string {
    const value = this.#call('GetValue', name);
    return value === 'undefined' || value === 'null' ? '' : value;
  }

  #set(name: string, value: string) {
    if (this.#call('SetValue', name, value) !== 'true') throw this.#refused(`${name} = ${value.slice(0, 60)}`);
  }

  #refused(what: string): Error {
    const code = this.#call('GetLastError');
    const why = this.#call('GetErrorString', code);
    return new Error(
      t`${this.name}: the learning platform has not taken ${what} (error ${code}: ${why}). Hand in the lesson’s link instead.`,
    );
  }
}

/**
 * The gradebook around `inner` that speaks one of `versions`; undefined if there is none. Throws an
 * `Error` if it refuses to start.
 */
export function scormAround(inner: Around, versions: readonly Version[]): Gradebook | undefined {
  for (const version of versions) {
    const api = find(inner, DIALECTS[version].object);
    if (api) return new Scorm(api, DIALECTS[version]);
  }
  return undefined;
}
