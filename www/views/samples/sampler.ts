/** Samples one network, in a worker that starts with the first question. */

import { Cancelled, Died } from '../../engine/client.js';
import { moduleAt } from '../../engine/once.js';
import { startWorker } from '../../engine/start.js';
import { spoken, t, translated } from '../../languages/language.js';
import type { Live, Plan } from '../../pkg/samples.js';
import samplesUrl from '../../pkg/samples_bg.wasm?url';
import type { Answers, Asked, Opened, Told } from './messages.js';
import workerUrl from './samples-worker.ts?worker&url';

/** The fields of answers that are texts for people. */
const SAID = ['label', 'idea', 'what'];

interface Pending {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  live?(live: Live): void;
}

/**
 * Every promise rejects with `Cancelled` once it is closed, with `Died` if the worker dies, and
 * with an `Error` that says why if Rust refuses.
 */
export class Sampler {
  readonly #opened: Omit<Opened, 'module'>;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #lastId = 0;
  #isClosed = false;

  constructor(opened: Omit<Opened, 'module'>) {
    this.#opened = opened;
  }

  facts() {
    return this.#ask('facts');
  }

  plan(plan: Plan) {
    return this.#ask('plan', { plan });
  }

  predicted() {
    return this.#ask('predicted');
  }

  /**
   * Draws, at most `drawn` samples; `live` hears of counts, and `signal` stops it: it then ends
   * with a bound if its method allows to stop, else with null.
   */
  async draw(plan: Plan, drawn: number | undefined, live: (live: Live) => void, signal: AbortSignal) {
    return this.#ask('draw', { plan, ...(drawn !== undefined && { drawn }) }, live, signal);
  }

  /** Ends the worker. */
  close() {
    this.#isClosed = true;
    this.#end(new Cancelled());
  }

  async #ask<A extends keyof Answers>(ask: A, what?: { plan: Plan; drawn?: number }, live?: (live: Live) => void, signal?: AbortSignal): Promise<Answers[A]> {
    const module = await moduleAt(samplesUrl);
    if (this.#isClosed) throw new Cancelled();
    const worker = (this.#worker ??= this.#start({ module, ...this.#opened }));
    const id = ++this.#lastId;
    const post = (asked: Asked) => worker.postMessage(asked);
    const answer = new Promise<Answers[A]>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject, ...(live && { live }) });
      post({ id, ask, ...what });
    });
    const stop = () => post({ stop: id });
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    return answer;
  }

  #start(opened: Opened): Worker {
    const worker = startWorker(workerUrl);
    const died = (why: string) => worker === this.#worker && this.#end(new Died(t`The worker that samples stopped: ${why}`));
    worker.onerror = ({ message }) => died(message || t`its program cannot be loaded`);
    worker.addEventListener('messageerror', () => died(t`it said something that cannot be read`));
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      const pending = this.#pending.get(data.id);
      if ('live' in data) return pending?.live?.(data.live);
      this.#pending.delete(data.id);
      if ('result' in data) pending?.resolve(spoken(data.result, SAID));
      else if ('died' in data) died(translated(data.died)), pending?.reject(new Died(translated(data.died)));
      else pending?.reject(new Error(translated(data.failed)));
    };
    worker.postMessage(opened);
    return worker;
  }

  #end(reason: Cancelled | Died) {
    this.#worker?.terminate();
    this.#worker = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(reason);
  }
}
