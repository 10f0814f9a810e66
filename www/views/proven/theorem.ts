/** The theorem of Coq about a network, beside each bound that follows from it. */

import './proven.css';
import { t, translated } from '../../languages/language.js';
import type { Model, Proof } from '../../state/model.js';
import { copyButton } from '../../ui/copy.js';
import { make } from '../../ui/element.js';

/** A theorem that Coq's kernel has accepted, as `npm run formal -- --theorems` lists it. */
interface Theorem {
  /** The folder of the task's models, of which the network is one. */
  task: string;
  /** Name of the file without its extension. */
  model: string;
  /** The hash that the theorem names. */
  sha256: string;
  /** The number of inputs that are right, by the theorem. */
  right: string;
  /** The statement, in Coq. */
  coq: string;
  /** The statement, in a sentence. */
  words: string;
}

const LISTS = import.meta.glob<Theorem[]>('../../../src/formal/theorems/theorems.json', { eager: true, import: 'default' });
const THEOREMS = Object.values(LISTS).flat();

/** Shows the theorem from which a proof's bound follows, if there is one. */
export class TheoremBox {
  readonly element = make('details', { class: 'theorem' });
  #shown: Theorem | undefined;

  constructor() {
    this.element.hidden = true;
  }

  show(proof: Proof | undefined, { facts }: Model) {
    const claimed = proof?.outcome?.correct;
    const found = THEOREMS.find(({ sha256, right }) => sha256 === facts.sha256 && claimed !== undefined && BigInt(right) >= BigInt(claimed));
    this.element.hidden = !found;
    if (!found || found === this.#shown) return;
    this.#shown = found;
    const { coq, words, task, model } = found;
    const command = `npm run formal -- www/models/${task}/${model}.safetensors`;
    this.element.replaceChildren(
      make('summary', {}, t`Machine-checked: this bound follows from a theorem of Coq`),
      make('p', {}, translated(words)),
      make('pre', { tabindex: '0', 'aria-label': t`Theorem in Coq about this network` }, coq),
      copyButton(t`Copy this theorem`, () => coq),
      make('p', {}, t`Coq’s kernel has checked its proof, with the computation in it. To have yours check it, in a clone of this project:`),
      make('pre', { tabindex: '0', 'aria-label': t`Command for Coq` }, command),
    );
  }
}
