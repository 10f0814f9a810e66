/**
 * The model of an embed and its proofs, shared by all embeds of a document that show it. All
 * sessions of a document share one program and one pool of workers.
 */

import { WORKERS } from '../app/address.js';
import { compile, download } from '../engine/download.js';
import { Explainer } from '../engine/explain.js';
import { Pool } from '../engine/pool.js';
import { type Turn, Turns } from '../engine/turns.js';
import { t } from '../languages/language.js';
import proveUrl from '../pkg/prove_bg.wasm?url';
import { GALLERY, Models, type Opened, OWN, type View } from '../state/model.js';
import { Queue } from '../state/queue.js';
import { maxOfK } from '../tasks/max-of-k/task.js';
import workerUrl from '../tasks/max-of-k/worker.ts?worker&url';
import type { Pictured } from '../views/frontier/frontier.js';
import { known } from './place.js';
import { bytesAt } from './source.js';

/** The number of workers of all embeds of a document together. */
export const workers = WORKERS.read({ search: '', hash: '' }, { cores: navigator.hardwareConcurrency }, () => {});

let program: Promise<WebAssembly.Module> | undefined;
const fetchProgram = () => {
  program ??= compile(proveUrl);
  program.catch(() => (program = undefined));
  return program;
};
const pool = new Pool(fetchProgram, workers, (message) => {
  for (const session of sessions.values()) void session.then((each) => each.tell((view) => view.problem(message)));
}, workerUrl);
const turns = new Turns(pool);

let shipped: Promise<Pictured> | undefined;
const fetchShipped = () => {
  shipped ??= download('embed/first-paint.json', (response) => response.json() as Promise<Pictured>);
  shipped.catch(() => (shipped = undefined));
  return shipped;
};

const sessions = new Map<string, Promise<Session>>();

/** Which weights: a model of the gallery by its name, empty for the first, or those at an address. */
export interface Weights {
  model: string;
  src: string;
}

/** The session of these weights, for one embed, which takes it by `show` or lets it go. */
export async function join(weights: Weights): Promise<Session> {
  const key = weights.src || `gallery ${weights.model}`;
  const joined = sessions.get(key) ?? fetchShipped().then((results) => new Session(key, weights, results, turns.join()));
  sessions.set(key, joined);
  try {
    const session = await joined;
    session.users++;
    return session;
  } catch (error) {
    sessions.delete(key);
    throw error;
  }
}

export class Session {
  readonly models: Models;
  readonly queue: Queue;
  readonly explain = new Explainer();
  readonly shipped: Pictured;
  /** The embeds that show it. */
  readonly views = new Set<View>();
  /** How many embeds have it, whether they show it yet or not. */
  users = 0;
  readonly #key: string;
  readonly #weights: Weights;
  readonly #turn: Turn;
  #opening: Promise<Opened> | undefined;

  constructor(key: string, weights: Weights, shipped: Pictured, turn: Turn) {
    [this.#key, this.#weights, this.shipped, this.#turn] = [key, weights, shipped, turn];
    this.models = new Models(maxOfK, shipped, turn, this.view);
    this.queue = new Queue(this.models, turn, this.view);
  }

  /** Whether there is something to show: shipped results, or an open model. */
  get isKnown(): boolean {
    const { model, src } = this.#weights;
    return !!this.models.current.bytes || (!src && (!model || `${model}.safetensors` === this.shipped.facts.file));
  }

  /** The workers, as this model sees them. */
  get prover(): Turn {
    return this.#turn;
  }

  /** Tells all embeds of something. */
  tell(what: (view: View) => void) {
    for (const view of this.views) what(view);
  }

  /** All embeds. */
  readonly view: View = {
    model: (model) => this.tell((view) => view.model(model)),
    proof: (proof) => this.tell((view) => view.proof(proof)),
    looked: (model) => this.tell((view) => view.looked(model)),
    elsewhere: (...file) => this.tell((view) => view.elsewhere(...file)),
    status: (text) => this.tell((view) => view.status(text)),
    problem: (text, retry) => this.tell((view) => view.problem(text, retry)),
  };

  /** Opens the model and runs its proofs, once; resolves to how that ended. */
  start(): Promise<Opened> {
    this.#opening ??= this.#open().then((opened) => {
      if (opened === 'open') {
        const { network, facts } = this.models.current;
        if (network) this.explain.model(network);
        const { file, sha256 } = this.shipped.facts;
        if (facts.file === file && facts.sha256 !== sha256 && !this.#weights.src) {
          this.view.problem(t`${file} is not the file that the shipped results are about: its SHA-256 is ${facts.sha256}, theirs ${sha256}.`);
        }
        this.queue.runAll();
      } else this.#opening = undefined;
      return opened;
    });
    return this.#opening;
  }

  #open(): Promise<Opened> {
    const { model, src } = this.#weights;
    const retry = () => void this.start();
    if (src) return this.models.open(nameOf(src), OWN, () => bytesAt(src), retry);
    const file = model ? `${model}.safetensors` : this.shipped.facts.file;
    const read = () => download(`models/max-of-k/${file}`, async (response) => new Uint8Array(await response.arrayBuffer()));
    return this.models.open(file, GALLERY, read, retry, file === this.shipped.facts.file ? known : undefined);
  }

  /** Tells an embed of everything from now on. */
  show(view: View) {
    this.views.add(view);
  }

  /** Takes an embed out. */
  leave(view: View) {
    this.views.delete(view);
    this.letGo();
  }

  /** Gives the session back. With the last embed its proofs end and, with the last session, all workers. */
  letGo() {
    if (--this.users) return;
    sessions.delete(this.#key);
    this.queue.cancelAll();
    this.#turn.leave();
    this.explain.close();
    if (!sessions.size) pool.close();
  }
}

/** The name of the file at an address. */
const nameOf = (src: string) => (/^(data|blob):/.test(src) ? 'weights' : (new URL(src, document.baseURI).pathname.split('/').pop() || 'weights'));
