/** The independent checker on what a certificate of samples claims: it derives the count for certain. */

import { type CheckWork, check, inWords } from '../../engine/check.js';
import { Cancelled } from '../../engine/client.js';
import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';

/** A button that checks `work`, again to cancel it, and what comes of it. `signal` ends a check. */
export function independently(work: CheckWork, signal: AbortSignal): (HTMLElement | string)[] {
  const button = make('button', { type: 'button' }, t`Check independently`);
  const said = make('span');
  let running: AbortController | undefined;
  button.addEventListener('click', async () => {
    if (running) return running.abort();
    const stop = (running = new AbortController());
    button.textContent = t`Cancel the check`;
    said.textContent = inWords({ state: 'running', done: 0, stop });
    try {
      said.textContent = inWords({ state: 'done', verdict: await check(work, () => {}, AbortSignal.any([stop.signal, signal])) });
    } catch (error) {
      said.textContent = error instanceof Cancelled ? '' : inWords({ state: 'failed', why: told(error) });
    } finally {
      running = undefined;
      button.textContent = t`Check independently`;
    }
  });
  return [button, ' ', said];
}
