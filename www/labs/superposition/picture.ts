/**
 * The main picture: errors, losses or certified tokens against proof lengths, a curve for each
 * penalty.
 */

import { t } from '../../languages/language.js';
import type { Curve } from '../../pkg/plot.js';
import { Drawing } from '../../ui/drawing.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { decimal, steps } from '../../ui/format.js';
import { kind } from '../../ui/word.js';
import { type Line, linesOf, type Look, type Spot } from './compare.js';
import { subject, tableOf } from './numbers.js';
import type { PenaltyFacts } from './penalties.js';
import type { Result } from './run.js';
import { type Mark, Spots } from './spots.js';

interface Axis {
  label: string;
  up: string;
  said: string;
  rise: 'logarithmic' | 'part';
  isProven: boolean;
}

const AXES: Readonly<Record<Look, Axis>> = {
  error: {
    label: t`Error of reconstruction`,
    up: t`Share of variance that is left (log scale)`,
    said: t`Measured on 10,000 tokens. Further left and further down is better. Each mark is a penalty at one strength, averaged over seeds; outlines are single seeds.`,
    rise: 'logarithmic',
    isProven: false,
  },
  loss: {
    label: t`Loss of the next layer: claimed and proven`,
    up: t`Mean squared error of its outputs (log scale)`,
    said: t`Filled marks are proven: the loss is at most this on the tokens of the proof, which sums up what each latent does to a neuron. Outlines are what the features claim. The distance is what interactions and the error of reconstruction cost.`,
    rise: 'logarithmic',
    isProven: true,
  },
  certified: {
    label: t`Tokens whose answer is certified`,
    up: t`Share of tokens`,
    said: t`An exact count: of these tokens the largest output is proven to be the largest feature.`,
    rise: 'part',
    isProven: true,
  },
};

/** A number in two digits. */
const short = (x: number) => decimal(String(Number(x.toPrecision(2))));
const valueOf = (look: Look, up: number) => (look === 'loss' ? short(up) : `${short(100 * up)}\u00a0%`);

