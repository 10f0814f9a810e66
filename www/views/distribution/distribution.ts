/**
 * The choice of how much each input counts, what the weights are, and what the chosen proof proves
 * of each class of inputs.
 */

import { Cancelled } from '../../engine/client.js';
import { nodes, t } from '../../languages/language.js';
import type { By, DistributionFacts, WeightedBound } from '../../pkg/explain.js';
import { alike, AXES, type Axis, type Choice, format, parse } from '../../state/distribution.js';
import type { Model, Proof } from '../../state/model.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { briefly, decimal, told } from '../../ui/format.js';
import { styleOf } from '../../ui/player.js';
import type { Host, Open, Shown } from '../view.js';
import { Latest } from '../../ui/latest.js';
import { type Bars, barsFigure, barsTable } from './picture.js';
import './distribution.css';

const NAMES: Record<Axis, string> = { largest: t`Largest token`, last: t`Last token`, copies: t`Copies of the largest` };
const WEIGHTS = { '': t`every input alike`, alike: t`every class alike`, linear: t`linear: more for larger`, own: t`own weights` };
const CLASSES = { largest: t`largest token`, last: t`last token`, copies: t`number of copies`, cell: t`largest and last token` };
/** Most classes that the table lists. */
const MOST_ROWS = 64;

const option = ([value, label]: [string, string]) => make('option', { value }, label);
const select = (values: Record<string, string>, label: string) =>
  make('select', { 'aria-label': label }, ...Object.entries(values).map(option));
const number = (label: string) =>
  make('input', { type: 'text', inputmode: 'numeric', size: '3', maxlength: '9', autocomplete: 'off', 'aria-label': label });

/** The controls of one number. */
class AxisControls {
  readonly element: HTMLElement;
  readonly #weights: HTMLSelectElement;
  readonly #own: HTMLInputElement;
  readonly #least: HTMLInputElement;
  readonly #most: HTMLInputElement;

