/** Worker that trains one network, in steps of some milliseconds between which it tells how far it is. It ends with its work, or when the page ends it. */

import { whyNot, type Refused } from '../../engine/serve.js';
import init, { lastPanic, noisy, train, tune, type Progress, type Training, type Tuning } from '../../pkg/training.js';

/** What a worker is asked to do. */
export type Work =
  | { kind: 'train'; k: number; seed: number; steps: number; checkpoints: number }
  | { kind: 'tune'; file: string; bytes: Uint8Array; tuning: Tuning; checkpoints: number }
  /** The network with noise of each standard deviation in its weights. */
  | { kind: 'noise'; file: string; bytes: Uint8Array; sigmas: number[] };

/** What it says: how far it is, a network on the way, that all is done, or why nothing comes of it. */
export type Said = { progress: Progress } | { checkpoint: Progress; bytes: Uint8Array<ArrayBuffer> } | { noisy: Uint8Array<ArrayBuffer>; sigma: number } | { done: true } | Refused;

/** Milliseconds of work between two messages. */
const STEP = 40;

const tell = (said: Said) => self.postMessage(said);

self.onmessage = async ({ data }: MessageEvent<{ module: WebAssembly.Module; work: Work }>) => {
  let memory: WebAssembly.Memory | undefined;
  try {
    ({ memory } = await init({ module_or_path: data.module }));
    run(data.work);
    tell({ done: true });
  } catch (error) {
    tell(whyNot(error, memory, lastPanic));
  }
};

function run(work: Work) {
  switch (work.kind) {
    case 'train':
      return trainTo(train(work.k, work.seed, work.steps), work.steps, work.checkpoints);
    case 'tune':
      return trainTo(tune(work.file, work.bytes, work.tuning), work.tuning.steps, work.checkpoints);
    case 'noise':
      for (const sigma of work.sigmas) tell({ noisy: noisy(work.file, work.bytes, sigma) as Uint8Array<ArrayBuffer>, sigma });
  }
}

/** Takes all steps; hands out the network after each of `checkpoints` equal parts of them. */
function trainTo(training: Training, steps: number, checkpoints: number) {
  for (let part = 1; part <= checkpoints; part++) {
    const until = Math.round((steps * part) / checkpoints);
    let progress = training.advance(STEP, until);
    for (; progress.step < until; progress = training.advance(STEP, until)) tell({ progress });
    tell({ checkpoint: progress, bytes: training.file() as Uint8Array<ArrayBuffer> });
  }
  training.free();
}
