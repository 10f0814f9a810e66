/** The plot of bounds against proof lengths: the shipped figure until the plotting module is here, live ones from then on. */

import { percent, scientific, told } from '../../ui/format.js';
import type { Figure, Frontier as Proven, Metrics } from '../../pkg/plot.js';
import { type Placement, play, type Style, styleOf } from '../../ui/player.js';
import { type Plot, plotters } from '../../ui/plotters.js';
import type { Model, Proof, Shipped } from '../../state/model.js';

/** What is shipped of the default model, with its figure, for the first paint. */
export type Pictured = Shipped & { figure: Figure; metrics: Metrics };

/** CSS pixels around a mark that belong to it, unless another is nearer: a finger is not a needle. */
const REACH = 14;

export class Frontier {
  readonly #canvas: HTMLCanvasElement;
  readonly #shipped: Pictured;
  readonly #failed: (why: string) => void;
  /** As it was after the last layout or theme that changed it; undefined until the canvas is laid out. */
  #style: Style | undefined;
  #plot: Plot | undefined;
  /** Whether it has been told that plotters fails; once is enough. */
  #isTold = false;
  #model: Model | undefined;
  #selected: string | null = null;
  #pointed: string | null = null;
  #shown: { figure: Figure; placement: Placement } | undefined;

  /** `point` is told what is under the pointer, `choose` what was clicked, `failed` why there is no figure. */
  constructor(
    canvas: HTMLCanvasElement,
    shipped: Pictured,
    point: (strategy: string | null) => void,
    choose: (strategy: string) => void,
    failed: (why: string) => void,
  ) {
    this.#canvas = canvas;
    this.#shipped = shipped;
    this.#failed = failed;
    const restyle = () => {
      this.#style = styleOf(canvas);
      this.#draw();
    };
    new ResizeObserver(restyle).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', restyle);
    this.#watchRatio();
    const under = (strategy: string | null) => {
      canvas.classList.toggle('pointing', strategy !== null);
      if (strategy !== this.#pointed) point((this.#pointed = strategy));
    };
    canvas.addEventListener('pointermove', ({ offsetX, offsetY }) => under(this.#nearest(offsetX, offsetY)));
    canvas.addEventListener('pointerleave', () => under(null));
    canvas.addEventListener('click', ({ offsetX, offsetY }) => {
      const strategy = this.#nearest(offsetX, offsetY);
      if (strategy !== null) choose(strategy);
    });
  }

  /** Fetches plotters; from then on, figures that are shown are made for this page's size and results. */
  async live() {
    this.#plot = await plotters();
  }

  /** How good the frontier of a model is, and which proofs are on it; as shipped until the plotting module is here. */
  metrics(model: Model): Metrics | undefined {
    if (this.#plot) return this.#ask((plot) => plot.metrics(proven(model)));
    return this.#isShipped(model) ? this.#shipped.metrics : undefined;
  }

  show(model: Model, selected: string | null) {
    this.#model = model;
    this.#selected = selected;
    this.#draw();
  }

  #draw() {
    const figure = this.#figure();
    if (!this.#model) return;
    // That of another model would be a lie.
    if (!figure) this.#canvas.width = 0;
    this.#shown = figure && this.#style && { figure, placement: play(this.#canvas, this.#style, figure) };
    const { proofs } = this.#model;
    const say = ({ facts, outcome }: Proof) =>
      outcome ? [`${facts.label}: at least ${percent(outcome.percent)} by ${scientific(outcome.flops)} FLOPs`] : [];
    const best = proofs.filter(({ frontier }) => frontier).flatMap(say);
    const selected = proofs.filter(({ facts }) => facts.strategy === this.#selected).flatMap(say);
    const parts = [best.length ? `On the frontier: ${best.join('; ')}` : 'Nothing is proven yet', ...selected.map((text) => `Ringed: ${text}`)];
    this.#canvas.setAttribute('aria-label', `Frontier of bounds against proof lengths. ${parts.join('. ')}.`);
  }

  #figure(): Figure | undefined {
    const model = this.#model;
    if (!model || !this.#style?.width || !this.#style.height) return;
    const { width, height } = this.#style;
    if (this.#plot) return this.#ask((plot) => plot.figure(proven(model), { width, height, selected: this.#selected }));
    return this.#isShipped(model) ? this.#shipped.figure : undefined;
  }

  #isShipped({ facts }: Model): boolean {
    return facts.sha256 === this.#shipped.facts.sha256;
  }

  /** What plotters says; should it fail, the rest of the page goes on. */
  #ask<T>(question: (plot: Plot) => T): T | undefined {
    if (!this.#plot) return undefined;
    try {
      return question(this.#plot);
    } catch (error) {
      if (!this.#isTold) this.#failed(`The figure cannot be drawn; the table has its numbers. The reason: ${told(error)}`);
      this.#isTold = true;
      return undefined;
    }
  }

  #nearest(x: number, y: number): string | null {
    if (!this.#shown) return null;
    const { figure, placement } = this.#shown;
    let nearest: string | null = null;
    let least = REACH;
    for (const marker of figure.markers) {
      const distance = Math.hypot(placement.left + placement.scale * marker.x - x, placement.top + placement.scale * marker.y - y);
      if (distance < least) [nearest, least] = [marker.id, distance];
    }
    return nearest;
  }

  /** A query holds for one resolution only: after each change (zoom, another screen) there is another to listen to. */
  #watchRatio() {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
      'change',
      () => {
        this.#draw();
        this.#watchRatio();
      },
      { once: true },
    );
  }
}

/** The proofs of a model as points, and brute force as their baseline: up to the least accuracy that a proof shows not to be exceeded. */
function proven({ facts: { classes, baseline_flops: flops }, proofs }: Model): Proven {
  const markers = new Map(classes.map((each) => [each.class, each.marker]));
  const points = proofs.flatMap(({ facts, outcome }) =>
    outcome ? [{ ...facts, id: facts.strategy, marker: markers.get(facts.class) ?? '', flops: outcome.flops, bound: outcome.bound }] : [],
  );
  const accuracy = Math.min(1, ...proofs.map(({ outcome }) => outcome?.upper_bound ?? 1));
  return { points, baseline: { flops, accuracy } };
}
