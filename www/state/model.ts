/** The open model: its proofs and everything else that is known about it. */

import type { CertificateFile } from './certificate-file.js';
import type { Checking } from '../engine/check.js';
import { Cancelled, Died } from '../engine/client.js';
import { Missing } from '../engine/download.js';
import { readFile } from '../engine/files.js';
import { spoken, t } from '../languages/language.js';
import type { FileFacts } from '../pkg/files.js';
import type { Prover } from '../engine/pool.js';
import type { Weights } from '../engine/protocol.js';
import type { AttentionFacts, Example, ModelFacts, Outcome, SampledAccuracy, StrategyFacts } from '../pkg/prove.js';
import type { Task } from '../tasks/task.js';
import type { Uncertain } from './uncertain.js';
import { bytes as size, told } from '../ui/format.js';

/**
 * Largest file that is read, in bytes. Models about which something can be proven are far smaller.
 */
export const MAX_BYTES = 64 * 2 ** 20;
/** Most inputs that a proof may visit one by one and still run automatically. */
const MAX_UNASKED = 2n ** 25n;
/** The fields of facts that are texts for people. */
export const SAID = ['label', 'idea', 'about', 'refused', 'notes', 'network', 'complexity'];
/** The values of `Model.source`. */
export const [GALLERY, OWN] = ['gallery', 'own'];

/** The state of a proof in the queue. `idle` is a proof that has not been run, or is done. */
export type Job =
  | { state: 'idle' | 'cancelled' }
  | { state: 'queued'; stop: AbortController }
  /**
   * `done`: share of the proof that is done, from 0 to 1; `elapsed`: milliseconds of work, without
   * the time that the computer slept.
   */
  | { state: 'running'; done: number; elapsed: number; stop: AbortController }
  | { state: 'failed'; why: string };

/** A strategy for a model, and its result once it has been run. */
export interface Proof {
  facts: StrategyFacts;
  job: Job;
  outcome?: Outcome;
  /** Whether the outcome was shipped with the page; false if this browser computed it. */
  shipped: boolean;
  /**
   * Whether the proof is on the frontier: no shorter proof of those that are shown proves as much.
   */
  frontier: boolean;
  /** The count that the published formula claims, if the user asked for it; not a proven bound. */
  published?: string;
  /** The text of the certificate, once the user has asked for it. */
  certificate?: string;
  /** Name of the certificate file from which the proof was made. Such a proof is not run here. */
  from?: string;
  /** The state of the independent check of the certificate. */
  checking?: Checking;
}

/** The state of a proof's job, in a word or two. */
export function inWords({ state }: Job): string {
  if (state === 'idle') return t`not run`;
  if (state === 'queued') return t`waiting`;
  return state === 'running' ? t`running` : state === 'cancelled' ? t`cancelled` : t`failed`;
}

/** Returns whether a proof is the only one of its family. */
export const isAlone = ({ facts, from }: Proof) => !facts.one_of_many && !from;
/** Returns whether a proof waits or runs. */
export const isBusy = ({ job }: Proof) => job.state === 'queued' || job.state === 'running';
/** Returns whether this browser has run a proof to its end. */
export const isDone = ({ job, outcome, shipped }: Proof) => job.state === 'idle' && !!outcome && !shipped;

/** What a task works out of a model beside its proofs. */
export interface Looked {
  attention?: AttentionFacts;
  /** The logits of a few inputs. */
  examples?: Example[];
  /**
   * The accuracy on random inputs; not computed if brute force, which runs automatically, counts
   * the exact accuracy.
   */
  sampled?: SampledAccuracy;
}

/** A model and everything that is known about it. */
export interface Model extends Looked {
  task: Task;
  facts: ModelFacts;
  proofs: Proof[];
  /** Its bounds that are no proofs; of all inputs alike. */
  uncertain: readonly Uncertain[];
  /**
   * Which inputs the bounds are about, in words, if not all alike; the worst class differs from
   * proof to proof.
   */
  over?: (proof?: Proof) => string;
  /** `GALLERY` or `OWN`, for display. */
  source: string;
  /**
   * The weights file. Undefined until the workers have it: the shipped results are shown, but no
   * proof can run.
   */
  bytes?: Uint8Array;
  /**
   * The safetensors file that certificates are about: `bytes` or, for a file in another format, the
   * canonical file.
   */
  weights?: Uint8Array;
  /** The network as workers take it. */
  network?: Weights;
  /** A certificate of a bound from samples about it, which the view of samples draws again. */
  claimed?: CertificateFile;
}

/** Returns whether a proof takes so long that it runs only when the user starts it. */
export const isLong = ({ facts: { visits } }: Pick<Proof, 'facts'>) => visits !== null && BigInt(visits) > MAX_UNASKED;

