/** Shows the state in every view, and brings out the chosen proof in each. */

import type { Certificates } from '../state/certificates.js';
import { nameOf } from '../state/certificates.js';
import type { Model, Models, Proof } from '../state/model.js';
import type { Queue } from '../state/queue.js';
import { atEnd, coalesce, PAUSE } from '../ui/coalesce.js';
import { get } from '../ui/element.js';
import { capital, percent, scientific } from '../ui/format.js';
import { save } from '../ui/save.js';
import { AttentionSection } from '../views/attention/attention.js';
import { BestProof } from '../views/best/best.js';
import { showFacts, showTask } from '../views/facts/facts.js';
import { Frontier, type Pictured } from '../views/frontier/frontier.js';
import { showLegend } from '../views/frontier/legend.js';
import { NetworkSection } from '../views/network/network.js';
import { showOwn } from '../views/picker/picker.js';
import { Details } from '../views/proof/details.js';
import { ProofCards } from '../views/proofs/proofs.js';
import { Quality } from '../views/quality/quality.js';
import { ResultsTable } from '../views/results/table.js';
import { RunControl } from '../views/run/run.js';
import { showSides } from '../views/sides/sides.js';

/** What the page tells of. */
export interface Told {
  /** The user has chosen a proof. */
  chosen(): void;
  /** The chosen proof is none of the model's: its identifier names no strategy. */
  unknown(strategy: string): void;
  /** The figure cannot be drawn. */
  noFigure(why: string): void;
}

