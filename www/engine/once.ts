/** Work that a worker of its own does once: it is stopped by the worker's end. */

import { Cancelled, Died } from './client.js';
import { compile } from './download.js';
import type { Told } from './serve.js';
import { capital } from '../ui/format.js';

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** The module at `url`, fetched when it is first asked for and, after a failure, when it is asked for again. */
export function moduleAt(url: string): Promise<WebAssembly.Module> {
  const module = modules.get(url) ?? compile(url);
  modules.set(url, module);
  module.catch(() => modules.delete(url));
  return module;
}

/** A program that does such work. */
export interface Once {
  /** What people call it: "the checker". */
  name: string;
  /** Where its module is. */
  url: string;
  start(): Worker;
}

/**
 * Starts a worker, sends it its module with `work`, and returns its result. Rejects with `Cancelled` on `signal`, with
 * `Missing` if the module does not come, with `Died` if the worker stops, and with an `Error` for what it refuses.
 */
export async function once<Work extends object, Result>(
  { name, url, start }: Once,
  work: Work,
  progress: (done: number) => void,
  signal?: AbortSignal,
): Promise<Result> {
  const module = await moduleAt(url);
  if (signal?.aborted) throw new Cancelled();
  const worker = start();
  try {
    return await new Promise((resolve, reject) => {
      const died = (why: string) => reject(new Died(`${capital(name)} stopped: ${why}`));
      signal?.addEventListener('abort', () => reject(new Cancelled()));
      worker.onerror = ({ message }) => died(message || 'its program cannot be loaded');
      worker.addEventListener('messageerror', () => died('it said something that cannot be read'));
      worker.onmessage = ({ data }: MessageEvent<Told<Result>>) => {
        if ('done' in data) progress(data.done);
        else if ('result' in data) resolve(data.result);
        else if ('died' in data) died(data.died);
        else reject(new Error(data.failed));
      };
      worker.postMessage({ module, ...work });
    });
  } finally {
    worker.terminate();
  }
}
