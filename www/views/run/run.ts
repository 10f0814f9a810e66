/**
 * The one control for all proofs of the model: how many are done, and a button to stop or go on.
 */

import { t } from '../../languages/language.js';
import { get, type Root } from '../../ui/element.js';
import type { Models } from '../../state/model.js';
import type { Queue } from '../../state/queue.js';
import { remaining } from '../proofs/describe.js';

/** When the queue became busy, in milliseconds, and what was done then. */
interface Since {
  time: number;
  share: number;
}

/** How long the queue still takes, in words. */
const left = (share: number, { time, share: before }: Since) =>
  share > before ? remaining((share - before) / (1 - before), performance.now() - time) : '';

export class RunControl {
  readonly #models: Models;
  readonly #queue: Queue;
  readonly #start: (() => void) | undefined;
  readonly #button: HTMLButtonElement;
  readonly #state: HTMLElement;
  readonly #beside: HTMLElement;
  /** Who works, in words. */
  readonly #by: string;
  readonly #bar: HTMLProgressElement;

  /** Undefined while the queue rests. */
  #since: Since | undefined;

  /**
   * `root` has the elements; `workers` may work at once; `start` opens the model if it is not open.
   */
  constructor(root: Root, models: Models, queue: Queue, workers: number, start?: () => void) {
    this.#start = start;
    this.#button = get('run', HTMLButtonElement, root);
    this.#state = get('run-state', HTMLElement, root);
    this.#beside = get('run-workers', HTMLElement, root);
    this.#bar = get('run-bar', HTMLProgressElement, root);
    this.#models = models;
    this.#queue = queue;
    this.#by = workers === 1 ? t`by 1 worker` : t`by up to ${workers} workers`;
    this.#button.addEventListener('click', () =>
      !models.current.bytes ? start?.() : queue.progress.busy ? queue.cancelAll() : queue.runAll(),
    );
  }

  show() {
    const { bytes, proofs } = this.#models.current;
    const { done, due, share, busy } = this.#queue.progress;
    const failed = proofs.filter(({ job }) => job.state === 'failed').length;
    this.#button.disabled = !bytes && !this.#start;
    this.#button.textContent = busy ? t`Cancel` : done >= due ? t`Run all again` : done ? t`Continue` : t`Run`;
    this.#bar.hidden = !busy;
    this.#bar.value = share;
    this.#since = busy ? (this.#since ?? { time: performance.now(), share }) : undefined;
    this.#beside.textContent = this.#by + (this.#since ? left(share, this.#since) : '');
    if (busy) this.#state.textContent = t`${done} of ${proofs.length} proofs, ${Math.floor(share * 100)} %`;
    else if (!done && proofs.some(({ shipped }) => shipped)) this.#state.textContent = t`${proofs.length} proofs, as shipped with the page`;
    else
      this.#state.textContent = failed
        ? t`${done} of ${proofs.length} proofs done, ${failed} failed`
        : t`${done} of ${proofs.length} proofs done`;
  }
}
