/** Scores of how faithful the proofs' picture of the network is: estimates, and said to be. */

import { Cancelled } from '../../engine/client.js';
import { nodes, t } from '../../languages/language.js';
import type { Faithfulness } from '../../pkg/explain.js';
import type { Model } from '../../state/model.js';
import { make } from '../../ui/element.js';
import { count, fixed, told } from '../../ui/format.js';
import { real } from '../../ui/real.js';
import { kind } from '../../ui/word.js';
import type { Host } from '../view.js';

/** The scores in sentences: name, value, what it says. */
export function scoresOf({ increasing, noise_to_gap, scrubbing }: Faithfulness, v: number): [string, string, string][] {
  const { score, error, samples, model, scrubbed, random } = scrubbing;
  // Two digits of the error, so that a score just below 1 is not shown as 1.
  const decimals = Math.min(12, Math.max(4, 1 - Math.floor(Math.log10(error))));
  return [
    [
      t`Causal scrubbing`,
      `≈ ${fixed(score, decimals)} ± ${fixed(error, decimals)}`,
      t`Estimate from ${count(samples)} random inputs, ± its standard error. All tokens but the last and the largest are drawn anew, once for attention and once for what the head writes. The mean loss is then ${real(scrubbed)} instead of ${real(model)}, and ${real(random)} with the answers to unrelated inputs: 1 means that only the last and the largest token matter, 0 that the idea explains nothing.`,
    ],
    [
      t`Noise to gap`,
      noise_to_gap === Infinity || noise_to_gap === null ? 'none' : real(noise_to_gap),
      t`What the first direction leaves of attention, against the least step from a token to the next: the median over last tokens. Attention increases with every token for ${increasing} of ${v} last tokens; for the others there is no such ratio.`,
    ],
  ];
}

export class Scores {
  readonly element = make('section', { 'aria-labelledby': 'weights-scores' });
  readonly #host: Host;
  readonly #list = make('dl', { class: 'scores' });
  #model: Model | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.element.append(
      make('h3', { id: 'weights-scores' }, t`How faithful the picture is`),
      make('p', {}, ...nodes`${kind('estimated')} These scores prove nothing, and no bound uses them.`),
      this.#list,
    );
  }

  show(model: Model) {
    if (model === this.#model || !model.bytes) return;
    this.#model = model;
    this.#list.replaceChildren(make('div', {}, make('dt', {}, t`Being worked out …`)));
    void this.#ask(model);
  }

  async #ask(model: Model) {
    try {
      const found = await this.#host.explain.faithfulness();
      if (model !== this.#model) return;
      const items = scoresOf(found, model.facts.v).map(([name, value, about]) =>
        make('div', {}, make('dt', {}, `${name}: `, make('strong', {}, value)), make('dd', {}, about)),
      );
      this.#list.replaceChildren(...items);
    } catch (error) {
      if (model !== this.#model || error instanceof Cancelled) return;
      this.#list.replaceChildren(make('div', {}, make('dt', {}, t`No scores: ${told(error)}`)));
    }
  }
}
