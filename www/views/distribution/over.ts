/**
 * Weighs the bounds of all proofs by a distribution of inputs, one after the other, and says so
 * above the figure.
 */

import { Cancelled } from '../../engine/client.js';
import type { Explain } from '../../engine/explain.js';
import { t } from '../../languages/language.js';
import type { DistributionFacts, WeightedBound } from '../../pkg/explain.js';
import type { Outcome } from '../../pkg/prove.js';
import type { Model, Proof } from '../../state/model.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';

/** What is known of one distribution of a model's inputs. */
interface Weighed {
  model: Model;
  text: string;
  facts: DistributionFacts | undefined;
  bounds: Map<string, WeightedBound>;
  /** Proofs that cannot be weighed. */
  failed: Map<string, string>;
}

export class Over {
  readonly #explain: Explain;
  readonly #changed: () => void;
  readonly #end: () => void;
  readonly #refused: (why: string) => void;
  readonly #said = make('span', { 'aria-live': 'polite' });
  readonly #note: HTMLElement;
  #weighed: Weighed | undefined;
  #isBusy = false;

  /**
   * `changed` hears that another proof has been weighed, `end` that all inputs are to be alike,
   * `refused` why a text is no distribution.
   */
  constructor(explain: Explain, { changed, end, refused }: { changed(): void; end(): void; refused(why: string): void }) {
    [this.#explain, this.#changed, this.#end, this.#refused] = [explain, changed, end, refused];
    const button = make('button', { type: 'button' }, t`All inputs alike`);
    button.addEventListener('click', () => this.#end());
    this.#note = make('p', { class: 'over', id: 'over', hidden: '' }, this.#said, ' ', button);
    document.querySelector('.plot figure')?.before(this.#note);
  }

  /**
   * The model as the distribution `text` shows it; undefined where all inputs are alike. Proofs
   * that are not weighed yet are not proven in it.
   */
  seen(model: Model, text: string): Model | undefined {
    this.#note.hidden = !text;
    if (!text) return void (this.#weighed = undefined);
    if (this.#weighed?.text !== text || this.#weighed.model !== model) {
      this.#weighed = { model, text, facts: undefined, bounds: new Map(), failed: new Map() };
    }
    const weighed = this.#weighed;
    void this.#go();
    this.#say(weighed);
    const { facts, bounds } = weighed;
    const over = (proof?: Proof) => {
      const about = facts?.about ?? t`the chosen inputs`;
      const worst = proof && bounds.get(proof.facts.strategy)?.class;
      return worst ? t`${about}, in the worst class (${worst})` : facts?.worst ? t`${about}, in the worst class` : about;
    };
    const shown = (proof: Proof): Proof => {
      const { outcome, ...rest } = proof;
      const bound = bounds.get(proof.facts.strategy);
      return outcome && bound ? { ...rest, frontier: false, outcome: weighted(outcome, bound) } : { ...rest, frontier: false };
    };
    return { ...model, proofs: model.proofs.map(shown), uncertain: [], over };
  }

  #say({ model, facts, bounds, failed }: Weighed) {
    const about = facts ? `${facts.about}${facts.worst ? t`, the worst class of them` : ''}` : t`the chosen inputs`;
    const left = model.proofs.filter(({ outcome }) => outcome).length - bounds.size - failed.size;
    const mixed = [...bounds.values()].filter((bound) => bound.mixed).length;
    const parts = [
      t`Claim, figure, strategies, table and the maps of Why are about ${about}. Everything else counts all inputs alike.`,
      ...(left > 0 ? [t`${left} proofs are still to be weighed.`] : []),
      ...(mixed ? [t`${mixed} proofs do not tell these inputs apart: shown is what they prove in any case.`] : []),
      ...(failed.size ? [t`${failed.size} cannot be weighed: ${[...failed.values()][0]}`] : []),
    ];
    const said = parts.join(' ');
    if (this.#said.textContent !== said) this.#said.textContent = said;
  }

  /**
   * Weighs what is left, one proof at a time, so that other questions are answered between; those
   * on the frontier first.
   */
  async #go() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) await next();
    } finally {
      this.#isBusy = false;
    }
  }

  #next(): (() => Promise<void>) | undefined {
    const weighed = this.#weighed;
    if (!weighed?.model.network) return undefined;
    if (!weighed.facts) return () => this.#describe(weighed);
    const { bounds, failed, model } = weighed;
    const waits = ({ facts: { strategy }, outcome }: Proof) => !!outcome && !bounds.has(strategy) && !failed.has(strategy);
    const waiting = model.proofs.filter(waits);
    const proof = waiting.find(({ frontier }) => frontier) ?? waiting[0];
    return proof && (() => this.#weigh(weighed, proof));
  }

  async #describe(weighed: Weighed) {
    try {
      weighed.facts = await this.#explain.distribution(weighed.text);
      this.#changed();
    } catch (error) {
      if (weighed !== this.#weighed) return;
      this.#weighed = undefined;
      if (error instanceof Cancelled) return;
      this.#refused(t`“over=${weighed.text.slice(0, 80)}”: ${told(error)}. Taken instead: all inputs alike.`);
      this.#end();
    }
  }

  async #weigh(weighed: Weighed, { facts: { strategy } }: Proof) {
    try {
      weighed.bounds.set(strategy, await this.#explain.weighted(strategy, weighed.text));
    } catch (error) {
      if (error instanceof Cancelled) {
        if (weighed === this.#weighed) this.#weighed = undefined;
        return;
      }
      weighed.failed.set(strategy, told(error));
    }
    this.#changed();
  }
}

/**
 * An outcome with the weighted bound in the place of its own; the other side where it is known
 * exactly.
 */
const weighted = (outcome: Outcome, { correct, total, bound, percent, exact }: WeightedBound): Outcome => ({
  ...outcome,
  ...{ correct, total, bound, percent, left_out: null },
  most_correct: exact ? correct : null,
  upper_bound: exact ? bound : null,
  percent_above: exact ? percent : null,
  upper_flops: exact ? 0 : null,
});
