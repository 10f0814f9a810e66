/** The plot of bounds against proof lengths: shipped figures until the plotting module is here, live ones from then on. */

import { compile } from '../../engine/download.js';
import { percent, scientific, told } from '../../ui/format.js';
import type { Figure, FrontierInput, Metrics } from '../../pkg/plot.js';
import plotUrl from '../../pkg/plot_bg.wasm?url';
import { type Placement, play, type Style } from '../../ui/player.js';
import type { Model, Proof, Shipped } from '../../state/model.js';

type Theme = 'light' | 'dark';
/** What is shipped with the default model's figures, for the first paint. */
export type Pictured = Shipped & { figures: Record<Theme, { wide: Figure; narrow: Figure }> };

type Plot = Pick<typeof import('../../pkg/plot.js'), 'frontier' | 'metrics'>;

/** CSS pixels around a mark that belong to it, unless another is nearer: a finger is not a needle. */
const REACH = 14;

export class Frontier {
  readonly #canvas: HTMLCanvasElement;
  readonly #shipped: Pictured;
  readonly #failed: (why: string) => void;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  /** As it was after the last layout that changed it. */
  #style: Style = { width: 0, height: 0, fontFamily: '' };
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
    new ResizeObserver(() => {
      this.#style = { width: canvas.clientWidth, height: canvas.clientHeight, fontFamily: getComputedStyle(canvas).fontFamily };
      this.#draw();
    }).observe(canvas);
    this.#dark.addEventListener('change', () => this.#draw());
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
    const [plot, module] = await Promise.all([import('../../pkg/plot.js'), compile(plotUrl)]);
    await plot.default({ module_or_path: module });
    this.#plot = plot;
  }

  /** How good the frontier is, once plotters is here. */
  metrics(): Metrics | undefined {
    return this.#model && this.#ask((plot, model) => plot.metrics(this.#input(model)));
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
    this.#shown = figure && { figure, placement: play(this.#canvas, this.#style, figure) };
    const { proofs } = this.#model;
    const say = ({ facts, outcome }: Proof) =>
      outcome ? [`${facts.label}: at least ${percent(outcome.percent)} by ${scientific(outcome.flops)} FLOPs`] : [];
    const best = proofs.filter(({ frontier }) => frontier).flatMap(say);
    const selected = proofs.filter(({ facts }) => facts.strategy === this.#selected).flatMap(say);
    const parts = [best.length ? `On the frontier: ${best.join('; ')}` : 'Nothing is proven yet', ...selected.map((text) => `Ringed: ${text}`)];
    this.#canvas.setAttribute('aria-label', `Frontier of bounds against proof lengths. ${parts.join('. ')}.`);
  }

  #figure(): Figure | undefined {
    const { width, height } = this.#style;
    if (!this.#model || !width || !height) return;
    if (this.#plot) return this.#ask((plot, model) => plot.frontier(this.#input(model)));
    const { facts, figures } = this.#shipped;
    return facts.sha256 === this.#model.facts.sha256 ? figures[this.#theme][width < 480 ? 'narrow' : 'wide'] : undefined;
  }

  /** What plotters says; should it fail, the rest of the page goes on. */
  #ask<T>(question: (plot: Plot, model: Model) => T): T | undefined {
    if (!this.#plot || !this.#model) return undefined;
    try {
      return question(this.#plot, this.#model);
    } catch (error) {
      if (!this.#isTold) this.#failed(`The figure cannot be drawn; the table has its numbers. The reason: ${told(error)}`);
      this.#isTold = true;
      return undefined;
    }
  }

  #input({ facts: { v, d, h, n }, proofs }: Model): FrontierInput {
    const { width, height } = this.#style;
    const outcomes = proofs.flatMap(({ outcome }) => outcome ?? []);
    // A proof from a certificate has a name of its own; plotters knows that of its strategy.
    const chosen = proofs.find(({ facts }) => facts.strategy === this.#selected);
    return { outcomes, width, height, theme: this.#theme, selected: chosen?.outcome?.strategy ?? this.#selected, v, d, h, n };
  }

  get #theme(): Theme {
    return this.#dark.matches ? 'dark' : 'light';
  }

  #nearest(x: number, y: number): string | null {
    if (!this.#shown) return null;
    const { figure, placement } = this.#shown;
    let nearest: string | null = null;
    let least = REACH;
    for (const marker of figure.markers) {
      const distance = Math.hypot(placement.left + placement.scale * marker.x - x, placement.top + placement.scale * marker.y - y);
      if (distance < least) [nearest, least] = [marker.strategy, distance];
    }
    return this.#model?.proofs.find(({ outcome }) => outcome?.strategy === nearest)?.facts.strategy ?? null;
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
