/** Proves networks, one after the other, by the modules that prove all of this page's networks. */

import { Client } from '../../engine/client.js';
import { moduleAt } from '../../engine/once.js';
import groupUrl from '../../pkg/group_bg.wasm?url';
import type { Integrals } from '../../pkg/insight.js';
import insightUrl from '../../pkg/insight_bg.wasm?url';
import type { SampledAccuracy, TaskFacts } from '../../pkg/prove.js';
import proveUrl from '../../pkg/prove_bg.wasm?url';
import type { Frontier } from '../../pkg/plot.js';
import groupWorkerUrl from '../../tasks/group-operations/group-worker.ts?worker&url';
import insightWorkerUrl from '../../tasks/group-operations/insight-worker.ts?worker&url';
import type { GroupFacts } from '../../tasks/group-operations/task.js';
import workerUrl from '../../tasks/max-of-k/worker.ts?worker&url';
import { proven as frontierOf } from '../../views/frontier/points.js';
import type { Proven } from './proven.js';

/** The task that a network is for. */
export type TaskName = 'max-of-k' | 'group-operations';

/** A network as a safetensors file. */
export interface Network {
  task: TaskName;
  file: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What is known of a network before it is proven. */
type Known = Omit<Proven, 'proofs'>;

/** Which strategies to prove by. */
export type Choose = (known: Known) => readonly string[];

/** What this lab knows of a task. */
interface Subject {
  module: string;
  worker: string;
  known(facts: TaskFacts, client: Client): Promise<Known>;
}

const SUBJECTS: Readonly<Record<TaskName, Subject>> = {
  'max-of-k': {
    module: proveUrl,
    worker: workerUrl,
    known: async (facts, client) => {
      const sampled = await client.ask<SampledAccuracy>({ ask: 'sample' });
      const { sigma_ratio: ratio } = await client.ask<{ sigma_ratio: number | null }>({ ask: 'attention' });
      return { facts, sampled, ratio };
    },
  },
  'group-operations': {
    module: groupUrl,
    worker: groupWorkerUrl,
    known: async (facts) => ({ facts, sampled: { correct: (facts as GroupFacts).right, samples: Number(facts.inputs) } }),
  },
};

/**
 * The proofs of each checkpoint of Max-of-K: the shortest of all, then for each class the one that
 * proves most of the gallery's networks, the shortest first.
 */
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
/** Counts exactly; short for networks that have learned Max-of-K. */
const EXACT = 'exact';
/** The accuracy from which on a network has learned its task. */
const LEARNED = 0.9;
/**
 * How many ranks are tried of a group's network, the largest that it lists: smaller ones leave out
 * what it uses.
 */
const RANKS = 3;

/**
 * The proofs of a network on the way; of one for Max-of-K also the `exact` count, if that is wanted
 * and quick.
 */
export const some = ({ task }: Network, exact: boolean): Choose => {
  if (task === 'max-of-k') return ({ sampled: { correct, samples } }) => [...QUICK, ...(exact && correct > LEARNED * samples ? [EXACT] : [])];
  return ({ facts: { strategies } }) => {
    const ranks = strategies.filter(({ family }) => family === 'low-rank-unembed');
    return strategies.filter((each) => !ranks.slice(0, -RANKS).includes(each)).map(({ strategy }) => strategy);
  };
};

/** All proofs that do not run the network on every input. */
export const all: Choose = ({ facts }) => facts.strategies.filter(({ visits_inputs: visits, refused }) => !visits && refused === null).map(({ strategy }) => strategy);

/** What plotters draws of a network. */
export const frontier = ({ facts, proofs }: Proven): Frontier => frontierOf({ facts, proofs } as never, () => true);

/** Whether a network's task is to add modulo a number. */
const isAddition = (facts: TaskFacts) => /^Z\d+$/.test((facts as Partial<GroupFacts>).group ?? '');

/** A strategy may find no proof of a network: nothing has failed then. */
function unlessNone(error: unknown): undefined {
  if (!(error instanceof Error) || error.constructor !== Error) throw error;
}

export class Prover {
  readonly #clients: Readonly<Record<TaskName, Client>>;
  /** Proves how well networks that add approximate integrals. */
  readonly #insight: Client;
  /** What is asked for last waits for what was asked for before. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(died: (message: string) => void) {
    const client = (task: TaskName) => new Client(died, SUBJECTS[task].worker);
    this.#insight = new Client(died, insightWorkerUrl);
    this.#clients = { 'max-of-k': client('max-of-k'), 'group-operations': client('group-operations') };
  }

  /**
   * Proves a network by the strategies that `choose` names; `told` hears the share that is done.
   */
  prove(network: Network, choose: Choose, signal: AbortSignal, told: (done: number) => void = () => {}): Promise<Proven> {
    const proving = this.#last.catch(() => {}).then(() => this.#prove(network, choose, signal, told));
    this.#last = proving;
    return proving;
  }

  async #prove({ task, file, bytes }: Network, choose: Choose, signal: AbortSignal, told: (done: number) => void): Promise<Proven> {
    signal.throwIfAborted();
    const [client, subject] = [this.#clients[task], SUBJECTS[task]];
    const known = await subject.known(await client.load(await moduleAt(subject.module), { file, bytes }), client);
    const proofs: Proven['proofs'] = [];
    const chosen = choose(known);
    for (const [i, strategy] of chosen.entries()) {
      const facts = known.facts.strategies.find((each) => each.strategy === strategy) ?? (await client.strategy(strategy));
      if (facts.refused !== null) continue;
      const ran = await client.run(strategy, [], undefined, (done) => told((i + done) / chosen.length), signal).catch(unlessNone);
      if (ran) proofs.push({ facts, outcome: ran.outcome });
    }
    return { ...known, proofs, ...(isAddition(known.facts) && { integrals: await this.#integrals({ file, bytes }) }) };
  }

  /** What each rule of quadrature proves of a network that adds modulo a number. */
  async #integrals(network: Omit<Network, 'task'>): Promise<readonly Integrals[]> {
    await this.#insight.load(await moduleAt(insightUrl), network);
    return (await this.#insight.ask<Integrals[] | null>({ ask: 'integrals' })) ?? [];
  }

  /** Ends what is going on. */
  close() {
    for (const client of [...Object.values(this.#clients), this.#insight]) client.close();
  }
}
