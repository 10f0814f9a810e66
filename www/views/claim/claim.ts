/**
 * What the chosen proof claims, what trying all inputs would cost, and the slider for the steps
 * that a proof may take.
 */

import { t } from '../../languages/language.js';
import { beyond, ladderOf, type Rung, rungAt } from '../../state/ladder.js';
import type { Model, Proof } from '../../state/model.js';
import type { Uncertain } from '../../state/uncertain.js';
import { get, type Root } from '../../ui/element.js';
import { briefly, count, steps } from '../../ui/format.js';
import { describe } from '../proofs/describe.js';
import { exactOf, sidesOf } from '../../state/sides.js';

/** The most inputs whose number is written out. */
const MOST_WRITTEN = 1e12;

export class Claim {
  readonly #claim: HTMLElement;
  readonly #against: HTMLElement;
  readonly #slider: HTMLInputElement;
  readonly #said: HTMLElement;
  #ladder: Rung[] = [];
  #isFiltered = false;

  /**
   * `root` has the elements; `slide` hears how many steps the slider allows, and whether that is
   * `settled`: it was let go.
   */
  constructor(root: Root, slide: (budget: number, settled: boolean) => void) {
    this.#claim = get('claim', HTMLElement, root);
    this.#against = get('against', HTMLElement, root);
    this.#slider = get('budget', HTMLInputElement, root);
    this.#said = get('budget-said', HTMLElement, root);
    const moved = (settled: boolean) => {
      const budget = this.#ladder[Number(this.#slider.value)]?.outcome.flops ?? beyond(this.#ladder);
      slide(budget, settled);
    };
    this.#slider.addEventListener('input', () => moved(false));
    this.#slider.addEventListener('change', () => moved(true));
  }

  /**
   * `budget`: the steps that a proof may take, if the user or the address says so; `isFiltered`:
   * whether some proofs are not shown; `name`: what the user calls the proof; `picked`: another
   * bound, to be said in its place.
   */
  show(model: Model, proof: Proof | undefined, budget: number | null, isFiltered = false, name?: string, picked?: Uncertain) {
    this.#ladder = ladderOf(model.proofs);
    this.#isFiltered = isFiltered;
    put(this.#claim, picked?.claim ?? claimOf(model, proof, isFiltered));
    put(this.#against, picked?.against ?? againstOf(model, proof, name));
    this.#slide(proof, budget);
  }

  #slide(proof: Proof | undefined, budget: number | null) {
    const ladder = this.#ladder;
    this.#slider.disabled = !ladder.length;
    this.#slider.max = String(ladder.length);
    if (!proof?.outcome || !ladder.length) return put(this.#said, '');
    const at = rungAt(ladder, proof.outcome.flops);
    // A proof that another beats is not the best, though the slider stands where the best of its
    // length is.
    const isBest = at === ladder.length - 1 && proof.frontier;
    const isBeyond = isBest && budget !== null && budget > proof.outcome.flops;
    const value = String(isBeyond ? ladder.length : at);
    if (this.#slider.value !== value) this.#slider.value = value;
    const length = steps(proof.outcome.flops);
    const said = isBeyond
      ? t`more than ${length}: no more to gain`
      : isBest
        ? this.#isFiltered
          ? t`${length}: the best of those shown`
          : t`${length}: the best there is`
        : length;
    put(this.#said, said);
    this.#slider.setAttribute('aria-valuetext', t`${said}; at least ${briefly(proof.outcome.percent)}`);
  }
}

/** Sets a text that is new: it may be read aloud. */
function put(element: HTMLElement, text: string) {
  if (element.textContent !== text) element.textContent = text;
}

/** All inputs, or which are meant. */
const inputs = ({ facts, over, task }: Model, proof?: Proof): string => (over ? over(proof) : task.inputs(facts));

/** What a proof says of the model, in a sentence. */
export function claimOf(model: Model, proof: Proof | undefined, isFiltered = false): string {
  if (!proof && isFiltered && model.proofs.some(({ outcome }) => outcome))
    return t`No proof that is shown claims anything of ${inputs(model)}.`;
  if (!proof) return t`Nothing is proven yet about ${inputs(model)}.`;
  const { outcome } = proof;
  if (!outcome && model.over) return t`${proof.facts.label}: not worked out yet for ${inputs(model)}.`;
  if (!outcome) return `${proof.facts.label}: ${describe(proof)}`;
  const of = inputs(model, proof);
  const length = t`proven in ${steps(outcome.flops)} steps`;
  const { correct, most_correct } = outcome;
  if (correct === outcome.total) return t`Right on ${of}, ${length}.`;
  if (correct === most_correct && !model.over && Number(outcome.total) < MOST_WRITTEN)
    return t`Right on exactly ${count(correct)} of ${of}, ${length}.`;
  return t`Right on at least ${briefly(outcome.percent)} of ${of}, ${length}.`;
}

/**
 * Which proof it is, what trying all inputs costs and gives, and whether a better proof is no
 * longer than this one.
 */
export function againstOf(model: Model, proof: Proof | undefined, name?: string): string {
  const { baseline_flops } = model.facts;
  if (proof?.facts.visits_inputs && !proof.facts.one_of_many)
    return t`Proof: ${proof.facts.label}. It tries all of them, and nothing is understood.`;
  const exact = exactOf(sidesOf(model.proofs));
  const named = proof && (name === undefined ? t`Proof: ${proof.facts.label}.` : t`Proof: “${name}”, ${proof.facts.label}.`);
  const all = steps(baseline_flops);
  const trying = exact
    ? t`Trying all of them: ${briefly(exact.percent)}, but ${all} steps, and nothing understood.`
    : t`Trying all of them: ${all} steps, and nothing understood.`;
  const tried = [...(named ? [named] : []), trying].join(' ');
  if (!proof?.outcome || proof.frontier) return tried;
  const ladder = ladderOf(model.proofs);
  const best = ladder[rungAt(ladder, proof.outcome.flops)];
  if (!best || best.outcome.bound <= proof.outcome.bound) return tried;
  return `${tried} ${t`In as few steps, “${best.facts.label}” proves ${briefly(best.outcome.percent)}.`}`;
}
