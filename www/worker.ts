/**
 * Holds one model and proves one thing at a time about it, in steps short enough for a cancel to get in between. (A
 * sub-cubic proof is one step; where that is long, the page replaces the worker.)
 */

import * as compute from './pkg/compute.js';
import type { Answer, Program, Request } from './protocol.js';

/** Milliseconds of work between two looks at the messages. */
const STEP = 30;

/** What can be called of a program; only that of the page's own models is here from the start. */
type Calls = typeof compute | typeof import('./pkg/files.js');

let calls: Calls = compute;
let ready: Promise<void>;
let memory: WebAssembly.Memory | undefined;
let model: { id: number; held: InstanceType<Calls['Model']> } | undefined;
let job: { id: number; verification: compute.Verification; certify: boolean } | undefined;

// A message to ourselves queues behind those of the page; a promise would run before them, a timer wastes 4 ms.
const turn = new MessageChannel();
turn.port1.onmessage = () => job && attempt(job.id, advance);

const post = (answer: Answer) => self.postMessage(answer);

self.onmessage = async ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'init') ready = start(data.program);
  await ready;
  if (data.kind !== 'init') attempt(data.id, () => handle(data));
};

// Of a module that cannot be instantiated, say: the page listens to uncaught errors only.
self.addEventListener('unhandledrejection', ({ reason }) => {
  throw reason;
});

async function start({ name, module }: Program) {
  if (name === 'files') calls = await import('./pkg/files.js');
  ({ memory } = await calls.default({ module_or_path: module }));
}

function handle(request: Exclude<Request, { kind: 'init' }>) {
  switch (request.kind) {
    case 'load': {
      const held = new calls.Model(request.file, request.bytes);
      stop();
      model?.held.free();
      model = { id: request.id, held };
      return post({ kind: 'facts', id: request.id, facts: held.facts() });
    }
    case 'run':
      stop();
      if (model?.id !== request.model) return post({ kind: 'cancelled', id: request.id });
      job = { id: request.id, verification: model.held.verification(request.strategy), certify: request.certify };
      return turn.port2.postMessage(null);
    case 'check':
      if (model?.id !== request.model) return post({ kind: 'cancelled', id: request.id });
      if (!('check' in model.held)) throw new TypeError('this program does not read certificates');
      return post({ kind: 'outcome', id: request.id, outcome: model.held.check(request.certificate) });
    case 'published':
      if (model?.id !== request.model) return post({ kind: 'cancelled', id: request.id });
      return post({ kind: 'published', id: request.id, count: model.held.publishedCount(request.strategy) });
    case 'strategy':
      if (model?.id !== request.model) return post({ kind: 'cancelled', id: request.id });
      return post({ kind: 'strategy', id: request.id, facts: model.held.strategyFacts(request.strategy) });
    case 'attention':
      if (model?.id !== request.model) return post({ kind: 'cancelled', id: request.id });
      return post({ kind: 'attention', id: request.id, attention: model.held.attention() });
    case 'cancel':
      if (job?.id === request.id) stop();
  }
}

/** One step of the proof; whoever ends it takes it out of `job`. */
function advance() {
  if (!job) return;
  const { id, verification, certify } = job;
  const done = verification.step(STEP);
  const outcome = verification.outcome();
  if (!outcome) {
    post({ kind: 'progress', id, done });
    return turn.port2.postMessage(null);
  }
  job = undefined;
  const certificate = certify ? verification.certificate() : undefined;
  verification.free();
  post({ kind: 'outcome', id, outcome, ...(certificate !== undefined && { certificate }) });
}

function stop() {
  if (!job) return;
  const { id, verification } = job;
  job = undefined;
  verification.free();
  post({ kind: 'cancelled', id });
}

/** Errors that Rust returns are answers; anything else (a trap, a stack overflow) is the end of this instance. */
function attempt(id: number, work: () => void) {
  try {
    work();
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) post({ kind: 'error', id, message: error.message });
    else post({ kind: 'died', message: calls.lastPanic() ?? (isFull() ? `out of memory (${String(error)})` : String(error)) });
  }
}

/** Whether memory would not grow: Rust stops without a word then. This instance is at its end, and may waste some. */
function isFull(): boolean {
  if (!memory) return false;
  try {
    memory.grow(memory.buffer.byteLength / 2 ** 16);
    return false;
  } catch {
    return true;
  }
}
