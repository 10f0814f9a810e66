/** The proofs that can be run: what each knows of the model, how far it is, and a button to start or stop it. */

import { make } from './dom.js';
import { percent, seconds } from './format.js';
import { Rows } from './rows.js';
import type { Proof, Session } from './session.js';

export function proofsList(list: HTMLElement, session: Session): Rows {
  return new Rows(list, ({ facts }) => {
    const name = `proof-${facts.strategy}`;
    const state = make('p', { class: 'state' });
    const bar = make('progress', { max: '1', 'aria-labelledby': name });
    const button = make('button', { type: 'button', 'aria-describedby': name });
    let current: Proof;
    button.addEventListener('click', () => {
      if (stoppable(current)) session.cancel(current);
      else session.run(current);
    });
    return {
      element: make(
        'li',
        {},
        make('div', { class: 'proof' }, make('h3', { id: name }, facts.label), make('p', { class: 'complexity' }, facts.complexity), button),
        make('p', { class: 'idea' }, facts.idea),
        bar,
        state,
      ),
      update(proof, { live }) {
        current = proof;
        const { job, outcome } = proof;
        button.textContent = stoppable(proof) ? 'Cancel' : outcome ? 'Run again' : 'Run';
        button.disabled = !live;
        button.hidden = proof.facts.refused !== null;
        bar.hidden = job.state !== 'running';
        if (job.state === 'running') bar.value = job.done;
        state.textContent = describe(proof, session.estimate(proof));
      },
    };
  });
}

const stoppable = ({ job }: Proof) => job.state === 'queued' || job.state === 'running';

function describe({ facts, job, outcome, shipped }: Proof, estimate: string | undefined): string {
  if (facts.refused !== null) return `Cannot be run here: ${facts.refused}.`;
  const found = outcome && `Proven: at least ${percent(outcome.percent)}, ${shipped ? 'as shipped with the page' : `in ${seconds(outcome.seconds)}`}.`;
  const before = found ? ` ${found}` : '';
  switch (job.state) {
    case 'queued':
      return 'Waiting for the proof before it.';
    case 'running':
      return `${Math.floor(job.done * 100)} %${remaining(job.done, performance.now() - job.since)}`;
    case 'cancelled':
      return `Cancelled.${before}`;
    case 'failed':
      return `Failed: ${job.why}.${before}`;
    case 'idle':
      return found ?? `Not run yet${estimate ? `: it would take ${estimate} here` : ''}.`;
  }
}

/** Said only when there is something to wait for, and when the past is long enough to tell the future. */
function remaining(done: number, elapsed: number): string {
  const left = (elapsed / done) * (1 - done);
  return elapsed > 1000 && left > 1000 ? `, about ${seconds(left / 1000)} left` : '';
}
