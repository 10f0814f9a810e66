/**
 * Wraps one proving worker (`proving.ts`) in promises. A proof is cancelled within 100 ms, if
 * necessary by replacing the worker. A worker that dies is restarted with its model.
 */

import { t, translated } from '../languages/language.js';
import type { Question, StrategyFacts, TaskFacts } from '../pkg/prove.js';
import type { Answer, Request, Weights } from './protocol.js';
import { startWorker } from './start.js';

/** Milliseconds within which the worker must react to a cancel, before it is replaced. */
const PATIENCE = 40;

type Load = Extract<Request, { kind: 'load' }>;
/** The requests that the worker answers under their own id. */
type Asked = Exclude<Request, { kind: 'program' | 'cancel' }>;

/** A request without an answer yet. */
interface Pending {
  request: Asked;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  progress(done: number): void;
}

/** The outcome of a proof and, if one was requested, its certificate. */
export type Ran = Extract<Answer, { kind: 'outcome' }>;

/** A request was cancelled, or its model was replaced. */
export class Cancelled extends Error {}
/** The worker died before it answered a request. */
export class Died extends Error {}

/**
 * One worker and the requests that it has not answered. Every promise rejects with `Cancelled` when
 * the request is cancelled or the model is replaced, with `Died` when the worker dies, and with an
 * `Error` when the worker refuses the request. A `progress` callback gets the share of the work
 * that is done, from 0 to 1.
 */
export class Client {
  /** The group of the last proof that the worker ran: the worker still holds its shared work. */
  group: string | undefined;
  /** The module that proves; undefined before the first model. */
  #module: WebAssembly.Module | undefined;
  readonly #died: (message: string) => void;
  /** Address of the worker's script. */
  readonly #script: string;
  /** The unanswered requests, by id. */
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  /**
   * Whether the current worker has answered. One that dies before its first answer would probably
   * die again, so it is only restarted on the next request.
   */
  #proven = false;
  /** The request that loads the current model; a new worker gets it first. */
  #model: Load | undefined;
  #lastId = 0;

  /**
   * The worker's script is at `script`. Calls `died` with a message for the user whenever the
   * worker dies.
   */
  constructor(died: (message: string) => void, script: string) {
    this.#died = died;
    this.#script = script;
  }

  /** Whether every request has been answered. */
  get isIdle(): boolean {
    return !this.#pending.size;
  }

  /** Loads a model in the worker; if the worker refuses it, the earlier model stays. */
  load(module: WebAssembly.Module, weights: Weights): Promise<TaskFacts> {
    this.#module = module;
    return this.#ask<TaskFacts>({ kind: 'load', id: this.#id(), weights });
  }

  /** Sets a model that another worker has accepted, and cancels all earlier requests. */
  adopt(module: WebAssembly.Module, weights: Weights) {
    this.close();
    this.#module = module;
    this.#model = { kind: 'load', id: this.#id(), weights };
  }

