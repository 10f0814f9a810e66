/**
 * The network's weights: which representations of the group each neuron uses, and the matrices
 * themselves.
 */

import { t, translated } from '../../../../languages/language.js';
import type { Frequencies, Power, Weights } from '../../../../pkg/insight.js';
import { make } from '../../../../ui/element.js';
import { real, share } from '../../../../ui/real.js';
import type { Shown } from '../../../../views/view.js';
import { type GroupHost, Question, State } from '../asking.js';
import { chooser, Drawn, offer } from '../drawn.js';
import { inWaves, nameOfWave, orderOf, usedIrreps } from './basis.js';
import '../views.css';

const PARTS = [
  ['left', t`L: what neurons read of x`],
  ['right', t`R: what neurons read of y`],
  ['out', t`U: what neurons write to z`],
] as const;
type Part = (typeof PARTS)[number][0];

/** What was answered so far. */
interface Facts {
  power?: Power;
  weights?: Weights;
  frequencies?: Frequencies | null;
}

class WeightsView {
  readonly #state = new State();
  readonly #power: Drawn;
  readonly #matrix: Drawn;
  readonly #part = chooser(t`Weights`, () => this.#draw());
  readonly #basis = chooser(t`Rows`, () => this.#draw());
  readonly #questions: { power: Question<'power'>; weights: Question<'weights'>; frequencies: Question<'frequencies'> };
  #model: Shown['model'] | undefined;
  #facts: Facts = {};

