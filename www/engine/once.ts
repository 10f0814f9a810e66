/** Runs one piece of work in a new worker, which ends when the work is done or cancelled. */

import { Cancelled, Died } from './client.js';
import { compile } from './download.js';
import type { Told } from './serve.js';
import { t, translated } from '../languages/language.js';
import { capital } from '../ui/format.js';

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** Fetches the module at `url` once; a failed fetch is repeated on the next call. */
export function moduleAt(url: string): Promise<WebAssembly.Module> {
  const module = modules.get(url) ?? compile(url);
  modules.set(url, module);
  module.catch(() => modules.delete(url));
  return module;
}

/** A program that runs in such a worker. */
export interface Once {
  /** Its name in messages, such as "the checker". */
  name(): string;
  /** Address of its WebAssembly module. */
  url: string;
  /** Starts the worker, whose script calls `serve`. */
  start(): Worker;
}

/**
 * Starts a worker, sends it the module with `work`, and returns its result. Calls `progress` with
 * the share that is done. Rejects with `Cancelled` when `signal` aborts, with `Missing` if the
 * module cannot be fetched, with `Died` if the worker stops, and with an `Error` if it refuses.
 */
export async function once<Work extends object, Result>(
  { name, url, start }: Once,
  work: Work,
  progress: (done: number) => void,
  signal?: AbortSignal,
): Promise<Result> {
  const module = await moduleAt(url);
  return inWorker(name(), start, { module, ...work }, progress, signal);
}

/**
 * The same with a worker that `start` starts, called `name`, to which `sent` is all that it needs.
 */
export async function inWorker<Result>(
  name: string,
  start: () => Worker,
  sent: object,
  progress: (done: number) => void,
  signal?: AbortSignal,
): Promise<Result> {
  if (signal?.aborted) throw new Cancelled();
  const worker = start();
  try {
    return await new Promise((resolve, reject) => {
      const died = (why: string) => reject(new Died(t`${capital(name)} stopped: ${why}`));
      signal?.addEventListener('abort', () => reject(new Cancelled()));
      worker.onerror = ({ message }) => died(message || t`its program cannot be loaded`);
      worker.addEventListener('messageerror', () => died(t`it said something that cannot be read`));
      worker.onmessage = ({ data }: MessageEvent<Told<Result>>) => {
        if ('done' in data) progress(data.done);
        else if ('result' in data) resolve(data.result);
        else if ('died' in data) died(translated(data.died));
        else reject(new Error(translated(data.failed)));
      };
      worker.postMessage(sent);
    });
  } finally {
    worker.terminate();
  }
}
