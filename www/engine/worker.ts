/**
 * Holds one model and proves one thing at a time about it, in steps short enough for a cancel to get in between. Programs are
 * instances side by side: what one has found out about the model stays, whatever another is asked.
 */

import * as compute from '../pkg/compute.js';
import * as read from '../pkg/read.js';
import type { Answer, Program, Prover, Reader, Request } from './protocol.js';

/** Milliseconds of work between two looks at the messages. */
const STEP = 30;

/** What can be called of each program; only those for the page's own models are here from the start. */
const GLUE = {
  read: () => Promise.resolve(read),
  compute: () => Promise.resolve(compute),
  additive: () => import('../pkg/additive.js'),
  full: () => import('../pkg/full.js'),
};
type Glue = { [name in keyof typeof GLUE]: Awaited<ReturnType<(typeof GLUE)[name]>> };
type Called = Glue[keyof Glue];

/** Programs that this worker has an instance of. */
const programs: Partial<Glue> = {};
let ready: Promise<unknown> = Promise.resolve();
/** The memory of each. */
const memories: WebAssembly.Memory[] = [];
/** The program that was called last. */
let called: Called = read;
let model: Held | undefined;
let job: Job | undefined;

/** The model: as it was read, and as every program has it that was asked to prove something about it. */
interface Held {
  id: number;
  weights: InstanceType<Glue[Reader]['Weights']>;
  provers: { [name in Prover]?: InstanceType<Glue[Prover]['Model']> };
}

interface Job {
  id: number;
  /** The program that it is of. */
  glue: Called;
  verification: Verification;
  /** What came of it, once it is finished. */
  result(): Answer | undefined;
}

// A message to ourselves queues behind those of the page; a promise would run before them, a timer wastes 4 ms.
const turn = new MessageChannel();
turn.port1.onmessage = () => job && attempt(job.id, advance);

const post = (answer: Answer) => self.postMessage(answer);

self.onmessage = async ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'program') {
    const { program } = data;
    ready = ready.then(() => boot(program));
  }
  await ready;
  if (data.kind !== 'program') attempt(data.id, () => handle(data));
};

// Of a module that cannot be instantiated, say: the page listens to uncaught errors only.
self.addEventListener('unhandledrejection', ({ reason }) => {
  throw reason;
});

async function boot({ name, module }: Program) {
  const glue = await GLUE[name]();
  memories.push((await glue.default({ module_or_path: module })).memory);
  Object.assign(programs, { [name]: glue });
}

/** A program that is going to be called. */
function program<Name extends Reader | Prover>(name: Name): Glue[Name] {
  const found = programs[name];
  if (!found) throw new TypeError(`the program ${name} is not here`);
  called = found;
  return found;
}

