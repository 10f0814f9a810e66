/**
 * What is trained, live: the network and one dictionary of each penalty, as arrows or as a map,
 * with the numbers that decide how long proofs are.
 */

import { t } from '../../languages/language.js';
import type { Arrows, HeatMapOptions } from '../../pkg/plot.js';
import type { DictionaryState, Measures, ToyState } from '../../pkg/superposition.js';
import { Drawing, type Picture } from '../../ui/drawing.js';
import { make } from '../../ui/element.js';
import { count, decimal, steps } from '../../ui/format.js';
import { word } from './glossary.js';
import type { PenaltyFacts } from './penalties.js';

/** Vectors of two numbers, row by row. */
const pairs = (all: readonly number[], width: number) =>
  Array.from({ length: all.length / width }, (_, i): [number, number] => [all[i * width] ?? 0, all[i * width + 1] ?? 0]);
const fixed = (x: number, decimals = 2) => decimal(x.toFixed(decimals));

/** One picture with its title and its numbers. */
export class Tile {
  readonly element: HTMLElement;
  readonly #drawing: Drawing;
  readonly #canvas = make('canvas', { role: 'img' });
  readonly #numbers = make('dl');
  #picture: Picture = () => undefined;

  constructor(title: readonly (Node | string)[], problem: (why: string) => void) {
    this.#canvas.setAttribute('aria-label', t`Nothing is trained yet.`);
    this.#drawing = new Drawing(this.#canvas, (plot, size) => this.#picture(plot, size), problem);
    this.element = make('article', { class: 'tile' }, make('h3', {}, ...title), this.#canvas, this.#numbers);
  }

  /** What it shows, for menus of figures. */
  get drawn() {
    return this.#drawing.drawn;
  }

  show(picture: Picture, said: string, numbers: readonly (readonly [name: Node | string, value: string])[]) {
    this.#picture = picture;
    if (this.#canvas.getAttribute('aria-label') !== said) this.#canvas.setAttribute('aria-label', said);
    this.#numbers.replaceChildren(...numbers.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
    this.#drawing.draw();
  }
}

/** A map with shades of both signs, as large as its canvas. */
const map =
  (rows: number, columns: number, values: readonly number[], names: Pick<HeatMapOptions, 'name' | 'row_name' | 'column_name'>): Picture =>
  (plot, { width, height }) =>
    plot.heatMap(rows, columns, Float32Array.from(values), new Uint8Array(), {
      ...names,
      width,
      height,
      shades: 'signed',
      color: 'ours',
      every: 5,
    });

const arrows = (kinds: readonly Arrows[]): Picture => (plot, { width, height }) => plot.arrows([...kinds], Math.min(width, height));

/** The network: its features as directions. */
export function showToy(tile: Tile, { features, hidden, columns, gram, norms, represented, finished }: ToyState, loss: number | undefined) {
  const picture =
    hidden === 2
      ? arrows([{ role: 'ink', width: 1.5, ends: pairs(columns, hidden) }])
      : map(features, features, gram, { name: t`product of directions`, row_name: t`feature`, column_name: t`feature` });
  const kept = represented.filter(Boolean).length;
  const said = t`${features} features as directions in ${hidden} dimensions; ${kept} of them are longer than 0.4.`;
  tile.show(picture, said, [
    [word('represented'), t`${kept} of ${features}`],
    [t`longest`, fixed(Math.max(...norms))],
    [t`loss`, loss === undefined || finished ? t`trained` : fixed(loss, 4)],
  ]);
}

/**
 * The order of latents in which those of the first feature come first; those without one come last.
 */
function byFeature({ feature }: DictionaryState): number[] {
  const at = (latent: number) => feature[latent] ?? Infinity;
  return [...feature.keys()].sort((a, b) => (at(a) === at(b) ? a - b : at(a) - at(b)));
}

/** A dictionary: its latents against the features of the network. */
export function showDictionary(
  tile: Tile,
  { role }: PenaltyFacts,
  state: DictionaryState,
  toy: ToyState | undefined,
  measures: Measures | undefined,
) {
  const { latents, width, hidden, decoder, encoder, cosines, recovered } = state;
  const features = recovered.length;
  const picture =
    hidden === 2 && toy
      ? arrows([
          { role: 'grid', width: 4, ends: pairs(toy.columns, hidden) },
          { role: 'muted', width: 1, ends: pairs(encoder, width) },
          { role, width: 2, ends: pairs(decoder, width) },
        ])
      : map(
          latents,
          features,
          byFeature(state).flatMap((latent) => cosines.slice(latent * features, (latent + 1) * features)),
          { name: t`cosine of latent and feature`, row_name: t`latent, in the order of features`, column_name: t`feature` },
        );
  const found = recovered.filter(Boolean).length;
  const said = t`${latents} latents against ${features} features: ${found} features are recovered.`;
  if (!measures) return tile.show(picture, said, [[word('recovered'), t`${found} of ${features}`]]);
  const { length } = measures;
  tile.show(picture, said, [
    [word('error'), `${fixed(100 * measures.fvu, 1)}\u00a0%`],
    [word('L0'), fixed(measures.l0)],
    [t`on 99 % of tokens at most`, count(Math.ceil(measures.l0_99))],
    [word('case', t`cases`), fixed(measures.cases)],
    [word('recovered'), t`${measures.recovered} of ${measures.represented}`],
    [word('dead'), count(measures.dead)],
    [word('co-active pairs'), t`${count(measures.pairs)} of ${count(measures.all_pairs)}`],
    [word('proof length'), t`${steps(length.length)} steps`],
  ]);
}

/** The title of a dictionary's tile. */
export const titleOf = ({ name, marker, role, formula }: PenaltyFacts) => [
  make('span', { class: role, 'aria-hidden': 'true' }, marker),
  ` ${name} `,
  make('small', {}, formula),
];
