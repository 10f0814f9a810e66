/**
 * The plot of bounds against proof lengths: the shipped figure until the plotting module is here,
 * live ones from then on.
 */

import { t } from '../../languages/language.js';
import { ladderOf } from '../../state/ladder.js';
import { percent, steps, told } from '../../ui/format.js';
import type { Figure, Metrics } from '../../pkg/plot.js';
import { exportButton } from '../../ui/export/button.js';
import { get, rootOf } from '../../ui/element.js';
import { type Placement, play, roomOf, type Style, styleOf, watchStyle } from '../../ui/player.js';
import { type Plot, plotters } from '../../ui/plotters.js';
import type { Model, Proof, Shipped } from '../../state/model.js';
import type { First } from '../../tasks/task.js';
import type { Axes } from './axes.js';
import type { Compared } from './compare.js';
import { Marks } from './marks.js';
import { proven } from './points.js';
import { DOUBT, inFull } from '../../state/uncertain.js';

/**
 * What is shipped of a model, with its figure, for the first paint; `narrow` is for narrow places.
 */
export type Pictured = Shipped & { figure: Figure; narrow?: Figure; metrics: Metrics };

/** What the figure shows of a model. */
export interface Seen {
  model: Model;
  /** The proof whose mark has a ring: the one under the pointer, or else the chosen one. */
  ringed: string | null;
  /** The proof that is chosen. */
  chosen: string | null;
  /** Steps that a proof may take. */
  budget: number | null;
  axes: Axes;
  compared: Compared;
  /** Whether a proof is shown. */
  passes(proof: Proof): boolean;
}

type Size = Pick<Style, 'width' | 'height'>;

/** What the figure shows, by its vertical axis. */
const nameOf = (scale: Axes['scale']) =>
  scale === 'accuracy'
    ? t`Frontier of bounds`
    : scale === 'missing'
      ? t`What bounds leave missing`
      : scale === 'unexplained'
        ? t`Unexplained dimensions`
        : '';

export class Frontier {
  readonly #canvas: HTMLCanvasElement;
  readonly #shipped: First;
  readonly #failed: (why: string) => void;
  /**
   * As it was after the last layout or theme that changed it; undefined until the canvas is laid
   * out.
   */
  #style: Style | undefined;
  #plot: Plot | undefined;
  /** Whether it has been told that plotters fails; once is enough. */
  #isTold = false;
  readonly #marks: Marks;
  #seen: Seen | undefined;
  /** What the canvas shows, in a style, and where. */
  #drawn: { figure?: Figure; style?: Style; placement?: Placement } = {};
  /** The last answer of plotters, and the question as JSON: most updates change nothing of it. */
  #made: { asked: string; figure: Figure | undefined } | undefined;

