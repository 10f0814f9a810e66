/**
 * Neurons of a network for a cyclic group: boxes under a curve on the circle of phases, and how far
 * their sum is from the integral.
 */

import { t } from '../../../../languages/language.js';
import type { Frequencies, Frequency, Wave } from '../../../../pkg/insight.js';
import { make } from '../../../../ui/element.js';
import { real, share } from '../../../../ui/real.js';
import type { GroupHost } from '../asking.js';
import { cells, chooser, Drawn, heads, numberField, offer, wide } from '../drawn.js';
import { ANGLES, Plane, type Point } from '../plane.js';
import { anglesOf, curve, heightOf, NOTHING, sumAndIntegral } from './waves.js';
import { fixed } from '../../../../ui/format.js';

/** Points of a curve. */
const SMOOTH = 240;
const around = (at: (angle: number) => Point): Point[] =>
  Array.from({ length: SMOOTH + 1 }, (_, i) => at(-Math.PI + (2 * Math.PI * i) / SMOOTH));

export class Cyclic {
  readonly element = make('div', { hidden: '' });
  readonly #frequency = chooser(t`Frequency`, () => this.#choose());
  readonly #tokens = ['x', 'y', 'z'].map((name) => numberField(name, () => this.#draw()));
  readonly #boxes: Drawn;
  readonly #circle: Drawn;
  readonly #errors: Drawn;
  readonly #rows = make('tbody');
  readonly #note = make('p');
  readonly #chosen: (neuron: number) => void;
  #facts: Frequencies | undefined;
  /** The neuron that is shown closely. */
  #neuron = -1;

