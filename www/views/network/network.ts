/**
 * What a weights file does not say of its network, and logits to find out whether it is another one
 * than that of its owner.
 */

import { Cancelled, Died } from '../../engine/client.js';
import { t } from '../../languages/language.js';
import { breakable, get, make } from '../../ui/element.js';
import { count, percent, told } from '../../ui/format.js';
import { kind } from '../../ui/word.js';
import type { Example } from '../../pkg/prove.js';
import { type Model, type Models, OWN } from '../../state/model.js';
import { exactOf, sidesOf } from '../../state/sides.js';
import { exactly } from '../sides/sides.js';

/** Digits that tell one float32 from another. */
const DIGITS = 9;
/** Logits that are shown at once, the largest. */
const LARGEST = 3;

export class NetworkSection {
  readonly #models: Models;
  readonly #box = get('network', HTMLDetailsElement);
  readonly #right = get('how-right', HTMLElement);
  readonly #python = get('python', HTMLElement);
  readonly #list = get('examples', HTMLElement);
  readonly #field = get('tokens', HTMLInputElement);
  readonly #button = get('show-logits', HTMLButtonElement);
  readonly #said = get('typed-said', HTMLElement);
  #shown: Example[] | undefined;

  constructor(models: Models) {
    this.#models = models;
    get('typed', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      if (!this.#button.disabled) void this.#ask(this.#field.value);
    });
  }

  /** Forgets the model before. */
  model(model: Model) {
    const { n, v, network, notes } = model.facts;
    this.#box.open = model.source === OWN;
    get('assumed', HTMLElement).textContent = network;
    get('notes', HTMLElement).replaceChildren(...notes.map((note) => make('li', {}, note)));
    this.#field.value = '';
    this.#field.placeholder = Array.from({ length: Math.min(n, 4) }, (_, p) => (3 * p + 3) % v).join(',') + (n > 4 ? ',…' : '');
    this.#say('');
    this.#list.replaceChildren();
    this.#shown = undefined;
    this.show(model);
  }

  show({ facts, proofs, examples, sampled, bytes }: Model) {
    const sides = sidesOf(proofs);
    const part = (x: number) => percent((100 * x).toFixed(2));
    const right =
      sides && exactOf(sides)
        ? t`It is right on ${exactly(sides)}.`
        : sampled &&
          t`It is right on ${count(sampled.correct)} of ${count(sampled.samples)} inputs drawn at random: with 95\u00a0% confidence, on ${part(sampled.interval[0])} to ${part(sampled.interval[1])} of all. That is no proof.`;
    const mark = exactOf(sides) ? 'exact' : 'estimated';
    // What says the same stays, with its focus.
    if (!right) this.#right.replaceChildren();
    else if (!this.#right.textContent?.endsWith(right)) this.#right.replaceChildren(kind(mark), ' ', make('span', {}, right));
    this.#button.disabled = !bytes;
    const tokens = examples?.[0]?.tokens ?? Array.from({ length: facts.n }, (_, p) => p % facts.v);
    this.#python.replaceChildren(breakable(`print(model(torch.tensor([[${tokens.join(', ')}]]))[0, -1].tolist())`));
    if (!examples || examples === this.#shown) return;
    this.#shown = examples;
    this.#list.append(...examples.map(item));
  }

  async #ask(input: string) {
    this.#field.removeAttribute('aria-invalid');
    this.#say('…');
    try {
      const example = await this.#models.example(input);
      if (!example) return;
      this.#list.prepend(item(example));
      this.#say(answered(example));
    } catch (error) {
      if (error instanceof Cancelled || error instanceof Died) return this.#say('');
      this.#say(told(error), true);
      this.#field.setAttribute('aria-invalid', 'true');
      this.#field.focus();
    }
  }

  #say(text: string, alarm = false) {
    this.#said.textContent = text;
    this.#said.classList.toggle('alarm', alarm);
  }
}

const answered = ({ tokens, answer, right }: Example) =>
  right ? t`${tokens.join(',')} → ${answer}, right` : t`${tokens.join(',')} → ${answer}, wrong`;

function item(example: Example): HTMLElement {
  const { logits } = example;
  const digits = logits.map((logit) => logit.toPrecision(DIGITS));
  const largest = logits.map((_, o) => o).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0));
  return make(
    'li',
    {},
    make('strong', {}, breakable(answered(example))),
    make('p', {}, t`Largest logits: ${largest.slice(0, LARGEST).map((o) => t`${digits[o]} (output ${o})`).join(', ')}`),
    make('details', {}, make('summary', {}, t`All ${logits.length} logits`), make('code', {}, `[${digits.join(', ')}]`)),
  );
}
