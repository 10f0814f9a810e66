/** The one control for all proofs of the model: how many are done, and a button to stop or go on. */

import { get } from '../../ui/element.js';
import type { Session } from '../../state/session.js';

export class RunControl {
  readonly #button = get('run', HTMLButtonElement);
  readonly #state = get('run-state', HTMLElement);
  readonly #bar = get('run-bar', HTMLProgressElement);

  /** `workers` may work at once. */
  constructor(session: Session, workers: number) {
    get('run-workers', HTMLElement).textContent = workers === 1 ? 'by 1 worker' : `by up to ${workers} workers`;
    this.#button.addEventListener('click', () => (session.progress.busy ? session.cancelAll() : session.runAll()));
  }

  show({ model, progress }: Session) {
    const { done, due, share, busy } = progress;
    const of = `${done} of ${model.proofs.length} proofs`;
    const failed = model.proofs.filter(({ job }) => job.state === 'failed').length;
    this.#button.disabled = !model.bytes;
    this.#button.textContent = busy ? 'Cancel' : done >= due ? 'Run all again' : done ? 'Continue' : 'Run';
    this.#bar.hidden = !busy;
    this.#bar.value = share;
    if (busy) this.#state.textContent = `${of}, ${Math.floor(share * 100)} %`;
    else if (!done && model.proofs.some(({ shipped }) => shipped)) this.#state.textContent = `${model.proofs.length} proofs, as shipped with the page`;
    else this.#state.textContent = `${of} done${failed ? `, ${failed} failed` : ''}`;
  }
}
