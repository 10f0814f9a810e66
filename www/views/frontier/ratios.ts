/**
 * The chosen proof’s bound against σ₁/σ₂ of attention, a mark for each model of the gallery of this
 * K. Fetched when it is first asked for.
 */

import { t } from '../../languages/language.js';
import { namedBy } from '../../tasks/max-of-k/gallery.js';
import type { Named } from '../../state/gallery.js';
import './ratios.css';
import { download } from '../../engine/download.js';
import { GALLERY, type Model, type Proof } from '../../state/model.js';
import { Drawing } from '../../ui/drawing.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import type { Table } from '../../ui/export/table.js';
import { capital } from '../../ui/format.js';
import { inWords, spearman } from './correlation.js';
import { type Dot, nameOf, RatioMarks } from './ratio-marks.js';

/** `ratios.json`, which the native program makes from its sweep over the gallery. */
interface Shipped {
  /** Bounds are whole numbers of this part of all inputs, rounded down. */
  parts: number;
  sizes: {
    k: number;
    strategies: string[];
    /** A ratio is null where σ₂ is 0, a bound where the proof was not run. */
    models: { file: string; ratio: number | null; bounds: (number | null)[] }[];
  }[];
}

/** What is shown, and where its marks lead. */
export interface Shown {
  model: Model;
  /** The proof whose bounds are shown. */
  proof: Proof | undefined;
  /** The part after # of a link to another model of this K. */
  link(model: Named): string;
}

/** Fetches the ratios, and makes their figure in the place of `frontier`. */
export async function open(frontier: HTMLElement, problem: (text: string) => void): Promise<Ratios> {
  return new Ratios(frontier, await download('models/max-of-k/ratios.json', (response) => response.json() as Promise<Shipped>), problem);
}

export class Ratios {
  readonly #shipped: Shipped;
  readonly #frontier: HTMLElement;
  readonly #canvas = make('canvas', { role: 'img' });
  readonly #reading = make('p', { class: 'reading' });
  readonly #said = make('p');
  readonly #element = make('div', { class: 'ratios', hidden: '' });
  readonly #marks: RatioMarks;
  readonly #drawing: Drawing;
  #shown: Shown | undefined;
  #dots: Dot[] = [];

  constructor(frontier: HTMLElement, shipped: Shipped, problem: (text: string) => void) {
    this.#frontier = frontier;
    this.#shipped = shipped;
    this.#marks = new RatioMarks(this.#canvas, (dot) => (this.#reading.textContent = dot ? `${nameOf(dot)}.` : HINT));
    this.#drawing = new Drawing(
      this.#canvas,
      (plot, { width, height }) => {
        const points = Float64Array.from(this.#dots.flatMap(({ ratio, bound }) => [ratio, bound]));
        const at = this.#dots.findIndex(({ isOpen }) => isOpen);
        // Bounds that are all close to 100 % are told apart by what they leave missing.
        const scale = this.#dots.every(({ bound }) => bound > 0.5) ? 'missing' : 'accuracy';
        const name = width < 480 ? t`σ₁/σ₂ of attention` : t`σ₁/σ₂ of attention: how close it is to rank 1 (log scale)`;
        return plot.scatter(points, scale, name, at < 0 ? undefined : at, t`seed ${this.#dots[at]?.seed}, open`, width, height);
      },
      problem,
      () => this.#marks.show(this.#dots, this.#drawing.drawn?.figure.markers ?? []),
    );
    const menu = exportButton({
      name: 'ratios',
      title: t`Bounds against σ₁/σ₂ over the gallery`,
      element: this.#element,
      model: () => this.#shown?.model,
      table: () => (this.#dots.length ? this.#table() : undefined),
      drawn: () => this.#drawing.drawn && { figures: [{ name: '', figure: this.#drawing.drawn.figure }], style: this.#drawing.drawn.style },
    });
    this.#element.append(make('div', { class: 'plane' }, this.#canvas, this.#marks.element), this.#reading, this.#said, menu);
    this.#frontier.after(this.#element);
  }

  /** Shows it in place of the frontier; without anything to show, the frontier again. */
  show(shown: Shown | undefined) {
    this.#element.hidden = !shown;
    this.#frontier.hidden = !!shown;
    this.#shown = shown;
    if (!shown) return;
    const { model, proof } = shown;
    this.#dots = this.#dotsOf(shown);
    const name = proof && capital(proof.facts.label);
    const count = this.#dots.length;
    const about = t`${name}: ${count} models of K = ${model.facts.n}`;
    const said = count
      ? t`${about}. Over these, ${inWords(spearman(this.#dots.map(({ ratio, bound }) => [ratio, bound])), count)}. That is an observation over ${count} models, not a proof. Bounds are of all inputs.`
      : !proof
        ? t`Choose a proof: its bounds for all models of this K are shown here.`
        : t`The gallery has no bounds of ${proof.facts.label} for models of this size.`;
    if (this.#said.textContent !== said) this.#said.textContent = said;
    if (!this.#reading.textContent) this.#reading.textContent = HINT;
    const open = this.#dots.find(({ isOpen }) => isOpen);
    this.#canvas.setAttribute('aria-label', [t`Bounds against σ₁/σ₂.`, said, ...(open ? [t`Ringed: ${nameOf(open)}.`] : [])].join(' '));
    this.#drawing.draw();
    if (!count) this.#marks.show([], []);
  }

  #dotsOf({ model: { facts, source }, proof, link }: Shown): Dot[] {
    const { parts, sizes } = this.#shipped;
    const size = sizes.find(({ k }) => k === facts.n && facts.v === 64);
    const at = size?.strategies.indexOf(proof?.facts.strategy ?? '') ?? -1;
    return (size?.models ?? []).flatMap(({ file, ratio, bounds }) => {
      const [bound, seed] = [bounds[at] ?? null, Number(/_s(\d+)\./.exec(file)?.[1])];
      if (bound === null || ratio === null) return [];
      return [{ seed, ratio, bound: bound / parts, isOpen: source === GALLERY && file === facts.file, link: link(namedBy(facts.n, seed)) }];
    });
  }

  #table(): Table {
    return {
      columns: [
        { key: 'seed', title: t`Seed` },
        { key: 'ratio', title: t`σ₁/σ₂ of attention` },
        { key: 'bound', title: t`Accuracy at least`, unit: t`part of all inputs` },
        { key: 'open', title: t`Is open` },
      ],
      rows: this.#dots.map(({ seed, ratio, bound, isOpen }) => [seed, ratio, bound, isOpen]),
    };
  }
}

const HINT = t`Each mark is a model: further right, its attention is closer to rank 1; a click opens it.`;
