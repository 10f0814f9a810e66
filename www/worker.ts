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
let job: Job | undefined;

interface Job {
  id: number;
  verification: compute.Verification;
  /** What came of it, once it is finished. */
  result(): Answer | undefined;
}

// A message to ourselves queues behind those of the page; a promise would run before them, a timer wastes 4 ms.
const turn = new MessageChannel();
turn.port1.onmessage = () => job && attempt(job.id, advance);

const post = (answer: Answer) => self.postMessage(answer);

self.onmessage = async ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'init') ready = boot(data.program);
  await ready;
  if (data.kind !== 'init') attempt(data.id, () => handle(data));
};

// Of a module that cannot be instantiated, say: the page listens to uncaught errors only.
self.addEventListener('unhandledrejection', ({ reason }) => {
  throw reason;
});

async function boot({ name, module }: Program) {
  if (name === 'files') calls = await import('./pkg/files.js');
  ({ memory } = await calls.default({ module_or_path: module }));
}

function handle(request: Exclude<Request, { kind: 'init' }>) {
  const { id } = request;
  if (request.kind === 'load') {
    const held = new calls.Model(request.file, request.bytes);
    stop();
    model?.held.free();
    model = { id, held };
    return post({ kind: 'facts', id, facts: held.facts() });
  }
  if (request.kind === 'cancel') return job?.id === id ? stop() : undefined;
  if (model?.id !== request.model) return post({ kind: 'cancelled', id });
  const { held } = model;
  switch (request.kind) {
    case 'run': {
      const verification = held.verification(request.strategy, request.prune, 0, 1);
      return start({ id, verification, result: () => outcome(id, verification, request.certify) });
    }
    case 'count': {
      const verification = held.verification(request.strategy, request.prune, request.part, request.of);
      return start({ id, verification, result: () => tally(id, verification) });
    }
    case 'join': {
      const verification = held.joined(request.strategy, request.tallies, request.seconds);
      const answer = outcome(id, verification, request.certify);
      verification.free();
      return answer && post(answer);
    }
    case 'check':
      if (!('check' in held)) throw new TypeError('this program does not read certificates');
      return post({ kind: 'outcome', id, outcome: held.check(request.certificate) });
    case 'published':
      return post({ kind: 'published', id, count: held.publishedCount(request.strategy) });
    case 'strategy':
      return post({ kind: 'strategy', id, facts: held.strategyFacts(request.strategy) });
    case 'attention':
      return post({ kind: 'attention', id, attention: held.attention() });
  }
}

function outcome(id: number, verification: compute.Verification, certify: boolean): Answer | undefined {
  const outcome = verification.outcome();
  const certificate = certify ? verification.certificate() : undefined;
  return outcome && { kind: 'outcome', id, outcome, ...(certificate !== undefined && { certificate }) };
}

function tally(id: number, verification: compute.Verification): Answer | undefined {
  const tally = verification.tally();
  return tally && { kind: 'tally', id, tally };
}

function start(next: Job) {
  stop();
  job = next;
  turn.port2.postMessage(null);
}

/** One step of the proof; whoever ends it takes it out of `job`. */
function advance() {
  if (!job) return;
  const { id, verification, result } = job;
  const done = verification.step(STEP);
  const answer = result();
  if (!answer) {
    post({ kind: 'progress', id, done });
    return turn.port2.postMessage(null);
  }
  job = undefined;
  verification.free();
  post(answer);
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
