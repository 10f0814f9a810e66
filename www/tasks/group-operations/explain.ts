/** Answers questions about the open model, in a worker and with a module of their own. */

import { Client } from '../../engine/client.js';
import { moduleAt } from '../../engine/once.js';
import type { Weights } from '../../engine/protocol.js';
import { t } from '../../languages/language.js';
import type { Question } from '../../pkg/insight.js';
import insightUrl from '../../pkg/insight_bg.wasm?url';
import workerUrl from './insight-worker.ts?worker&url';

export class Asking {
  #client: Promise<Client> | undefined;
  #weights: Weights | undefined;

  /** Takes another model; what was asked about the one before is rejected with `Cancelled`. */
  model(weights: Weights) {
    this.#weights = weights;
    this.close();
  }

  /** Ends the worker; the next question starts it again. */
  close() {
    void this.#client?.then((client) => client.close(), () => {});
    this.#client = undefined;
  }

  /**
   * Answers a question of this task. Rejects with `Cancelled` if another model is opened meanwhile,
   * with `Died` if the worker dies, with `Missing` if the module does not arrive, and with an
   * `Error` that says why if the question is refused.
   */
  async ask<T>(question: Question): Promise<T> {
    this.#client ??= this.#open();
    this.#client.catch(() => (this.#client = undefined));
    return (await this.#client).ask<T>(question);
  }

  async coverage(strategy: string): Promise<string> {
    return JSON.stringify(await this.ask({ ask: 'coverage', strategy }));
  }

  async #open(): Promise<Client> {
    const weights = this.#weights;
    if (!weights) throw new Error(t`no model is open yet`);
    // Who asks hears why it died.
    const client = new Client(() => {}, workerUrl);
    client.adopt(await moduleAt(insightUrl), weights);
    return client;
  }
}
