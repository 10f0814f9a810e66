/**
 * The form in which people build proofs of their own, what came of them, and the list of those that
 * have a name.
 */

import './builder.css';
import { Comparison } from './compare.js';
import { Kept } from './kept.js';
import { t, translated } from '../../../languages/language.js';
import { Names } from '../../../state/names.js';
import {
  canHaveRanks,
  directionsIn,
  gapIn,
  HOW,
  type How,
  identifierOf,
  numbersIn,
  type Recipe,
  RANKS,
  recipeOf,
  Unreadable,
  written,
} from './recipe.js';
import { directed } from '../../../engine/files.js';
import type { Model, Proof } from '../../../state/model.js';
import { make } from '../../../ui/element.js';
import { capital, percent, steps, told } from '../../../ui/format.js';
import type { Host, Shown } from '../../view.js';
import { type Choice, type Grid, missing } from '../grid.js';

/** The two sides of attention that have directions. */
const SIDES = ['query', 'key'] as const;

/** How the gaps of cases are chosen, for a person. */
const GAPS = { best: t`What proves most, case by case`, plain: t`As published`, same: t`One for all cases` } as const;

export class Builder {
  readonly element = make('div', { class: 'builder' });
  readonly #host: Host;
  readonly #about = make('p');
  readonly #rank = select(RANKS.map((rank) => [String(rank), String(rank)]));
  readonly #how = select(Object.entries(HOW));
  readonly #direct = make('select');
  readonly #centred = make('select');
  readonly #error = make('select');
  readonly #gaps = select(Object.entries(GAPS));
  readonly #gap = make('input', { inputmode: 'numeric', size: '5', value: '2' });
  readonly #numbers = Object.fromEntries(
    SIDES.map((side) => [side, make('textarea', { rows: '4', spellcheck: 'false', autocomplete: 'off' })]),
  ) as Record<(typeof SIDES)[number], HTMLTextAreaElement>;
  readonly #fill = make('button', { type: 'button' }, t`Fill in those of SVD, to edit`);
  readonly #own: HTMLElement;
  readonly #gapField = labelled(t`Gap`, this.#gap);
  readonly #prove = make('button', { type: 'submit' }, t`Prove`);
  readonly #said = make('p', { class: 'said', 'aria-live': 'polite' });
  readonly #result = make('p', { class: 'result', 'aria-live': 'polite' });
  readonly #comparison = new Comparison((strategy) => this.#host.choose(strategy));
  readonly #kept: Kept;
  #model: Model | undefined;
  #grid: Grid | undefined;
  /** Identifier of the proof whose recipe the form shows. */
  #recipe: string | undefined;
  /** Of which model the choices are. */
  #choices = '';
  #busy = false;

  constructor(host: Host) {
    this.#host = host;
    this.#kept = new Kept(host, new Names(() => localStorage));
    const sides = SIDES.map((side) =>
      labelled(
        side === 'query' ? t`Query directions, a number for each token` : t`Key directions, a number for each token`,
        this.#numbers[side],
      ),
    );
    this.#own = make('fieldset', {}, make('legend', {}, t`My own numbers`), ...sides, this.#fill);
    const fields = make(
      'div',
      { class: 'fields' },
      labelled(t`Rank of attention scores`, this.#rank),
      labelled(t`Directions`, this.#how),
      labelled(t`Error bound`, this.#error),
      labelled(t`Direct path`, this.#direct),
      labelled(t`Centred attention`, this.#centred),
      labelled(t`Gaps`, this.#gaps),
      this.#gapField,
    );
    const form = make('form', { novalidate: '' }, fields, this.#own, this.#prove, this.#said);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#start();
    });
    form.addEventListener('change', () => this.#showFields());
    this.#fill.addEventListener('click', () => void this.#fillIn());
    this.element.append(this.#about, form, this.#result, this.#comparison.element, this.#kept.element);
    this.#showFields();
  }

  show({ model, chosen }: Shown, grid: Grid) {
    this.#model = model;
    this.#grid = grid;
    this.#showChoices(grid, model);
    this.#prove.disabled = this.#busy || !model.bytes;
    const strategy = chosen && strategyOf(chosen);
    const recipe = strategy === undefined ? undefined : recipeOf(strategy);
    if (strategy !== this.#recipe && recipe) this.#showRecipe(recipe, grid);
    this.#recipe = strategy;
    const own = recipe && chosen;
    const listed = recipe && model.proofs.find(({ facts }) => facts.strategy === recipe.listed);
    tell(this.#result, own ? said(own) : '');
    this.#comparison.show(own, listed);
    this.#kept.show(model, own);
  }

  #showChoices({ columns, parts, rows, cells }: Grid, model: Model) {
    const { v } = model.facts;
    const fitting = rows.values.filter((_, i) => cells[i]?.some((proof) => proof && canHaveRanks(proof.facts.strategy)));
    const choices = JSON.stringify([columns, parts, fitting, v]);
    if (choices === this.#choices) return;
    this.#choices = choices;
    fill(this.#direct, columns);
    fill(this.#centred, parts);
    fill(this.#error, { name: rows.name, values: fitting });
    tell(
      this.#about,
      t`How much each of ${v} tokens attends to each of ${v} others is a table of ${v} × ${v} scores. A proof of rank r keeps r directions of it, and bounds the error of leaving out the rest. Published proofs have rank 1. Each further direction takes more steps, mostly leaves a smaller error, and is ${2 * v} more numbers that the proof does not explain. Whatever the directions are, the proof holds: bad ones only prove less.`,
    );
  }

  #showFields() {
    this.#own.hidden = this.#how.value !== 'given';
    this.#gapField.hidden = this.#gaps.value !== 'same';
  }

  #showRecipe({ rank, how, listed, gaps }: Recipe, { cells }: Grid) {
    const proof = cells.flat().find((cell) => cell?.facts.strategy === listed);
    const [direct, centred, error] = proof?.facts.tags ?? [];
    this.#rank.value = String(rank);
    this.#how.value = how;
    this.#gaps.value = typeof gaps === 'number' ? 'same' : gaps;
    if (typeof gaps === 'number') this.#gap.value = String(gaps);
    for (const [field, tag] of [
      [this.#direct, direct],
      [this.#centred, centred],
      [this.#error, error],
    ] as const)
      if (tag) field.value = tag.value;
    this.#showFields();
  }

  /** What the form says. Throws an `Unreadable` where it says nothing that can be proven. */
  #read(how = this.#how.value as How): Recipe {
    const wanted = [this.#direct.value, this.#centred.value, this.#error.value];
    const listed = this.#grid?.cells.flat().find((proof) => proof?.facts.tags.every(({ value }, i) => value === wanted[i]));
    if (!listed) throw new Unreadable(t`The model lists no proof with these choices.`);
    const gaps = this.#gaps.value as keyof typeof GAPS;
    return {
      rank: Number(this.#rank.value),
      how,
      listed: listed.facts.strategy,
      gaps: gaps === 'same' ? this.#reading(this.#gap, gapIn) : gaps,
    };
  }

  /** Reads a field; marks it and goes there if it cannot be read. */
  #reading<T>(field: HTMLInputElement | HTMLTextAreaElement, read: (text: string) => T): T {
    try {
      field.removeAttribute('aria-invalid');
      return read(field.value);
    } catch (error) {
      field.setAttribute('aria-invalid', 'true');
      field.focus();
      throw error;
    }
  }

  async #start() {
    const model = this.#model;
    if (!model?.bytes) return;
    await this.#working(async () => {
      const recipe = this.#read();
      const strategy = identifierOf(recipe);
      if (recipe.how !== 'given') return this.#host.choose(strategy);
      const numbers = (side: (typeof SIDES)[number]) =>
        this.#reading(this.#numbers[side], (text) =>
          numbersIn(text, recipe.rank, model.facts.v, side === 'query' ? t`query directions` : t`key directions`),
        );
      const [queries, keys] = [numbers('query'), numbers('key')];
      tell(this.#said, t`Being proven with your numbers …`);
      const certificate = await directed(model.facts.file, model.bytes ?? new Uint8Array(), { strategy, queries, keys });
      if (this.#model === model) this.#host.take(new File([certificate], 'own-directions.certificate.json'));
    });
  }

  /** Writes the directions that SVD finds into the fields. */
  async #fillIn() {
    await this.#working(async () => {
      const model = this.#model;
      const strategy = identifierOf({ ...this.#read('svd'), gaps: 'best' });
      tell(this.#said, t`Being looked for …`);
      const certificate = await this.#host.certificate(strategy);
      const found = certificate === undefined ? undefined : directionsIn(certificate);
      if (!found || this.#model !== model) return;
      this.#numbers.query.value = written(found.queries);
      this.#numbers.key.value = written(found.keys);
    });
  }

  /** Does some work while the form waits; says why it cannot be done. */
  async #working(work: () => void | Promise<void>) {
    this.#said.classList.remove('alarm');
    this.#busy = true;
    this.#prove.disabled = true;
    try {
      await work();
      tell(this.#said, '');
    } catch (error) {
      this.#said.classList.add('alarm');
      tell(this.#said, told(error));
    }
    this.#busy = false;
    this.#prove.disabled = !this.#model?.bytes;
  }
}

/** The identifier of a proof, also of one that came from a certificate. */
const strategyOf = ({ facts, from, outcome }: Proof) => (from && outcome ? outcome.strategy : facts.strategy);

function said(proof: Proof): string {
  const { facts, outcome, frontier, job } = proof;
  const name = capital(facts.label);
  if (job.state === 'running') return t`${name}: being proven, ${Math.floor(job.done * 100)}\u00a0% …`;
  if (!outcome) return `${name}: ${job.state === 'failed' ? `failed: ${job.why}` : missing(proof)}.`;
  return [
    t`${name}: at least ${percent(outcome.percent)} of all inputs, proven in ${steps(outcome.flops)} steps.`,
    ...(frontier ? [t`It is on the frontier.`] : []),
  ].join(' ');
}

const labelled = (title: string, field: HTMLElement) => make('label', {}, make('span', {}, title), field);

function select(options: readonly (readonly [string, string])[]): HTMLSelectElement {
  return make('select', {}, ...options.map(([value, text]) => make('option', { value }, text)));
}

/** Offers the values of a choice; what was selected stays so if it is still offered. */
function fill(field: HTMLSelectElement, { values }: Choice) {
  const { value } = field;
  field.replaceChildren(...values.map((each) => make('option', { value: each.value }, translated(each.value))));
  if (values.some((each) => each.value === value)) field.value = value;
}

function tell(element: HTMLElement, text: string) {
  if (element.textContent !== text) element.textContent = text;
}
