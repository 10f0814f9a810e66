/**
 * The network's matrices as the proofs see them: pictures, singular values, and how well attention
 * is approximated.
 */

import './weights.css';
import { Cancelled } from '../../engine/client.js';
import { t } from '../../languages/language.js';
import type { MatrixFacts } from '../../pkg/explain.js';
import type { Model } from '../../state/model.js';
import { Drawing, drawnOf } from '../../ui/drawing.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { told } from '../../ui/format.js';
import { real } from '../../ui/real.js';
import type { Host, Shown, ViewOf } from '../view.js';
import { Ablate } from './ablate.js';
import { bars } from './draw.js';
import { ErrorTable } from './errors.js';
import { Maps } from './maps.js';
import { Scores } from './scores.js';
import { singularTable } from './tables.js';

/** Singular values that are shown, the largest. */
const BARS = 12;

export const open = (parent: HTMLElement, host: Host): ViewOf => new Weights(parent, host);

class Weights implements ViewOf {
  readonly #host: Host;
  readonly #select = make('select', { id: 'weights-matrix', disabled: '' });
  readonly #about = make('p', { class: 'about' });
  readonly #problem = make('p', { class: 'alarm', role: 'alert' });
  readonly #again = make('button', { type: 'button', hidden: '' }, t`Try again`);
  readonly #pictures = make('div', { class: 'pictures' });
  readonly #maps: Maps;
  readonly #canvas = make('canvas', { role: 'img' });
  readonly #caption = make('figcaption');
  readonly #chart = make('figure', { class: 'singular' }, this.#caption, this.#canvas);
  readonly #singular: Drawing;
  readonly #ablate: Ablate;
  readonly #scores: Scores;
  readonly #errors: ErrorTable;
  #model: Model | undefined;
  #matrices: MatrixFacts[] = [];
  /** Identifier of the matrix that is asked for; empty for the first. */
  #wanted = '';

  constructor(parent: HTMLElement, host: Host) {
    this.#host = host;
    this.#ablate = new Ablate(host);
    this.#scores = new Scores(host);
    this.#maps = new Maps(host, (why) => this.#fail(why));
    this.#singular = new Drawing(
      this.#canvas,
      (plot, style) => this.#matrix && bars(plot, this.#largest, t`singular value`, style),
      (why) => this.#fail(why),
    );
    this.#errors = new ErrorTable(host);
    const menu = exportButton({
      name: 'singular-values',
      title: t`Singular values`,
      element: this.#chart,
      model: () => host.model(),
      table: () => this.#matrix && singularTable(this.#matrix),
      drawn: () => drawnOf({ '': this.#singular }),
    });
    this.#chart.append(menu);
    this.#select.addEventListener('change', () => {
      const { value } = this.#select;
      host.within({ matrix: value === this.#matrices[0]?.id ? '' : value });
    });
    this.#again.addEventListener('click', () => {
      this.#clear();
      this.#maps.load();
      this.#singular.load();
      if (!this.#matrices.length) void this.#ask();
    });
    this.#pictures.append(this.#maps.element, this.#chart);
    const choice = make('p', { class: 'choice' }, make('label', { for: 'weights-matrix' }, t`Matrix`), this.#select);
    parent.append(
      make(
        'div',
        { class: 'weights' },
        choice,
        this.#about,
        this.#problem,
        this.#again,
        this.#pictures,
        this.#ablate.element,
        this.#scores.element,
        this.#errors.element,
      ),
    );
  }

  show({ model, within: { matrix } }: Shown) {
    this.#errors.show(model.attention, model.facts.d);
    this.#ablate.show(model);
    this.#scores.show(model);
    const isOther = matrix !== this.#wanted;
    this.#wanted = matrix;
    if (model === this.#model) {
      if (isOther) this.#choose();
      return;
    }
    this.#model = model;
    this.#clear();
    this.#matrices = [];
    this.#select.disabled = true;
    this.#pictures.classList.add('stale');
    // The page's own model is shown before its weights have come.
    if (model.bytes) void this.#ask();
  }

  get #matrix(): MatrixFacts | undefined {
    return this.#matrices.find(({ id }) => id === this.#select.value) ?? this.#matrices[0];
  }

  /** The singular values that are shown; zeros have no place on a logarithmic axis. */
  get #largest(): number[] {
    return this.#matrix?.singular_values.slice(0, BARS).filter((value) => value > 0) ?? [];
  }

  async #ask() {
    const model = this.#model;
    try {
      const matrices = await this.#host.explain.matrices();
      if (model !== this.#model) return;
      this.#matrices = matrices;
      this.#select.replaceChildren(...matrices.map(({ id, label }) => make('option', { value: id }, label)));
      this.#select.disabled = false;
      this.#pictures.classList.remove('stale');
      this.#choose();
    } catch (error) {
      if (model === this.#model && !(error instanceof Cancelled)) this.#fail(told(error));
    }
  }

  /** Shows the matrix that is asked for. */
  #choose() {
    if (!this.#matrices.length) return;
    if (this.#wanted && !this.#matrices.some(({ id }) => id === this.#wanted)) return this.#host.refuse('matrix');
    this.#select.value = this.#wanted || (this.#matrices[0]?.id ?? '');
    this.#showMatrix();
  }

  #showMatrix() {
    const matrix = this.#matrix;
    if (!matrix) return;
    this.#about.textContent = matrix.about;
    this.#maps.show(matrix);
    const [largest, all] = [this.#largest, matrix.singular_values.length];
    this.#chart.hidden = !all;
    this.#caption.textContent = t`Singular values: the ${largest.length} largest of ${all}`;
    this.#canvas.setAttribute('aria-label', t`Singular values: ${largest.map(real).join('; ')}`);
    this.#singular.draw();
  }

  #clear() {
    this.#problem.textContent = '';
    this.#again.hidden = true;
  }

  #fail(why: string) {
    this.#problem.textContent = why;
    this.#again.hidden = false;
  }
}