function handle(request: Exclude<Request, { kind: 'program' }>) {
  const { id } = request;
  if (request.kind === 'load') {
    const weights = new (program(request.program).Weights)(request.file, request.bytes);
    stop();
    for (const held of [model?.weights, ...Object.values(model?.provers ?? {})]) held?.free();
    model = { id, weights, provers: {} };
    return post({ kind: 'facts', id, facts: weights.facts() });
  }
  if (request.kind === 'cancel') return job?.id === id ? stop() : undefined;
  if (model?.id !== request.model) return post({ kind: 'cancelled', id });
  const { weights, provers } = model;
  if (request.kind === 'canonical') {
    const bytes = 'canonical' in weights ? weights.canonical() : undefined;
    return post({ kind: 'canonical', id, ...(bytes && { bytes }) });
  }
  if (request.kind === 'strategy') return post({ kind: 'strategy', id, facts: weights.strategyFacts(request.strategy) });
  const { Model } = program(request.program);
  const held = (provers[request.program] ??= new Model(weights.numbers()));
  switch (request.kind) {
    case 'run': {
      const verification = held.verification(request.strategy, request.prune, 0, 1);
      return start({ id, glue: called, verification, result: () => outcome(id, verification, request.certify) });
    }
    case 'count': {
      const verification = held.verification(request.strategy, request.prune, request.part, request.of);
      return start({ id, glue: called, verification, result: () => tally(id, verification) });
    }
    case 'join': {
      const verification = held.joined(request.strategy, request.tallies, request.seconds);
      const answer = outcome(id, verification, request.certify);
      verification.free();
      return answer && post(answer);
    }
    case 'check': {
      if (!('check' in held)) throw new TypeError(`the program ${request.program} does not read certificates`);
      const { sha256, canonical_sha256 } = weights.facts();
      const sha256s = canonical_sha256 === undefined ? [sha256] : [canonical_sha256, sha256];
      const verification = held.check(sha256s, request.certificate);
      return start({ id, glue: called, verification, result: () => outcome(id, verification, false) });
    }
    case 'published':
      if (!('publishedCount' in held)) throw new TypeError(`the program ${request.program} does not know the published formula`);
      return post({ kind: 'published', id, count: held.publishedCount(request.strategy) });
    case 'attention':
      if (!('attention' in held)) throw new TypeError(`the program ${request.program} does not look at attention`);
      return post({ kind: 'attention', id, attention: held.attention() });
    case 'logits':
      return post({ kind: 'logits', id, examples: looking(held).examples(request.input) });
    case 'sample':
      return post({ kind: 'sample', id, sampled: looking(held).sample() });
  }
}

/** A model of the programs that look at single inputs. */
function looking(held: InstanceType<Glue[Prover]['Model']>) {
  if (!('examples' in held)) throw new TypeError('this program does not look at single inputs');
  return held;
}

/** A proof of any program. */
type Verification = ReturnType<InstanceType<Glue[Prover]['Model']>['verification']>;

function outcome(id: number, verification: Verification, certify: boolean): Answer | undefined {
  const outcome = verification.outcome();
  const facts = model?.weights.facts();
  const certificate = outcome && certify && 'certificate' in verification && facts ? verification.certificate(facts.canonical_sha256 ?? facts.sha256) : undefined;
  return outcome && { kind: 'outcome', id, outcome, ...(certificate !== undefined && { certificate }) };
}

function tally(id: number, verification: Verification): Answer | undefined {
  const tally = verification.tally();
  return tally === undefined ? undefined : { kind: 'tally', id, tally };
}

function start(next: Job) {
  stop();
  job = next;
  turn.port2.postMessage(null);
}

/** One step of the proof; whoever ends it takes it out of `job`. */
function advance() {
  if (!job) return;
  const { id, glue, verification } = job;
  called = glue;
  const done = verification.step(STEP);
  const answer = ended(job);
  if (!answer) {
    post({ kind: 'progress', id, done });
    return turn.port2.postMessage(null);
  }
  job = undefined;
  verification.free();
  post(answer);
}

/** What a proof has come to, if it has: nothing, where its search or its certificate fails. */
function ended({ id, result }: Job): Answer | undefined {
  try {
    return result();
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) return { kind: 'error', id, message: error.message };
    throw error;
  }
}

function stop() {
  if (!job) return;
  const { id, verification } = job;
  job = undefined;
  verification.free();
  post({ kind: 'cancelled', id });
}

/** Errors that Rust returns are answers; anything else (a trap, a stack overflow) is the end of that instance. */
function attempt(id: number, work: () => void) {
  try {
    work();
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) post({ kind: 'error', id, message: error.message });
    else post({ kind: 'died', message: called.lastPanic() ?? (isFull() ? `out of memory (${String(error)})` : String(error)) });
  }
}

/** Whether some memory would not grow: Rust stops without a word then. This worker is at its end, and may waste some. */
function isFull(): boolean {
  try {
    for (const memory of memories) memory.grow(memory.buffer.byteLength / 2 ** 16);
    return false;
  } catch {
    return true;
  }
}
