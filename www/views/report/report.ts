/**
 * Shows everything about the model and its proofs in full, below the views: the network, the best
 * proof, a card for each proof that is alone in its family, and the table of all. Fetched once this
 * browser has results of its own.
 */

import './report.css';
import html from './report.html?raw';
import { inscribe } from '../../languages/language.js';
import type { Metrics } from '../../pkg/plot.js';
import { type Certificates, nameOf } from '../../state/certificates.js';
import { type Filter, strange, strangeInputs } from '../../state/filter.js';
import { GALLERY, type Model, type Models, type Proof } from '../../state/model.js';
import type { Queue } from '../../state/queue.js';
import { Names } from '../../state/names.js';
import { parseVersus } from '../../state/versus.js';
import { get } from '../../ui/element.js';
import { save } from '../../ui/save.js';
import { section } from '../../offline/section.js';
import type { NetworkPart, ReadAs, TaskPage } from '../../tasks/task.js';
import { BestProof } from '../best/best.js';
import { showFacts, showTask } from '../facts/facts.js';
import { Details } from '../proof/details.js';
import { ProofCards } from '../proofs/proofs.js';
import { Quality } from '../quality/quality.js';
import { ResultsTable, type Sorted } from '../results/table.js';
import { showSides } from '../sides/sides.js';
import type { Within } from '../view.js';
import { preparePrint } from './print.js';

/** What the report works with, and what it asks of the page. */
export interface Host {
  task: TaskPage;
  models: Models;
  queue: Queue;
  certificates(): Promise<Certificates>;
  /** Chooses a proof by its identifier. */
  choose(strategy: string): void;
  /** Shows other proofs, or sorts them otherwise, by a `choice` of the user's. */
  look(looks: Partial<Filter & Sorted>, choice: 'look' | 'typed'): void;
  /** Shows a problem. */
  problem(text: string): void;
  readAs: ReadAs;
}

/** What of an address a model may not have. */
export type Strange = 'vs' | 'family' | 'tags' | 'without' | keyof Within;

export class Report {
  readonly #models: Models;
  readonly #queue: Queue;
  readonly #cards: ProofCards;
  readonly #table: ResultsTable;
  readonly #details: Details;
  readonly #best: BestProof;
  readonly #quality: Quality;
  readonly #network: NetworkPart;
  readonly #names = new Names(() => localStorage);

  constructor({ task, models, queue, certificates, choose, look, problem }: Host, network: NetworkPart, about: (Node | string)[]) {
    get('about-proofs', HTMLElement).replaceChildren(...about);
    get('best-proof', HTMLElement).hidden = !task.hasBest;
    // A file of the user's is kept anyway.
    get('stored', HTMLElement).append(
      section(() => (models.current.source === GALLERY ? [`models/${task.id}/${models.current.facts.file}`] : [])),
    );
    this.#models = models;
    this.#queue = queue;
    this.#cards = new ProofCards(get('proofs', HTMLElement), get('others', HTMLElement), models, queue);
    this.#best = new BestProof(models, queue, choose);
    this.#quality = new Quality(get('quality', HTMLElement));
    this.#network = network;
    this.#details = new Details(get('details', HTMLElement), {
      run: (proof) => queue.run(proof),
      cancel: (proof) => queue.cancel(proof),
      compare: (proof) => void models.askPublished(proof),
      save: async (proof) => {
        const { file } = models.current.facts;
        const certificate = await (await certificates()).of(proof);
        if (certificate !== undefined) save(nameOf(file, proof.facts.strategy), new Blob([certificate], { type: 'application/json' }));
      },
      check: async (proof) => (await certificates()).check(proof),
      stopCheck: async (proof) => (await certificates()).stopCheck(proof),
      problem,
    });
    // Comes with the report, so that a certificate needs no request later; who asks for one hears
    // if it has not come.
    certificates().catch(() => {});
    preparePrint();
    this.#table = new ResultsTable(choose, look, () => models.current, (proof) => queue.run(models.find(proof.facts.strategy) ?? proof));
  }

  /** Shows another model. */
  model(model: Model) {
    showTask(get('task', HTMLElement), model);
    showFacts(get('facts', HTMLElement), model);
    this.#network.model(model);
    this.#cards.model(model);
    this.#best.model();
  }

  /** Shows a proof that has changed. */
  proof(proof: Proof) {
    this.#cards.proof(proof);
  }

  /** Shows examples and sampled accuracy of the model. */
  looked(model: Model) {
    this.#network.show(model);
  }

  /** The name that the user gave a proof of the present model; undefined for none. */
  nameOf(proof: Proof): string | undefined {
    return this.#names.nameOf(this.#models.current.facts.sha256, proof);
  }

  /** Shows how far the queue is. */
  queue() {
    this.#best.show();
  }

  /** Asks for a proof by its identifier, and chooses it; `refused` hears that there is none. */
  ask(strategy: string, refused: () => void): Promise<void> {
    return this.#best.ask(strategy, refused);
  }

  /** Shows which proof is chosen. */
  choose(chosen: string | null) {
    this.#table.choose(chosen);
    this.#details.show(this.#models.find(chosen), this.#models.current);
  }

  /** Highlights the proof under the pointer or, in the cards, else the chosen one. */
  point(pointed: string | null, chosen: string | null) {
    this.#cards.point(pointed ?? chosen);
    this.#table.point(pointed);
  }

  /** Shows the proofs that pass a filter, sorted. */
  look(looks: Filter & Sorted) {
    this.#table.look(looks);
  }

  /** What a filter, a comparison and opened inputs ask for that the model does not have. */
  async strange(looks: Filter & Within & { vs: string }): Promise<Strange[]> {
    const { strategy: vs } = parseVersus(looks.vs);
    const { current } = this.#models;
    const of = [...strange(looks, current), ...strangeInputs(looks, current)];
    // A proof that no model lists, such as the best within some steps, is asked for.
    const isProof = !vs || this.#models.find(vs) || (await this.#queue.ask(vs).catch(() => undefined));
    return isProof ? of : [...of, 'vs'];
  }

  /** Shows all proofs in the table, as a distribution shows them if one is on. */
  results(model: Model, chosen: string | null) {
    this.#table.show(model, chosen);
  }

  /** Shows what summarises the results. */
  summary(metrics: Metrics | undefined, chosen: string | null) {
    const { current } = this.#models;
    this.#details.show(this.#models.find(chosen), current);
    showSides(get('sides', HTMLElement), current);
    this.#network.show(current);
    this.#quality.show(metrics, current);
  }
}

/** Puts the report into the page, with what the task says in it. */
export async function reportOf(host: Host): Promise<Report> {
  const [about, network] = await Promise.all([host.task.proofs(), host.task.network()]);
  putIn();
  return new Report(host, network(host.models, host.readAs), about);
}

/**
 * Puts the report's elements into the page: the sections after the views, the footer at the end.
 */
function putIn() {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  inscribe(body);
  document.querySelector('main')?.append(...body.querySelectorAll('body > section'));
  get('whole', HTMLElement).after(...body.querySelectorAll('footer'));
}
