/** A closer look at the chosen proof. */

import { COLUMNS } from './columns.js';
import { breakable, make } from './dom.js';
import { capital, count, percent } from './format.js';
import type { Outcome } from './pkg/compute.js';
import { describe } from './proofs.js';
import { isSubcubic, type Model, type Proof } from './session.js';

export class Details {
  readonly #title = make('h3');
  readonly #identifier = make('p', { class: 'identifier' });
  readonly #idea = make('p', { class: 'idea' });
  readonly #numbers = make('dl', { class: 'numbers' });
  readonly #state = make('p', { class: 'state' });
  readonly #button = make('button', { type: 'button' }, 'Compare with the published formula');
  readonly #published = make('p', { class: 'published', 'aria-live': 'polite' });
  #proof: Proof | undefined;

  constructor(parent: HTMLElement, compare: (proof: Proof) => void) {
    this.#button.addEventListener('click', () => this.#proof && compare(this.#proof));
    const comparison = make('div', { class: 'comparison' }, this.#button, this.#published);
    parent.append(this.#title, this.#identifier, this.#idea, this.#state, this.#numbers, comparison);
  }

  show(proof: Proof | undefined, { live, proofs }: Model) {
    this.#proof = proof;
    for (const part of [this.#identifier, this.#idea, this.#numbers, this.#state]) part.hidden = !proof;
    this.#button.hidden = !proof || !isSubcubic(proof);
    this.#button.disabled = !live;
    this.#title.textContent = proof ? capital(proof.facts.label) : 'No proof is chosen';
    this.#published.textContent = proof ? claim(proof) : 'Choose a row of the table or a mark of the figure to see all that is known of it.';
    if (!proof) return;
    const { strategy, idea, class: kind, complexity, parts } = proof.facts;
    this.#identifier.replaceChildren(...strategy.split(/(?<=-)/).flatMap((part) => [part, make('wbr')]));
    this.#idea.textContent = idea;
    // What the numbers below do not say.
    const known = proof.job.state === 'idle' && proof.outcome && !proof.shipped;
    this.#state.textContent = known ? '' : describe(proof);
    const choices = parts ? Object.entries({ 'Direct path': parts.direct, Attention: parts.attention, 'Error of attention': parts.error }) : [];
    const numbers = COLUMNS.map(({ title, cell }): [string, Node | string] => [title, cell(proof) || '–']);
    const exact = proofs.find(({ facts }) => facts.family === 'brute-force')?.outcome;
    const more = [...ofTheTruth(proof, exact), ...leftOut(proof)];
    const entries: [string, Node | string][] = [['Class', kind], ['Grows as', complexity], ...choices, ...numbers, ...more];
    this.#numbers.replaceChildren(
      ...entries.map(([term, value]) => make('div', {}, make('dt', {}, term), make('dd', {}, typeof value === 'string' ? breakable(value) : value))),
    );
  }
}

/** The normalised bound: what part of the inputs that the model gets right is proven; rounded down, like the bound. */
function ofTheTruth({ outcome }: Proof, exact: Outcome | undefined): [string, string][] {
  if (!outcome || !exact || exact.correct === '0') return [];
  const millionths = (BigInt(outcome.correct) * 1_000_000n) / BigInt(exact.correct);
  return [['Of the true accuracy', percent((Number(millionths) / 1e4).toFixed(4))]];
}

function leftOut({ outcome }: Proof): [string, string][] {
  return outcome?.left_out == null ? [] : [['Left out by its gaps', `${count(outcome.left_out)} inputs`]];
}

/** What was published claims more or fewer inputs; never is it a bound. */
function claim({ published, outcome }: Proof): string {
  if (published === undefined) return '';
  const claims = `Published, not sound: claims ${count(published)} inputs`;
  if (!outcome) return `${claims}.`;
  const more = BigInt(published) - BigInt(outcome.correct);
  if (more === 0n) return `${claims}, just what is proven here.`;
  return `${claims}, ${count(more < 0n ? -more : more)} ${more > 0n ? 'more' : 'fewer'} than are proven here.`;
}