/** Returns whether a proof runs automatically. */
export const runsUnasked = (proof: Pick<Proof, 'facts' | 'from'>) => !proof.from && proof.facts.refused === null && !isLong(proof);

/** Results for the default model, computed when the page was built. */
export interface Shipped {
  facts: ModelFacts;
  outcomes: Outcome[];
}

/** Receives every change of the state in order to show it. */
export interface View {
  /** Called when another model is open. */
  model(model: Model): void;
  /** Called when a proof of the current model has changed. */
  proof(proof: Proof): void;
  /**
   * Called when something of the current model beside its proofs has been computed.
   */
  looked(model: Model): void;
  /** Called with a file of another task, which this page does not show. */
  elsewhere(task: string, facts: FileFacts, bytes: Uint8Array): void;
  /** Shows what the page is doing. */
  status(text: string): void;
  /** Shows a problem, with a button for `retry` if there is one. Without a text, removes it. */
  problem(text: string | undefined, retry?: () => void): void;
}

/**
 * How opening a file ended: `refused` because of the file itself, `failed` for another reason, such
 * as the network, `late` if another file was opened meanwhile, and `elsewhere` if the file is of
 * another task.
 */
export type Opened = 'open' | 'refused' | 'failed' | 'late' | 'elsewhere';

/** Opens models, one at a time. */
export class Models {
  /** The open model. */
  current: Model;
  readonly #task: Task;
  readonly #shipped: Shipped;
  readonly #pool: Prover;
  readonly #view: View;
  /** The number of files opened so far: a file whose number is not the last is `late`. */
  #picks = 0;
  #begun!: (first: Promise<Opened>) => void;
  /** Ends when the file that was picked last has been opened, or has failed to. */
  #opening = new Promise<Opened>((resolve) => (this.#begun = resolve));

  /** Opens the default model of a task with its shipped results, without its file. */
  constructor(task: Task, shipped: Shipped, pool: Prover, view: View) {
    this.#task = task;
    this.#shipped = shipped;
    this.#pool = pool;
    this.#view = view;
    this.current = this.#model(shipped.facts, GALLERY);
  }

