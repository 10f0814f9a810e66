/** Runs the proofs of the current model: which ones, in which order, and their progress. */

import { Cancelled, Died } from '../engine/client.js';
import type { Prover } from '../engine/pool.js';
import { spoken, t } from '../languages/language.js';
import type { Outcome } from '../pkg/prove.js';
import { count, percent, seconds, told } from '../ui/format.js';
import { inWords, isAlone, isBusy, isDone, isLong, type Job, type Models, type Proof, runsUnasked, SAID, type View } from './model.js';

/** Crashes in a row, without a finished proof in between, after which the queue stops. */
const MAX_CRASHES = 2;

/** Name of the option that turns pruning in brute force off. */
const EVERY_INPUT = 'every-input';

/** Progress of all proofs of the current model. */
export interface Progress {
  /** Number of proofs that this browser has run. */
  done: number;
  /** Number of proofs that are done, run automatically, or that the user has started. */
  due: number;
  /** Share of the due proofs that is done, from 0 to 1. */
  share: number;
  /** Whether any proof waits or runs, or a certificate is being verified. */
  busy: boolean;
}

/** The controller that cancels a proof, if it waits or runs. */
const stopOf = ({ job }: Proof) => ('stop' in job ? job.stop : undefined);

/** Sends proofs to the pool and stores their progress and outcomes in them. */
export class Queue {
  /** Names of the strategies' options that are on. */
  readonly options: Set<string>;
  /**
   * Controllers of work outside the queue that `cancelAll` also stops: certificates being verified.
   */
  readonly beside = new Set<AbortController>();
  readonly #models: Models;
  readonly #pool: Pick<Prover, 'run' | 'strategy'>;
  readonly #view: Pick<View, 'status' | 'problem'>;
  /** Proofs that run for their certificate, and the functions that take it. */
  readonly #certifying = new Map<Proof, (certificate: string | undefined) => void>();
  /** Crashes since the last finished proof. */
  #crashes = 0;
  /** Inputs that brute force visits in a second; estimated until one has run in this browser. */
  #rate = 40e6;

  constructor(models: Models, pool: Pick<Prover, 'run' | 'strategy'>, view: Pick<View, 'status' | 'problem'>) {
    this.#models = models;
    const options = models.current.facts.strategies.flatMap((strategy) => strategy.options);
    this.options = new Set(options.filter((option) => option.default).map(({ name }) => name));
    this.#pool = pool;
    this.#view = view;
  }

  /** Runs a proof that the user has asked for, before all that run automatically. */
  run(proof: Proof) {
    this.#enqueue([proof], true);
  }

