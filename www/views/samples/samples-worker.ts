/** Samples the inputs of one network, in short steps, between which it hears of a stop. */

import init, { type Drawing, lastPanic, load, type Network, type Plan } from '../../pkg/samples.js';
import { whyNot } from '../../engine/serve.js';
import type { Answers, Asked, Opened, Told } from './messages.js';

/** Milliseconds of work in one step, and between two counts that are told. */
const [STEP, PACE] = [20, 80];

let memory: WebAssembly.Memory | undefined;
let opened: Promise<Network> | undefined;
/** The drawing that runs. */
let drawn: { id: number; drawing: Drawing; told: number } | undefined;

const tell = (told: Told) => self.postMessage(told);
// A message to ourselves queues behind those of the page; a promise would run before them.
const turn = new MessageChannel();
turn.port1.onmessage = () => drawn && attempt(drawn.id, advance);

self.onmessage = async ({ data }: MessageEvent<Opened | Asked>) => {
  if ('module' in data) {
    opened = open(data);
    // Each question will tell.
    opened.catch(() => {});
    return;
  }
  if ('stop' in data) return data.stop === drawn?.id ? attempt(data.stop, finish) : undefined;
  try {
    const network = await opened!;
    attempt(data.id, () => answer(network, data.id, data.ask, data.plan as Plan, data.drawn));
  } catch (error) {
    tell({ id: data.id, ...whyNot(error, memory, lastPanic) });
  }
};

async function open({ module, task, weights: { file, bytes, read }, sha256 }: Opened): Promise<Network> {
  ({ memory } = await init({ module_or_path: module }));
  return load(task, file, bytes, read, sha256);
}

function attempt(id: number, work: () => void) {
  try {
    work();
  } catch (error) {
    if (drawn?.id === id) drawn = undefined;
    tell({ id, ...whyNot(error, memory, lastPanic) });
  }
}

function answer(network: Network, id: number, ask: keyof Answers, plan: Plan, end: number | undefined) {
  if (ask === 'facts') return tell({ id, result: network.facts() });
  if (ask === 'predicted') return tell({ id, result: network.predicted() });
  if (ask === 'plan') return tell({ id, result: network.plan(plan) });
  if (drawn) finish();
  drawn = { id, drawing: network.draw(plan), told: -PACE };
  if (end !== undefined) drawn.drawing.endAfter(end);
  turn.port2.postMessage(undefined);
}

function advance() {
  if (!drawn) return;
  const { id, drawing } = drawn;
  const share = drawing.advance(STEP);
  const now = performance.now();
  if (share >= 1 || now - drawn.told > PACE) {
    drawn.told = now;
    tell({ id, live: drawing.live() });
  }
  if (share >= 1) finish();
  else turn.port2.postMessage(undefined);
}

/** Ends the drawing with its bound, or without one where it is too early for that. */
function finish() {
  if (!drawn) return;
  const { id, drawing } = drawn;
  drawn = undefined;
  const [sampled, certificate] = [drawing.outcome(), drawing.certificate()];
  drawing.free();
  tell({ id, result: sampled && certificate !== undefined ? { sampled, certificate } : null });
}