  constructor(parent: HTMLElement, host: GroupHost) {
    this.#power = new Drawn(host, {
      name: 'power',
      title: t`What each neuron uses`,
      about: [
        t`Any function on the group is a sum of parts, one for each irreducible representation; for modular addition these are waves of one frequency. A column is a neuron, and the darker a cell, the more of its weights is in that part. A neuron with one dark cell does one simple thing.`,
      ],
      picture: (plot, { width }) => {
        const shown = this.#shares;
        if (!shown) return undefined;
        const { rows, columns, values } = shown;
        return plot.heatMap(rows.length, columns.length, Float32Array.from(values), new Uint8Array(), {
          width,
          height: Math.max(150, 14 * rows.length) + 108,
          shades: 'part',
          color: 'ours',
          name: t`part of the square of the weights`,
          row_name: t`representation, numbered below`,
          column_name: t`neuron, in this order`,
          every: 1,
        });
      },
      table: () => this.#powerTable(),
    });
    this.#matrix = new Drawn(host, {
      name: 'weights',
      title: t`The matrix`,
      about: [
        t`The weights themselves, with neurons in the same order. Rows are elements of the group or, for modular addition, waves: then a neuron of one frequency has two entries, its cosine and its sine.`,
      ],
      picture: (plot, { width }) => {
        const shown = this.#entries;
        if (!shown) return undefined;
        const { rows, columns, values, rowName } = shown;
        return plot.heatMap(rows, columns.length, Float32Array.from(values), new Uint8Array(), {
          width,
          height: Math.min(640, Math.max(200, 6 * rows)) + 108,
          shades: 'signed',
          color: 'ours',
          name: t`weight`,
          row_name: rowName,
          column_name: t`neuron, in this order`,
          every: columns.length > 100 ? 50 : 10,
        });
      },
      table: () => this.#matrixTable(),
    });
    offer(this.#part.select, PARTS);
    this.#matrix.controls.append(this.#basis.element);
    this.#questions = {
      power: new Question(host, 'power', (power) => this.#take({ power }), this.#state),
      weights: new Question(host, 'weights', (weights) => this.#take({ weights }), this.#state),
      frequencies: new Question(host, 'frequencies', (frequencies) => this.#take({ frequencies }), this.#state),
    };
    const controls = make('div', { class: 'controls' }, this.#part.element);
    parent.append(make('div', { class: 'group-view weights' }, this.#state.element, controls, this.#power.element, this.#matrix.element));
  }

  show({ model }: Shown) {
    if (model === this.#model) return;
    this.#model = model;
    this.#facts = {};
    this.#state.say(t`Looking at the weights …`);
    for (const question of Object.values(this.#questions)) question.ask();
  }

  #take(facts: Facts) {
    this.#facts = { ...this.#facts, ...facts };
    const { power, weights, frequencies } = this.#facts;
    if (!power || !weights || frequencies === undefined) return;
    offer(
      this.#basis.select,
      frequencies
        ? [
            ['waves', t`waves`],
            ['elements', t`elements of the group`],
          ]
        : [['elements', t`elements of the group`]],
    );
    this.#state.say('');
    this.#draw();
  }

  get #chosen(): Part {
    return this.#part.select.value as Part;
  }

  #draw() {
    const { power, weights } = this.#facts;
    const shown = this.#shares;
    if (!power || !weights || !shown) return;
    const names = shown.rows.map((k, i) => t`${i} is ${translated(power.irreps[k]?.name ?? '')}`);
    const pure = power[this.#chosen].map((row) => Math.max(...row));
    const mean = pure.reduce((sum, part, i) => sum + part * power.weight[i]!, 0);
    this.#power.show(t`Rows: ${names.join(', ')}. On average by what neurons write, ${share(mean)} of a neuron’s weights are in one part.`);
    const most = this.#entries?.values.reduce((most, x) => Math.max(most, Math.abs(x)), 0) ?? 0;
    const title = PARTS.find(([part]) => part === this.#chosen)?.[1];
    this.#matrix.show(t`${title}. No entry is larger than ${real(most)}.`);
  }

  get #shares() {
    const { power } = this.#facts;
    if (!power) return undefined;
    const part = power[this.#chosen];
    const [rows, columns] = [usedIrreps(power, part), orderOf(power)];
    return { rows, columns, values: rows.flatMap((k) => columns.map((i) => part[i]![k]!)) };
  }

  get #entries() {
    const { power, weights, frequencies } = this.#facts;
    if (!power || !weights) return undefined;
    const [columns, all, m] = [orderOf(power), weights[this.#chosen], weights.neurons];
    const order = power.irreps.reduce((sum, { part }) => sum + part, 0);
    const column = (i: number) => Array.from({ length: order }, (_, x) => all[x * m + i]!);
    const isWaves = this.#basis.select.value === 'waves' && frequencies;
    const shown = columns.map((i) => (isWaves ? inWaves(column(i), frequencies.logarithms) : column(i)));
    const values = Array.from({ length: order }, (_, row) => shown.map((each) => each[row]!)).flat();
    const names = (row: number) => (isWaves ? nameOfWave(row) : String(row));
    return {
      rows: order,
      columns,
      values,
      names,
      rowName: isWaves ? t`wave: constant, then cosine and sine of each frequency` : t`element`,
    };
  }

  #powerTable() {
    const [shown, { power }] = [this.#shares, this.#facts];
    if (!shown || !power) return undefined;
    const named = shown.rows.map((k) => ({ key: `irrep_${k}`, title: power.irreps[k]?.name ?? '' }));
    const columns = [
      { key: 'neuron', title: t`Neuron` },
      { key: 'main', title: t`Uses most` },
      { key: 'weight', title: t`Share of what all write` },
      ...named,
    ];
    const rows = shown.columns.map((i) => [
      i,
      power.irreps[power.main[i]!]?.name ?? '',
      power.weight[i]!,
      ...shown.rows.map((k) => power[this.#chosen][i]![k]!),
    ]);
    return { columns, rows };
  }

  #matrixTable() {
    const shown = this.#entries;
    if (!shown) return undefined;
    const { columns, values, rows, names } = shown;
    return {
      columns: [{ key: 'row', title: t`Row` }, ...columns.map((i) => ({ key: `neuron_${i}`, title: t`Neuron ${i}` }))],
      rows: Array.from({ length: rows }, (_, row) => [names(row), ...values.slice(row * columns.length, (row + 1) * columns.length)]),
    };
  }
}

export const open = (parent: HTMLElement, host: GroupHost) => new WeightsView(parent, host);
