/** What is to be proven about the model, in which order, and how far that is. */

import { Cancelled, Died } from '../engine/client.js';
import type { Pool } from '../engine/pool.js';
import type { Outcome } from '../pkg/prove.js';
import { count, percent, seconds, told } from '../ui/format.js';
import { isAlone, isBusy, isDone, isLong, type Job, type Models, type Proof, runsUnasked, type View } from './model.js';

/** After this many crashes in a row without a finished proof, stop and let the user decide whether to go on. */
const MAX_CRASHES = 2;

/** The option of strategies that turns pruning off. */
const EVERY_INPUT = 'every-input';

/** How far all proofs of the model are. */
export interface Progress {
  /** Proofs that this browser has run. */
  done: number;
  /** Proofs to run in all: those that are done, run without being asked for, or were asked for. */
  due: number;
  /** The part of the due work that is done, from 0 to 1. */
  share: number;
  busy: boolean;
}

/** What cancels a proof that waits or runs. */
const stopOf = ({ job }: Proof) => ('stop' in job ? job.stop : undefined);

export class Queue {
  /** The names of the options of strategies that are on. */
  readonly options: Set<string>;
  /** Work beside the queue that `cancelAll` stops, too: certificates that are being verified. */
  readonly beside = new Set<AbortController>();
  readonly #models: Models;
  readonly #pool: Pick<Pool, 'run' | 'strategy'>;
  readonly #view: Pick<View, 'status' | 'problem'>;
  /** Proofs that are run for their certificate, and who waits for it. */
  readonly #certifying = new Map<Proof, (certificate: string | undefined) => void>();
  #crashes = 0;
  /** Sequences that brute force visits in a second: a guess, until this machine has shown its speed. */
  #rate = 40e6;

  constructor(models: Models, pool: Pick<Pool, 'run' | 'strategy'>, view: Pick<View, 'status' | 'problem'>) {
    this.#models = models;
    const options = models.current.facts.strategies.flatMap((strategy) => strategy.options);
    this.options = new Set(options.filter((option) => option.default).map(({ name }) => name));
    this.#pool = pool;
    this.#view = view;
  }

  /** Runs a proof before all that run without being asked for. */
  run(proof: Proof) {
    this.#enqueue([proof], true);
  }

  /**
   * The proof with that identifier, to be run next unless its outcome is known. A proof that the model does not list is
   * added, unless the model refuses it. Undefined if another model was opened meanwhile.
   *
   * Rejects an identifier that names no strategy.
   */
  async ask(strategy: string): Promise<Proof | undefined> {
    const model = this.#models.current;
    let proof = this.#models.find(strategy);
    if (!proof) {
      const facts = await this.#pool.strategy(strategy);
      if (this.#models.current !== model) return undefined;
      const listed = this.#models.find(strategy); // by another question, meanwhile
      proof = listed ?? { facts, job: { state: 'idle' }, shipped: false, frontier: false };
      if (!listed && facts.refused === null) this.#models.add(proof);
    }
    if (proof.facts.refused === null && !proof.outcome && proof.job.state !== 'running') this.run(proof);
    return proof;
  }

  /** Runs a proof for its certificate; undefined if that fails, as the proof then tells. */
  certify(proof: Proof): Promise<string | undefined> {
    const certificate = new Promise<string | undefined>((resolve) => this.#certifying.set(proof, resolve));
    this.run(proof);
    return certificate;
  }

  /**
   * Runs all proofs that are left or, when none is, all again: first those that are alone in their class, then group by
   * group of those that share work. The shortest is first in each group, and the group of the shortest proof is first.
   */
  runAll() {
    const unasked = this.#models.current.proofs.filter((proof) => runsUnasked(proof) && !isBusy(proof));
    const left = unasked.filter((proof) => !isDone(proof));
    const due = left.length ? left : unasked;
    const groups = new Map<string, Proof[]>();
    for (const proof of due.sort((a, b) => Number(isAlone(b)) - Number(isAlone(a)) || a.facts.flops - b.facts.flops)) {
      const { group } = proof.facts;
      groups.set(group, [...(groups.get(group) ?? []), proof]);
    }
    this.#enqueue([...groups.values()].flat(), false);
  }

  cancel(proof: Proof) {
    const stop = stopOf(proof);
    if (proof.job.state === 'queued') this.#set(proof, { state: 'cancelled' });
    stop?.abort();
  }

  /** Stops all that runs, and empties the queue. */
  cancelAll() {
    for (const stop of this.beside) stop.abort();
    for (const proof of this.#models.current.proofs) this.cancel(proof);
  }

  get progress(): Progress {
    const { proofs } = this.#models.current;
    const done = proofs.filter(isDone).length;
    const due = proofs.filter((proof) => runsUnasked(proof) || isBusy(proof) || isDone(proof)).length;
    const running = proofs.reduce((sum, { job }) => sum + (job.state === 'running' ? job.done : 0), 0);
    return { done, due, share: due && (done + running) / due, busy: proofs.some(isBusy) || this.beside.size > 0 };
  }

  /** Roughly how long a proof would take that only the user starts. How much pruning will spare is unknown. */
  estimate(proof: Proof): string | undefined {
    if (!isLong(proof)) return undefined;
    return `${this.#prunes ? 'at most ' : ''}about ${seconds(Number(proof.facts.visits) / this.#rate)}`;
  }

  /** Whether inputs that a common prefix decides are counted together, without a visit to each. */
  get #prunes(): boolean {
    return !this.options.has(EVERY_INPUT);
  }

  #set(proof: Proof, job: Job) {
    proof.job = job;
    this.#models.changed(proof);
    if (isBusy(proof)) return;
    this.#certifying.get(proof)?.(proof.certificate);
    this.#certifying.delete(proof);
  }

  #enqueue(proofs: Proof[], asked: boolean) {
    for (const proof of proofs) {
      const before = stopOf(proof);
      const stop = new AbortController();
      this.#set(proof, { state: 'queued', stop });
      before?.abort();
      void this.#prove(proof, stop, asked);
    }
  }

