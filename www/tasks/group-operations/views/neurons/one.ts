/**
 * One neuron of the network, and the ideal one beside it: what it reads of x and y, and what it
 * writes.
 */

import { t } from '../../../../languages/language.js';
import type { Neuron } from '../../../../pkg/insight.js';
import { make } from '../../../../ui/element.js';
import { share } from '../../../../ui/real.js';
import type { GroupHost } from '../asking.js';
import { Drawn, numberField } from '../drawn.js';
import { Plane, rangeOf } from '../plane.js';

const PARTS = [
  ['left', t`Reads of x`, 'x'],
  ['right', t`Reads of y`, 'y'],
  ['out', t`Writes to z`, 'z'],
] as const;

/** What is left of a row by the ideal one, of the square of its length: `1 − R²`. */
export function restOf(real: readonly number[], ideal: readonly number[]): number {
  const mean = real.reduce((sum, x) => sum + x, 0) / real.length;
  const left = real.reduce((sum, x, i) => sum + (x - (ideal[i] ?? 0)) ** 2, 0);
  return left / (real.reduce((sum, x) => sum + (x - mean) ** 2, 0) || 1);
}

export class OneNeuron {
  readonly element = make('section', {}, make('h3', {}, t`One neuron, real and ideal`));
  readonly #field: { element: HTMLElement; input: HTMLInputElement };
  readonly #note = make('p', { class: 'state', 'aria-live': 'polite' });
  readonly #figures: Drawn[];
  #facts: Neuron | undefined;
  #isWave = false;

  /** `asked` hears of another neuron that the user wants. */
  constructor(host: GroupHost, asked: (neuron: number) => void) {
    this.#field = numberField(t`Neuron`, () => {
      if (/^\d+$/.test(this.#field.input.value)) asked(Number(this.#field.input.value));
    });
    this.#figures = PARTS.map(
      ([part, title, axis]) =>
        new Drawn(host, {
          name: `neuron-${part}`,
          title,
          isPart: true,
          about: [],
          picture: (_plot, { width }) => this.#draw(part, axis, width),
          table: () => this.#table(part, axis),
        }),
    );
    const about = t`Dots are the weights of the network; the line, or the rings, are the ideal neuron that explains it.`;
    this.element.append(
      make('p', {}, about),
      make('div', { class: 'controls' }, this.#field.element),
      this.#note,
      make('div', { class: 'pair' }, ...this.#figures.map(({ element }) => element)),
    );
  }

  /** `isWave`: whether the ideal neuron is a wave, of elements in an order. */
  show(facts: Neuron, isWave: boolean) {
    [this.#facts, this.#isWave] = [facts, isWave];
    const { input } = this.#field;
    if (Number(input.value) !== facts.neuron) input.value = String(facts.neuron);
    this.#note.textContent = facts.ideal ? '' : t`Nothing explains this neuron: no ideal one is beside it.`;
    PARTS.forEach(([part, title], i) => {
      const ideal = facts.ideal?.[part];
      const rest = ideal ? t` All but ${share(restOf(facts.real[part], ideal))} of it is ideal.` : '';
      this.#figures[i]?.show(t`${title}, neuron ${facts.neuron}.${rest}`);
    });
  }

  #draw(part: 'left' | 'right' | 'out', axis: string, width: number) {
    const facts = this.#facts;
    if (!facts) return undefined;
    const [real, ideal] = [facts.real, facts.ideal].map((rows) => facts.elements.map((x) => rows?.[part][x] ?? NaN));
    const y = rangeOf(real!, facts.ideal ? ideal! : []);
    const plane = new Plane({ width, height: 200, x: [-0.5, facts.elements.length - 0.5], y, names: [axis, 'weight'] });
    if (facts.ideal && this.#isWave) plane.line(ideal!.map((value, i) => [i, value]), 'unproven', 1.5);
    if (facts.ideal && !this.#isWave) ideal!.forEach((value, i) => plane.dot([i, value], 5, 'unproven', false));
    real!.forEach((value, i) => plane.dot([i, value], 2.5, 'ours'));
    return plane.figure();
  }

  #table(part: 'left' | 'right' | 'out', axis: string) {
    const facts = this.#facts;
    return (
      facts && {
        columns: [{ key: 'element', title: axis }, { key: 'real', title: t`Network` }, { key: 'ideal', title: t`Ideal` }],
        rows: facts.elements.map((x) => [x, facts.real[part][x] ?? null, facts.ideal?.[part][x] ?? null]),
      }
    );
  }
}
