/** A worker as promises: proofs that can be cancelled in time, and a worker that comes back with its model if it dies. */

import type { AttentionFacts, Example, ModelFacts, SampledAccuracy, StrategyFacts } from '../pkg/prove.js';
import type { Answer, Request, Weights } from './protocol.js';

/** Milliseconds for the worker to take notice of a cancel; then it is replaced. So the user never waits for 100. */
const PATIENCE = 40;

type Load = Extract<Request, { kind: 'load' }>;
/** The requests that are answered. */
type Question = Exclude<Request, { kind: 'program' | 'cancel' }>;

interface Pending {
  request: Question;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  progress(done: number): void;
}

/** What came of a proof. */
export type Ran = Extract<Answer, { kind: 'outcome' }>;

/** The rejection of a proof that was cancelled, or whose model was replaced. */
export class Cancelled extends Error {}
/** The rejection of what the worker had to do when it died. */
export class Died extends Error {}

export class Client {
  /** The group of proofs that this worker is at, and has shared work of at hand. */
  group: string | undefined;
  /** The module `prove`, from the first model on. */
  #module: WebAssembly.Module | undefined;
  readonly #died: (message: string) => void;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  /** A worker that dies before its first answer would only die again: it is not replaced until someone asks. */
  #proven = false;
  #model: Load | undefined;
  #lastId = 0;

  constructor(died: (message: string) => void) {
    this.#died = died;
  }

  /** Whether nothing is asked of it. */
  get isIdle(): boolean {
    return !this.#pending.size;
  }

  /** Makes this the worker's model; if it is refused, the earlier one stays. */
  load(module: WebAssembly.Module, weights: Weights): Promise<ModelFacts> {
    this.#module = module;
    return this.#ask<ModelFacts>({ kind: 'load', id: this.#id(), weights });
  }

  /** Makes this the worker's model, which another has read; what was asked about the earlier one is cancelled. */
  adopt(module: WebAssembly.Module, weights: Weights) {
    this.close();
    this.#module = module;
    this.#model = { kind: 'load', id: this.#id(), weights };
  }

  /** Stops the worker, until it is asked something; what it was asked is cancelled. */
  close() {
    this.#stop();
    for (const { reject } of this.#takeAll()) reject(new Cancelled());
  }

  /** Runs a proof about the model, alone; with a certificate that names the SHA-256 `certify`, if there is one. */
  run(strategy: string, prune: boolean, certify: string | undefined, progress: (done: number) => void, signal: AbortSignal): Promise<Ran> {
    return this.#ask<Ran>({ kind: 'run', ...this.#about(signal), strategy, prune, certify }, progress);
  }

  /** What the part with the number `part` of `of` parts of a proof counts. */
  count(strategy: string, prune: boolean, part: number, of: number, progress: (done: number) => void, signal: AbortSignal): Promise<string> {
    return this.#ask<string>({ kind: 'count', ...this.#about(signal), strategy, prune, part, of }, progress);
  }

  /** The proof whose parts have counted `tallies` in `seconds`; with a certificate as in `run`. */
  join(strategy: string, tallies: string[], seconds: number, certify: string | undefined, signal: AbortSignal): Promise<Ran> {
    return this.#ask<Ran>({ kind: 'join', ...this.#about(signal), strategy, tallies, seconds, certify });
  }

  /** The count that the published formula claims for the model. */
  published(strategy: string): Promise<string> {
    return this.#ask<string>({ kind: 'published', ...this.#about(), strategy });
  }

  /** What a strategy that the model does not list would cost. */
  strategy(strategy: string): Promise<StrategyFacts> {
    return this.#ask<StrategyFacts>({ kind: 'strategy', ...this.#about(), strategy });
  }

  /** How well the model's attention is approximated. */
  attention(): Promise<AttentionFacts> {
    return this.#ask<AttentionFacts>({ kind: 'attention', ...this.#about() });
  }

  /** The model's logits of an input as it was typed or, without one, of a few inputs. */
  logits(input: string | undefined): Promise<Example[]> {
    return this.#ask<Example[]>({ kind: 'logits', ...this.#about(), input });
  }

  /** How often the model is right, from random inputs. */
  sample(): Promise<SampledAccuracy> {
    return this.#ask<SampledAccuracy>({ kind: 'sample', ...this.#about() });
  }

  /** What a new request about the model begins with. */
  #about(signal?: AbortSignal) {
    return { id: this.#id(signal), model: this.#model?.id ?? 0 };
  }

  /** The id of a new request, cancelled by the signal. */
  #id(signal?: AbortSignal): number {
    const id = ++this.#lastId;
    signal?.addEventListener('abort', () => this.#cancel(id), { once: true });
    return id;
  }

  #ask<T>(request: Question, progress: (done: number) => void = () => {}): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { request, resolve: resolve as Pending['resolve'], reject, progress });
      if (this.#worker) this.#worker.postMessage(request);
      else this.#start();
    });
  }

  #cancel(id: number) {
    this.#worker?.postMessage({ kind: 'cancel', id } satisfies Request);
    setTimeout(() => {
      if (!this.#pending.has(id)) return;
      this.#take(id)?.reject(new Cancelled());
      this.#stop();
      if (this.#pending.size) this.#start();
    }, PATIENCE);
  }

  /** A new worker, given the program, the model, and what has not been answered. */
  #start() {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.#worker = worker;
    this.#proven = false;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#answer(data);
    // Of a program that does not arrive, or is no program, nothing more is told.
    worker.onerror = (event) => this.#bury(event.message || 'its program cannot be loaded');
    // Chrome has no property for this one.
    worker.addEventListener('messageerror', () => worker === this.#worker && this.#bury('it said something that cannot be read'));
    const waiting = [...this.#pending.values()].map(({ request }) => request);
    const program: Request[] = this.#module ? [{ kind: 'program', module: this.#module }] : [];
    const requests: Request[] = [...program, ...(this.#model ? [this.#model] : []), ...waiting];
    for (const request of requests) worker.postMessage(request);
  }

  #stop() {
    this.group = undefined;
    if (!this.#worker) return;
    this.#worker.onmessage = this.#worker.onerror = null;
    this.#worker.terminate();
    this.#worker = undefined;
  }

  #answer(answer: Answer) {
    if (answer.kind === 'died') return this.#bury(answer.message);
    this.#proven = true;
    const { id } = answer;
    switch (answer.kind) {
      case 'progress':
        return this.#pending.get(id)?.progress(answer.done);
      case 'facts': {
        const load = this.#take(id);
        // Nobody waits for the facts of the model that was sent again to a new worker.
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
      case 'published':
        return this.#take(id)?.resolve(answer.count);
      case 'strategy':
        return this.#take(id)?.resolve(answer.facts);
      case 'attention':
        return this.#take(id)?.resolve(answer.attention);
      case 'logits':
        return this.#take(id)?.resolve(answer.examples);
      case 'sample':
        return this.#take(id)?.resolve(answer.sampled);
      case 'cancelled':
        return this.#take(id)?.reject(new Cancelled());
      case 'error':
        return this.#take(id)?.reject(new Error(answer.message));
    }
  }

  /** The answer to a request that is not waiting any more is stale, and there is nothing to take. */
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

  #bury(why: string) {
    this.#stop();
    const failed = this.#takeAll();
    const after = this.#proven ? 'It was restarted' : 'It will be started again when it is needed';
    if (this.#proven) this.#start();
    const message = `The worker stopped. ${after}${this.#model ? '; your model is still loaded' : ''}. The reason: ${why}`;
    this.#died(message);
    for (const { reject } of failed) reject(new Died(message));
  }
}
