/** Says how far a proof is. */

import { t } from '../../languages/language.js';
import { count, percent, seconds } from '../../ui/format.js';
import type { Outcome } from '../../pkg/prove.js';
import type { Proof } from '../../state/model.js';

/** How far a proof is, in a sentence. */
export function describe({ facts, job, outcome, shipped, from }: Proof, estimate?: string): string {
  if (from && outcome) return t`From the certificate ${from}, verified in ${seconds(outcome.seconds)}.`;
  if (facts.refused !== null) return t`Cannot be run here: ${facts.refused}.`;
  const found =
    outcome &&
    (shipped
      ? t`Proven: at least ${percent(outcome.percent)}, as shipped with the page.`
      : t`Proven: at least ${percent(outcome.percent)}, in ${seconds(outcome.seconds)}.`) + visited(outcome);
  const before = found ? ` ${found}` : '';
  switch (job.state) {
    case 'queued':
      return t`Waiting for the proofs before it.`;
    case 'running':
      return `${Math.floor(job.done * 100)} %${remaining(job.done, job.elapsed)}`;
    case 'cancelled':
      return t`Cancelled.` + before;
    case 'failed':
      return t`Failed: ${job.why}.` + before;
    case 'idle':
      return found ?? (estimate ? t`Not run yet: it would take ${estimate} here.` : t`Not run yet.`);
  }
}

/** How many inputs a proof looked at one by one, if it does that. */
function visited({ visited, total }: Outcome): string {
  return visited === null ? '' : ` ${t`${count(visited)} of ${count(total)} inputs were visited one by one.`}`;
}

/**
 * About how long it still takes, after `elapsed` milliseconds. Said only when there is something to
 * wait for, and when the past is long enough to tell the future.
 */
export function remaining(done: number, elapsed: number): string {
  const left = (elapsed / done) * (1 - done);
  return elapsed > 1000 && left > 1000 ? t`, about ${seconds(left / 1000)} left` : '';
}
