/**
 * Worker that trains one network, in steps of some milliseconds between which it tells how far it
 * is and hears of a pause. It ends with its work, or when the page ends it.
 */

import { whyNot, type Refused } from '../../engine/serve.js';
import init, { lastPanic, noisy, train, trainGroup, tune, type Progress, type Training, type Tuning } from '../../pkg/training.js';
import type { Goal } from './settings.js';

/** What a worker is asked to do. */
export type Work =
  | { kind: 'train'; goal: Goal; seed: number; steps: number; checkpoints: number }
  | { kind: 'tune'; file: string; bytes: Uint8Array; tuning: Tuning; checkpoints: number }
  /** The network with noise of each standard deviation in its weights. */
  | { kind: 'noise'; file: string; bytes: Uint8Array; sigmas: number[] };

/** What it hears: first its work, then whether that pauses. */
export type Heard = { module: WebAssembly.Module; work: Work } | { isPaused: boolean };

/**
 * What it says: how far it is, a network on the way, that all is done, or why nothing comes of it.
 */
export type Said = { progress: Progress } | { checkpoint: Progress; bytes: Uint8Array<ArrayBuffer> } | { noisy: Uint8Array<ArrayBuffer>; sigma: number } | { done: true } | Refused;

/** Milliseconds of work between two messages. */
const STEP = 40;

const tell = (said: Said) => self.postMessage(said);

// A message to ourselves queues behind those of the page.
const turn = new MessageChannel();
let isPaused = false;
let goOn = () => {};
turn.port1.onmessage = () => isPaused || goOn();

/** Lets the page be heard; while it wants a pause, until it is over. */
function breath(): Promise<void> {
  return new Promise((resolve) => {
    goOn = resolve;
    turn.port2.postMessage(null);
  });
}

self.onmessage = ({ data }: MessageEvent<Heard>) => {
  if ('work' in data) return void serve(data);
  isPaused = data.isPaused;
  if (!isPaused) goOn();
};

async function serve({ module, work }: Extract<Heard, { work: Work }>) {
  let memory: WebAssembly.Memory | undefined;
  try {
    ({ memory } = await init({ module_or_path: module }));
    await run(work);
    tell({ done: true });
  } catch (error) {
    tell(whyNot(error, memory, lastPanic));
  }
}

async function run(work: Work) {
  if (work.kind === 'noise') {
    for (const sigma of work.sigmas) tell({ noisy: noisy(work.file, work.bytes, sigma) as Uint8Array<ArrayBuffer>, sigma });
    return;
  }
  if (work.kind === 'tune') return trainTo(tune(work.file, work.bytes, work.tuning), work.tuning.steps, work.checkpoints);
  const { goal, seed, steps } = work;
  return trainTo('k' in goal ? train(goal.k, seed, steps) : trainGroup(goal.group, seed, steps), steps, work.checkpoints);
}

/**
 * The step of a network on the way, from the first on: closer to each other at first, where most
 * changes.
 */
const stepOf = (part: number, checkpoints: number, steps: number) => Math.min(steps, Math.max(part, Math.round(steps * (part / checkpoints) ** 2)));

/**
 * Takes all steps; hands out `checkpoints` networks on the way, the last of which has all of them.
 */
async function trainTo(training: Training, steps: number, checkpoints: number) {
  for (let part = 1; part <= checkpoints; part++) {
    const until = stepOf(part, checkpoints, steps);
    for (;;) {
      await breath();
      const progress = training.advance(STEP, until);
      if (progress.step >= until) {
        tell({ checkpoint: progress, bytes: training.file() as Uint8Array<ArrayBuffer> });
        break;
      }
      tell({ progress });
    }
  }
  training.free();
}
