/**
 * Trains and measures dictionaries, a share of a second at a time, so that it hears of Pause; then
 * answers questions about them.
 */

import init, { Lab, lastPanic, literature, type ToyState } from '../../pkg/superposition.js';
import { whyNot } from '../../engine/serve.js';
import type { Answer, Job, Request } from './protocol.js';

/** Milliseconds of training between two messages. */
const STEP = 60;
/** Milliseconds between two measurements of a dictionary that is being trained. */
const MEASURE = 500;

let memory: WebAssembly.Memory | undefined;
let started: Promise<void> | undefined;
/** The labs by their seeds. */
const labs = new Map<number, Lab>();
let watched: readonly number[] = [];
let isPaused = false;
/** Steps that are to be made in spite of the pause. */
let due = 0;
let wake = () => {};

const tell = (answer: Answer) => self.postMessage(answer);
/** Lets messages in, and goes on unless it is paused. */
const turn = async () => {
  await new Promise((next) => setTimeout(next));
  while (isPaused && !due) await new Promise<void>((next) => (wake = next));
};

async function train({ seed, settings, proof }: Job) {
  await started;
  const lab = new Lab(settings);
  labs.set(seed, lab);
  let [progress, measuredAt, next] = [lab.progress(), performance.now(), 0];
  let toy: ToyState | undefined;
  for (;;) {
    const index = watched[next % watched.length];
    const isDue = progress.stage === 'dictionaries' && index !== undefined && performance.now() - measuredAt > MEASURE;
    const isNews = watched.length > 0 && !toy?.finished;
    if (isNews) toy = lab.toy();
    tell({
      kind: 'progress',
      seed,
      progress,
      toy: isNews ? toy : undefined,
      watched: progress.stage === 'toy' ? [] : watched.map((each) => ({ index: each, state: lab.dictionary(each) })),
      measured: isDue ? { index, measures: lab.measures(index) } : undefined,
    });
    if (isDue) [measuredAt, next] = [performance.now(), next + 1];
    if (progress.stage === 'done') break;
    await turn();
    progress = due ? lab.steps(due) : lab.step(STEP);
    due = 0;
  }
  for (const index of settings.dictionaries.keys()) {
    await turn();
    tell({ kind: 'result', seed, index, measures: lab.measures(index), proven: lab.prove(index, proof) });
  }
  tell({ kind: 'done', seed });
}

/** Looks into a lab, or into what needs none. */
function answerTo({ question, seed, index, args }: Extract<Request, { kind: 'ask' }>): unknown {
  if (question === 'literature') return literature();
  const lab = labs.get(seed)!;
  const look = lab[question] as (index: number, ...args: unknown[]) => unknown;
  return look.call(lab, index, ...args);
}

self.onmessage = async ({ data }: MessageEvent<Request>) => {
  try {
    switch (data.kind) {
      case 'program':
        started = init({ module_or_path: data.module }).then((exports) => void ({ memory } = exports));
        return await started;
      case 'train':
        watched = data.watched;
        return await train(data.job);
      case 'watch':
        return void (watched = data.watched);
      case 'pause':
        return void (isPaused = true);
      case 'go':
        [isPaused, due] = [false, 0];
        return wake();
      case 'steps':
        due = data.count;
        return wake();
      case 'ask':
        await started;
        return tell({ kind: 'answer', id: data.id, result: answerTo(data) });
    }
  } catch (error) {
    tell({ kind: 'refused', id: data.kind === 'ask' ? data.id : undefined, ...whyNot(error, memory, lastPanic) });
  }
};
