/**
 * What every proving worker does, whatever its task: holds one model and runs one proof at a time
 * about it, in short steps. Messages such as a cancel are handled between two steps.
 */

import type { Model, Run } from '../pkg/prove.js';
import { isFull } from './serve.js';
import type { Answer, Request } from './protocol.js';

/** What the glue of a task's module exports: all have one interface. */
export interface Proving {
  init(input: { module_or_path: WebAssembly.Module }): Promise<{ memory: WebAssembly.Memory }>;
  lastPanic(): string | undefined;
  /** Reads a model; `read` is what the module `files` has read of it, in the words of the task. */
  load(file: string, bytes: Uint8Array, read?: never): Model;
}

/** Milliseconds of work in one step. */
const STEP = 30;

let program: Proving;
/** The memory of the module's instance. */
let memory: WebAssembly.Memory | undefined;
/** Settles when the module is instantiated. */
let ready: Promise<unknown> = Promise.resolve();
/** The loaded model, with the id of the request that loaded it. */
let model: { id: number; held: Model } | undefined;
/** The proof that runs. */
let job: Job | undefined;

interface Job {
  /** Id of the request that started the proof. */
  id: number;
  run: Run;
  /** The answer to the page, once the run is finished. */
  result(): Answer | undefined;
}

// A message to ourselves queues behind those of the page; a promise would run before them, a timer
// wastes 4 ms.
const turn = new MessageChannel();
turn.port1.onmessage = () => job && attempt(job.id, advance);

const post = (answer: Answer) => self.postMessage(answer);

/** Has this worker prove with a task's module. */
export function serveProofs(proving: Proving) {
  program = proving;
  self.onmessage = async ({ data }: MessageEvent<Request>) => {
    if (data.kind === 'program') ready = program.init({ module_or_path: data.module }).then((instance) => (memory = instance.memory));
    await ready;
    if (data.kind !== 'program') attempt(data.id, () => handle(data));
  };
}

// A module that cannot be instantiated rejects `ready`. The page only hears of uncaught errors.
self.addEventListener('unhandledrejection', ({ reason }) => {
  throw reason;
});

function handle(request: Exclude<Request, { kind: 'program' }>) {
  const { id } = request;
  if (request.kind === 'load') {
    const { file, bytes, read } = request.weights;
    const held = program.load(file, bytes, read as never);
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
      const run = held.run(request.strategy, [...request.options], 0, 1);
      return start({ id, run, result: () => outcome(id, run, request.certify) });
    }
    case 'count': {
      const run = held.run(request.strategy, [...request.options], request.part, request.of);
      return start({ id, run, result: () => tally(id, run) });
    }
    case 'join': {
      const run = held.joined(request.strategy, request.tallies, request.seconds);
      const answer = outcome(id, run, request.certify);
      run.free();
      return answer && post(answer);
    }
    case 'strategy':
      return post({ kind: 'strategy', id, facts: held.strategyFacts(request.strategy) });
    case 'ask':
      return post({ kind: 'answer', id, answer: held.ask(request.question) });
  }
}

/** The answer for a finished proof; undefined while it is not finished. */
function outcome(id: number, run: Run, certify: string | undefined): Answer | undefined {
  const outcome = run.outcome();
  const certificate = outcome && certify !== undefined ? run.certificate(certify) : undefined;
  return outcome && { kind: 'outcome', id, outcome, ...(certificate !== undefined && { certificate }) };
}

/** The answer for a finished part of a proof; undefined while it is not finished. */
function tally(id: number, run: Run): Answer | undefined {
  const tally = run.tally();
  return tally === undefined ? undefined : { kind: 'tally', id, tally };
}

/** Starts a proof in place of the one that runs. */
function start(next: Job) {
  stop();
  job = next;
  turn.port2.postMessage(null);
}

/** Does one step of the proof; then queues the next step, or posts the answer. */
function advance() {
  if (!job) return;
  const { id, run } = job;
  const done = run.advance(STEP);
  const answer = ended(job);
  if (!answer) {
    post({ kind: 'progress', id, done });
    return turn.port2.postMessage(null);
  }
  job = undefined;
  run.free();
  post(answer);
}

/** The answer of a finished proof, or an error if it failed; undefined while it runs. */
function ended({ id, result }: Job): Answer | undefined {
  try {
    return result();
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) return { kind: 'error', id, message: error.message };
    throw error;
  }
}

/** Cancels the proof that runs, if any. */
function stop() {
  if (!job) return;
  const { id, run } = job;
  job = undefined;
  run.free();
  post({ kind: 'cancelled', id });
}

/**
 * Does `work` for request `id`. Plain `Error`s, which Rust returns, become answers; anything else,
 * such as a trap or a stack overflow, ends the instance.
 */
function attempt(id: number, work: () => void) {
  try {
    work();
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) post({ kind: 'error', id, message: error.message });
    else post({ kind: 'died', message: program.lastPanic() ?? (isFull(memory) ? `out of memory (${String(error)})` : String(error)) });
  }
}