  /** Stops the worker and cancels all its requests. The next request starts a new worker. */
  close() {
    this.#stop();
    for (const { reject } of this.#takeAll()) reject(new Cancelled());
  }

  /**
   * Runs a whole proof about the model, with the strategies' `options` of these names on. If
   * `certify` is a SHA-256, the result has a certificate about the weights with that hash.
   */
  run(
    strategy: string,
    options: readonly string[],
    certify: string | undefined,
    progress: (done: number) => void,
    signal: AbortSignal,
  ): Promise<Ran> {
    return this.#ask<Ran>({ kind: 'run', ...this.#about(signal), strategy, options, certify }, progress);
  }

  /** Runs part `part` (from 0) of a proof that is divided into `of` parts; returns its tally. */
  count(
    strategy: string,
    options: readonly string[],
    part: number,
    of: number,
    progress: (done: number) => void,
    signal: AbortSignal,
  ): Promise<string> {
    return this.#ask<string>({ kind: 'count', ...this.#about(signal), strategy, options, part, of }, progress);
  }

  /** Joins the tallies of all parts of a proof, which took `seconds`; `certify` as for `run`. */
  join(strategy: string, tallies: string[], seconds: number, certify: string | undefined, signal: AbortSignal): Promise<Ran> {
    return this.#ask<Ran>({ kind: 'join', ...this.#about(signal), strategy, tallies, seconds, certify });
  }

  /** Returns the facts, such as the cost, of a strategy that the model does not list. */
  strategy(strategy: string): Promise<StrategyFacts> {
    return this.#ask<StrategyFacts>({ kind: 'strategy', ...this.#about(), strategy });
  }

  /** Asks a question of the task's own. */
  ask<T>(question: Question): Promise<T> {
    return this.#ask<T>({ kind: 'ask', ...this.#about(), question });
  }

  /** The fields that every request about the model has. */
  #about(signal?: AbortSignal) {
    return { id: this.#id(signal), model: this.#model?.id ?? 0 };
  }

  /** Returns the id of a new request, which is cancelled when `signal` aborts. */
  #id(signal?: AbortSignal): number {
    const id = ++this.#lastId;
    signal?.addEventListener('abort', () => this.#cancel(id), { once: true });
    return id;
  }

  /** Sends a request to the worker, or starts one. The promise settles with the answer. */
  #ask<T>(request: Asked, progress: (done: number) => void = () => {}): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { request, resolve: resolve as Pending['resolve'], reject, progress });
      if (this.#worker) this.#worker.postMessage(request);
      else this.#start();
    });
  }

  /**
   * Asks the worker to cancel a request, and replaces it if it does not react within `PATIENCE`.
   */
  #cancel(id: number) {
    this.#worker?.postMessage({ kind: 'cancel', id } satisfies Request);
    setTimeout(() => {
      if (!this.#pending.has(id)) return;
      this.#take(id)?.reject(new Cancelled());
      this.#stop();
      if (this.#pending.size) this.#start();
    }, PATIENCE);
  }

  /** Starts a worker and sends it the program, the model and all unanswered requests. */
  #start() {
    const worker = startWorker(this.#script);
    this.#worker = worker;
    this.#proven = false;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#answer(data);
    // The message is empty when the worker's script does not load or does not parse.
    worker.onerror = (event) => this.#bury(event.message || t`its program cannot be loaded`);
    // Chrome's workers have no `onmessageerror` property.
    worker.addEventListener('messageerror', () => worker === this.#worker && this.#bury(t`it said something that cannot be read`));
    const waiting = [...this.#pending.values()].map(({ request }) => request);
    const program: Request[] = this.#module ? [{ kind: 'program', module: this.#module }] : [];
    const requests: Request[] = [...program, ...(this.#model ? [this.#model] : []), ...waiting];
    for (const request of requests) worker.postMessage(request);
  }

  /** Ends the worker; its requests stay pending. */
  #stop() {
    this.group = undefined;
    if (!this.#worker) return;
    this.#worker.onmessage = this.#worker.onerror = null;
    this.#worker.terminate();
    this.#worker = undefined;
  }

  #answer(answer: Answer) {
    if (answer.kind === 'died') return this.#bury(translated(answer.message));
    this.#proven = true;
    const { id } = answer;
    switch (answer.kind) {
      case 'progress':
        return this.#pending.get(id)?.progress(answer.done);
      case 'facts': {
        const load = this.#take(id);
        // There is no pending request when a new worker was sent the current model again.
        if (load?.request.kind === 'load') {
          this.#model = load.request;
          this.group = undefined;
        }
        return load?.resolve(answer.facts);
      }
      case 'outcome':
        return this.#take(id)?.resolve(answer);
      case 'tally':
        return this.#take(id)?.resolve(answer.tally);
      case 'strategy':
        return this.#take(id)?.resolve(answer.facts);
      case 'answer':
        return this.#take(id)?.resolve(answer.answer);
      case 'cancelled':
        return this.#take(id)?.reject(new Cancelled());
      case 'error':
        return this.#take(id)?.reject(new Error(translated(answer.message)));
    }
  }

  /** Removes and returns a pending request; undefined if it was settled before: a late answer. */
  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #takeAll(): Pending[] {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    return all;
  }

  /** Rejects the requests of a dead worker and, if it had ever answered, starts a new one. */
  #bury(why: string) {
    this.#stop();
    const failed = this.#takeAll();
    const hasModel = this.#model !== undefined;
    const restarted = hasModel ? t`It was restarted; your model is still loaded.` : t`It was restarted.`;
    const waits = hasModel
      ? t`It will be started again when it is needed; your model is still loaded.`
      : t`It will be started again when it is needed.`;
    const message = [t`The worker stopped.`, this.#proven ? restarted : waits, t`The reason: ${why}`].join(' ');
    if (this.#proven) this.#start();
    this.#died(message);
    for (const { reject } of failed) reject(new Died(message));
  }
}
