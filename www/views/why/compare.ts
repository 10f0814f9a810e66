/** Two proofs side by side, of one model or of two: the map of the other, and the difference. */

import { Cancelled } from '../../engine/client.js';
import { nodes, t } from '../../languages/language.js';
import type { CaseMap } from '../../pkg/explain.js';
import { bytesOf } from '../../state/gallery.js';
import { type MaxShelf, shelf } from '../../tasks/max-of-k/shelf.js';
import { ID } from '../../tasks/max-of-k/task.js';
import type { Model, Proof } from '../../state/model.js';
import { formatVersus, parseVersus, type Versus } from '../../state/versus.js';
import { Drawing, drawnOf } from '../../ui/drawing.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { count, told } from '../../ui/format.js';
import { beyond, type Cells, difference, shares, together } from './cells.js';
import { mapOf } from './figures.js';
import { Latest } from '../../ui/latest.js';
import { CaseGrid } from './grid.js';
import type { Host } from '../view.js';
import { percentDown } from './parts.js';
import { pairTable } from './tables.js';

/** What is compared: the chosen proof and the other, and the cells of both. */
interface Pair {
  ours: CaseMap;
  theirs: CaseMap;
  cells: [ours: Cells, theirs: Cells];
}

export class Compare {
  readonly element = make('section', {}, make('h3', {}, t`Compare with another proof or model`));
  readonly #select = make('select', { id: 'why-other' });
  /** Models of the gallery with inputs of the same length; hidden until they are known. */
  readonly #models = make('select', { 'aria-label': t`Model to compare with` }, option('', t`this model`));
  readonly #of = make('span', { hidden: '' }, ...nodes`of ${this.#models}`);
  #gallery: MaxShelf | undefined;
  readonly #state = make('p', { class: 'state', 'aria-live': 'polite' });
  readonly #counts = make('ul', { class: 'counts' });
  readonly #title = make('figcaption');
  readonly #canvas = make('canvas', { role: 'img' });
  readonly #maps: HTMLElement;
  readonly #grid: CaseGrid;
  readonly #drawings: [theirs: Drawing, difference: Drawing];
  readonly #host: Host;
  readonly #latest: Latest<CaseMap>;
  #listed = '';
  #compared: Versus = { strategy: '', model: '' };
  #model: Model | undefined;
  /** The distribution of inputs; empty where all are alike. */
  #over = '';
  #ours: CaseMap | undefined;
  #theirs: CaseMap | undefined;
  #pair: Pair | undefined;

