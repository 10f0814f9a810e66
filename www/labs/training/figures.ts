/** The frontier of the present network, and how a class's bound grows over the steps. */

import { t, translated } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { Drawing } from '../../ui/drawing.js';
import type { Plot } from '../../ui/plotters.js';
import { frontier } from './proofs.js';
import { best, classes, type Proven } from './proven.js';
import type { Checkpoint } from './tables.js';

/** The height of a figure, in CSS pixels. */
const HIGH = 300;

export class Figures {
  readonly element: HTMLElement;
  readonly #frontier: Drawing;
  readonly #curve: Drawing;
  readonly #class = make('select');
  #now: Proven | undefined;
  #before: Proven | undefined;
  #checkpoints: readonly Checkpoint[] = [];

  constructor(problem: (text: string) => void) {
    const canvas = (label: string) => make('canvas', { role: 'img', 'aria-label': label });
    const first = canvas(t`Frontier: what proofs of the present network prove, against their length`);
    const second = canvas(t`What proofs of a class prove, over the steps of training`);
    this.#frontier = new Drawing(first, (plot, { width }) => this.#drawFrontier(plot, width), problem);
    this.#curve = new Drawing(second, (plot, { width }) => this.#drawCurve(plot, width), problem);
    this.#class.addEventListener('change', () => this.#curve.draw());
    this.element = make('div', { class: 'figures' }, make('figure', {}, first, make('figcaption', {}, t`Frontier of the latest network; dashed: the one before`)), make('figure', {}, second, make('figcaption', {}, make('label', {}, t`Over the steps, proven by:`, ' ', this.#class))));
  }

  /** Draws what is known now; `before` is the network that fine-tuning started from. */
  show(checkpoints: readonly Checkpoint[], now: Proven | undefined, before: Proven | undefined) {
    [this.#checkpoints, this.#now, this.#before] = [checkpoints, now, before];
    const known = now ?? before;
    if (known && !this.#class.options.length) this.#class.append(...classes(known).map(({ class: value, label }) => make('option', { value }, translated(label))));
    this.#frontier.draw();
    this.#curve.draw();
  }

  #drawFrontier(plot: Plot, width: number) {
    const shown = this.#now ?? this.#before;
    if (!shown) return undefined;
    const before = this.#now && this.#before;
    const others = before ? [{ label: t`Before`, proofs: before.proofs.map(({ facts, outcome }) => ({ flops: outcome.flops, bound: outcome.bound, unexplained_dimension: facts.unexplained_dimension })) }] : [];
    return plot.figure(frontier(shown), { width, height: HIGH, zoom: 'crowd', scale: 'accuracy', delta: 0, budget: null, selected: null, others, spread: [] });
  }

  #drawCurve(plot: Plot, width: number) {
    if (!this.#checkpoints.length) return undefined;
    const points = this.#checkpoints.flatMap(({ progress, proven }) => [progress.step, best(proven, this.#class.value)?.bound ?? 0]);
    return plot.scatter(Float64Array.from(points), 'accuracy', t`steps`, undefined, '', width, HIGH);
  }
}
