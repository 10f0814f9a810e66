/**
 * The model of an embed and its proofs, shared by all embeds of a document that show it. All
 * sessions of a document about models of one task share one program and one pool of workers.
 */

import { WORKERS } from '../app/address.js';
import { compile, download } from '../engine/download.js';
import { Pool } from '../engine/pool.js';
import { type Turn, Turns } from '../engine/turns.js';
import { t } from '../languages/language.js';
import { folderOf } from '../state/gallery.js';
import { GALLERY, Models, type Opened, OWN, type View } from '../state/model.js';
import { Queue } from '../state/queue.js';
import type { Embedded, Explains } from '../tasks/task.js';
import type { Pictured } from '../views/frontier/frontier.js';
import { known } from './place.js';
import { bytesAt } from './source.js';
import { TASKS } from './tasks.js';

/** The number of workers of all embeds of a document whose models have one task. */
export const workers = WORKERS.read({ search: '', hash: '' }, { cores: navigator.hardwareConcurrency }, () => {});

/** What all models of a task share: its results, its program, and workers that take turns. */
class Shared {
  readonly task: Embedded;
  readonly sessions = new Map<string, Promise<Session>>();
  readonly pool: Pool;
  readonly turns: Turns;
  #program: Promise<WebAssembly.Module> | undefined;
  #shipped: Promise<Pictured> | undefined;

  constructor(task: Embedded) {
    this.task = task;
    const fetchProgram = () => {
      this.#program ??= compile(task.module);
      this.#program.catch(() => (this.#program = undefined));
      return this.#program;
    };
    const tell = (message: string | undefined) => {
      for (const session of this.sessions.values()) void session.then((each) => each.tell((view) => view.problem(message)));
    };
    this.pool = new Pool(fetchProgram, workers, tell, task.worker);
    this.turns = new Turns(this.pool);
  }

  /** The results of the first model. */
  shipped(): Promise<Pictured> {
    this.#shipped ??= download(`embed/${this.task.id}/first-paint.json`, (response) => response.json() as Promise<Pictured>);
    this.#shipped.catch(() => (this.#shipped = undefined));
    return this.#shipped;
  }
}

const all = new Map<string, Shared>();

/**
 * Which weights: of which task, and a model of its gallery by its name, empty for the first, or
 * those at an address.
 */
export interface Weights {
  task: string;
  model: string;
  src: string;
  /** How the file is read, in the words of its task; empty as it is read unless told. */
  read: string;
}

/** The session of these weights, for one embed, which takes it by `show` or lets it go. */
export async function join(weights: Weights): Promise<Session> {
  const task = weights.task ? TASKS.find(({ id }) => id === weights.task) : TASKS[0];
  if (!task) throw new Error(t`task="${weights.task.slice(0, 80)}": expected one of ${TASKS.map(({ id }) => id).join(', ')}.`);
  const shared = all.get(task.id) ?? new Shared(task);
  all.set(task.id, shared);
  const { sessions } = shared;
  if (weights.read && !task.reads?.parse(weights.read))
    throw new Error(
      t`read="${weights.read.slice(0, 80)}": expected ${task.reads?.range() ?? t`nothing: models of this task are read in one way`}.`,
    );
  const key = `${weights.src || `gallery ${weights.model}`} ${weights.read}`;
  const joined = sessions.get(key) ?? shared.shipped().then((results) => new Session(key, weights, results, shared));
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
  readonly task: Embedded;
  readonly models: Models;
  readonly queue: Queue;
  readonly shipped: Pictured;
  /** The embeds that show it. */
  readonly views = new Set<View>();
  /** How many embeds have it, whether they show it yet or not. */
  users = 0;
  readonly #key: string;
  readonly #weights: Weights;
  readonly #shared: Shared;
  readonly #turn: Turn;
  #explains: Promise<Explains> | undefined;
  #opening: Promise<Opened> | undefined;

  constructor(key: string, weights: Weights, shipped: Pictured, shared: Shared) {
    [this.#key, this.#weights, this.shipped, this.#shared] = [key, weights, shipped, shared];
    [this.task, this.#turn] = [shared.task, shared.turns.join()];
    this.models = new Models(this.task, shipped, this.#turn, this.view);
    this.queue = new Queue(this.models, this.#turn, this.view);
  }

  /** Whether there is something to show: shipped results, or an open model. */
  get isKnown(): boolean {
    const { model, src, read } = this.#weights;
    return !!this.models.current.bytes || (!src && !read && (!model || `${model}.safetensors` === this.shipped.facts.file));
  }

  /** The workers, as this model sees them. */
  get prover(): Turn {
    return this.#turn;
  }

  /** What answers questions about the model; rejects if it does not arrive. */
  explains(): Promise<Explains> {
    this.#explains ??= this.task.explainer().then((explains) => {
      const { network } = this.models.current;
      if (network) explains.model(network);
      return explains;
    });
    this.#explains.catch(() => (this.#explains = undefined));
    return this.#explains;
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
        if (network) void this.#explains?.then((explains) => explains.model(network));
        const { file, sha256 } = this.shipped.facts;
        if (facts.file === file && facts.sha256 !== sha256 && !this.#weights.src) {
          this.view.problem(
            t`${file} is not the file that the shipped results are about: its SHA-256 is ${facts.sha256}, theirs ${sha256}.`,
          );
        }
        this.queue.runAll();
      } else this.#opening = undefined;
      return opened;
    });
    return this.#opening;
  }

  #open(): Promise<Opened> {
    const { model, src } = this.#weights;
    const way = this.task.reads?.parse(this.#weights.read);
    const retry = () => void this.start();
    if (src) return this.models.open(nameOf(src), OWN, () => bytesAt(src), retry, way);
    const file = model ? `${model}.safetensors` : this.shipped.facts.file;
    const read = () => download(folderOf(this.task.id) + file, async (response) => new Uint8Array(await response.arrayBuffer()));
    return this.models.open(file, GALLERY, read, retry, way ?? (file === this.shipped.facts.file ? known : undefined));
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

  /**
   * Gives the session back. With the last embed its proofs end and, with the last session of its
   * task, all workers.
   */
  letGo() {
    if (--this.users) return;
    const { sessions, pool } = this.#shared;
    sessions.delete(this.#key);
    this.queue.cancelAll();
    this.#turn.leave();
    void this.#explains?.then((explains) => explains.close());
    if (!sessions.size) pool.close();
  }
}

/** The name of the file at an address. */
const nameOf = (src: string) =>
  /^(data|blob):/.test(src) ? 'weights' : new URL(src, document.baseURI).pathname.split('/').pop() || 'weights';
