/** The fourth section: what students hand in, marked and put into a table. It stays in this browser. */

import { exercises as allExercises } from '../../exercises/exercises.js';
import type { Exercise } from '../../exercises/exercise.js';
import { make } from '../../ui/element.js';
import { csvOf } from '../../ui/export/table.js';
import { told } from '../../ui/format.js';
import { save } from '../../ui/save.js';
import { classTable, predicted } from '../class-table.js';
import { codesIn, FIELD, type HandIn, readHandIn } from '../hand-in.js';
import { type Marked, marked, type Row, summed, together } from '../marks.js';
import { readSet, setCodeIn } from '../set.js';
import { inWords, percentage } from '../words.js';
import type { Bench } from './bench.js';
import type { Draft } from './draft.js';

const KEY = 'compact-proofs-hand-ins';

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
  readonly #scroller = make('div', { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': 'Results of the class' }, this.#table);
  readonly #csv = make('button', { type: 'button' }, 'Save as CSV');
  readonly #clear = make('button', { type: 'button' }, 'Clear all results');

  constructor(section: HTMLElement, draft: Draft, bench: Bench) {
    [this.#draft, this.#bench] = [draft, bench];
    const add = make('button', { type: 'button', class: 'primary' }, 'Add');
    const file = make('input', { id: 'hand-ins', type: 'file', class: 'unseen', multiple: '' });
    const choose = make('label', { class: 'button', for: 'hand-ins' }, 'Open files…');
    add.addEventListener('click', () => this.#add(this.#field.value));
    this.#field.addEventListener('paste', () => setTimeout(() => this.#add(this.#field.value)));
    file.addEventListener('change', () => void this.#read([...(file.files ?? [])]));
    this.#csv.addEventListener('click', () => this.#save());
    this.#clear.addEventListener('click', () => this.#forget());
    section.append(
      make('label', { class: 'field', for: 'codes' }, 'Links or codes, as many as you like'),
      this.#field,
      make('p', { class: 'buttons' }, add, file, choose, make('span', { class: 'hint' }, 'Or drop files and texts anywhere on this page. All of it stays in this browser until you clear it.')),
      this.#said, this.#damaged, this.#line, this.#scroller,
      make('p', { class: 'buttons' }, this.#csv, this.#clear),
    );
    addEventListener('dragover', (event) => event.preventDefault());
    addEventListener('drop', (event) => this.#drop(event));
    addEventListener('hashchange', () => this.#fromAddress());
    this.#restore();
    draft.watch(() => void this.#mark());
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
    const texts = await Promise.all(files.map((file) => file.text().catch(() => '')));
    this.#add(texts.join('\n'));
  }

  /** Adds the codes of a text, and says what is wrong with the others. */
  #add(text: string) {
    if (!text.trim()) return;
    const set = setCodeIn(text);
    if (set !== undefined && !codesIn(text).length) return this.#openSet(set);
    const codes = codesIn(text);
    const counts = { added: 0, known: 0 };
    const problems: string[] = [];
    for (const code of codes) {
      if (this.#handIns.has(code)) counts.known++;
      else if (this.#take(code, problems)) counts.added++;
    }
    // Lines with a link or code that is cut before what tells codes apart.
    const strange = text.split('\n').filter((line) => line.trim() && !codesIn(line).length);
    const said = codes.length ? [`${counts.added} added.`] : ['No code was found: codes begin with H1.'];
    if (counts.known) said.push(`${counts.known} ${counts.known === 1 ? 'was' : 'were'} here already.`);
    if (problems.length) said.push(`${problems.length} damaged or forged:`);
    else if (strange.length && codes.length) said.push(`${strange.length} ${strange.length === 1 ? 'line has' : 'lines have'} no code.`);
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
      this.#said.textContent = 'The set of this link is open now, and hand-ins are marked by it.';
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
      this.#said.textContent += ' This browser keeps nothing: save the table before you leave.';
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
    this.#said.textContent = 'All results are cleared from this browser.';
    void this.#mark();
    this.#field.focus();
  }

  /** The exercises of the table: those of the set or, without one, all that something was handed in of. */
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
      if (rows.length < this.#handIns.size) this.#line.textContent = `${rows.length} of ${this.#handIns.size} are marked …`;
    }
    this.#rows = together(rows);
    this.#line.textContent = summed(this.#rows, exercises);
    this.#show(exercises);
  }

  #show(exercises: readonly Exercise[]) {
    this.#scroller.hidden = this.#csv.hidden = this.#clear.hidden = !this.#rows.length;
    const head = (text: string) => make('th', { scope: 'col' }, text);
    const heads = make('tr', {}, head('Name'), head('Score'), ...exercises.map(({ title }) => head(title)), head('Notes'));
    this.#table.replaceChildren(make('thead', {}, heads), make('tbody', {}, ...this.#rows.map((row) => rowOf(row))));
  }

  #save() {
    const exercises = this.#rows[0]?.marked.map(({ exercise }) => exercise) ?? [];
    const isTimed = this.#rows.some(({ marked: all }) => all.some(({ attempt }) => attempt?.seconds !== undefined));
    // Spreadsheets need to be told of UTF-8.
    save('results.csv', new Blob(['\ufeff', csvOf(classTable(this.#rows, exercises, isTimed))], { type: 'text/csv' }));
  }
}

const rowOf = ({ name, score, marked: all, notes }: Row) =>
  make('tr', {}, make('th', { scope: 'row' }, name || '(no name)'), make('td', {}, `${Number(score.toFixed(2))} of ${all.length}`), ...all.map(cellOf), make('td', { class: 'notes' }, ...notes.map((note) => make('p', {}, note))));

/** How an answer is marked: a sign, and a word for those who do not see it. */
function signOf(score: number): HTMLElement {
  const [sign, word] = score >= 1 ? ['✓', 'right'] : score > 0 ? [percentage(score), 'partly right'] : ['✗', 'wrong'];
  return make('span', { class: score >= 1 ? 'right' : 'wrong', title: word, 'aria-label': word, role: 'img' }, sign);
}

function cellOf(each: Marked): HTMLElement {
  const { exercise, attempt, verdict } = each;
  if (!attempt) return make('td', {}, '–');
  const answer = inWords(exercise.question, attempt.answer);
  const guesses = predicted(each);
  const tries = `${attempt.tries} ${attempt.tries === 1 ? 'try' : 'tries'}${attempt.hints ? `, ${attempt.hints} ${attempt.hints === 1 ? 'hint' : 'hints'}` : ''}`;
  const time = attempt.seconds === undefined ? '' : `, ${Math.ceil(attempt.seconds / 60)} min`;
  return make('td', { ...(verdict && { title: verdict.reason }) },
    ...(verdict ? [signOf(verdict.score), ' '] : []),
    answer || 'no answer',
    make('p', { class: 'hint' }, tries + time),
    ...(guesses.length ? [make('p', { class: 'hint' }, `Predicted: ${guesses.join('; ')}`)] : []),
  );
}