  /**
   * `point` is told what is under the pointer, `choose` what was picked, `failed` why there is no
   * figure.
   */
  constructor(
    canvas: HTMLCanvasElement,
    shipped: First,
    point: (strategy: string | null) => void,
    choose: (strategy: string) => void,
    failed: (why: string) => void,
  ) {
    this.#canvas = canvas;
    this.#shipped = shipped;
    this.#failed = failed;
    const root = rootOf(canvas);
    this.#marks = new Marks(root, point, choose);
    new ResizeObserver(() => this.restyle()).observe(canvas);
    watchStyle(this);
    const exported = {
      name: 'frontier',
      title: t`Frontier of bounds against proof lengths`,
      element: get('frontier-figure', HTMLElement, root),
      model: () => this.#seen?.model,
      table: async () => {
        const { frontierTable } = await import('./table.js');
        if (!this.#seen) return undefined;
        const { model, compared, passes } = this.#seen;
        return frontierTable(
          model,
          model.proofs.filter((proof) => proof.outcome && passes(proof)),
          compared,
        );
      },
      drawn: () => this.#drawn.figure && this.#style && { figures: [{ name: '', figure: this.#drawn.figure }], style: this.#style },
    };
    get('axes', HTMLElement, root).append(exportButton(exported));
  }

  /** Draws in the colours, the size and the pixel density that now hold. */
  restyle() {
    this.#style = styleOf(this.#canvas);
    this.#draw();
  }

  /**
   * Fetches plotters; from then on, figures that are shown are made for this page's size and
   * results.
   */
  async live() {
    this.#plot = await plotters();
  }

  /**
   * How good the frontier of the proofs of a model is that pass, and which are on it; as shipped of
   * all until the plotting module is here.
   */
  metrics(model: Model, passes: Seen['passes'] = () => true): Metrics | undefined {
    if (this.#plot) return this.#ask((plot) => plot.metrics(proven(model, passes)));
    return this.#isShipped(model) ? this.#shipped.metrics : undefined;
  }

  /**
   * Marks what no other beats: those of the proofs that pass, and of the bounds with coins among
   * them.
   */
  mark(model: Model, passes?: Seen['passes']) {
    const best = this.metrics(model, passes)?.frontier ?? [];
    for (const proof of model.proofs) proof.frontier = best.includes(proof.facts.strategy) && (passes?.(proof) ?? true);
    if (!model.uncertain.length) return;
    const withCoins = this.#ask((plot) => plot.bestButFor(proven(model, passes), DOUBT)) ?? [];
    for (const bound of model.uncertain) bound.frontier = withCoins.includes(bound.id);
  }

  show(seen: Seen) {
    this.#seen = seen;
    this.#draw();
  }

  /** What it shows, as a figure of another size; undefined while there is none. */
  picture(size: Size): Figure | undefined {
    return this.#seen && this.#figure(this.#seen, size);
  }

  #draw() {
    const seen = this.#seen;
    if (!seen) return;
    const [figure, style] = [this.#figure(seen), this.#style];
    // That of another model would be a lie.
    if (!figure) this.#canvas.width = 0;
    if (!figure || !style) this.#drawn = {};
    else if (figure !== this.#drawn.figure || style !== this.#drawn.style)
      this.#drawn = { figure, style, placement: play(this.#canvas, style, figure) };
    const { placement } = this.#drawn;
    // A picture that was made before has no ring and no budget: the marks show both.
    this.#canvas.parentElement?.classList.toggle('recorded', !this.#plot);
    const { proofs, uncertain } = seen.model;
    this.#marks.show(figure, placement, seen.model, seen.chosen);
    const say = ({ facts, outcome }: Proof) =>
      outcome ? [t`${facts.label}: at least ${percent(outcome.percent)} by ${steps(outcome.flops)} FLOPs`] : [];
    const best = ladderOf(proofs).flatMap(say);
    const ringed = proofs.filter(({ facts }) => facts.strategy === seen.ringed).flatMap(say);
    const ends = best.length > 1 ? t`${best.length} proofs, from ${best[0]} to ${best.at(-1)}` : best.join('');
    const parts = [
      best.length ? t`On the frontier: ${ends}` : t`Nothing is proven yet`,
      ...uncertain.map(inFull),
      ...ringed.map((text) => t`Ringed: ${text}`),
      ...seen.compared.said,
    ];
    this.#canvas.setAttribute('aria-label', t`${nameOf(seen.axes.scale)} against proof lengths. ${parts.join('. ')}.`);
  }

  #figure(
    { model, ringed, budget, axes: { zoom, scale }, compared: { others, spread }, passes }: Seen,
    size: Size | undefined = this.#style && roomOf(this.#style),
  ): Figure | undefined {
    const { width = 0, height = 0 } = size ?? {};
    // Bounds against ratios are another figure, in the place of this one.
    if (scale === 'ratio' || !width || !height) return;
    const options = { width, height, selected: ringed, delta: DOUBT, budget, zoom, scale, others, spread };
    if (this.#plot) {
      const points = proven(model, passes);
      const asked = JSON.stringify([points, options]);
      if (asked !== this.#made?.asked) this.#made = { asked, figure: this.#ask((plot) => plot.figure(points, options)) };
      return this.#made.figure;
    }
    if (!this.#isShipped(model)) return undefined;
    const { figure: wide, narrow = wide } = this.#shipped;
    return wide && narrow && width < (narrow.width + wide.width) / 2 ? narrow : wide;
  }

  #isShipped({ facts, over }: Model): boolean {
    return !over && facts.sha256 === this.#shipped.facts.sha256;
  }

  /** What plotters says; should it fail, the rest of the page goes on. */
  #ask<T>(question: (plot: Plot) => T): T | undefined {
    if (!this.#plot) return undefined;
    try {
      return question(this.#plot);
    } catch (error) {
      if (!this.#isTold) this.#failed(t`The figure cannot be drawn; the table has its numbers. The reason: ${told(error)}`);
      this.#isTold = true;
      return undefined;
    }
  }
}
