/**
 * Neurons of a network for a group that is not cyclic: the points that they stand for, and which
 * pairs of points have neurons.
 */

import { t, translated } from '../../../../languages/language.js';
import type { Circuit, Circuits, Orbit } from '../../../../pkg/insight.js';
import { make } from '../../../../ui/element.js';
import { real, share } from '../../../../ui/real.js';
import type { GroupHost } from '../asking.js';
import { chooser, Drawn, offer } from '../drawn.js';
import { Plane, type Point } from '../plane.js';

/** Where a point of up to three dimensions is drawn: the third goes up and to the right. */
const flat = ([a = 0, b = 0, c = 0]: readonly number[]): Point => [a + 0.35 * c, b + 0.5 * c];
const RISING = 1;

export class Orbits {
  readonly element = make('div', { hidden: '' });
  readonly #circuit = chooser(t`Circuit`, () => this.#choose());
  readonly #orbits: Drawn[];
  readonly #pairs: Drawn;
  readonly #note = make('p');
  readonly #chosen: (neuron: number) => void;
  #facts: Circuits | undefined;
  #neuron = -1;

  /** `chosen` hears of the first neuron whenever another circuit is chosen. */
  constructor(host: GroupHost, chosen: (neuron: number) => void) {
    this.#chosen = chosen;
    const orbit = (side: 0 | 1, name: string, title: string, token: string) =>
      new Drawn(host, {
        name,
        title,
        about: [
          t`Filled dots are the points that a neuron may stand for in what it reads of ${token}: the group moves any of them to any other. Rings are where the network’s neurons are.`,
        ],
        picture: (_plot, { width }) => this.#drawOrbit(side, width),
        table: () => this.#orbitTable(side),
      });
    this.#orbits = [orbit(0, 'orbit-b', t`Points of x`, 'x'), orbit(1, 'orbit-c', t`Points of y`, 'y')];
    for (const { figure } of this.#orbits) figure.classList.add('round');
    this.#pairs = new Drawn(host, {
      name: 'pairs',
      title: t`Pairs of points`,
      about: [
        t`A neuron stands for one point of x (rows) and one of y (columns). The colour is what all neurons of a pair write together; in an ideal circuit every pair has 1. Lines are drawn over pairs that have no neuron.`,
      ],
      picture: (plot, { width }) => {
        const circuit = this.#shown;
        if (!circuit) return undefined;
        const [rows, columns] = sizes(circuit);
        const options = {
          width,
          height: Math.round(((width - 40) * rows) / columns) + 108,
          shades: 'signed',
          color: 'ours',
          name: t`weight of the pair`,
          row_name: t`point of x`,
          column_name: t`point of y`,
          every: rows > 12 ? 4 : 1,
        } as const;
        return plot.heatMap(
          rows,
          columns,
          Float32Array.from(circuit.weights),
          Uint8Array.from(circuit.counts, (each) => (each ? 0 : RISING)),
          options,
        );
      },
      table: () => this.#pairTable(),
    });
    this.#pairs.figure.classList.add('round');
    const controls = make('div', { class: 'controls' }, this.#circuit.element);
    this.element.append(
      this.#note,
      controls,
      make('div', { class: 'pair' }, ...this.#orbits.map(({ element }) => element)),
      this.#pairs.element,
    );
  }

  show(facts: Circuits) {
    this.#facts = facts;
    const { circuits, unexplained, irreps } = facts;
    const label = ({ irrep, neurons }: Circuit, i: number): [string, string] => [
      String(i),
      t`${i + 1}: ${translated(irreps[irrep]?.name ?? '')}, ${neurons.length} neurons`,
    ];
    offer(this.#circuit.select, circuits.map(label));
    const weight = unexplained.reduce((all, each) => all + each.weight, 0);
    const placed = circuits.reduce((all, { neurons }) => all + neurons.length, 0);
    this.#note.textContent = circuits.length
      ? t`${placed} neurons are moved copies of each other, in ${circuits.length === 1 ? t`one circuit` : t`${circuits.length} circuits`}, each of one representation of the group: a way to write its elements as matrices. ${unexplained.length} neurons, which write ${share(weight)} of all, are in none.`
      : t`No neurons were found that are moved copies of each other, so there are no points to draw.`;
    for (const { element } of [...this.#orbits, this.#pairs]) element.hidden = !circuits.length;
    this.#choose();
  }

  /** Marks a neuron, in its circuit. */
  mark(neuron: number) {
    this.#neuron = neuron;
    const circuit = this.#facts?.circuits.findIndex(({ neurons }) => neurons.includes(neuron)) ?? -1;
    if (circuit >= 0) this.#circuit.select.value = String(circuit);
    this.#draw();
  }

  /** Shows the circuit that is chosen, and its first neuron. */
  #choose() {
    this.#draw();
    const first = this.#shown?.neurons[0];
    if (first !== undefined) this.#chosen(first);
  }

  get #shown(): Circuit | undefined {
    return this.#facts?.circuits[Number(this.#circuit.select.value)];
  }

  #draw() {
    const circuit = this.#shown;
    if (!circuit) return;
    circuit.orbits.forEach(({ points, dimensions, shown }, side) => {
      const part = shown < 0.999 ? t` Three of them are drawn, ${share(shown)} of all.` : '';
      this.#orbits[side]?.show(
        t`${points.length} points in ${dimensions === 1 ? t`1 dimension` : t`${dimensions} dimensions`}; ${circuit.stabilizers[side]} elements of the group leave a point where it is.${part}`,
      );
    });
    const missing = circuit.counts.filter((each) => !each).length;
    const [least, most] = [Math.min(...circuit.weights), Math.max(...circuit.weights)];
    this.#pairs.show(
      t`${circuit.counts.length - missing} of ${circuit.counts.length} pairs have neurons; their weights are from ${real(least)} to ${real(most)}.`,
    );
  }

  #drawOrbit(side: 0 | 1, width: number) {
    const orbit = this.#shown?.orbits[side];
    if (!orbit) return undefined;
    const size = Math.min(width, 384);
    const plane = new Plane({ width: size, height: size, x: [-1.5, 1.5], y: [-1.5, 1.5] });
    const at = orbit.points.map(flat);
    // Lines between neighbours make a body of the points.
    for (const [i, j] of edges(orbit)) plane.line([at[i]!, at[j]!], 'grid', 1.5);
    for (const point of at) plane.dot(point, 7, 'ours');
    for (const { neuron, point } of orbit.neurons)
      plane.dot(flat(point), neuron === this.#neuron ? 13 : 10, neuron === this.#neuron ? 'unproven' : 'published', false);
    return plane.figure();
  }

  #orbitTable(side: 0 | 1) {
    const orbit = this.#shown?.orbits[side];
    const three = (point: readonly number[]) => [0, 1, 2].map((i) => point[i] ?? null);
    return (
      orbit && {
        columns: [
          { key: 'kind', title: t`Point or neuron` },
          { key: 'number', title: t`Number` },
          ...[t`Its first coordinate`, t`Its second coordinate`, t`Its third coordinate`].map((title, i) => ({
            key: ['first', 'second', 'third'][i] ?? '',
            title,
          })),
        ],
        rows: [
          ...orbit.points.map((point, i) => ['point', i, ...three(point)]),
          ...orbit.neurons.map(({ neuron, point }) => ['neuron', neuron, ...three(point)]),
        ],
      }
    );
  }

  #pairTable() {
    const circuit = this.#shown;
    if (!circuit) return undefined;
    const [, columns] = sizes(circuit);
    return {
      columns: [
        { key: 'b', title: t`Point of x` },
        { key: 'c', title: t`Point of y` },
        { key: 'weight', title: t`Weight` },
        { key: 'neurons', title: t`Neurons` },
      ],
      rows: circuit.weights.map((weight, i) => [Math.floor(i / columns), i % columns, weight, circuit.counts[i] ?? 0]),
    };
  }
}

const sizes = ({ orbits: [b, c] }: Circuit): [rows: number, columns: number] => [b.points.length, c.points.length];

/** Pairs of points that are nearest to each other. */
function edges({ points }: Orbit): [number, number][] {
  const far = (i: number, j: number) => points[i]!.reduce((sum, x, k) => sum + (x - points[j]![k]!) ** 2, 0);
  const all = points.flatMap((_, j) => points.slice(0, j).map((_, i): [number, number] => [i, j]));
  const least = Math.min(...all.map(([i, j]) => far(i, j)));
  return all.filter(([i, j]) => far(i, j) < 1.01 * least + 1e-9);
}
