/**
 * One dictionary closely: which latents interact, which dominate neurons, what is proven by which
 * proof, and a certificate of it.
 */

import { Cancelled } from '../../engine/client.js';
import { nodes, t } from '../../languages/language.js';
import type { HeatMapOptions } from '../../pkg/plot.js';
import type { DictionaryState, Maps, Method, MethodFacts, ProofSettings, Proven } from '../../pkg/superposition.js';
import { Drawing, drawnOf } from '../../ui/drawing.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { count, steps, told } from '../../ui/format.js';
import { save } from '../../ui/save.js';
import { kind } from '../../ui/word.js';
import { SHOWN, shownOf, type Spot } from './compare.js';
import { word } from './glossary.js';
import { short, subject } from './numbers.js';
import type { Question } from './protocol.js';
import { inWords, verified } from './verify.js';

/** What this part needs of the lab. */
export interface Around {
  ask<T>(question: Question, seed: number, index: number, ...args: unknown[]): Promise<T>;
  proof: ProofSettings;
  problem(why: string): void;
}

const METHODS: Readonly<Record<Method, string>> = {
  features: t`latent by latent`,
  pairs: t`by pairs of latents`,
  sums: t`by sums over latents`,
  'brute-force': t`brute force: the network on each token`,
};

/** Shows a dictionary in `parent`; of a Matryoshka dictionary, a prefix. */
export async function lookCloser(parent: HTMLElement, spot: Spot, around: Around) {
  const { prefix, result } = spot;
  const { facts, strength, seed, index, measures } = result;
  const [measured, proven] = [measures[prefix], result.proven?.[prefix]];
  const title =
    measures.length > 1
      ? t`${facts.name}, the first ${measured?.latents ?? 0} latents, seed ${seed}`
      : t`${facts.name} at strength ${strength}, seed ${seed}`;
  const drawn = make('div', { class: 'maps' });
  parent.replaceChildren(
    make('h2', {}, title),
    drawn,
    ...(proven ? [proofs(proven, spot, around)] : [make('p', { class: 'state' }, t`It is still trained: what is proven comes then.`)]),
  );
  try {
    const [maps, state] = await Promise.all([
      around.ask<Maps>('maps', seed, index, prefix),
      around.ask<DictionaryState>('dictionary', seed, index, prefix),
    ]);
    if (drawn.isConnected) showMaps(drawn, maps, state, measured?.pairs ?? 0, around.problem);
  } catch (error) {
    if (!(error instanceof Cancelled)) around.problem(told(error));
  }
}

/**
 * The interaction matrix, how latents overlap, and how much of each neuron's input its strongest
 * latent makes up.
 */
function showMaps(
  parent: HTMLElement,
  { latents, neurons, share, shares, interaction, linear, kink }: Maps,
  { gram }: DictionaryState,
  pairs: number,
  problem: (why: string) => void,
) {
  const drawings: Record<string, Drawing> = {};
  const map = (
    title: string,
    className: string,
    rows: number,
    columns: number,
    values: readonly number[],
    options: Pick<HeatMapOptions, 'shades' | 'name' | 'row_name' | 'column_name'>,
    said: string,
  ) => {
    const canvas = make('canvas', { role: 'img', 'aria-label': said, class: className });
    drawings[title] = new Drawing(
      canvas,
      (plot, { width, height }) =>
        plot.heatMap(rows, columns, Float32Array.from(values), new Uint8Array(), { ...options, width, height, color: 'ours', every: 5 }),
      problem,
    );
    return make('div', {}, make('h3', {}, title), canvas, make('p', { class: 'hint' }, said));
  };
  const kinks =
    linear > 0 ? t` Where a neuron's sign is fixed, nothing interacts: of a mean bound of ${short(linear)}, ${short(kink)} is left.` : '';
  const matrix = map(
    t`Interaction of latents`,
    'square',
    latents,
    latents,
    interaction,
    { shades: 'signed', name: t`bound, mean of a token`, row_name: t`latent that dominates`, column_name: t`other latent` },
    t`How much a latent (column) may disturb what another (row) does to the next layer. ${count(pairs)} pairs are active together.${kinks}`,
  );
  const dominance = map(
    t`Dominance`,
    'strip',
    1,
    neurons,
    shares,
    { shades: 'part', name: t`share of the strongest latent`, row_name: '', column_name: t`neuron of the next layer` },
    t`On average, the strongest latent makes up ${short(100 * share)} % of a neuron's input.`,
  );
  const directions = map(
    t`Directions of latents`,
    'square',
    latents,
    latents,
    gram,
    { shades: 'signed', name: t`cosine of two directions`, row_name: t`latent`, column_name: t`other latent` },
    t`How much the directions of two latents overlap: the diagonal is each with itself.`,
  );
  const menu = exportButton({
    name: 'interactions',
    title: t`Interaction of latents`,
    element: parent,
    model: subject,
    table: () => ({
      columns: [
        { key: 'row', title: t`Latent that dominates` },
        { key: 'column', title: t`Other latent` },
        { key: 'interaction', title: t`Bound of interaction` },
      ],
      rows: interaction.map((value, i) => [Math.floor(i / latents), i % latents, value]),
    }),
    drawn: () => drawnOf(drawings),
  });
  parent.replaceChildren(matrix, directions, dominance, menu);
}

