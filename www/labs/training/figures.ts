/** The frontier of the present network, what each class proves over the steps, and the loss. */

import { t, translated } from '../../languages/language.js';
import type { Curve, Role } from '../../pkg/plot.js';
import { Drawing } from '../../ui/drawing.js';
import { make } from '../../ui/element.js';
import type { Plot } from '../../ui/plotters.js';
import { frontier } from './proofs.js';
import { best, classes, counted, type Proven } from './proven.js';
import type { Checkpoint } from './tables.js';

/** The height of a figure, in CSS pixels. */
const HIGH = 300;
/** Of steps that lie closer to each other than by this factor, the loss of one is drawn. */
const APART = 1.12;

/** The accuracy: counted, or else estimated. */
const accuracyOf = (proven: Proven) => counted(proven)?.bound ?? proven.sampled.correct / proven.sampled.samples;

/** The accuracy of networks on the way, and what each class proves of them. */
export function risen(checkpoints: readonly Checkpoint[]): Curve[] {
  const over = (of: (proven: Proven) => number) => checkpoints.map(({ progress, proven }): [number, number] => [progress.step, of(proven)]);
  const proofs = classes(...checkpoints.map(({ proven }) => proven)).map(
    ({ class: name, label, marker, role }): Curve => ({ name: translated(label), marker, role, filled: true, joined: true, points: over((proven) => best(proven, name)?.bound ?? 0) }),
  );
  return [{ name: t`Accuracy`, marker: '■', role: 'ink', filled: false, joined: true, points: over(accuracyOf) }, ...proofs];
}

export class Figures {
  readonly element: HTMLElement;
  readonly #frontier: Drawing;
  readonly #rise: Drawing;
  readonly #loss: Drawing;
  readonly #legend = make('p', { class: 'legend' });
  #now: Proven | undefined;
  #before: Proven | undefined;
  #curves: readonly Curve[] = [];
  /** Steps and their losses. */
  #losses: [number, number][] = [];

  constructor(problem: (text: string) => void) {
    const figure = (label: string, draw: (plot: Plot, width: number) => ReturnType<Plot['curves']> | undefined, caption: (Node | string)[]): [HTMLElement, Drawing] => {
      const canvas = make('canvas', { role: 'img', 'aria-label': label });
      return [make('figure', {}, canvas, make('figcaption', {}, ...caption)), new Drawing(canvas, (plot, { width }) => draw(plot, width), problem)];
    };
    const [first, frontierDrawing] = figure(t`Frontier: what proofs of the present network prove, against their length`, (plot, width) => this.#drawFrontier(plot, width), [
      t`Frontier of the latest network; dashed: the one before`,
    ]);
    const [second, rise] = figure(t`The accuracy and what each class of proofs proves, over the steps of training`, (plot, width) => this.#drawRise(plot, width), [
      t`When each proof appears: accuracy and bounds of networks on the way`,
      this.#legend,
    ]);
    const [third, loss] = figure(t`The loss over the steps of training`, (plot, width) => this.#drawLoss(plot, width), [t`Loss, as it trains`]);
    [this.#frontier, this.#rise, this.#loss] = [frontierDrawing, rise, loss];
    this.element = make('div', { class: 'figures' }, first, second, third);
  }

  /** Draws what is known now; `before` is the network that fine-tuning started from. */
  show(checkpoints: readonly Checkpoint[], now: Proven | undefined, before: Proven | undefined) {
    [this.#now, this.#before, this.#curves] = [now, before, checkpoints.length ? risen(checkpoints) : []];
    const entry = ({ name, marker, role }: Curve) => make('span', {}, make('span', { class: `mark ${role}`, 'aria-hidden': 'true' }, marker), ` ${name}`);
    this.#legend.replaceChildren(...this.#curves.map(entry));
    this.#frontier.draw();
    this.#rise.draw();
  }

  /** Begins a curve of losses anew. */
  restart() {
    this.#losses = [];
  }

  /** Adds a loss to the curve. */
  lost(step: number, loss: number) {
    if (!(loss > 0 && step > (this.#losses.at(-1)?.[0] ?? 0))) return;
    const [before, last] = this.#losses.slice(-2);
    if (before && last && last[0] < APART * before[0]) this.#losses.pop();
    this.#losses.push([step, loss]);
    this.#loss.draw();
  }

  #drawFrontier(plot: Plot, width: number) {
    const shown = this.#now ?? this.#before;
    if (!shown) return undefined;
    const before = this.#now && this.#before;
    const others = before ? [{ label: t`Before`, proofs: before.proofs.map(({ facts, outcome }) => ({ flops: outcome.flops, bound: outcome.bound, unexplained_dimension: facts.unexplained_dimension })) }] : [];
    return plot.figure(frontier(shown), { width, height: HIGH, zoom: 'crowd', scale: 'accuracy', delta: 0, budget: null, selected: null, others, spread: [] });
  }

  #drawRise(plot: Plot, width: number) {
    if (!this.#curves.length) return undefined;
    return plot.curves([...this.#curves], { width, height: HIGH, across: t`steps`, up: t`Part of all inputs`, rise: 'part', selected: null });
  }

  #drawLoss(plot: Plot, width: number) {
    if (!this.#losses.length) return undefined;
    const role: Role = 'unproven';
    const curve: Curve = { name: '', marker: '●', role, filled: false, joined: true, points: this.#losses };
    return plot.curves([curve], { width, height: HIGH, across: t`steps`, up: t`Loss (log scale)`, rise: 'logarithmic', selected: null });
  }
}