export class Page {
  /** Identifier of the chosen proof. It stays chosen when another model is opened. */
  chosen: string | null = null;
  /** Identifier of the proof under the pointer or the focus. */
  #pointed: string | null = null;
  /** The model that is shown. */
  #shown: Model | undefined;
  readonly #models: Models;
  readonly #told: Told;
  readonly #status = get('status', HTMLElement);
  readonly #reading = get('reading', HTMLElement);
  readonly #hint = this.#reading.textContent;
  readonly #cards: ProofCards;
  readonly #table = new ResultsTable((strategy) => this.choose(strategy));
  readonly #details: Details;
  readonly #run: RunControl;
  readonly #best: BestProof;
  readonly #quality = new Quality(get('quality', HTMLElement));
  readonly #network: NetworkSection;
  readonly #attention = new AttentionSection(get('attention', HTMLElement));
  readonly #frontier: Frontier;
  /** Shows how far the queue is, once for all that changes in a task. */
  readonly #showQueue = atEnd(() => {
    this.#run.show();
    this.#best.show();
  });
  /** Shows what follows from all results, ten times a second at most. */
  readonly #refresh = coalesce(
    () => this.#showProofs(),
    () => this.#bringOut(),
    () => this.#showResults(),
  );

  /** `workers` may work at once. */
  constructor(shipped: Pictured, workers: number, models: Models, queue: Queue, certificates: Certificates, told: Told) {
    this.#models = models;
    this.#told = told;
    this.#cards = new ProofCards(get('proofs', HTMLElement), get('others', HTMLElement), models, queue);
    this.#run = new RunControl(models, queue, workers);
    this.#best = new BestProof(models, queue, (strategy) => this.choose(strategy));
    this.#network = new NetworkSection(models);
    this.#details = new Details(get('details', HTMLElement), {
      compare: (proof) => void models.askPublished(proof),
      save: async (proof) => {
        const { file } = models.current.facts;
        const certificate = await certificates.of(proof);
        if (certificate !== undefined) save(nameOf(file, proof.facts.strategy), certificate);
      },
      check: (proof) => void certificates.check(proof),
      stopCheck: (proof) => certificates.stopCheck(proof),
    });
    const canvas = get('frontier', HTMLCanvasElement);
    this.#frontier = new Frontier(canvas, shipped, (strategy) => this.#point(strategy), (strategy) => this.choose(strategy), told.noFigure);
    for (const kind of ['pointerover', 'focusin'] as const) {
      addEventListener(kind, ({ target }) => {
        if (!(target instanceof Element) || target === canvas) return;
        this.#point(target.closest<HTMLElement>('[data-strategy]')?.dataset['strategy'] ?? null);
      });
    }
  }

  /** Shows another model. */
  model(model: Model) {
    // What a certificate of the former model proves says nothing of this one.
    if (this.#shown?.proofs.some(({ facts, from }) => from && facts.strategy === this.chosen)) this.chosen = null;
    this.#shown = model;
    showTask(get('task', HTMLElement), model);
    showOwn(get('own', HTMLElement), model);
    showFacts(get('facts', HTMLElement), model);
    showLegend(get('legend', HTMLElement), model);
    this.#network.model(model);
    this.#attention.show(model);
    this.#cards.model(model);
    this.#best.model();
    this.#showQueue();
    this.#showTitle();
    this.#askForChosen();
    this.#refresh();
  }

  /** Shows what has changed of a proof. */
  proof(proof: Proof) {
    this.#cards.proof(proof);
    this.#showQueue();
    const { job, facts } = proof;
    // How far a proof is, only its card and the details show. What is cancelled leaves time to the
    // workers that must answer.
    if (job.state !== 'running' || job.done === 0 || facts.strategy === this.chosen) this.#refresh(job.state === 'cancelled' ? PAUSE : 0);
  }

  /** Shows what has come of a model beside its proofs. */
  looked(model: Model) {
    this.#network.show(model);
    this.#attention.show(model);
  }

  status(text: string) {
    this.#status.textContent = text;
    this.#showQueue();
  }

  /** Draws figures of this browser's own from now on. */
  async drawFigures() {
    await this.#frontier.live();
    this.#refresh();
  }

  /** Chooses a proof; one that the model does not list is asked for. */
  choose(strategy: string) {
    this.chosen = strategy;
    this.#showChosen();
    this.#told.chosen();
    this.#askForChosen();
  }

  #showChosen() {
    this.#table.choose(this.chosen);
    this.#details.show(this.#models.find(this.chosen), this.#models.current);
    this.#bringOut();
    this.#showTitle();
  }

  /** Asks for the chosen proof if the model does not list it. */
  #askForChosen() {
    const { chosen } = this;
    if (chosen === null || !this.#models.current.bytes || this.#models.find(chosen)) return;
    void this.#best.ask(chosen, () => {
      if (this.chosen === chosen) {
        this.chosen = null;
        this.#showChosen();
      }
      this.#told.unknown(chosen);
    });
  }

  #point(strategy: string | null) {
    if (strategy === this.#pointed) return;
    this.#pointed = strategy;
    this.#bringOut();
  }

  /**
   * Brings out one proof wherever it is shown: the one that is pointed at, or else the chosen one.
   */
  #bringOut() {
    const strategy = this.#pointed ?? this.chosen;
    this.#cards.point(strategy);
    this.#table.point(this.#pointed);
    this.#frontier.show(this.#models.current, strategy);
    const proof = this.#models.find(strategy);
    const found = proof?.outcome;
    this.#reading.textContent = found
      ? `${capital(proof.facts.label)}: at least ${percent(found.percent)} of all inputs, proven with ${scientific(found.flops)} FLOPs.`
      : this.#hint;
  }

  /** Shows all proofs, once it is known which of them no other beats. */
  #showProofs() {
    const { current } = this.#models;
    const best = this.#frontier.metrics(current)?.frontier ?? [];
    for (const proof of current.proofs) proof.frontier = best.includes(proof.facts.strategy);
    this.#table.show(current, this.chosen);
  }

  #showResults() {
    const { current } = this.#models;
    this.#details.show(this.#models.find(this.chosen), current);
    showSides(get('sides', HTMLElement), current);
    this.#network.show(current);
    this.#quality.show(this.#frontier.metrics(current), current);
  }

  /** Names the chosen proof and the model, so that two tabs differ. */
  #showTitle() {
    const proof = this.#models.find(this.chosen);
    const parts = [...(proof ? [capital(proof.facts.label)] : []), this.#models.current.facts.file, 'Compact proofs'];
    document.title = parts.join(' · ');
  }
}
