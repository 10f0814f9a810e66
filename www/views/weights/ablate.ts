/** Switches that take parts out of the network; what is left is opened as a network of its own. */

import { Cancelled } from '../../engine/client.js';
import { nodes, t } from '../../languages/language.js';
import type { Ablated } from '../../pkg/explain.js';
import type { Model } from '../../state/model.js';
import { make } from '../../ui/element.js';
import { count, percent as inPercent, told } from '../../ui/format.js';
import type { Host } from '../view.js';
import { type Choice, knownOf, labelOf, nameOf } from './ablation.js';

/** An ablated network that was opened. */
interface Made {
  name: string;
  label: string;
  /** The network that it was made from, and the address that shows that. */
  from: Model;
  address: string;
}

export class Ablate {
  readonly element = make('section', { 'aria-labelledby': 'weights-ablate' });
  readonly #host: Host;
  readonly #rank = make('select', { id: 'ablate-rank' });
  readonly #positions = make('input', { type: 'checkbox', id: 'ablate-positions' });
  readonly #direct = make('input', { type: 'checkbox', id: 'ablate-direct' });
  readonly #said = make('p', { 'aria-live': 'polite', class: 'ablated' });
  readonly #open = make('button', { type: 'button', disabled: '' }, t`Open it and prove anew`);
  readonly #beside = make('div', { class: 'beside', hidden: '' });
  readonly #made: Made[] = [];
  #model: Model | undefined;
  #ablated: { choice: Choice; file: Ablated['file'] } | undefined;

  constructor(host: Host) {
    this.#host = host;
    for (const control of [this.#rank, this.#positions, this.#direct]) control.addEventListener('change', () => void this.#ask());
    this.#open.addEventListener('click', () => this.#openIt());
    const switched = (input: HTMLInputElement, text: string) => make('label', {}, input, ` ${text}`);
    this.element.append(
      make('h3', { id: 'weights-ablate' }, t`Take a part out`),
      this.#beside,
      make(
        'p',
        {},
        t`Is a part of the network needed? Without it, what is left is a network of its own: all proofs run on it, and their bounds are about it, not about the network it came from.`,
      ),
      make(
        'div',
        { class: 'switches', role: 'group', 'aria-labelledby': 'weights-ablate' },
        make('label', {}, ...nodes`Attention keeps ${this.#rank}`),
        switched(this.#positions, t`No positions: all are alike`),
        switched(this.#direct, t`Mean direct path: the same for every last token`),
      ),
      this.#said,
      this.#open,
    );
  }

  show(model: Model) {
    if (model !== this.#model) this.#take(model);
    this.#showBeside(model);
  }

  #take(model: Model) {
    this.#model = model;
    const { h } = model.facts;
    const few = [0, 1, 2, 3, 4, 8, 16].filter((rank) => rank < h);
    const option = (rank: number) => make('option', { value: String(rank) }, t`${rank} of ${h} directions`);
    this.#rank.replaceChildren(make('option', { value: '' }, t`all ${h} directions`), ...few.map(option));
    this.#positions.checked = this.#direct.checked = false;
    void this.#ask();
  }

  get #choice(): Choice {
    const { value } = this.#rank;
    return { rank: value === '' ? undefined : Number(value), noPositions: this.#positions.checked, meanDirect: this.#direct.checked };
  }

  async #ask() {
    const [model, choice] = [this.#model, this.#choice];
    const label = labelOf(choice);
    this.#ablated = undefined;
    this.#open.disabled = true;
    this.#said.textContent = label ? t`Taking out: ${label} …` : t`Nothing is taken out.`;
    if (!label || !model?.bytes) return;
    const isLate = () => model !== this.#model || labelOf(this.#choice) !== label;
    try {
      const { file, sampled } = await this.#host.explain.ablated(choice.rank, choice.noPositions, choice.meanDirect);
      if (isLate()) return;
      const { correct, samples, interval: [low, high] } = sampled;
      const percent = (part: number) => inPercent((100 * part).toFixed(2));
      this.#said.textContent = t`With ${label}, ${count(correct)} of ${count(samples)} random inputs are right. This is an estimate, not a proof: the 95 % interval is ${percent(low)} to ${percent(high)}.`;
      this.#ablated = { choice, file };
      this.#open.disabled = false;
    } catch (error) {
      if (!isLate() && !(error instanceof Cancelled)) this.#said.textContent = t`This cannot be taken out: ${told(error)}`;
    }
  }

  #openIt() {
    const [model, ablated] = [this.#model, this.#ablated];
    if (!model || !ablated) return;
    const name = nameOf(model.facts.file, ablated.choice);
    this.#made.push({ name, label: labelOf(ablated.choice), from: model, address: location.hash });
    this.#host.take(new File([Uint8Array.from(ablated.file)], name));
  }

  /** The open network beside the one that it was made from, if it was made here. */
  #showBeside(model: Model) {
    const made = this.#made.findLast(({ name }) => name === model.facts.file);
    this.#beside.hidden = !made;
    if (!made) return;
    const networks = [
      [t`As it was`, knownOf(made.from)],
      [t`With ${made.label}`, knownOf(model)],
    ] as const;
    const head = [t`Network`, t`Accuracy, exactly`, t`Best bound otherwise`].map((name) => make('th', { scope: 'col' }, name));
    const rows = networks.map(([name, { exact, best }]) =>
      make('tr', {}, make('th', { scope: 'row' }, name), make('td', {}, exact), make('td', {}, best)),
    );
    this.#beside.replaceChildren(
      make('p', {}, ...nodes`This network was made here from ${made.from.facts.file}. ${make('a', { href: made.address }, t`Back to it`)}`),
      make(
        'table',
        { 'aria-label': t`The network before and after` },
        make('thead', {}, make('tr', {}, ...head)),
        make('tbody', {}, ...rows),
      ),
    );
  }
}