  async #prove(proof: Proof, stop: AbortController, asked: boolean) {
    const { label, visits } = proof.facts;
    const { canonical_sha256, sha256 } = this.#models.current.facts;
    const certify = this.#certifying.has(proof) ? (canonical_sha256 ?? sha256) : undefined;
    const prune = this.#prunes;
    // While it waited, it may have been cancelled, or asked for once more.
    const isCurrent = () => stopOf(proof) === stop;
    const progress = (done: number, elapsed: number) => {
      if (isCurrent()) this.#set(proof, { state: 'running', done, elapsed, stop });
    };
    try {
      const { outcome, certificate } = await this.#pool.run(proof.facts, { asked, prune, certify, signal: stop.signal, progress });
      this.#crashes = 0;
      if (!isCurrent()) return;
      this.#compare(proof, outcome);
      Object.assign(proof, { outcome, shipped: false }, certificate !== undefined && { certificate });
      if (visits !== null && !prune && outcome.seconds > 0.1) this.#rate = Number(outcome.total) / outcome.seconds;
      this.#set(proof, { state: 'idle' });
      // Each proof that is alone in its class is announced; a hundred announcements in a few seconds would tell nobody anything.
      if (isAlone(proof)) this.#view.status(`${label}: at least ${percent(outcome.percent)} proven, in ${seconds(outcome.seconds)}.`);
      else if (!this.progress.busy) this.#view.status(`${this.progress.done} proofs are done.`);
    } catch (error) {
      if (!isCurrent()) return;
      if (error instanceof Cancelled) this.#set(proof, { state: 'cancelled' });
      else this.#set(proof, { state: 'failed', why: error instanceof Died ? 'the worker stopped' : told(error) });
      if (this.#models.current.proofs.includes(proof)) this.#view.status(`${label}: ${proof.job.state}.`);
      if (error instanceof Died && ++this.#crashes >= MAX_CRASHES) this.cancelAll();
    }
  }

  /** Tells if a shipped count and the count of this browser differ: one file must give the same counts everywhere. */
  #compare({ shipped, outcome, facts }: Proof, live: Outcome) {
    if (!shipped || !outcome || outcome.correct === live.correct) return;
    const here = `this browser counts ${count(live.correct)} of ${count(live.total)} inputs`;
    const there = `the results shipped with the page say ${count(outcome.correct)}`;
    this.#view.problem(`${facts.label}: ${here}, but ${there}. One of them is wrong; please report it.`);
  }
}
