/** The choice of the figure's axes, and of what it is compared with. */

import type { Looks } from '../../app/address.js';
import { t } from '../../languages/language.js';
import { get, make, rootOf } from '../../ui/element.js';
import type { Model } from '../../state/model.js';
import type { Compare, Compared } from './compare.js';
import type { Ratios, Shown } from './ratios.js';

/** What the figure's controls change. */
export type Axes = Pick<Looks, 'zoom' | 'scale' | 'with' | 'spread'>;

/** The vertical axes, as the menu names them. */
const scales = (): Record<Axes['scale'], string> => ({
  accuracy: t`Proven accuracy`,
  missing: t`Missing accuracy, log scale`,
  unexplained: t`Unexplained dimension, log scale`,
  ratio: t`Bound against σ₁/σ₂, all seeds`,
});
const NOTHING: Compared = { others: [], spread: [], said: [] };

export class AxesControl {
  readonly #all = make('input', { type: 'checkbox' });
  readonly #scale = make('select', {}, ...Object.entries(scales()).map(([value, name]) => make('option', { value }, name)));
  readonly #more = make('button', { type: 'button', 'aria-expanded': 'false', 'aria-controls': 'compare' }, t`Compare…`);
  readonly #place: HTMLElement;
  readonly #changed: (axes: Partial<Axes>) => void;
  readonly #problem: (text: string, retry?: () => void) => void;
  #compare: Compare | undefined;
  #fetched = false;
  #ratios: Promise<Ratios> | undefined;
  /** What is shown instead of the frontier, if anything. */
  #shown: Shown | undefined;

  /**
   * `changed` hears what the user chooses, or that there is more to draw; `problem` what is wrong;
   * `compares` whether the gallery's models can be compared.
   */
  constructor(
    parent: HTMLElement,
    changed: (axes: Partial<Axes>) => void,
    problem: (text: string, retry?: () => void) => void,
    compares: boolean,
  ) {
    this.#changed = changed;
    this.#problem = problem;
    this.#place = get('compare', HTMLElement, rootOf(parent));
    parent.append(make('label', {}, this.#all, t`Whole range`), make('label', {}, t`Up:`, this.#scale), ...(compares ? [this.#more] : []));
    if (!compares) this.#scale.querySelector('[value=ratio]')?.remove();
    this.#all.addEventListener('change', () => changed({ zoom: this.#all.checked ? 'all' : 'crowd' }));
    this.#scale.addEventListener('change', () => changed({ scale: this.#scale.value as Axes['scale'] }));
    this.#more.addEventListener('click', () => this.#open(!!this.#place.hidden));
  }

  show({ zoom, scale }: Axes) {
    this.#all.checked = zoom === 'all';
    this.#scale.value = scale;
  }

  /** What the figure of a model is compared with; nothing until that has arrived. */
  compared(axes: Axes, model: Model, budget: number | null): Compared {
    if (!this.#fetched && (axes.with || axes.spread === '1')) this.#open(true);
    return this.#compare?.show(axes, model, budget) ?? NOTHING;
  }

  /**
   * Shows bounds against σ₁/σ₂ instead of the frontier; the frontier again without anything to
   * show.
   */
  instead(shown: Shown | undefined) {
    this.#shown = shown;
    if (shown)
      this.#ratios ??= import('./ratios.js').then(({ open }) => open(get('plane', HTMLElement, rootOf(this.#place)), this.#problem));
    this.#ratios?.then(
      (ratios) => ratios.show(this.#shown),
      () => {
        this.#ratios = undefined;
        this.#problem(t`σ₁/σ₂ of the models did not arrive.`, () => this.instead(this.#shown));
      },
    );
  }

  #open(isOpen: boolean) {
    this.#place.hidden = !isOpen;
    this.#more.setAttribute('aria-expanded', String(isOpen));
    if (!this.#fetched) void this.#fetch();
  }

  async #fetch() {
    this.#fetched = true;
    try {
      const { open } = await import('./compare.js');
      this.#compare = await open(this.#place, this.#changed, this.#problem);
      this.#changed({});
    } catch {
      this.#problem(t`What to compare with did not arrive.`, () => void this.#fetch());
    }
  }
}