  constructor(axis: Axis) {
    const name = NAMES[axis];
    this.#weights = select(WEIGHTS, t`${name}: weights`);
    this.#own = make('input', {
      type: 'text',
      'aria-label': t`${name}: own weights, one for each, such as 1, 0.5, 1/3`,
      placeholder: '1, 0.5, 1/3, …',
      hidden: '',
    });
    this.#least = number(t`${name}: from`);
    this.#most = number(t`${name}: to`);
    this.#weights.addEventListener('change', () => (this.#own.hidden = this.#weights.value !== 'own'));
    this.element = make(
      'div',
      { class: 'control' },
      make('strong', {}, name),
      ' ',
      make('span', {}, ...nodes`from ${this.#least}`),
      ' ',
      make('span', {}, ...nodes`to ${this.#most}`),
      ' ',
      this.#weights,
      this.#own,
    );
  }

  get choice() {
    const { value } = this.#weights;
    return { weights: value === 'own' ? this.#own.value : value, least: this.#least.value.trim(), most: this.#most.value.trim() };
  }

  show({ weights, least, most }: Choice[Axis]) {
    const isOwn = !(weights in WEIGHTS) || weights === 'own';
    this.#weights.value = isOwn ? 'own' : weights;
    this.#own.hidden = !isOwn;
    this.#own.value = isOwn ? weights : '';
    [this.#least.value, this.#most.value] = [least, most];
  }
}

class Distribution {
  readonly #host: Host;
  readonly #axes: Record<Axis, AxisControls> = {
    largest: new AxisControls('largest'),
    last: new AxisControls('last'),
    copies: new AxisControls('copies'),
  };
  readonly #table = make('textarea', {
    rows: '4',
    spellcheck: 'false',
    'aria-label': t`Table: largest token, last token, weight, a line each`,
  });
  readonly #worst = select(
    { '': t`on average`, ...Object.fromEntries(Object.entries(CLASSES).map(([by, label]) => [by, t`in the worst class by ${label}`])) },
    t`What counts`,
  );
  readonly #said = make('p', { class: 'state', 'aria-live': 'polite' });
  readonly #bars = make('div', { class: 'weights-bars' });
  readonly #menu: HTMLElement;
  #weights: Bars[] = [];
  readonly #by = select(CLASSES, t`Classes by`);
  readonly #classes = make('table');
  readonly #rest = make('p', { class: 'state', 'aria-live': 'polite' });
  readonly #facts: Latest<DistributionFacts>;
  readonly #shares: Latest<[WeightedBound[], WeightedBound[] | undefined]>;
  /** What the answers shown are about. */
  #asked = '';
  #model: Model | undefined;
  #chosen: Proof | undefined;
  #over = '';

  constructor(parent: HTMLElement, host: Host) {
    this.#host = host;
    this.#menu = exportButton({
      name: 'weights-of-inputs',
      title: t`Weights of inputs`,
      element: this.#bars,
      model: () => host.model(),
      table: () => (this.#weights.length ? barsTable(this.#weights) : undefined),
      drawn: () =>
        this.#weights.length
          ? { figures: this.#weights.map((each) => ({ name: each.name, figure: barsFigure(each) })), style: styleOf(this.#bars) }
          : undefined,
    });
    this.#facts = new Latest(
      (facts) => this.#describe(facts),
      (error) => this.#failed(error, this.#said),
    );
    this.#shares = new Latest(
      ([shares, exact]) => this.#list(shares, exact),
      (error) => this.#failed(error, this.#rest),
    );
    const form = make(
      'form',
      { novalidate: '' },
      ...AXES.map((axis) => this.#axes[axis].element),
      make(
        'details',
        {},
        make('summary', {}, t`A table of your own`),
        make('p', {}, t`Largest token, last token, weight: a line each, typed or pasted as CSV. Pairs that are not listed weigh nothing.`),
        this.#table,
      ),
      make('div', { class: 'control' }, ...nodes`Right ${this.#worst} ${make('button', { type: 'submit' }, t`Weigh`)}`),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#apply();
    });
    this.#by.addEventListener('change', () => this.#askShares());
    parent.append(
      make(
        'div',
        { class: 'distribution' },
        make(
          'p',
          {},
          t`Are all inputs as likely? Proofs are case analyses, so any weights of the cases carry over, exactly. Weights of several rows are multiplied.`,
        ),
        form,
        this.#said,
        this.#bars,
        make('h3', {}, t`Class by class`),
        make('div', { class: 'control' }, ...nodes`Classes by ${this.#by}`),
        this.#rest,
        make('div', { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': t`Classes` }, this.#classes),
      ),
    );
  }

  show({ model, chosen, over }: Shown) {
    const key = JSON.stringify([model.facts.sha256, !!model.network, over, chosen?.facts.strategy, !!this.#exact(model)]);
    if (key === this.#asked) return;
    this.#asked = key;
    const isOther = over !== this.#over || !this.#model;
    [this.#model, this.#chosen, this.#over] = [model, chosen, over];
    if (isOther) this.#fill(parse(over));
    if (!model.network) return;
    this.#facts.ask(() => this.#host.explain.distribution(over));
    this.#askShares();
  }

  #fill(choice: Choice) {
    for (const axis of AXES) this.#axes[axis].show(choice[axis]);
    this.#table.value = choice.table;
    this.#worst.value = choice.worst;
  }

  /** Asks `explain` before the page follows. */
  async #apply() {
    const choice: Choice = { ...alike(), table: this.#table.value, worst: this.#worst.value };
    for (const axis of AXES) choice[axis] = this.#axes[axis].choice;
    const text = format(choice);
    try {
      await this.#host.explain.distribution(text);
      this.#host.over(text);
    } catch (error) {
      this.#failed(error, this.#said);
    }
  }

  #failed(error: unknown, place: HTMLElement) {
    if (!(error instanceof Cancelled)) place.textContent = told(error);
  }

  /** A proof that counts every input, if one has. */
  #exact(model: Model): string | undefined {
    const counts = ({ facts: { strategy }, outcome }: Proof) => !!outcome && ['brute-force', 'exact'].includes(strategy);
    return model.proofs.find(counts)?.facts.strategy;
  }

  #askShares() {
    const [model, chosen, over, by] = [this.#model, this.#chosen, this.#over, this.#by.value as By];
    if (!model?.network) return;
    if (!chosen) return void (this.#rest.textContent = t`Choose a proof to see what it proves of each class.`);
    const exact = this.#exact(model);
    const { explain } = this.#host;
    this.#shares.ask(async () => [
      await explain.classes(chosen.facts.strategy, over, by),
      exact === undefined ? undefined : await explain.classes(exact, over, by),
    ]);
  }

  #describe({ about, parts }: DistributionFacts) {
    const long = this.#over && !location.hash.includes('over=') ? t` It is too long for an address: a link does not have it.` : '';
    this.#said.textContent = `${!this.#over ? t`All inputs count alike.` : t`Counted are ${about}.`}${long}`;
    this.#weights = AXES.map((axis, i) => ({ name: NAMES[axis], first: axis === 'copies' ? 1 : 0, parts: parts[i] ?? [] }));
    this.#bars.replaceChildren(...this.#weights.map(bars), this.#menu);
  }

  #list(shares: WeightedBound[], exact: WeightedBound[] | undefined) {
    const truth = new Map(exact?.filter((share) => share.exact).map((share) => [share.class, share.percent]));
    const sorted = [...shares].sort((a, b) => a.bound - b.bound);
    const [worst] = sorted;
    const mixed = shares.some((share) => share.mixed)
      ? t` This proof does not tell some of these classes apart: counted is what it proves in any case.`
      : '';
    const more = shares.length > MOST_ROWS ? t` Listed are the ${MOST_ROWS} lowest of ${shares.length} classes.` : '';
    this.#rest.textContent = worst
      ? t`“${this.#chosen?.facts.label ?? ''}” proves least of: ${worst.class}, at least ${briefly(worst.percent)}.${more}${mixed}`
      : '';
    const row = (share: WeightedBound) => {
      const known = truth.get(share.class);
      return make(
        'tr',
        {},
        make('th', { scope: 'row' }, share.class),
        make('td', {}, briefly(share.percent)),
        make('td', {}, known === undefined ? t`not known` : briefly(known)),
      );
    };
    const head = [t`Class`, t`Proven, at least`, t`Truly right`].map((title) => make('th', { scope: 'col' }, title));
    this.#classes.replaceChildren(make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...sorted.slice(0, MOST_ROWS).map(row)));
  }
}

/** The part of all weight that each value has. */
function bars({ name, first, parts }: Bars): HTMLElement {
  const most = Math.max(...parts, Number.MIN_VALUE);
  const top = parts.indexOf(Math.max(...parts)) + first;
  const bar = (part: number) => {
    const element = make('span');
    element.style.height = `${(100 * part) / most}%`;
    return element;
  };
  const [last, share] = [parts.length - 1 + first, decimal((100 * most).toPrecision(3))];
  const label = most === Math.min(...parts)
    ? t`${name} from ${first} to ${last}: each weighs ${share}\u00a0% of all`
    : t`${name} from ${first} to ${last}: ${top} weighs most, ${share}\u00a0% of all`;
  return make(
    'figure',
    {},
    make('div', { class: 'bars', role: 'img', 'aria-label': label }, ...parts.map(bar)),
    make('figcaption', {}, label),
  );
}

export const open: Open = (parent, host) => new Distribution(parent, host);
