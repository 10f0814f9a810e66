/** The plot of bounds against proof lengths: shipped figures until the plotting module is here, live ones from then on. */

import { compile } from './download.js';
import { percent, scientific } from './format.js';
import type { Figure } from './pkg/plot.js';
import plotUrl from './pkg/plot_bg.wasm?url';
import { type Placement, play } from './player.js';
import type { Model } from './session.js';

type Theme = 'light' | 'dark';
/** The default model's figures, for the first paint. */
export type Figures = Record<Theme, { wide: Figure; narrow: Figure }>;

/** CSS pixels around a mark that belong to it: a finger is not a needle. */
const REACH = 24;

export class Frontier {
  readonly #canvas: HTMLCanvasElement;
  readonly #figures: Figures;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  #frontier: typeof import('./pkg/plot.js').frontier | undefined;
  #model: Model | undefined;
  #selected: string | null = null;
  #shown: { figure: Figure; placement: Placement } | undefined;

  constructor(canvas: HTMLCanvasElement, figures: Figures, select: (strategy: string | null) => void) {
    this.#canvas = canvas;
    this.#figures = figures;
    new ResizeObserver(() => this.#draw()).observe(canvas);
    this.#dark.addEventListener('change', () => this.#draw());
    this.#watchRatio();
    const point = (event: PointerEvent) => select(this.#nearest(event.offsetX, event.offsetY));
    canvas.addEventListener('pointermove', point);
    canvas.addEventListener('pointerdown', point);
    canvas.addEventListener('pointerleave', () => select(null));
  }

  /** Fetches plotters; from then on figures are made for this page's size and results. */
  async live() {
    const [plot, module] = await Promise.all([import('./pkg/plot.js'), compile(plotUrl)]);
    await plot.default({ module_or_path: module });
    this.#frontier = plot.frontier;
    this.#draw();
  }

  show(model: Model, selected: string | null) {
    this.#model = model;
    this.#selected = selected;
    this.#draw();
  }

  #draw() {
    const figure = this.#figure();
    if (!figure || !this.#model) return;
    this.#shown = { figure, placement: play(this.#canvas, figure) };
    const proven = this.#model.proofs.flatMap(({ facts, outcome }) =>
      outcome ? [`${facts.label}: at least ${percent(outcome.percent)} by ${scientific(outcome.flops)} FLOPs`] : [],
    );
    this.#canvas.setAttribute('aria-label', `Frontier of bounds against proof lengths. ${proven.join('; ') || 'Nothing is proven yet'}.`);
  }

  #figure(): Figure | undefined {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (!this.#model || !width || !height) return;
    const theme = this.#dark.matches ? 'dark' : 'light';
    if (!this.#frontier) return this.#figures[theme][width < 480 ? 'narrow' : 'wide'];
    const { v, d, h, n } = this.#model.facts;
    const outcomes = this.#model.proofs.flatMap(({ outcome }) => outcome ?? []);
    return this.#frontier({ outcomes, width, height, theme, selected: this.#selected, v, d, h, n });
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
