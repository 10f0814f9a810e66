/** Work that a worker of its own does once: it is stopped by the worker's end. */

import { Cancelled, Died } from './client.js';
import { compile } from './download.js';

/** What such a worker says: how far it is, what came of it, or why nothing did. */
export type Told<Result> = { done: number } | { result: Result } | { failed: string } | { died: string };

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** The module at `url`, fetched when it is first asked for and, after a failure, when it is asked for again. */
function moduleAt(url: string): Promise<WebAssembly.Module> {
  const module = modules.get(url) ?? compile(url);
  modules.set(url, module);
  module.catch(() => modules.delete(url));
  return module;
}

/**
 * Starts a worker, sends it the module at `url` with `work`, and returns its result. Rejects with `Cancelled` on `signal`, with
 * `Missing` if the module does not come, with `Died` if the worker stops, and with an `Error` for what it refuses.
 */
export async function once<Work extends object, Result>(
  url: string,
  start: () => Worker,
  work: Work,
  progress: (done: number) => void,
  signal?: AbortSignal,
): Promise<Result> {
  const module = await moduleAt(url);
  if (signal?.aborted) throw new Cancelled();
  const worker = start();
  try {
    return await new Promise((resolve, reject) => {
      const died = (why: string) => reject(new Died(`The worker stopped. The reason: ${why}`));
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

/** In such a worker: does `work` when it is sent, and tells what comes of it. */
export function serve<Work, Result>(
  work: (sent: Work & { module: WebAssembly.Module }, progress: (done: number) => void) => Promise<Result>,
  lastPanic: () => string | undefined,
) {
  const tell = (told: Told<Result>) => self.postMessage(told);
  self.onmessage = async ({ data }: MessageEvent<Work & { module: WebAssembly.Module }>) => {
    try {
      tell({ result: await work(data, (done) => tell({ done })) });
    } catch (error) {
      // Errors that Rust returns are answers; anything else is the end of the instance.
      if (error instanceof Error && error.constructor === Error) tell({ failed: error.message });
      else tell({ died: panic() ?? String(error) });
    }
  };

  /** What Rust said before it stopped; nothing, if it never started. */
  function panic(): string | undefined {
    try {
      return lastPanic();
    } catch {
      return undefined;
    }
  }
}
