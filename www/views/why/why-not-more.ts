/**
 * "Why not more?": what would prove more inputs than the chosen proof, as buttons that choose it.
 */

import { nodes, t, translated } from '../../languages/language.js';
import { focusIn, make } from '../../ui/element.js';
import { count, fixed } from '../../ui/format.js';
import type { WhatIf } from '../../pkg/explain.js';
import type { Proof } from '../../state/model.js';
import { type Gain, gains, mostOf } from './gains.js';

/** At most so many are listed. */
const SHOWN = 8;

export class WhyNotMore {
  readonly element = make('section', {}, make('h3', { id: 'why-not-more', tabindex: '-1' }, t`Why not more?`));
  readonly #terms = make('div', { class: 'what-ifs', hidden: '' });
  readonly #said = make('p', { tabindex: '-1' });
  readonly #list = make('ol', { class: 'gains' });
  readonly #choose: (strategy: string) => void;
  /** What is listed, so that progress elsewhere changes nothing here. */
  #shown = '';

  constructor(choose: (strategy: string) => void) {
    this.#choose = choose;
    this.element.append(this.#terms, this.#said, this.#list);
  }

  /**
   * Shows what each step of the chosen proof would gain if it were exact; nothing where there are
   * none.
   */
  tell(terms: readonly WhatIf[]) {
    this.#terms.hidden = !terms.length;
    const about = t`Each line makes one step of the proof exact, and keeps the others. A what-if, not a proof: it says what the step costs.`;
    const item = ({ label, about, inputs }: WhatIf) =>
      make(
        'li',
        {},
        make('span', { class: 'gain' }, t`+${count(BigInt(inputs))} inputs`),
        make('span', { class: 'what' }, make('strong', {}, label), make('small', {}, about)),
      );
    const list = make('ol', { class: 'gains' }, ...terms.map(item));
    this.#terms.replaceChildren(
      make('h4', {}, t`If one step were exact`),
      make('p', {}, about),
      list,
      make('h4', {}, t`With another proof`),
    );
  }

  /** `isWeighted` says whether other figures are about weights; gains never are. */
  show(proofs: readonly Proof[], chosen: Proof, isWeighted: boolean) {
    const all = gains(proofs, chosen).slice(0, SHOWN);
    const said = [saying(proofs, chosen, all), ...(isWeighted ? [t`Gains count all inputs alike.`] : [])].join(' ');
    const key = [chosen.facts.strategy, said, ...all.map(({ strategy, inputs }) => `${strategy} ${inputs}`)].join('\n');
    if (key === this.#shown) return;
    this.#shown = key;
    const hadFocus = this.#list.contains(focusIn(this.#list));
    this.#said.textContent = said;
    this.#list.replaceChildren(...all.map((gain) => this.#item(gain)));
    // The button that was pressed is gone.
    if (hadFocus) this.#said.focus({ preventScroll: true });
  }

  #item(gain: Gain): HTMLElement {
    const button = make('button', { type: 'button' }, t`+${count(gain.inputs)} inputs`);
    button.addEventListener('click', () => this.#choose(gain.strategy));
    const what = make('span', { class: 'what' }, ...changed(gain));
    return make('li', {}, button, what);
  }
}

function changed({ change, length, isAll }: Gain): Node[] {
  const words =
    'label' in change
      ? nodes`the proof ${bold(change.label)}`
      : nodes`${translated(change.name)}: ${bold(translated(change.to))} instead of ${translated(change.from)}`;
  return [
    make('span', {}, ...words),
    make('small', {}, [t`${times(length)} as long.`, ...(isAll ? [t`It leaves out only what the network gets wrong.`] : [])].join(' ')),
  ];
}

const bold = (text: string) => make('strong', {}, text);
const times = (length: number) => t`${length < 10 ? fixed(length, 2) : count(Math.round(length))} times`;

function saying(proofs: readonly Proof[], chosen: Proof, all: readonly Gain[]): string {
  const { outcome } = chosen;
  if (!outcome) return t`This proof has no result yet: nothing to compare with.`;
  const most = mostOf(proofs);
  if (most !== undefined && BigInt(outcome.correct) === most)
    return t`It proves every input that the network is right on. There is nothing to gain.`;
  if (!all.length) return t`No other proof of this network that has a result proves more.`;
  return t`One change at a time, from results on this page; the largest gain first. A button chooses that proof.`;
}
