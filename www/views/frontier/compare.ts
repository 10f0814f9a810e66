/**
 * What the figure is compared with: frontiers of other models of the gallery, and the spread over
 * all seeds of this K. Fetched when it is first asked for.
 */

import './compare.css';
import { download } from '../../engine/download.js';
import { t } from '../../languages/language.js';
import type { Budget, Other } from '../../pkg/plot.js';
import type { Model } from '../../state/model.js';
import { make } from '../../ui/element.js';
import { count, percent, steps } from '../../ui/format.js';
import type { Looks } from '../../app/address.js';

/** `frontiers.json`, which the native program makes from its sweep over the gallery. */
interface Shipped {
  made_from: { models: number; rows: number };
  /** Bounds are whole numbers of this part of all inputs, rounded down. */
  parts: number;
  sizes: {
    k: number;
    strategies: [name: string, unexplained: number][];
    models: { file: string; proofs: [strategy: number, flops: number, bound: number][] }[];
    spread: [flops: number, bounds: Budget['bounds']][];
  }[];
}

/** What is drawn, and what is said of it. */
export interface Compared {
  others: Other[];
  spread: Budget[];
  said: string[];
}

/** What an address says of it. */
export type Choice = Pick<Looks, 'with' | 'spread'>;

/** Most models beside the present one: each has a style of its own. */
const MOST = 4;
/** The mark of each of the others, and how its line is dashed. */
const STYLES = [['□', t`long dashes`], ['◇', t`dots`], ['△', t`longest dashes`], ['▽', t`dashes far apart`]] as const;
const SPREAD = [t`least`, t`lower quartile`, t`median`, t`upper quartile`, t`most`];

/** A part of all inputs in percent, rounded down to two decimals. */
const down = (bound: number, parts: number) => percent((Math.floor((bound * 10_000) / parts) / 100).toFixed(2));

/** Fetches the frontiers of the gallery. */
const fetched = () => download('models/max-of-k/frontiers.json', (response) => response.json() as Promise<Shipped>);

/**
 * Shows the controls in `place`; `choose` hears what the user chooses, `problem` what is wrong with
 * an address.
 */
export async function open(place: HTMLElement, choose: (choice: Choice) => void, problem: (text: string) => void): Promise<Compare> {
  return new Compare(await fetched(), place, choose, problem);
}

export class Compare {
  readonly #shipped: Shipped;
  readonly #choose: (choice: Choice) => void;
  readonly #problem: (text: string) => void;
  readonly #k = make('select', { 'aria-label': t`K of another model` });
  readonly #seed = make('select', { 'aria-label': t`Seed of another model` });
  readonly #add = make('button', { type: 'button' }, t`Add`);
  readonly #list = make('ul', { class: 'others' });
  readonly #spread = make('input', { type: 'checkbox' });
  readonly #spreadName = make('span');
  readonly #table = make('table');
  #choice: Choice = { with: '', spread: '0' };
  /** What has been told to be unknown. */
  #told = '';

