/** A worker as promises: proofs that can be cancelled in time, and a worker that comes back with its model if it dies. */

import type { Example, SampledAccuracy } from '../pkg/additive.js';
import type { AttentionFacts } from '../pkg/compute.js';
import type { ModelFacts, StrategyFacts } from '../pkg/read.js';
import type { Answer, Program, Prover, Reader, Request } from './protocol.js';

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
  /** What it has been given to run. */
  readonly #programs: Program[] = [];
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
  load(program: Program<Reader>, file: string, bytes: Uint8Array): Promise<ModelFacts> {
    return this.#ask<ModelFacts>({ kind: 'load', id: this.#id(), program: this.#use(program), file, bytes });
  }

  /** Makes this the worker's model, which another has read; what was asked about the earlier one is cancelled. */
  adopt(program: Program<Reader>, file: string, bytes: Uint8Array) {
    this.close();
    this.#model = { kind: 'load', id: this.#id(), program: this.#use(program), file, bytes };
  }

  /** Stops the worker, until it is asked something; what it was asked is cancelled. */
  close() {
    this.#stop();
    for (const { reject } of this.#takeAll()) reject(new Cancelled());
  }

  /** Runs a proof about the model, alone; `certify` asks for its certificate. */
  run(program: Program<Prover>, strategy: string, prune: boolean, certify: boolean, progress: (done: number) => void, signal: AbortSignal): Promise<Ran> {
    return this.#ask<Ran>({ kind: 'run', ...this.#about(program, signal), strategy, prune, certify }, progress);
  }

  /** What one part of a proof counts, of so many. */
  count(program: Program<Prover>, strategy: string, prune: boolean, part: number, of: number, progress: (done: number) => void, signal: AbortSignal): Promise<string> {
    return this.#ask<string>({ kind: 'count', ...this.#about(program, signal), strategy, prune, part, of }, progress);
  }

  /** The proof that parts make, counted in so many seconds; `certify` asks for its certificate. */
  join(program: Program<Prover>, strategy: string, tallies: string[], seconds: number, certify: boolean, signal: AbortSignal): Promise<Ran> {
    return this.#ask<Ran>({ kind: 'join', ...this.#about(program, signal), strategy, tallies, seconds, certify });
  }

  /** What a certificate proves of the model. */
  check(program: Program<'full'>, certificate: string, progress: (done: number) => void, signal: AbortSignal): Promise<Ran> {
    return this.#ask<Ran>({ kind: 'check', ...this.#about(program, signal), certificate }, progress);
  }

  /** The count that the published formula claims for the model. */
  published(program: Program<Prover>, strategy: string): Promise<string> {
    return this.#ask<string>({ kind: 'published', ...this.#about(program), strategy });
  }

  /** What a strategy that the model does not list would cost. */
  strategy(strategy: string): Promise<StrategyFacts> {
    return this.#ask<StrategyFacts>({ kind: 'strategy', id: this.#id(), model: this.#modelId, strategy });
  }

  /** The model's canonical safetensors file; nothing where its own is safetensors. */
  canonical(): Promise<Uint8Array | undefined> {
    return this.#ask<Uint8Array | undefined>({ kind: 'canonical', id: this.#id(), model: this.#modelId });
  }

  attention(program: Program<Prover>): Promise<AttentionFacts> {
    return this.#ask<AttentionFacts>({ kind: 'attention', ...this.#about(program) });
  }

  /** The model's logits of an input as it was typed or, without one, of a few. */
  logits(program: Program<Prover>, input: string | undefined): Promise<Example[]> {
    return this.#ask<Example[]>({ kind: 'logits', ...this.#about(program), input });
  }

  /** How often the model is right, from random inputs. */
  sample(program: Program<Prover>): Promise<SampledAccuracy> {
    return this.#ask<SampledAccuracy>({ kind: 'sample', ...this.#about(program) });
  }

  /** Gives the worker a program, unless it has it; its name. */
  #use<Name extends Reader | Prover>(program: Program<Name>): Name {
    if (!this.#programs.some(({ name }) => name === program.name)) {
      this.#programs.push(program);
      this.#worker?.postMessage({ kind: 'program', program } satisfies Request);
    }
    return program.name;
  }

  /** What a new request about the model begins with. */
  #about(program: Program<Prover>, signal?: AbortSignal) {
    return { id: this.#id(signal), model: this.#modelId, program: this.#use(program) };
  }

  /** The id of a new request, cancelled by the signal. */
  #id(signal?: AbortSignal): number {
    const id = ++this.#lastId;
    signal?.addEventListener('abort', () => this.#cancel(id), { once: true });
    return id;
  }

  get #modelId(): number {
    return this.#model?.id ?? 0;
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

  /** A new worker, given the programs, the model, and what has not been answered. */
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
    const programs = this.#programs.map((program) => ({ kind: 'program' as const, program }));
    const requests: Request[] = [...programs, ...(this.#model ? [this.#model] : []), ...waiting];
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
      case 'canonical':
        return this.#take(id)?.resolve(answer.bytes);
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
