/**
 * The map of all cases of the chosen proof, for one number of smaller tokens or for all, and the
 * case that is opened.
 */

import { Cancelled } from '../../engine/client.js';
import { t } from '../../languages/language.js';
import type { CaseFacts, CaseMap } from '../../pkg/explain.js';
import { Drawing, drawnOf } from '../../ui/drawing.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { count, told } from '../../ui/format.js';
import { MARK, swatch } from '../../ui/hatch.js';
import { styleOf, watchStyle } from '../../ui/player.js';
import type { Host, Within } from '../view.js';
import { caseContent } from './case.js';
import { casesOf, type Cells, cellsOf, isExact, layerOf, NONE, shares, together, worstLayer } from './cells.js';
import { mapOf } from './figures.js';
import { Latest } from '../../ui/latest.js';
import { CaseGrid } from './grid.js';
import { percentDown } from './parts.js';
import { hatchingOf, hatchingOfWay, NO_INPUT } from './patterns.js';
import { caseTable } from './tables.js';

export class CaseMapSection {
  readonly element = make('section', {}, make('h3', {}, t`Case by case`));
  readonly #host: Host;
  readonly #layers = make('fieldset', { class: 'layers' });
  /** What patterns say: what is lost, or how the proof decides. */
  readonly #subject = make('fieldset', { class: 'layers subject', hidden: '' });
  readonly #verdicts = make('ul', { class: 'verdicts' });
  readonly #grid: CaseGrid;
  readonly #drawing: Drawing;
  readonly #largest = tokenInput();
  readonly #last = tokenInput();
  readonly #opened = make('div', { class: 'opened', 'aria-live': 'polite' });
  readonly #latest: Latest<CaseFacts>;
  #map: CaseMap | undefined;
  #layerCells: Cells[] = [];
  #cells: Cells | undefined;
  /** Index of the layer that is shown; undefined for all together. */
  #layer: number | undefined;
  /**
   * The case that someone opened, also while there is nothing of it to show: largest and last
   * token.
   */
  #case: [m: number, q: number] | undefined;
  /** How many smaller tokens the inputs have that are asked for; empty for any number. */
  #smaller = '';
  /** What was asked for last. */
  #within = '';