  constructor(host: Host) {
    this.#host = host;
    const problem = (why: string) => host.problem(why);
    this.#latest = new Latest(
      (map) => this.#answered(map),
      (error) => this.#failed(error),
    );
    this.#grid = new CaseGrid(t`Difference, by largest and last token`, (m, q) => this.#say(m, q));
    const theirs = mapOf(() => this.#pair && { v: this.#pair.ours.v, name: t`proven share`, values: shares(this.#pair.cells[1]) });
    const signed = mapOf(
      () => this.#pair && { v: this.#pair.ours.v, name: t`difference of shares`, values: difference(...this.#pair.cells), isSigned: true },
    );
    this.#drawings = [
      new Drawing(this.#canvas, theirs, problem),
      new Drawing(this.#grid.canvas, signed, problem, (area) => this.#grid.place(area)),
    ];
    const differs = make('figcaption', {}, t`Difference: the chosen proof less the other`);
    this.#maps = make(
      'div',
      { class: 'pair' },
      make('figure', {}, this.#title, make('div', { class: 'drawn' }, this.#canvas)),
      make('figure', {}, differs, this.#grid.element),
    );
    const label = make('label', { for: 'why-other' }, t`Other proof`);
    const menu = exportButton({
      name: 'comparison',
      title: t`Two proofs, case by case`,
      element: this.element,
      model: () => host.model(),
      table: () => this.#pair && pairTable(...this.#pair.cells, !!this.#pair.ours.weights),
      drawn: () => this.#pair && drawnOf({ [this.#title.textContent]: this.#drawings[0], Difference: this.#drawings[1] }),
    });
    this.#maps.append(menu);
    this.element.append(make('p', { class: 'control' }, label, this.#select, ' ', this.#of), this.#state, this.#counts, this.#maps);
    const changed = () => host.compare(formatVersus({ strategy: this.#select.value, model: this.#models.value }));
    for (const select of [this.#select, this.#models]) select.addEventListener('change', changed);
    this.#show();
  }

  /**
   * The proofs to compare with, and the one that is compared; what one of them is at changes
   * nothing.
   */
  list(model: Model, chosen: Proof | undefined, vs: string, over: string) {
    const { facts, proofs } = model;
    const wanted = parseVersus(vs);
    // On another model, the chosen proof is another one.
    const others = proofs.filter((proof) => (proof !== chosen || wanted.model) && !proof.from && proof.facts.refused === null);
    const key = others.map(({ facts }) => facts.strategy).join('\n');
    const isOther = model !== this.#model;
    if (isOther || key !== this.#listed) {
      [this.#listed, this.#model] = [key, model];
      const options = (name: string) =>
        others.filter(({ facts }) => facts.class === name).map(({ facts }) => option(facts.strategy, facts.label));
      const groups = facts.classes.map((each) => make('optgroup', { label: each.label }, ...options(each.class)));
      this.#select.replaceChildren(option('', 'none'), ...groups.filter((group) => group.childElementCount));
      this.#select.value = this.#compared.strategy;
    }
    if (isOther) void this.#listModels(model);
    // The proof that is compared may be the chosen one, or not be there yet.
    const strategy = others.some(({ facts }) => facts.strategy === wanted.strategy) ? wanted.strategy : '';
    if (!isOther && strategy === this.#compared.strategy && wanted.model === this.#compared.model && over === this.#over) return;
    this.#over = over;
    this.#compared = { strategy, model: wanted.model };
    this.#select.value = strategy;
    this.#models.value = wanted.model;
    this.#ask();
  }

  /**
   * Offers the models of the gallery whose inputs are as long. Without the gallery's list, there is
   * one model.
   */
  async #listModels(model: Model) {
    this.#gallery ??= await shelf().catch(() => undefined);
    if (model !== this.#model) return;
    const { n } = model.facts;
    const seeds = this.#gallery?.seeds(n).filter((seed) => this.#gallery?.find(n, seed)?.file !== model.facts.file) ?? [];
    this.#models.replaceChildren(option('', t`this model`), ...seeds.map((seed) => option(`${n}-${seed}`, t`K = ${n}, seed ${seed}`)));
    this.#models.value = this.#compared.model;
    this.#of.hidden = !seeds.length;
  }

  /** The map of the proof that is compared. */
  async #mapOf({ strategy, model }: Versus): Promise<CaseMap> {
    if (!model) return this.#host.explain.cases(strategy, this.#over);
    const [k = NaN, seed = NaN] = model.split('-').map(Number);
    this.#gallery ??= await shelf();
    const entry = this.#gallery.find(k, seed);
    if (!entry || k !== this.#model?.facts.n)
      throw new Error(t`“${model}” is no model of the gallery whose inputs are as long: expected K and seed, such as 4-50.`);
    return this.#host.explain.casesOf({ file: entry.file, bytes: await bytesOf(ID, entry) }, strategy, this.#over);
  }

  /** The map of the chosen proof; undefined while it is not known. */
  show(ours: CaseMap | undefined) {
    this.#ours = ours;
    this.#show();
  }

  #ask() {
    const versus = this.#compared;
    this.#theirs = undefined;
    this.#state.textContent = versus.strategy ? t`Looking into the other proof …` : '';
    if (versus.strategy) this.#latest.ask(() => this.#mapOf(versus));
    else this.#latest.forget();
    this.#show();
  }

  #answered(map: CaseMap) {
    this.#theirs = map;
    this.#state.textContent = '';
    this.#show();
  }

  #failed(error: unknown) {
    if (!(error instanceof Cancelled)) this.#state.textContent = told(error);
  }

  #show() {
    const [ours, theirs] = [this.#ours, this.#theirs];
    this.#pair = ours && theirs && ours.v === theirs.v ? { ours, theirs, cells: [together(ours), together(theirs)] } : undefined;
    // What is chosen meanwhile has maps of the same size: they stay in place until then.
    this.#maps.classList.toggle('stale', !this.#pair);
    this.#counts.classList.toggle('stale', !this.#pair);
    for (const element of [this.#maps, this.#counts]) element.hidden = !this.#compared.strategy;
    if (!this.#pair) return;
    const { a, b } = beyond(this.#pair.ours, this.#pair.theirs);
    const of = this.#compared.model ? `, ${this.#models.selectedOptions[0]?.label ?? this.#compared.model}` : '';
    const name = `${this.#select.selectedOptions[0]?.label ?? ''}${of}`;
    const { weights, total: all } = this.#pair.ours;
    const amount = (least: bigint) => make('strong', {}, weights ? percentDown(least, BigInt(all)) : count(least));
    const line = (least: bigint, text: string) =>
      make(
        'li',
        {},
        ...(weights
          ? nodes`At least ${amount(least)} of the weight is proven ${text}.`
          : nodes`At least ${amount(least)} inputs are proven ${text}.`),
      );
    this.#counts.replaceChildren(line(a, t`by the chosen proof only`), line(b, t`by “${name}” only`));
    this.#title.textContent = name;
    const { proven, total } = this.#pair.theirs;
    const part = percentDown(BigInt(proven), BigInt(total));
    this.#canvas.setAttribute('aria-label', t`Map of “${name}”, by largest and last token. It proves ${part} of all inputs.`);
    this.#grid.show(this.#pair.ours.v);
    for (const drawing of this.#drawings) drawing.draw();
  }

  #say(m: number, q: number): string {
    if (!this.#pair) return '';
    const [ours, theirs] = this.#pair.cells;
    const i = m * ours.v + q;
    const [a, b] = [ours.proven[i] ?? 0n, theirs.proven[i] ?? 0n];
    if (this.#pair.ours.weights) {
      const of = (part: bigint) => percentDown(part, ours.total[i] ?? 0n);
      return t`Largest ${m}, last ${q}: ${of(a)} proven by the chosen proof, ${of(b)} by the other.`;
    }
    const difference =
      a === b
        ? t`both prove the same number`
        : a > b
          ? t`${count(a - b)} more by the chosen proof`
          : t`${count(b - a)} more by the other proof`;
    return t`Largest ${m}, last ${q}: ${difference} (${count(a)} and ${count(b)} of ${count(ours.total[i] ?? 0n)}).`;
  }
}

const option = (value: string, label: string) => make('option', { value, label }, label);
