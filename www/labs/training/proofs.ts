/** Proves networks, one after the other, by the module that proves all of this page's networks. */

import { Client } from '../../engine/client.js';
import { moduleAt } from '../../engine/once.js';
import type { SampledAccuracy, StrategyFacts } from '../../pkg/prove.js';
import proveUrl from '../../pkg/prove_bg.wasm?url';
import type { Frontier } from '../../pkg/plot.js';
import workerUrl from '../../tasks/max-of-k/worker.ts?worker&url';
import { proven as frontierOf } from '../../views/frontier/points.js';
import type { Proven } from './proven.js';

/** The proofs of each checkpoint: the shortest of all, then for each class the one that proves most of the gallery's networks, the shortest first. */
export const QUICK = [
  'EUPU-max-diff--attn-drop-average-query-per-output-logit-reasoning--attn-err-max-diff-subproduct-recursive',
  'EUPU-svd-query+max-diff--attn-mean-query+diff--attn-err-max-diff-subproduct-recursive',
  'EUPU-max-diff-exact--attn-mean-query+diff--attn-err-max-diff-subproduct-recursive',
  'EUPU-svd-query+max-diff--attn-mean-query+diff--attn-err-max-diff-subproduct',
  'EUPU-svd-query+max-diff--attn-mean-query+diff--attn-err-exact-EQKE+max-diff-exact',
  'EUPU-max-diff-exact--attn-mean-query+diff--attn-err-max-diff-subproduct',
  'EUPU-max-diff-exact--attn-mean-query+diff--attn-err-exact-EQKE+max-diff-exact',
  'cubic',
];

/** What plotters draws of a network. */
export const frontier = ({ facts, proofs }: Proven): Frontier => frontierOf({ facts, proofs } as never, () => true);

/** Which strategies to prove by, of all and by an estimate of the accuracy. */
export type Choose = (all: readonly StrategyFacts[], sampled: SampledAccuracy) => readonly string[];

export class Prover {
  readonly #client: Client;
  /** What is asked for last waits for what was asked for before. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(died: (message: string) => void) {
    this.#client = new Client(died, workerUrl);
  }

  /** Proves a network by these strategies, or by those that `choose` finds among all; `told` hears the share that is done. */
  prove(file: string, bytes: Uint8Array, choose: Choose, signal: AbortSignal, told: (done: number) => void = () => {}): Promise<Proven> {
    const proving = this.#last.catch(() => {}).then(() => this.#prove(file, bytes, choose, signal, told));
    this.#last = proving;
    return proving;
  }

  async #prove(file: string, bytes: Uint8Array, choose: Choose, signal: AbortSignal, told: (done: number) => void): Promise<Proven> {
    signal.throwIfAborted();
    const facts = await this.#client.load(await moduleAt(proveUrl), { file, bytes });
    const sampled = await this.#client.ask<SampledAccuracy>({ ask: 'sample' });
    const { sigma_ratio: ratio } = await this.#client.ask<{ sigma_ratio: number | null }>({ ask: 'attention' });
    const proofs: Proven['proofs'] = [];
    const chosen = choose(facts.strategies, sampled);
    for (const [i, strategy] of chosen.entries()) {
      const known = facts.strategies.find((each) => each.strategy === strategy) ?? (await this.#client.strategy(strategy));
      if (known.refused !== null) continue;
      const { outcome } = await this.#client.run(strategy, [], undefined, (done) => told((i + done) / chosen.length), signal);
      proofs.push({ facts: known, outcome });
    }
    return { facts, proofs, sampled, ratio };
  }

  /** Ends what is going on. */
  close() {
    this.#client.close();
  }
}
