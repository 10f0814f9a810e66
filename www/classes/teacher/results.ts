/**
 * The fourth section: what students hand in, marked and put into a table. It stays in this browser.
 */

import { exercises as allExercises } from '../../exercises/exercises.js';
import type { Exercise } from '../../exercises/exercise.js';
import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { csvOf } from '../../ui/export/table.js';
import { bytes as size, told } from '../../ui/format.js';
import { save } from '../../ui/save.js';
import { classTable, predicted } from '../class-table.js';
import { codesIn, FIELD, type HandIn, readHandIn } from '../hand-in.js';
import { type Marked, marked, type Row, summed, together } from '../marks.js';
import { readSet, setCodeIn } from '../set.js';
import { counted, inWords, percentage } from '../words.js';
import type { Bench } from './bench.js';
import type { Draft } from './draft.js';
import { button, buttons, hint } from './parts.js';

const KEY = 'compact-proofs-hand-ins';
/** How long nothing is typed into the set before hand-ins are marked anew, in milliseconds. */
const PAUSE = 250;
/** Most bytes of a file with links or codes. */
const MOST_BYTES = 8 * 2 ** 20;

export class ResultsSection {
  readonly #draft: Draft;
  readonly #bench: Bench;
  /** What was handed in, by its code. */
  readonly #handIns = new Map<string, HandIn>();
  #rows: readonly Row[] = [];
  /** Counts changes: what was marked for an earlier one is not shown. */
  #turn = 0;
  readonly #field = make('textarea', { id: 'codes', rows: '3', spellcheck: 'false', autocomplete: 'off' });
  readonly #said = make('p', { class: 'said', role: 'status' });
  readonly #damaged = make('ul', { class: 'damaged' });
  readonly #line = make('p', { class: 'line', role: 'status' });
  readonly #table = make('table', { 'aria-labelledby': 'results-title' });
  readonly #scroller = make('div', { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': t`Results of the class` }, this.#table);
  readonly #csv = button(t`Save as CSV`, () => this.#save());
  readonly #clear = button(t`Clear all results`, () => this.#forget());

  constructor(section: HTMLElement, draft: Draft, bench: Bench) {
    [this.#draft, this.#bench] = [draft, bench];
    const add = button(t`Add`, () => this.#add(this.#field.value), { class: 'primary' });
    const file = make('input', { id: 'hand-ins', type: 'file', class: 'unseen', multiple: '' });
    const choose = make('label', { class: 'button', for: 'hand-ins' }, t`Open files…`);
    this.#field.addEventListener('paste', () => setTimeout(() => this.#add(this.#field.value)));
    file.addEventListener('change', () => void this.#read([...(file.files ?? [])]));
    section.append(
      make('label', { class: 'field', for: 'codes' }, t`Links or codes, as many as you like`),
      this.#field,
      buttons(
        add,
        file,
        choose,
        hint(t`Or drop files and texts anywhere on this page. All of it stays in this browser until you clear it.`, 'span'),
      ),
      this.#said,
      this.#damaged,
      this.#line,
      this.#scroller,
      buttons(this.#csv, this.#clear),
    );
    addEventListener('dragover', (event) => event.preventDefault());
    addEventListener('drop', (event) => this.#drop(event));
    addEventListener('hashchange', () => this.#fromAddress());
    this.#restore();
    addEventListener('storage', ({ key }) => {
      if (key !== KEY) return;
      this.#restore();
      void this.#mark();
    });
    let timer = 0;
    draft.watch(() => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.#mark(), PAUSE);
    });
    this.#fromAddress();
  }

  /** Takes the code of a link that a student has sent, and removes it from the address. */
  #fromAddress() {
    const code = new URLSearchParams(location.hash.slice(1)).get(FIELD);
    if (code === null) return;
    history.replaceState(null, '', location.pathname + location.search);
    this.#add(code);
    document.getElementById('results-title')?.focus();
  }

  #drop(event: DragEvent) {
    event.preventDefault();
    const { files } = event.dataTransfer ?? {};
    if (files?.length) void this.#read([...files]);
    else this.#add(event.dataTransfer?.getData('text/plain') ?? '');
  }

  async #read(files: readonly File[]) {
    const large = files.find((file) => file.size > MOST_BYTES);
    if (large) {
      this.#said.textContent = t`${large.name}: ${size(large.size)}, expected a text of at most ${size(MOST_BYTES)} with links or codes.`;
      return;
    }
    const texts = await Promise.all(files.map((file) => file.text().catch(() => '')));
    this.#add(texts.join('\n'));
  }

  /** Adds the codes of a text, and says what is wrong with the others. */
  #add(text: string) {
    if (!text.trim()) return;
    const set = setCodeIn(text);
    if (set !== undefined && !codesIn(text).length) return this.#openSet(set);
    // What another tab has added meanwhile.
    this.#restore();
    const codes = codesIn(text);
    const counts = { added: 0, known: 0 };
    const problems: string[] = [];
    for (const code of codes) {
      if (this.#handIns.has(code)) counts.known++;
      else if (this.#take(code, problems)) counts.added++;
    }
    // Lines with a link or code that is cut before what tells codes apart.
    const strange = text.split('\n').filter((line) => line.trim() && !codesIn(line).length);
    const said = codes.length ? [t`${counts.added} added.`] : [t`No code was found: codes begin with H1.`];
    if (counts.known) said.push(t`${counted(counts.known, t`was`, t`were`)} here already.`);
    if (problems.length) said.push(t`${problems.length} damaged or forged:`);
    else if (strange.length && codes.length) said.push(t`${counted(strange.length, t`line has`, t`lines have`)} no code.`);
    this.#said.textContent = said.join(' ');
    this.#damaged.replaceChildren(...problems.map((problem) => make('li', {}, problem)));
    this.#field.value = '';
    this.#keep();
    void this.#mark();
  }

  /** Opens the set of a link that was pasted, to mark by it. */
  #openSet(code: string) {
    try {
      this.#draft.change(readSet(code));
      this.#said.textContent = t`The set of this link is open now, and hand-ins are marked by it.`;
      this.#field.value = '';
    } catch (error) {
      this.#said.textContent = told(error);
    }
  }

  #take(code: string, problems: string[]): boolean {
    try {
      this.#handIns.set(code, readHandIn(code));
      return true;
    } catch (error) {
      problems.push(`${code.slice(0, 12)}…${code.slice(-6)}: ${told(error)}`);
      return false;
    }
  }

  #keep() {
    try {
      if (this.#handIns.size) localStorage.setItem(KEY, [...this.#handIns.keys()].join('\n'));
      else localStorage.removeItem(KEY);
    } catch {
      this.#said.textContent += t` This browser keeps nothing: save the table before you leave.`;
    }
  }

  #restore() {
    try {
      for (const code of codesIn(localStorage.getItem(KEY) ?? '')) this.#take(code, []);
    } catch {
      // A browser that keeps nothing has nothing to restore.
    }
  }