export class Picture {
  readonly element = make('figure', { class: 'picture' });
  readonly #canvas = make('canvas', { role: 'img', 'aria-label': t`Nothing is trained yet.` });
  readonly #nothing = make(
    'p',
    { class: 'nothing' },
    t`The picture is drawn here once something is trained: further left, proofs are shorter; further down, less is left out.`,
  );
  readonly #reading = make('p', { class: 'reading' });
  readonly #legend = make('p', { class: 'legend' });
  readonly #sign = make('span');
  readonly #spots: Spots;
  readonly #drawing: Drawing;
  #look: Look;
  #results: readonly Result[] = [];
  #lines: readonly Line[] = [];
  #shown: readonly Spot[] = [];
  /** What is looked at closer, as `idOf` names it. */
  #chosen: string | undefined;

  /**
   * Shows `look` upwards at first; `looked` hears of another choice, and `choose` which dictionary
   * is looked at closer.
   */
  constructor(look: Look, looked: (look: Look) => void, choose: (spot: Spot) => void, problem: (why: string) => void) {
    this.#look = look;
    const of = (mark: Mark) => this.#shown.find((spot) => idOf(spot) === mark.id);
    this.#spots = new Spots(
      (mark) => (this.#reading.textContent = mark ? `${mark.name}.` : AXES[this.#look].said),
      (mark) => {
        const spot = of(mark);
        if (spot) choose(spot);
      },
    );
    this.#drawing = new Drawing(
      this.#canvas,
      (plot, { width, height }) => {
        // Means first: they are the points that can be pressed.
        const curves = [
          ...this.#lines.map(({ facts, means }) => curveOf(facts, means, true)),
          ...this.#lines.map(({ facts, beside }) => curveOf(facts, beside, false)),
        ];
        const { up, rise } = AXES[this.#look];
        const at = this.#shown.findIndex((spot) => idOf(spot) === this.#chosen);
        const across = width < 480 ? t`Proof length (FLOPs)` : t`Proof length: FLOPs to check it (log scale)`;
        return this.#shown.length ? plot.curves(curves, { width, height, across, up, rise, selected: at < 0 ? null : at }) : undefined;
      },
      problem,
      () => this.#place(),
    );
    const menu = exportButton({
      name: 'penalties',
      title: t`Error against proof length`,
      element: this.element,
      model: () => (this.#results.length ? subject() : undefined),
      table: () => (this.#results.length ? tableOf(this.#results) : undefined),
      drawn: () => this.#drawing.drawn && { figures: [{ name: '', figure: this.#drawing.drawn.figure }], style: this.#drawing.drawn.style },
    });
    this.element.append(
      this.#looks(looked),
      make('div', { class: 'plane' }, this.#canvas, this.#nothing, this.#spots.element),
      this.#legend,
      make('figcaption', {}, this.#sign, this.#reading, menu),
    );
    this.#tellLook();
  }

  show(results: readonly Result[], chosen: Spot | undefined) {
    [this.#results, this.#chosen] = [results, chosen && idOf(chosen)];
    this.#redraw();
  }

  #redraw() {
    this.#lines = linesOf(this.#results, this.#look);
    this.#shown = this.#lines.flatMap(({ means }) => means);
    this.#nothing.hidden = this.#shown.length > 0;
    this.#legend.replaceChildren(
      ...this.#lines.map(({ facts }) =>
        make('span', {}, make('span', { class: facts.role, 'aria-hidden': 'true' }, facts.marker), ` ${facts.name}`),
      ),
    );
    this.#canvas.setAttribute(
      'aria-label',
      this.#lines.length
        ? [AXES[this.#look].label, ...this.#shown.map((spot) => this.#nameOf(spot))].join('. ')
        : t`Nothing is trained yet.`,
    );
    this.#drawing.draw();
  }

  #looks(looked: (look: Look) => void) {
    const choices = (Object.entries(AXES) as [Look, Axis][]).map(([look, { label }]) => {
      const input = make('input', { type: 'radio', name: 'look', value: look, ...(look === this.#look && { checked: '' }) });
      input.addEventListener('change', () => {
        this.#look = look;
        looked(look);
        this.#tellLook();
        this.#redraw();
      });
      return make('label', {}, input, ` ${label}`);
    });
    return make('fieldset', { class: 'choices' }, make('legend', {}, t`Upwards`), ...choices);
  }

  #tellLook() {
    this.#sign.replaceChildren(kind(AXES[this.#look].isProven ? 'proven' : 'estimated'), ' ');
    this.#reading.textContent = AXES[this.#look].said;
  }

  #place() {
    const { drawn } = this.#drawing;
    if (!drawn) return;
    const marks = this.#shown.map((spot) => ({ id: idOf(spot), name: this.#nameOf(spot), isChosen: idOf(spot) === this.#chosen }));
    this.#spots.show(marks, drawn.figure.markers, drawn.style.width / drawn.figure.width);
  }

  #nameOf({ across, up, result: { facts, strength, measures }, prefix }: Spot): string {
    const which =
      measures.length > 1
        ? t`${facts.name}, the first ${measures[prefix]?.latents ?? 0} latents`
        : t`${facts.name} at strength ${short(strength)}`;
    const value = valueOf(this.#look, up);
    const length = steps(across);
    if (this.#look === 'error') return t`${which}: ${value} of the variance is left, ${length} steps`;
    return this.#look === 'loss'
      ? t`${which}: loss at most ${value}, ${length} steps`
      : t`${which}: ${value} of the tokens certified, ${length} steps`;
  }
}

function curveOf({ name, marker, role }: PenaltyFacts, spots: readonly Spot[], isMean: boolean): Curve {
  return {
    name: isMean ? name : '',
    marker,
    role,
    filled: isMean,
    joined: isMean,
    points: spots.map(({ across, up }): [number, number] => [across, up]),
  };
}

const idOf = ({ result, prefix }: Spot) => `${result.index}-${prefix}`;