/** What each proof proves, and its certificate. */
function proofs(proven: Proven, { prefix, result: { seed, index, measures } }: Spot, around: Around): HTMLElement {
  const { tokens, right, claimed_loss, loss, epsilon, methods } = proven;
  const head = [t`Proof`, t`Tokens certified`, t`Loss, at most`, t`Error of an output`, t`of it, the ε-ball`, t`Steps`].map((text) =>
    make('th', { scope: 'col' }, text),
  );
  const row = ({ method, certified, loss: bound, error, ball, flops }: MethodFacts) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, METHODS[method]),
      ...[count(certified), short(bound), short(error), short(ball), steps(flops)].map((text) => make('td', { class: 'amount' }, text)),
    );
  const choice = make(
    'select',
    { 'aria-label': t`Proof` },
    ...methods.map(({ method }) => make('option', { value: method, ...(method === SHOWN && { selected: '' }) }, METHODS[method])),
  );
  const saves = make('button', { type: 'button' }, t`Save certificate`);
  const checks = make('button', { type: 'button' }, t`Check it`);
  const said = make('p', { class: 'state', role: 'status' });
  const certificate = () => around.ask<string>('certificate', seed, index, prefix, around.proof, choice.value);
  const act = (button: HTMLButtonElement, work: (text: string) => Promise<string>) =>
    button.addEventListener('click', async () => {
      button.disabled = true;
      said.textContent = t`The proof is made …`;
      said.textContent = await certificate().then(work).catch(told);
      button.disabled = false;
    });
  act(saves, async (text) => {
    const which = measures.length > 1 ? `${index}-${prefix}` : index;
    const file = `superposition-${seed}-${which}-${choice.value}.json`;
    save(file, new Blob([text], { type: 'application/json' }));
    return t`Saved as ${file}.`;
  });
  act(checks, async (text) => inWords(await verified(text)));
  return make(
    'div',
    { class: 'proofs-of-it' },
    make('h3', {}, t`What is proven`),
    make(
      'p',
      {},
      ...nodes`Of ${count(tokens)} tokens that training did not see, the network answers ${count(right)} right: its largest output is the largest feature. Its loss is ${short(loss)}; the latents claim ${short(claimed_loss)}. The ${word('ε-ball')} has a radius of ${short(epsilon)} on average. Proofs from latents do not run the network:`,
    ),
    ...layers(proven),
    make(
      'div',
      { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': t`What is proven` },
      make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...methods.map(row))),
    ),
    make('p', { class: 'buttons' }, kind('proven'), choice, saves, checks),
    said,
  );
}

/** How far each layer that the dictionary writes is from what its latents say, proven. */
function layers(proven: Proven): HTMLElement[] {
  const [hidden, outputs] = shownOf(proven)?.errors ?? [];
  if (hidden == null) return [];
  const said =
    outputs == null
      ? t`Proven of the hidden vectors: their mean squared distance to what the latents say of them is at most ${short(hidden)}.`
      : t`Proven of both layers, by sums over latents: the mean squared distance to what the latents say is at most ${short(hidden)} of hidden vectors, and at most ${short(outputs)} of outputs.`;
  return [make('p', {}, said)];
}