  /**
   * Opens the model in `file`, whose bytes `read` returns. If that fails, the current model stays,
   * and the problem is shown, with `retry` if another attempt may help. `known` is how the file is
   * read where it does not say so itself.
   */
  open(file: string, source: string, read: () => Promise<Uint8Array>, retry: () => void, known?: Weights['read']): Promise<Opened> {
    const opening = this.#open(file, source, read, retry, known);
    this.#begun(opening);
    return (this.#opening = opening);
  }

  /**
   * Waits for the file that is being opened, or is about to be as the page starts. Rejects if the
   * open model's file has not been loaded.
   */
  async loaded(): Promise<Model & { bytes: Uint8Array }> {
    let opening;
    do await (opening = this.#opening);
    while (opening !== this.#opening);
    const { bytes, ...model } = this.current;
    if (!bytes) throw new Error(t`${model.facts.file} was not loaded.`);
    return { ...model, bytes };
  }

  async #open(file: string, source: string, read: () => Promise<Uint8Array>, retry: () => void, known?: Weights['read']): Promise<Opened> {
    const pick = ++this.#picks;
    this.#view.status(t`Loading ${file} …`);
    try {
      const bytes = await read();
      const wanted = () => pick === this.#picks;
      // The user's files may have any format; `prove` reads the safetensors files of the gallery
      // only.
      const found = source === OWN ? await readFile(file, bytes) : undefined;
      if (!wanted()) return 'late';
      if (found && found.task !== this.#task.id) {
        this.#view.elsewhere(found.task, found.facts, bytes);
        return 'elsewhere';
      }
      const way = (found && this.#task.way(found.facts)) ?? known;
      const network = { file, bytes: found?.canonical ?? bytes, ...(way && { read: way }) };
      const loaded = await this.#pool.load(network, wanted);
      if (!loaded) return 'late';
      const facts = (found ? this.#task.opened(loaded, found.facts) : loaded) as ModelFacts;
      const weights = facts.canonical_sha256 === undefined ? bytes : network.bytes;
      const model: Model = { ...this.#model(facts, source), bytes, weights, network };
      this.current = model;
      this.#view.status(t`${file} is loaded.`);
      this.#view.model(model);
      this.#look(model);
      return 'open';
    } catch (error) {
      if (pick !== this.#picks) return 'late';
      this.#view.status(t`${file} was not loaded.`);
      // A file of the gallery may have been damaged by the network; the user's file stays as it is.
      const mayHelp = source === GALLERY || error instanceof Missing || error instanceof Died;
      this.#view.problem(error instanceof Died ? `${file}: ${error.message}` : told(error), mayHelp ? retry : undefined);
      return mayHelp ? 'failed' : 'refused';
    }
  }

  /**
   * Reads the open model's file in another way, which only its task understands; undefined for the
   * one that is taken unless told. Returns whether it is still wanted. Rejects with an `Error` if
   * the file cannot be read so: the model stays as it is.
   */
  async reread(read: object | undefined): Promise<boolean> {
    const { current } = this;
    if (!current.network) return false;
    const pick = ++this.#picks;
    const { file: name, bytes: weights } = current.network;
    const network = { file: name, bytes: weights, ...(read && { read }) };
    const loaded = await this.#pool.load(network, () => pick === this.#picks);
    if (!loaded) return false;
    const { file, format, bytes, sha256, canonical_sha256 } = current.facts;
    const facts = { ...(loaded as ModelFacts), file, format, bytes, sha256, ...(canonical_sha256 !== undefined && { canonical_sha256 }) };
    this.current = { ...current, ...this.#model(facts, current.source), network };
    this.#view.model(this.current);
    this.#look(this.current);
    return true;
  }

  /**
   * Opens the user's file, read as is `known` of it. Refuses several files, and a file over
   * `MAX_BYTES`.
   */
  openFile(files: readonly File[], retry: () => void, known?: Weights['read']): Promise<Opened> {
    const [file] = files;
    const refuse = (text: string) => {
      this.#view.problem(text);
      return Promise.resolve<Opened>('refused');
    };
    if (!file || files.length > 1) return refuse(t`${files.length} files: expected one file, with the weights of one model.`);
    if (file.size > MAX_BYTES) return refuse(t`${file.name}: ${size(file.size)}, expected at most ${size(MAX_BYTES)}.`);
    const read = async () => {
      try {
        return new Uint8Array(await file.arrayBuffer());
      } catch {
        throw new Error(t`${file.name}: the browser cannot read it. Is it a file, and still there?`);
      }
    };
    return this.open(file.name, OWN, read, retry, known);
  }

  /** The proof of the current model with the identifier `strategy`. */
  find(strategy: string | null): Proof | undefined {
    return this.current.proofs.find(({ facts }) => facts.strategy === strategy);
  }

  /**
   * Adds a proof to the current model's list, after the others of its family or, without others,
   * after all.
   */
  add(proof: Proof) {
    const { proofs } = this.current;
    const last = proofs.map((other) => other.facts.family).lastIndexOf(proof.facts.family);
    proofs.splice(last < 0 ? proofs.length : last + 1, 0, proof);
  }

  /** Tells the view that a proof has changed, unless another model is open now. */
  changed(proof: Proof) {
    if (this.current.proofs.includes(proof)) this.#view.proof(proof);
  }

  /** Computes the count that the published formula claims, and stores it in `proof.published`. */
  async askPublished(proof: Proof) {
    try {
      proof.published = await this.#pool.ask<string>({ ask: 'published', strategy: proof.facts.strategy });
      this.changed(proof);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Returns the logits of an input as the user typed it; undefined if the model has changed. */
  async example(input: string): Promise<Example | undefined> {
    const { current } = this;
    const [example] = await this.#pool.ask<Example[]>({ ask: 'logits', input });
    return this.current === current ? example : undefined;
  }

  /** Makes a model with all its proofs; only the default model's have outcomes, shipped ones. */
  #model(found: ModelFacts, source: string): Model {
    const facts = spoken(found, SAID);
    const known = facts.sha256 === this.#shipped.facts.sha256 ? this.#shipped.outcomes : [];
    const proofs = facts.strategies.map((strategy): Proof => {
      const outcome = known.find((o) => o.strategy === strategy.strategy);
      return { facts: strategy, job: { state: 'idle' }, shipped: !!outcome, frontier: false, ...(outcome && { outcome }) };
    });
    return { task: this.#task, facts, proofs, uncertain: [], source };
  }

  /** Computes what the task shows of a model beside its proofs; what fails stays undefined. */
  #look(model: Model) {
    const add = async (found: Promise<Looked>) => {
      try {
        Object.assign(model, await found);
        if (this.current === model) this.#view.looked(model);
      } catch (error) {
        this.#failed(error);
      }
    };
    const isCounted = model.proofs.some((proof) => proof.facts.visits !== null && runsUnasked(proof));
    for (const found of this.#task.look(this.#pool, isCounted)) void add(found);
  }

  /**
   * Shows why a request failed, unless it was cancelled or its worker died, which the pool reports.
   */
  #failed(error: unknown) {
    if (!(error instanceof Cancelled || error instanceof Died)) this.#view.problem(told(error));
  }
}