  /** `chosen` hears of the neuron with the widest box whenever another frequency is chosen. */
  constructor(host: GroupHost, chosen: (neuron: number) => void) {
    this.#chosen = chosen;
    this.#boxes = new Drawn(host, {
      name: 'boxes',
      title: t`Boxes under the curve`,
      about: [
        t`Neurons of one frequency are waves with different phases φ. Each is a box: as wide as its weight, at its phase, and as high as what it gives, times what it writes to the output z. Together they are a sum for the integral of the curve, which is (2/3) cos of how far z is from x + y: so the network adds by integrating.`,
      ],
      picture: (_plot, { width }) => this.#drawBoxes(width),
      table: () => this.#waveTable(),
    });
    this.#circle = new Drawn(host, {
      name: 'phases',
      title: t`The circle of phases`,
      about: [
        t`Each line is a neuron of this frequency, at its phase φ and as long as its box is wide. Where they stand evenly, the sum is near the integral.`,
      ],
      picture: (_plot, { width }) => this.#drawCircle(width),
      table: () => this.#waveTable(),
    });
    this.#circle.figure.classList.add('round');
    this.#errors = new Drawn(host, {
      name: 'integral-errors',
      title: t`How near the integral is`,
      about: [
        t`The mean error of each frequency over all angles, of the part with the absolute value. Saying that the neurons give nothing errs by ${fixed(NOTHING, 2)}: a proof has to beat that.`,
      ],
      picture: (plot, { width }) => {
        const all = this.#facts?.frequencies;
        const bars = all?.map(({ frequency, absolute }) => ({
          label: t`frequency ${frequency}`,
          value: absolute.mean,
          text: fixed(absolute.mean, 4),
          role: 'ours' as const,
        }));
        return (
          bars && plot.bars([...bars, { label: t`nothing`, value: NOTHING, text: fixed(NOTHING, 2), role: 'beaten' }], t`mean error`, width)
        );
      },
      table: () => this.#frequencyTable(),
    });
    this.#boxes.controls.append(this.#frequency.element, ...this.#tokens.map(({ element }) => element));
    const names = [t`Frequency`, t`Neurons`, t`Share`, '|ψ − 2φ|', t`Mean error`, t`Largest error`, 'β', 'γ'];
    this.#errors.element.append(
      wide(t`Frequencies`, heads(names), this.#rows),
      make(
        'p',
        {},
        t`β is the amplitude at twice the frequency, γ what bias and means add, both as a part of the wave. A trained network uses both to keep its margin where the wave alone would lose it.`,
      ),
    );
    this.element.append(this.#note, this.#boxes.element, this.#circle.element, this.#errors.element);
  }

  show(facts: Frequencies) {
    this.#facts = facts;
    const { frequencies, order, dead, sides_differ } = facts;
    offer(
      this.#frequency.select,
      frequencies.map(({ frequency, neurons, share: part }) => [String(frequency), t`${frequency}: ${neurons} neurons, ${share(part)}`]),
    );
    for (const { input } of this.#tokens) input.max = String(order - 1);
    const apart =
      sides_differ > 0.2
        ? t` What neurons read of x and of y differs by ${share(sides_differ)}: the picture of one wave for both does not hold for this network.`
        : '';
    this.#note.textContent = t`${facts.waves.length} neurons have ${frequencies.length} frequencies; ${dead} write next to nothing.${apart}`;
    const row = ({ frequency, neurons, share: part, angle, absolute, beta, gamma }: Frequency) => [
      String(frequency),
      String(neurons),
      share(part),
      real(angle),
      fixed(absolute.mean, 4),
      fixed(absolute.most, 4),
      fixed(beta, 3),
      fixed(gamma, 3),
    ];
    this.#rows.replaceChildren(...cells(frequencies.map(row)));
    const worst = frequencies.reduce((most, { absolute }) => Math.max(most, absolute.mean), 0);
    this.#errors.show(t`Mean errors of ${frequencies.length} frequencies, at most ${fixed(worst, 4)}; ${fixed(NOTHING, 2)} for nothing.`);
    this.#choose();
  }

  /** Marks a neuron, among those of its frequency. */
  mark(neuron: number) {
    this.#neuron = neuron;
    const wave = this.#facts?.waves.find((each) => each.neuron === neuron);
    if (wave) this.#frequency.select.value = String(wave.frequency);
    this.#draw();
  }

  /** Shows the frequency that is chosen, and its neuron with the widest box. */
  #choose() {
    this.#draw();
    const widest = this.#waves.reduce<Wave | undefined>((best, wave) => (best && best.width >= wave.width ? best : wave), undefined);
    if (widest) this.#chosen(widest.neuron);
  }

  get #k(): number {
    return Number(this.#frequency.select.value);
  }

  get #waves(): Wave[] {
    return this.#facts?.waves.filter(({ frequency }) => frequency === this.#k) ?? [];
  }

  get #angles() {
    const { order, logarithms } = this.#facts!;
    const at = (i: number) => logarithms[Math.min(Math.max(0, Math.trunc(this.#tokens[i]!.input.valueAsNumber) || 0), order - 1)] ?? 0;
    return anglesOf(this.#k, order, [at(0), at(1), at(2)]);
  }

  #draw() {
    if (!this.#facts) return;
    const waves = this.#waves;
    const { sum, integral } = sumAndIntegral(waves, this.#angles);
    this.#boxes.show(
      t`Of frequency ${this.#k}, ${waves.length} boxes sum to ${fixed(sum, 4)}. The integral is ${fixed(integral, 4)}: an error of ${fixed(Math.abs(sum - integral), 4)}.`,
    );
    this.#circle.show(
      t`${waves.length} phases of frequency ${this.#k}. On average ψ is ${real(this.#frequencyFacts?.angle ?? 0)} from 2 φ.`,
    );
  }

  get #frequencyFacts(): Frequency | undefined {
    return this.#facts?.frequencies.find(({ frequency }) => frequency === this.#k);
  }

  #drawBoxes(width: number) {
    if (!this.#facts) return undefined;
    const angles = this.#angles;
    const plane = new Plane({
      width,
      height: 300,
      x: [-Math.PI - 0.25, Math.PI + 0.25],
      y: [-1.05, 1.05],
      names: [t`phase φ`, t`height`],
      ticks: ANGLES,
    });
    for (const wave of this.#waves) {
      const height = heightOf(wave, angles);
      const from: Point = [wave.start, 0];
      const to: Point = [wave.start + wave.width, height];
      if (Math.abs(height) > 1e-9)
        plane
          .box(from, to, wave.neuron === this.#neuron ? 'unproven' : 'beaten', wave.neuron === this.#neuron)
          .box(from, to, 'beaten', false);
    }
    plane.line(around((phi) => [phi, curve(phi, angles)]), 'ours');
    return plane.figure();
  }

  #drawCircle(width: number) {
    const waves = this.#waves;
    if (!waves.length) return undefined;
    const size = Math.min(width, 384);
    const plane = new Plane({ width: size, height: size, x: [-1.5, 1.5], y: [-1.5, 1.5] });
    plane.line(around((phi) => [Math.cos(phi), Math.sin(phi)]), 'muted', 1);
    const widest = Math.max(...waves.map((wave) => wave.width));
    for (const { phi, width: long, neuron } of waves) {
      const [c, s] = [Math.cos(phi), Math.sin(phi)];
      const end = 1 + (0.35 * long) / widest;
      const isMarked = neuron === this.#neuron;
      plane.line([[c, s], [end * c, end * s]], isMarked ? 'unproven' : 'ours', isMarked ? 4 : 1.5);
    }
    plane
      .label('φ', [0, 0], 'muted')
      .label('0', [0.85, 0], 'muted')
      .label('π/2', [0, 0.85], 'muted')
      .label('π', [-0.85, 0], 'muted')
      .label('−π/2', [0, -0.85], 'muted');
    return plane.figure();
  }

  #waveTable() {
    if (!this.#facts) return undefined;
    const keys = ['neuron', 'r', 'phi', 'q', 'psi', 'start', 'width', 'rest_read', 'rest_written', 'second', 'bias'] as const;
    const titles = [
      t`Neuron`,
      'r',
      'φ',
      'q',
      'ψ',
      t`Start of the box`,
      t`Width`,
      t`1 − R² of what it reads`,
      t`1 − R² of what it writes`,
      t`Amplitude at twice the frequency`,
      t`Bias`,
    ];
    return {
      columns: keys.map((key, i) => ({ key, title: titles[i] ?? key })),
      rows: this.#waves.map((wave) => keys.map((key) => wave[key])),
    };
  }

  #frequencyTable() {
    const titles = [
      t`Frequency`,
      t`Neurons`,
      t`Share`,
      '|ψ − 2φ|',
      t`Mean error of ReLU`,
      t`Largest`,
      t`Mean error of |·|`,
      t`Largest`,
      'β',
      'γ',
    ];
    const keys = ['frequency', 'neurons', 'share', 'angle', 'relu_mean', 'relu_most', 'absolute_mean', 'absolute_most', 'beta', 'gamma'];
    const rows = this.#facts?.frequencies.map((each) => [
      each.frequency,
      each.neurons,
      each.share,
      each.angle,
      each.relu.mean,
      each.relu.most,
      each.absolute.mean,
      each.absolute.most,
      each.beta,
      each.gamma,
    ]);
    return rows && { columns: keys.map((key, i) => ({ key, title: titles[i] ?? key })), rows };
  }
}