  constructor(host: Host) {
    this.#host = host;
    this.#latest = new Latest(
      (facts) => this.#show(facts),
      (error) => this.#failed(error),
    );
    this.#grid = new CaseGrid(t`Proven share, by largest and last token`, (m, q) => this.#say(m, q), (m, q) => this.#note(m, q));
    this.#drawing = new Drawing(
      this.#grid.canvas,
      mapOf(() => this.#picture()),
      (why) => host.problem(why),
      (area) => this.#grid.place(area),
    );
    const open = make('button', { type: 'submit' }, t`Open case`);
    const label = (text: string, input: HTMLElement) => make('label', {}, text, ' ', input);
    const form = make('form', { class: 'control' }, label(t`Largest`, this.#largest), label(t`Last`, this.#last), open);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.go(this.#largest.valueAsNumber || 0, this.#last.valueAsNumber || 0);
    });
    const hint = make(
      'p',
      { class: 'hint' },
      t`Each cell holds all inputs with one largest and one last token; the stronger its colour, the more of them are proven. Arrow keys move, Enter opens.`,
    );
    const menu = exportButton({
      name: 'cases',
      title: t`Proven share, case by case`,
      element: this.element,
      model: () => host.model(),
      table: () => this.#cells && this.#map && caseTable(this.#cells, this.#map, (cell) => this.#othersOf(cell)),
      drawn: () => drawnOf({ '': this.#drawing }),
    });
    this.element.append(hint, menu, this.#layers, this.#subject, this.#grid.element, this.#verdicts, form, this.#opened);
    this.#layers.addEventListener('change', () => host.within({ smaller: valueOf(this.#layers) }));
    const subject = (value: string, text: string) => make('label', {}, make('input', { type: 'radio', name: 'why-subject', value }), text);
    this.#subject.append(
      make('legend', {}, t`What patterns say`),
      subject('lost', t`What is lost`),
      subject('decided', t`How cases are decided`),
    );
    check(this.#subject, 'lost');
    this.#subject.addEventListener('change', () => host.within({ patterns: valueOf(this.#subject) === 'decided' ? 'decided' : 'lost' }));
    watchStyle(this);
    this.#tell(NOTHING_OPEN);
  }

  /** Opens a case, and shows the inputs and the patterns that are asked for. */
  open(within: Within) {
    const { case: opened, smaller, patterns } = within;
    const key = [opened, smaller, patterns].join(' ');
    if (key === this.#within) return;
    this.#within = key;
    const [m, q] = opened.split(',').map(Number);
    const before = this.#case;
    this.#case = m === undefined || q === undefined || !opened ? undefined : [m, q];
    this.#smaller = smaller;
    check(this.#subject, patterns);
    check(this.#layers, smaller);
    if (this.#case && this.#case.join() !== before?.join()) this.#grid.move(...this.#case);
    if (!this.#case) this.#tell(NOTHING_OPEN);
    this.#choose();
  }

  show(map: CaseMap) {
    this.#map = map;
    this.#layerCells = map.layers.map((layer) => cellsOf(map, layer));
    this.#showLayers(map);
    this.#subject.hidden = !map.ways.length;
    for (const input of [this.#largest, this.#last]) input.max = String(map.v - 1);
    this.#choose();
  }

  /**
   * Offers the map's layers; the one that is asked for is shown, if there is one for as many
   * tokens.
   */
  #showLayers({ layers }: CaseMap) {
    const values = ['', ...layers.flatMap(({ others }) => (others === null ? [] : [String(others)]))];
    const radio = (value: string) => make('label', {}, make('input', { type: 'radio', name: 'why-layer', value }), value || t`any number`);
    const legend = make('legend', {}, t`How many tokens are smaller than the largest`);
    const one = t`Inputs with any number of smaller tokens are shown together for this proof.`;
    const some = t`Where the proof only counts inputs, it does not tell these numbers apart: such cells have all of their inputs in each map.`;
    const isMixed = values.length <= layers.length;
    const note = values.length === 1 ? [one] : isMixed ? [some] : [];
    this.#layers.replaceChildren(legend, ...(values.length > 1 ? values.map(radio) : []), ...note.map((text) => make('p', {}, text)));
    check(this.#layers, values.includes(this.#smaller) ? this.#smaller : '');
  }

  /** Shows the layer that is chosen. */
  #choose() {
    const map = this.#map;
    if (!map) return;
    const value = valueOf(this.#layers);
    const index = map.layers.findIndex(({ others }) => String(others) === value);
    this.#layer = index < 0 ? undefined : index;
    this.#cells = index < 0 ? together(map) : layerOf(map, map.layers[index]!);
    this.#grid.show(map.v);
    this.#showVerdicts(map);
    this.#drawing.draw();
    if (this.#case) this.#open(...this.#case);
  }

  /** Draws the legend in the colours that now hold. */
  restyle() {
    if (this.#map) this.#showVerdicts(this.#map);
  }

  /** Whether patterns say how cases are decided. */
  get #saysHow(): boolean {
    return !this.#subject.hidden && valueOf(this.#subject) === 'decided';
  }

  #showVerdicts({ verdicts, ways }: CaseMap) {
    const cells = this.#cells;
    if (!cells) return;
    const { colors } = styleOf(this.#grid.canvas);
    const item = (hatching: number, isFull: boolean, label: string, about: string) =>
      make('li', {}, swatch(hatching, colors, isFull), make('span', {}, make('strong', {}, label), about));
    const isHow = this.#saysHow;
    const cases = isHow ? casesOf(cells, cells.way, ways.length) : casesOf(cells, cells.verdict, verdicts.length);
    const items = (isHow ? ways : verdicts).flatMap(({ id, label, about }, i) => {
      if (!cases[i] || id === 'wrong') return [];
      const isFull = isHow ? id !== 'untried' : id === 'proven';
      return [item(isHow ? hatchingOfWay(id) : hatchingOf(id), isFull, label, ` (${cellsIn(cases[i])}). ${about}`)];
    });
    const wrong = cells.wrong.reduce((all, inputs) => all + Number(inputs > 0), 0);
    if (wrong) items.push(item(MARK, false, t`Answered wrong`, t`: some inputs of ${cellsIn(wrong)}. No proof can cover them.`));
    this.#verdicts.replaceChildren(...items, item(NO_INPUT, false, t`No such input`, '.'));
  }

  #picture() {
    const [cells, map] = [this.#cells, this.#map];
    if (!cells || !map) return undefined;
    const isHow = this.#saysHow;
    const [index, looks] = isHow
      ? [cells.way, map.ways.map(({ id }) => hatchingOfWay(id))]
      : [cells.verdict, map.verdicts.map(({ id }) => hatchingOf(id))];
    const hatching = index.map((kind, i) => (cells.total[i] ? ((looks[kind] ?? 0) % MARK) + (cells.wrong[i] ? MARK : 0) : NO_INPUT));
    const tried = () =>
      Float64Array.from(cells.total, (total, i) => (total ? Number(map.ways[cells.way[i] ?? NONE]?.id !== 'untried') : NaN));
    return { v: cells.v, name: isHow ? t`tried` : t`proven share`, values: isHow ? tried() : shares(cells), hatching };
  }

  #say(m: number, q: number): string {
    const cells = this.#cells;
    if (!cells || !this.#map) return '';
    [this.#largest.value, this.#last.value] = [String(m), String(q)];
    const i = m * cells.v + q;
    const [total, proven, verdict] = [cells.total[i] ?? 0n, cells.proven[i] ?? 0n, cells.verdict[i] ?? NONE];
    if (!total) return t`Largest ${m}, last ${q}: there is no such input.`;
    const wrong = cells.wrong[i] ? t`${count(cells.wrong[i])} answered wrong` : '';
    // The count says it, too.
    const reason = this.#map.verdicts[verdict];
    const said = [wrong && reason?.id === 'wrong' ? '' : reason?.label, this.#map.ways[cells.way[i] ?? NONE]?.label, wrong].filter(Boolean);
    const about = isExact(total) ? '' : t`about `;
    const isJoint = this.#layer !== undefined && !this.#isApart(i);
    const place = isJoint ? t`Largest ${m}, last ${q}, any number of smaller tokens` : t`Largest ${m}, last ${q}`;
    if (this.#map.weights) return t`${place}: ${percentDown(proven, total)} proven.${said.map((words) => ` ${words}.`).join('')}`;
    return t`${place}: ${about}${count(proven)} of ${count(total)} proven (${percentDown(proven, total)}).${said.map((words) => ` ${words}.`).join('')}`;
  }

  /** How many tokens are smaller in the inputs of a cell that is shown; null for any number. */
  #othersOf(cell: number): number | null {
    return this.#isApart(cell) ? (this.#map?.layers[this.#layer!]?.others ?? null) : null;
  }

  /** Whether the layer that is shown has a case of its own for a cell. */
  #isApart(cell: number): boolean {
    return this.#layer !== undefined && !!this.#layerCells[this.#layer]?.total[cell];
  }

  /** Goes to a case and opens it. */
  go(m: number, q: number) {
    this.#grid.move(m, q);
    this.#note(...this.#grid.at);
    this.#opened.scrollIntoView({ block: 'nearest' });
  }

  /** Puts the case into the address, which opens it; opens it anew if the address has it. */
  #note(m: number, q: number) {
    if (this.#case?.join() === `${m},${q}`) this.#open(m, q);
    else this.#host.within({ case: `${m},${q}` });
  }

  /** Asks about a case: that of the layer that is shown, or of the one with the most to prove. */
  #open(m: number, q: number) {
    const map = this.#map;
    if (!map) return;
    const cell = m * map.v + q;
    const layer = this.#isApart(cell) ? this.#layer : worstLayer(this.#layerCells, cell);
    if (layer === undefined || !this.#cells?.total[cell]) return this.#tell(t`There is no such input.`);
    const others = map.layers[layer]?.others ?? null;
    this.#opened.classList.add('stale');
    this.#latest.ask(() => this.#host.explain.case(map.strategy, m, q, others));
  }

  #show(facts: CaseFacts) {
    if (!this.#map) return;
    const content = caseContent(facts, this.#map, (tokens) => this.#host.tryInput(tokens));
    const isOneOfMany = facts.others !== null && this.#layer === undefined;
    const most =
      facts.proven === facts.total
        ? t`Of all numbers of smaller tokens, the one with the most inputs.`
        : t`Of all numbers of smaller tokens, the one with the most unproven inputs.`;
    const note = isOneOfMany ? [make('p', { class: 'hint' }, most)] : [];
    this.#opened.classList.remove('stale');
    this.#opened.replaceChildren(...content.slice(0, 1), ...note, ...content.slice(1));
  }

  #failed(error: unknown) {
    if (!(error instanceof Cancelled)) this.#tell(told(error));
  }

  /** Shows a sentence in place of a case. */
  #tell(text: string) {
    this.#latest.forget();
    this.#opened.classList.remove('stale');
    this.#opened.replaceChildren(make('p', { class: 'hint' }, text));
  }
}

const cellsIn = (number: number) => `${count(number)} ${number === 1 ? 'cell' : 'cells'}`;
const NOTHING_OPEN = t`Open a case to see what decides it, and inputs to try.`;
/** The value of the choice that is made. */
const valueOf = (choices: HTMLElement) => choices.querySelector<HTMLInputElement>('input:checked')?.value ?? '';

/** Makes a choice, if there is one of this value. */
function check(choices: HTMLElement, value: string) {
  const wanted = [...choices.querySelectorAll('input')].find((input) => input.value === value);
  if (wanted) wanted.checked = true;
}

const tokenInput = () => make('input', { type: 'number', class: 'number', min: '0', value: '0', required: '' });