  /**
   * Returns the proof with the identifier `strategy`, and runs it next unless it has an outcome.
   * A proof that the model does not list is added to the list, unless the model refuses it. Returns
   * undefined if another model was opened meanwhile.
   *
   * Rejects if the identifier names no strategy.
   */
  async ask(strategy: string): Promise<Proof | undefined> {
    const model = this.#models.current;
    let proof = this.#models.find(strategy);
    if (!proof) {
      const facts = spoken(await this.#pool.strategy(strategy), SAID);
      if (this.#models.current !== model) return undefined;
      const listed = this.#models.find(strategy); // by another call, meanwhile
      proof = listed ?? { facts, job: { state: 'idle' }, shipped: false, frontier: false };
      if (!listed && facts.refused === null) this.#models.add(proof);
    }
    if (proof.facts.refused === null && !proof.outcome && proof.job.state !== 'running') this.run(proof);
    return proof;
  }

  /** Runs a proof and returns its certificate; undefined if it fails (see `proof.job`). */
  certify(proof: Proof): Promise<string | undefined> {
    const certificate = new Promise<string | undefined>((resolve) => this.#certifying.set(proof, resolve));
    this.run(proof);
    return certificate;
  }

  /**
   * Runs all automatic proofs that are not done or, if all are done, all of them again.
   *
   *     sort the proofs: those alone in their family first, then by FLOPs
   *     bring the proofs of each group, which share work, together, where its first proof stands
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

  /** Cancels a proof that waits or runs. */
  cancel(proof: Proof) {
    const stop = stopOf(proof);
    if (proof.job.state === 'queued') this.#set(proof, { state: 'cancelled' });
    stop?.abort();
  }

  /** Cancels all proofs and everything in `beside`. */
  cancelAll() {
    for (const stop of this.beside) stop.abort();
    for (const proof of this.#models.current.proofs) this.cancel(proof);
  }

  /** The progress of all proofs of the current model. */
  get progress(): Progress {
    const { proofs } = this.#models.current;
    const done = proofs.filter(isDone).length;
    const due = proofs.filter((proof) => runsUnasked(proof) || isBusy(proof) || isDone(proof)).length;
    const running = proofs.reduce((sum, { job }) => sum + (job.state === 'running' ? job.done : 0), 0);
    return { done, due, share: due && (done + running) / due, busy: proofs.some(isBusy) || this.beside.size > 0 };
  }

  /**
   * Estimates the time of a proof that runs only when the user starts it; undefined for others.
   * With pruning the time is an upper bound, since nobody knows before how many visits it saves.
   */
  estimate(proof: Proof): string | undefined {
    if (!isLong(proof)) return undefined;
    const time = seconds(Number(proof.facts.visits) / this.#rate);
    return this.#prunes ? t`at most about ${time}` : t`about ${time}`;
  }

  /** Whether brute force counts all inputs that a common prefix decides at once. */
  get #prunes(): boolean {
    return !this.options.has(EVERY_INPUT);
  }

  /** Sets the state of a proof and, once it has ended, hands its certificate to whoever waits. */
  #set(proof: Proof, job: Job) {
    proof.job = job;
    this.#models.changed(proof);
    if (isBusy(proof)) return;
    this.#certifying.get(proof)?.(proof.certificate);
    this.#certifying.delete(proof);
  }

  /** Queues proofs; replaces their earlier runs. `asked`: whether the user started them. */
  #enqueue(proofs: Proof[], asked: boolean) {
    for (const proof of proofs) {
      const before = stopOf(proof);
      const stop = new AbortController();
      this.#set(proof, { state: 'queued', stop });
      before?.abort();
      void this.#prove(proof, stop, asked);
    }
  }

  /**
   * Runs a proof in the pool and stores its progress, its outcome or its failure. Never rejects.
   */
  async #prove(proof: Proof, stop: AbortController, asked: boolean) {
    const { label, visits } = proof.facts;
    const { canonical_sha256, sha256 } = this.#models.current.facts;
    const certify = this.#certifying.has(proof) ? (canonical_sha256 ?? sha256) : undefined;
    const [options, prunes] = [[...this.options], this.#prunes];
    // The proof may have been cancelled or queued again meanwhile: this run must then change
    // nothing.
    const isCurrent = () => stopOf(proof) === stop;
    const progress = (done: number, elapsed: number) => {
      if (isCurrent()) this.#set(proof, { state: 'running', done, elapsed, stop });
    };
    try {
      const { outcome, certificate } = await this.#pool.run(proof.facts, { asked, options, certify, signal: stop.signal, progress });
      this.#crashes = 0;
      if (!isCurrent()) return;
      this.#compare(proof, outcome);
      Object.assign(proof, { outcome, shipped: false }, certificate !== undefined && { certificate });
      if (visits !== null && !prunes && outcome.seconds > 0.1) this.#rate = Number(outcome.total) / outcome.seconds;
      this.#set(proof, { state: 'idle' });
      // A screen reader reads each status aloud: the many proofs of large families get one
      // together.
      if (isAlone(proof)) this.#view.status(t`${label}: at least ${percent(outcome.percent)} proven, in ${seconds(outcome.seconds)}.`);
      else if (!this.progress.busy) this.#view.status(t`${this.progress.done} proofs are done.`);
    } catch (error) {
      if (!isCurrent()) return;
      if (error instanceof Cancelled) this.#set(proof, { state: 'cancelled' });
      else this.#set(proof, { state: 'failed', why: error instanceof Died ? t`the worker stopped` : told(error) });
      if (this.#models.current.proofs.includes(proof)) this.#view.status(`${label}: ${inWords(proof.job)}.`);
      if (error instanceof Died && ++this.#crashes >= MAX_CRASHES) this.cancelAll();
    }
  }

  /**
   * Reports a problem if the shipped count differs from this browser's: counts must not depend on
   * the browser.
   */
  #compare({ shipped, outcome, facts }: Proof, live: Outcome) {
    if (!shipped || !outcome || outcome.correct === live.correct) return;
    const [here, all, there] = [live.correct, live.total, outcome.correct].map(count);
    this.#view.problem(
      t`${facts.label}: this browser counts ${here} of ${all} inputs, but the results shipped with the page say ${there}. One of them is wrong; please report it.`,
    );
  }
}
