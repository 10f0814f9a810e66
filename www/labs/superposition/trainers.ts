/**
 * The workers of this lab: each trains one seed at a time, and keeps what it has trained for
 * questions.
 */

import { Cancelled, Died } from '../../engine/client.js';
import { moduleAt } from '../../engine/once.js';
import { startWorker } from '../../engine/start.js';
import { t, translated } from '../../languages/language.js';
import superpositionUrl from '../../pkg/superposition_bg.wasm?url';
import type { Answer, Job, Question, Request } from './protocol.js';
import workerUrl from './dictionaries-worker.ts?worker&url';

export type Told = Extract<Answer, { kind: 'progress' | 'result' | 'done' }>;

interface Pending {
  worker: Worker;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

export class Trainers {
  readonly #told: (told: Told) => void;
  readonly #failed: (why: string) => void;
  readonly #workers = new Set<Worker>();
  /** Which worker has the lab of a seed. */
  readonly #owners = new Map<number, Worker>();
  readonly #pending = new Map<number, Pending>();
  #waiting: Job[] = [];
  #watched: readonly number[] = [];
  #lastId = 0;

  /** `told` hears of what is trained, `failed` why nothing more is. */
  constructor(told: (told: Told) => void, failed: (why: string) => void) {
    [this.#told, this.#failed] = [told, failed];
  }

  /**
   * Trains anew, with at most so many workers. Of the first job, `watched` dictionaries are shown
   * while they train.
   */
  async start(jobs: readonly Job[], workers: number, watched: readonly number[]) {
    this.stop();
    const waiting = [...jobs];
    [this.#waiting, this.#watched] = [waiting, watched];
    const module = await moduleAt(superpositionUrl);
    // Another start or stop came meanwhile.
    if (this.#waiting !== waiting) return;
    const first = jobs[0]?.seed;
    for (let i = 0; i < workers && this.#waiting.length; i++) this.#next(this.#open(module), first);
  }

  pause() {
    this.#all({ kind: 'pause' });
  }

  go() {
    this.#all({ kind: 'go' });
  }

  steps(count: number) {
    this.#all({ kind: 'steps', count });
  }

  /** Shows other dictionaries of the first job. */
  watch(watched: readonly number[]) {
    this.#watched = watched;
    const [first] = this.#owners.values();
    first?.postMessage({ kind: 'watch', watched } satisfies Request);
  }

  /** Asks about dictionary `index` of a seed. */
  async ask<T>(question: Question, seed = 0, index = 0, ...args: unknown[]): Promise<T> {
    // What is no question about a lab needs some worker.
    const owner = this.#owners.get(seed) ?? (question === 'literature' ? [...this.#workers][0] : undefined);
    const worker = owner ?? this.#open(await moduleAt(superpositionUrl));
    const id = ++this.#lastId;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { worker, resolve: resolve as Pending['resolve'], reject });
      worker.postMessage({ kind: 'ask', id, question, seed, index, args } satisfies Request);
    });
  }

  /** Ends all workers, and what they have trained. */
  stop() {
    for (const worker of this.#workers) worker.terminate();
    this.#workers.clear();
    this.#owners.clear();
    this.#waiting = [];
    for (const { reject } of this.#pending.values()) reject(new Cancelled());
    this.#pending.clear();
  }

  #all(request: Request) {
    for (const worker of this.#workers) worker.postMessage(request);
  }

  #open(module: WebAssembly.Module): Worker {
    const worker = startWorker(workerUrl);
    this.#workers.add(worker);
    worker.onerror = ({ message }) => this.#bury(worker, message || t`its program cannot be loaded`);
    worker.addEventListener('messageerror', () => this.#bury(worker, t`it said something that cannot be read`));
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#hear(worker, data);
    worker.postMessage({ kind: 'program', module } satisfies Request);
    return worker;
  }

  /** Gives a worker the next seed; of the first one, it shows what it trains. */
  #next(worker: Worker, first?: number) {
    const job = this.#waiting.shift();
    if (!job) return;
    this.#owners.set(job.seed, worker);
    worker.postMessage({ kind: 'train', job, watched: job.seed === first ? this.#watched : [] } satisfies Request);
  }

  #hear(worker: Worker, answer: Answer) {
    if (!this.#workers.has(worker)) return;
    if (answer.kind === 'answer') return this.#take(answer.id)?.resolve(answer.result);
    if (answer.kind !== 'refused') {
      if (answer.kind === 'done') this.#next(worker);
      return this.#told(answer);
    }
    if ('died' in answer) return this.#bury(worker, translated(answer.died));
    if (answer.id !== undefined) return this.#take(answer.id)?.reject(new Error(translated(answer.failed)));
    this.stop();
    this.#failed(translated(answer.failed));
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  /** A worker has died: what it was asked is rejected, and nothing more is trained. */
  #bury(worker: Worker, why: string) {
    if (!this.#workers.has(worker)) return;
    const message = t`The worker that trains stopped: ${why}`;
    for (const [id, pending] of this.#pending) if (pending.worker === worker) this.#take(id)?.reject(new Died(message));
    this.stop();
    this.#failed(message);
  }
}
