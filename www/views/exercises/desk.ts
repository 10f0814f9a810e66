/** What a student works at: the page with its open model, and results of that. */

import { idOf } from '../../app/address.js';
import type { Page } from '../../app/page.js';
import { Explainer } from '../../engine/explain.js';
import { verify } from '../../engine/files.js';
import type { Prover } from '../../engine/pool.js';
import { Opened } from '../../exercises/opened.js';
import { ModelResults, type Results } from '../../exercises/results.js';
import type { Models, Proof } from '../../state/model.js';
import { Names } from '../../state/names.js';

/** The parts of the page that exercises need. */
export interface Instrument {
  models: Models;
  pool: Prover;
  page: Page;
}

export class Desk {
  readonly names = new Names(() => localStorage);
  readonly #at: Instrument;
  /** Models beside the open one. */
  readonly #opened = new Opened();
  /** Of the model that was asked about last. */
  #results: ModelResults | undefined;

  constructor(at: Instrument) {
    this.#at = at;
  }

  /** The first digits of the SHA-256 of the open model's weights. */
  get model(): string {
    return idOf(this.#facts.sha256);
  }

  /** The chosen proof, or the one that the page shows while none is chosen. */
  get proof(): Proof | undefined {
    const { models, page } = this.#at;
    return models.find(page.chosen) ?? page.current;
  }

  /** What is open in the page's views. */
  get looks() {
    return this.#at.page.looks;
  }

  /** The proofs of the open model that the student has named. */
  get named() {
    return this.names.of(this.#facts.sha256);
  }

  /** Keeps a proof of the open model under a name, which replaces one of that name. */
  keep(name: string, strategy: string, certificate: string | undefined) {
    this.names.keep(this.#facts.sha256, { name, strategy, ...(certificate !== undefined && { certificate }) });
  }

  /** Results of the open model, once it is loaded. Rejects if it cannot be. */
  async results(): Promise<Results> {
    const { models, pool, page } = this.#at;
    const { bytes, facts, task } = await models.loaded();
    if (this.#results?.facts !== facts) {
      const explain = await page.explains();
      this.#results = new ModelResults({
        task: task.id,
        facts,
        prover: pool,
        ask: (question) => (explain.ask ? explain.ask(question) : pool.ask(question)),
        explain: explain instanceof Explainer ? explain : undefined,
        known: (strategy) => models.find(strategy)?.outcome,
        verify: async (certificate) =>
          (await verify({ file: facts.file, bytes, certificate }, () => {}, new AbortController().signal)).outcome,
        other: (named) => this.#opened.named(task.id, named),
      });
    }
    return this.#results;
  }

  get #facts() {
    return this.#at.models.current.facts;
  }
}
