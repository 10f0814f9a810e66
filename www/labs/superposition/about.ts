/**
 * What the lab proves, in words, and from how many tokens on such proofs pay for models of the
 * literature.
 */

import { nodes, t, translated } from '../../languages/language.js';
import type { BreakEven } from '../../pkg/superposition.js';
import { make } from '../../ui/element.js';
import { count, scientific } from '../../ui/format.js';
import { word } from './glossary.js';

const paragraph = (...children: (Node | string)[]) => make('p', {}, ...children);
const large = (x: number) => (x < 1e7 ? count(Math.round(x)) : scientific(x));

/** Fills the part; `literature` asks for the sizes of models. */
export async function explain(parent: HTMLElement, literature: () => Promise<BreakEven[]>) {
  const table = make('tbody');
  const head = [t`Dictionary`, t`Latents`, t`Width`, t`Shorter from this count of tokens on`].map((text) =>
    make('th', { scope: 'col' }, text),
  );
  parent.append(
    paragraph(
      ...nodes`The network keeps ${word('feature', t`features`)} f as a hidden vector z; the next layer should give each feature back. A proof about a set of tokens has four parts. The latents of each token are stored. What they claim is computed from them. The distance to the true hidden vector bounds an ${word('ε-ball')}. And what the next layer does to several latents at once is bounded by what it does to each, or to each pair, which is run once and tabulated.`,
    ),
    paragraph(
      ...nodes`So the steps are a number for each token, which grows with the active latents, and one run of the layer for each of the ${word('co-active pairs')}. Only pairs that are active together on some token are run. A token is ${word('certified')} if the bounds leave no other answer. All bounds hold for real numbers: what computers round is added to the error.`,
    ),
    paragraph(
      ...nodes`${word('penalty', t`L1`)} shrinks all latents alike. The logarithm shrinks large ones less. The product is its exponential: it grows fastest on tokens with many active latents, which are those that make cases multiply. tanh stops to shrink large ones, but does not move small ones that are hardly active, so that latents die. Top-k keeps a number of them, whatever they are.`,
    ),
    make('h3', {}, t`Do such proofs pay for large models?`),
    paragraph(
      ...nodes`A proof by pairs is shorter than brute force only on more tokens than ${word('break-even')}: about half the square of the number of latents.`,
    ),
    make(
      'div',
      { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': t`Sizes of the literature` },
      make('table', {}, make('thead', {}, make('tr', {}, ...head)), table),
    ),
  );
  const row = ({ name, latents, width, tokens }: BreakEven) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, translated(name)),
      ...[count(latents), width === null ? t`any` : count(width), large(tokens)].map((text) => make('td', { class: 'amount' }, text)),
    );
  table.append(...(await literature()).map(row));
}