  constructor(shipped: Shipped, place: HTMLElement, choose: (choice: Choice) => void, problem: (text: string) => void) {
    this.#shipped = shipped;
    this.#choose = choose;
    this.#problem = problem;
    for (const { k } of shipped.sizes) this.#k.append(make('option', { value: String(k) }, `K = ${k}`));
    this.#k.addEventListener('change', () => this.#listSeeds());
    this.#add.addEventListener('click', () => this.#pick([...this.#names, `${this.#k.value}-${this.#seed.value}`]));
    this.#spread.addEventListener('change', () => this.#choose({ ...this.#choice, spread: this.#spread.checked ? '1' : '0' }));
    this.#listSeeds();
    const { models, rows } = shipped.made_from;
    place.replaceChildren(
      make('p', { class: 'add' }, t`Compare with`, this.#k, this.#seed, this.#add),
      this.#list,
      make('label', {}, this.#spread, this.#spreadName),
      this.#table,
      make(
        'p',
        { class: 'hint' },
        t`From a sweep of ${models} models: ${count(rows)} proofs by the native program. Bounds are rounded down.`,
      ),
    );
  }

  /**
   * Takes a choice; returns what to draw beside a model, and shows what it proves with `budget`
   * FLOPs.
   */
  show(choice: Choice, { facts, proofs }: Model, budget: number | null): Compared {
    this.#choice = choice;
    const found = this.#names.flatMap((name) => {
      const one = this.#find(name);
      return one ? [{ name, ...one }] : [];
    });
    this.#tellUnknown(choice.with);
    const size = this.#shipped.sizes.find(({ k }) => k === facts.n && facts.v === 64);
    this.#spread.checked = choice.spread === '1' && !!size;
    this.#spread.disabled = !size;
    this.#spreadName.textContent = size
      ? t`Spread over all ${size.models.length} seeds of K = ${size.k}`
      : t`The gallery has no models of this size`;
    this.#add.disabled = found.length >= MOST;
    this.#list.replaceChildren(
      ...found.map(({ name, label }, i) => {
        const remove = make('button', { type: 'button', 'aria-label': t`Remove ${label}` }, '✕');
        remove.addEventListener('click', () => this.#pick(this.#names.filter((each) => each !== name)));
        const [mark, dashes] = STYLES[i % MOST] ?? STYLES[0];
        return make('li', {}, make('span', { class: 'mark', 'aria-hidden': 'true' }, mark), `${label}, ${dashes}`, remove);
      }),
    );
    const spread = this.#spread.checked && size ? size.spread : [];
    const own = Math.max(
      0,
      ...proofs.flatMap(({ outcome }) => (outcome && (budget === null || outcome.flops <= budget) ? [outcome.bound] : [])),
    );
    const rows = found.map(({ label, best }) => [label, down(best(budget), this.#shipped.parts)] as const);
    const at = spread.findLast(([flops]) => budget === null || flops <= budget)?.[1] ?? [0, 0, 0, 0, 0];
    const quartiles = spread.length ? SPREAD.map((name, i) => [t`All seeds: ${name}`, down(at[i] ?? 0, this.#shipped.parts)] as const) : [];
    this.#showTable(budget, [[t`This model`, down(own, 1)], ...rows, ...quartiles]);
    const said = [
      ...found.map(
        ({ label, proofs, best }) =>
          t`Overlaid: ${label}, ${proofs.length} proofs on its frontier, the best of them at least ${down(best(null), this.#shipped.parts)}`,
      ),
      ...(spread.length && size
        ? [t`Behind it: least, quartiles and most of the best bounds of all ${size.models.length} seeds of K = ${size.k}`]
        : []),
    ];
    const { parts } = this.#shipped;
    return {
      others: found.map(({ label, proofs }) => ({ label, proofs })),
      spread: spread.map(([flops, bounds]) => ({ flops, bounds: bounds.map((bound) => bound / parts) as Budget['bounds'] })),
      said,
    };
  }

  get #names(): string[] {
    return this.#choice.with ? this.#choice.with.split(',') : [];
  }

  #pick(names: string[]) {
    this.#choose({ ...this.#choice, with: [...new Set(names)].join(',') });
  }

  #listSeeds() {
    const size = this.#shipped.sizes.find(({ k }) => String(k) === this.#k.value);
    const seeds = size?.models.map(({ file }) => Number(seedOf(file))).sort((a, b) => a - b) ?? [];
    this.#seed.replaceChildren(...seeds.map((seed) => make('option', { value: String(seed) }, t`seed ${seed}`)));
  }

  /** The frontier of a model that an address names as `4-50`. */
  #find(name: string) {
    const [k, seed] = name.split('-');
    const size = this.#shipped.sizes.find((each) => String(each.k) === k);
    const model = size?.models.find(({ file }) => seedOf(file) === seed);
    if (!size || !model) return undefined;
    const { parts } = this.#shipped;
    const proofs = model.proofs.map(([strategy, flops, bound]) => ({
      flops,
      bound: bound / parts,
      unexplained_dimension: size.strategies[strategy]?.[1] ?? 0,
    }));
    const best = (budget: number | null) => model.proofs.findLast(([, flops]) => budget === null || flops <= budget)?.[2] ?? 0;
    return { label: t`K = ${k}, seed ${seed}`, proofs, best };
  }

  #tellUnknown(names: string) {
    if (names === this.#told) return;
    this.#told = names;
    const unknown = this.#names.filter((name) => !this.#find(name));
    if (unknown.length)
      this.#problem(t`“with=${names}” in the address: the gallery has no model ${unknown.join(', ')} (K-seed). The others are shown.`);
  }

  #showTable(budget: number | null, rows: (readonly [string, string])[]) {
    const said = budget === null ? t`proofs of any length` : t`at most ${steps(budget)} steps`;
    const row = ([name, bound]: readonly [string, string]) => make('tr', {}, make('th', { scope: 'row' }, name), make('td', {}, bound));
    this.#table.replaceChildren(make('caption', {}, t`Best bound by ${said}`), make('tbody', {}, ...rows.map(row)));
  }
}

/** The seed in the name of a file of the gallery, such as `max4_v64_s50.safetensors`. */
const seedOf = (file: string) => /_s(\d+)\./.exec(file)?.[1];
