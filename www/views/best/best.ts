/**
 * The control that asks for the best proof there is: the highest bound within a length, or the
 * shortest proof of a bound.
 */

import { Cancelled, Died } from '../../engine/client.js';
import { t } from '../../languages/language.js';
import { get } from '../../ui/element.js';
import { percent, plainly, steps, told } from '../../ui/format.js';
import { describe } from '../proofs/describe.js';
import { isBusy, type Models, type Proof } from '../../state/model.js';
import type { Queue } from '../../state/queue.js';
import { shortfall } from '../sides/sides.js';

/** What is wrong with an input, to be said beside it. */
class Unreadable extends Error {}

/** A budget as people write it: 2.5e6, 2500000, 2,500,000, 2.5·10⁶, 2.5*10^6. */
export function strategyWithin(input: string): string {
  const plain = input
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (digits) => `^${[...digits].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)).join('')}`)
    .replace(/\s|flops?$/gi, '')
    .replace(/[·×*x]10\^/i, 'e');
  const read = plainly(plain);
  const number = /^\d{1,3}(,\d{3})+$/.test(read) ? read.replaceAll(',', '') : read;
  const flops = Math.floor(Number(number));
  if (!/^(\d+\.?\d*|\.\d+)(e\+?\d+)?$/i.test(number))
    throw new Unreadable(
      input.trim()
        ? t`“${input.trim()}” is not a number of FLOPs: write 2.5e6, say, or 500,000,000.`
        : t`The field is empty; it wants a number of FLOPs: write 2.5e6, say, or 500,000,000.`,
    );
  if (flops < 1) throw new Unreadable(t`A proof takes at least 1 FLOP: write 2.5e6, say.`);
  if (flops > Number.MAX_SAFE_INTEGER) throw new Unreadable(t`“${input.trim()}” is too large a number of FLOPs: at most 9e15.`);
  return `best-within-${flops}`;
}

/** A bound in percent, with four decimals at most: taken apart as text, since 99.9 is no float. */
export function strategyOf(input: string): string {
  const plain = input.trim().replace(/\s*%$/, '').replace(',', '.');
  const [, whole, decimals] = /^(\d+)(?:\.(\d*))?$/.exec(plain) ?? [];
  if (!whole)
    throw new Unreadable(
      input.trim()
        ? t`“${input.trim()}” is not an accuracy in percent: write 99.9, say.`
        : t`The field is empty; it wants an accuracy in percent: write 99.9, say.`,
    );
  const digits = (decimals ?? '').replace(/0+$/, '');
  if (digits.length > 4) throw new Unreadable(t`At most four decimals of a percentage: 99.9999, say.`);
  const millionths = BigInt(whole + digits.padEnd(4, '0'));
  if (millionths > 1_000_000n) throw new Unreadable(t`No network is right on more than 100 % of its inputs.`);
  return `best-of-${millionths}`;
}


export class BestProof {
  readonly #models: Models;
  readonly #queue: Queue;
  readonly #choose: (strategy: string) => void;
  readonly #button = get('best', HTMLButtonElement);
  readonly #said = get('best-said', HTMLElement);
  readonly #bar = get('best-bar', HTMLProgressElement);
  readonly #show = get('best-show', HTMLButtonElement);
  readonly #goals = [
    { radio: get('best-within', HTMLInputElement), field: get('best-flops', HTMLInputElement), strategy: strategyWithin },
    { radio: get('best-of', HTMLInputElement), field: get('best-percent', HTMLInputElement), strategy: strategyOf },
  ];
  /** What was asked for last, once the model has it. */
  #asked: Proof | undefined;

  constructor(models: Models, queue: Queue, choose: (strategy: string) => void) {
    this.#models = models;
    this.#queue = queue;
    this.#choose = choose;
    for (const { radio, field } of this.#goals) {
      // Who writes into a field means it; who passes through it does not.
      for (const kind of ['input', 'click']) field.addEventListener(kind, () => (radio.checked = true));
    }
    get('best-proof', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#asked && !this.#asked.outcome && isBusy(this.#asked)) queue.cancel(this.#asked);
      else this.#submit();
    });
    this.#show.addEventListener('click', () => {
      const details = get('details', HTMLElement);
      if (this.#asked) choose(this.#asked.facts.strategy);
      details.scrollIntoView({ block: 'start' });
      details.focus({ preventScroll: true });
    });
  }

  /** Forgets what was asked about the model before. */
  model() {
    this.#asked = undefined;
    this.#say('');
    this.show();
  }

  show() {
    const proof = this.#asked;
    // What is only proven anew is known already.
    const busy = !!proof && !proof.outcome && isBusy(proof);
    this.#button.disabled = !this.#models.current.bytes;
    this.#button.textContent = busy ? t`Cancel` : t`Best proof`;
    this.#bar.hidden = !busy;
    this.#show.hidden = !proof?.outcome;
    if (!proof) return;
    const { facts, job, outcome } = proof;
    if (job.state === 'running') this.#bar.value = job.done;
    else this.#bar.value = 0;
    // The bar tells how far it is: this is read aloud, and so says it once.
    if (busy && job.state === 'running') this.#say(t`${facts.label}: being looked for and checked …`);
    else if (!outcome) this.#say(`${facts.label}: ${describe(proof)}`);
    else this.#say(`${facts.label}: ${result(outcome)} ${shortfall(proof, this.#models.current)}`);
  }

  #submit() {
    const goal =
      this.#goals.find(({ field }) => field === document.activeElement) ?? this.#goals.find(({ radio }) => radio.checked);
    if (!goal) return;
    goal.radio.checked = true;
    for (const { field } of this.#goals) field.removeAttribute('aria-invalid');
    try {
      void this.ask(goal.strategy(goal.field.value), (why) => this.#say(why, true));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#asked = undefined;
      this.show();
      this.#say(error.message, true);
      goal.field.setAttribute('aria-invalid', 'true');
      goal.field.focus();
    }
  }

  /**
   * Asks for a proof by its identifier, and chooses it. `refused` hears why there is none with that
   * identifier.
   */
  async ask(strategy: string, refused: (why: string) => void) {
    this.#asked = undefined;
    this.show();
    this.#say(t`Waiting for the proof that runs …`);
    try {
      const proof = await this.#queue.ask(strategy);
      if (!proof) return;
      if (proof.facts.refused !== null) return this.#say(describe(proof), true);
      this.#asked = proof;
      this.#choose(strategy);
      this.show();
    } catch (error) {
      this.#say('');
      if (!(error instanceof Cancelled || error instanceof Died)) refused(told(error));
    }
  }

  #say(text: string, alarm = false) {
    if (this.#said.textContent !== text) this.#said.textContent = text;
    this.#said.classList.toggle('alarm', alarm);
  }
}

function result({ percent: least, percent_above: most, flops }: NonNullable<Proof['outcome']>): string {
  return most === null
    ? t`at least ${percent(least)} of all inputs, proven with ${steps(flops)} FLOPs.`
    : t`at least ${percent(least)} and at most ${percent(most)} of all inputs, proven with ${steps(flops)} FLOPs.`;
}
