/**
 * Trains in a worker of its own, which ends when it is done or cancelled: a cancel waits for
 * nothing.
 */

import { Died } from '../../engine/client.js';
import { moduleAt } from '../../engine/once.js';
import { startWorker } from '../../engine/start.js';
import { t, translated } from '../../languages/language.js';
import trainingUrl from '../../pkg/training_bg.wasm?url';
import type { Heard, Said, Work } from './training-worker.js';
import workerUrl from './training-worker.ts?worker&url';

export class Background {
  #worker: Worker | undefined;
  #isPaused = false;

  /** Pauses what is done, or goes on with it. */
  pause(isPaused: boolean) {
    this.#isPaused = isPaused;
    this.#post({ isPaused });
  }

  /**
   * Does some work; `hear` is told what comes of it on the way. Rejects with the reason of `signal`
   * when that aborts.
   */
  async do(work: Work, hear: (said: Said) => void, signal: AbortSignal): Promise<void> {
    const module = await moduleAt(trainingUrl);
    signal.throwIfAborted();
    const worker = startWorker(workerUrl);
    this.#worker = worker;
    try {
      await new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        worker.onerror = ({ message }) => reject(new Died(t`Training stopped: ${message || t`its program cannot be loaded`}`));
        worker.onmessage = ({ data }: MessageEvent<Said>) => {
          if ('done' in data) resolve();
          else if ('died' in data) reject(new Died(t`Training stopped: ${translated(data.died)}`));
          else if ('failed' in data) reject(new Error(translated(data.failed)));
          else hear(data);
        };
        this.#post({ isPaused: this.#isPaused });
        this.#post({ module, work });
      });
    } finally {
      worker.terminate();
      this.#worker = undefined;
    }
  }

  #post(heard: Heard) {
    this.#worker?.postMessage(heard);
  }
}