  #forget() {
    this.#handIns.clear();
    this.#keep();
    this.#damaged.replaceChildren();
    this.#said.textContent = t`All results are cleared from this browser.`;
    void this.#mark();
    this.#field.focus();
  }

  /**
   * The exercises of the table: those of the set or, without one, all that something was handed in
   * of.
   */
  async #exercises(): Promise<Exercise[]> {
    if (this.#draft.exercises.length) return this.#draft.exercises;
    const ids = new Set([...this.#handIns.values()].flatMap(({ attempts }) => attempts.map(({ exercise }) => exercise)));
    return (await allExercises()).filter(({ id }) => ids.has(id));
  }

  async #mark() {
    const turn = ++this.#turn;
    const exercises = await this.#exercises();
    const marking = this.#bench.marking(this.#draft, exercises);
    const rows: Row[] = [];
    for (const [code, handIn] of this.#handIns) {
      rows.push(await marked(code, handIn, marking));
      if (turn !== this.#turn) return;
      if (rows.length < this.#handIns.size) this.#line.textContent = t`${rows.length} of ${this.#handIns.size} are marked …`;
    }
    this.#rows = together(rows);
    this.#line.textContent = summed(this.#rows, exercises);
    this.#show(exercises);
  }

  #show(exercises: readonly Exercise[]) {
    this.#scroller.hidden = this.#csv.hidden = this.#clear.hidden = !this.#rows.length;
    const head = (text: string) => make('th', { scope: 'col' }, text);
    const heads = make('tr', {}, head(t`Name`), head(t`Score`), ...exercises.map(({ title }) => head(title)), head(t`Notes`));
    this.#table.replaceChildren(make('thead', {}, heads), make('tbody', {}, ...this.#rows.map((row) => rowOf(row))));
  }

  #save() {
    const exercises = this.#rows[0]?.marked.map(({ exercise }) => exercise) ?? [];
    const isTimed = this.#rows.some(({ marked: all }) => all.some(({ attempt }) => attempt?.seconds !== undefined));
    // Spreadsheets need to be told of UTF-8.
    save('results.csv', new Blob(['\ufeff', csvOf(classTable(this.#rows, exercises, isTimed))], { type: 'text/csv' }));
  }
}

function rowOf({ name, score, marked: all, notes }: Row): HTMLElement {
  const head = make('th', { scope: 'row' }, name || t`(no name)`);
  const sum = make('td', {}, t`${Number(score.toFixed(2))} of ${all.length}`);
  return make('tr', {}, head, sum, ...all.map(cellOf), make('td', { class: 'notes' }, ...notes.map((note) => make('p', {}, note))));
}

/** How an answer is marked: a sign, and a word for those who do not see it. */
function signOf(score: number): HTMLElement {
  const [sign, word] = score >= 1 ? ['✓', t`right`] : score > 0 ? [percentage(score), t`partly right`] : ['✗', t`wrong`];
  return make('span', { class: score >= 1 ? 'right' : 'wrong', title: word, 'aria-label': word, role: 'img' }, sign);
}

function cellOf(each: Marked): HTMLElement {
  const { exercise, attempt, verdict } = each;
  if (!attempt) return make('td', {}, '–');
  const answer = inWords(exercise.question, attempt.answer);
  const guesses = predicted(each);
  const work = [
    counted(attempt.tries, t`try`, t`tries`),
    ...(attempt.hints ? [counted(attempt.hints, t`hint`, t`hints`)] : []),
    ...(attempt.seconds === undefined ? [] : [t`${Math.ceil(attempt.seconds / 60)} min`]),
  ];
  return make('td', { ...(verdict && { title: verdict.reason }) },
    ...(verdict ? [signOf(verdict.score), ' '] : []),
    answer || t`no answer`,
    hint(work.join(', ')),
    ...(guesses.length ? [hint(t`Predicted: ${guesses.join('; ')}`)] : []),
  );
}
