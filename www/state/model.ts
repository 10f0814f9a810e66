/** The model that is open: its proofs, and what else is known of it. */

import type { Checking } from '../engine/check.js';
import { Cancelled, Died } from '../engine/client.js';
import { Missing } from '../engine/download.js';
import { readFile } from '../engine/files.js';
import type { Pool } from '../engine/pool.js';
import type { Weights } from '../engine/protocol.js';
import type { AttentionFacts, Example, ModelFacts, Outcome, SampledAccuracy, StrategyFacts } from '../pkg/prove.js';
import { bytes as size, told } from '../ui/format.js';

/** Largest file that is read: models that anything can be proven about are a thousand times smaller. */
export const MAX_BYTES = 64 * 2 ** 20;
/** A proof that visits more inputs than this one by one waits until the user starts it. */
const MAX_UNASKED = 2n ** 25n;
/** Where models come from. */
export const [GALLERY, OWN] = ['gallery of this page', 'your file'];

export type Job =
  | { state: 'idle' | 'cancelled' }
  | { state: 'queued'; stop: AbortController }
  /** `elapsed`: milliseconds that were worked, without those that the computer slept. */
  | { state: 'running'; done: number; elapsed: number; stop: AbortController }
  | { state: 'failed'; why: string };

export interface Proof {
  facts: StrategyFacts;
  job: Job;
  outcome?: Outcome;
  /** Whether the outcome came with the page instead of from this browser. */
  shipped: boolean;
  /** Whether no other proof of the model proves as much at its length. */
  frontier: boolean;
  /** The count that the published formula claims, once the user has asked; no bound. */
  published?: string;
  /** The text of its certificate, once the user has asked for it. */
  certificate?: string;
  /** The certificate file that it came from. Such a proof has a name of its own and is not run here. */
  from?: string;
  /** What the independent checker says of its certificate. */
  checking?: Checking;
}

/** Whether a proof is the only one of its family. */
export const isAlone = ({ facts, from }: Proof) => !facts.one_of_many && !from;
/** Whether a proof waits or runs. */
export const isBusy = ({ job }: Proof) => job.state === 'queued' || job.state === 'running';
/** Whether this browser has run a proof to its end. */
export const isDone = ({ job, outcome, shipped }: Proof) => job.state === 'idle' && !!outcome && !shipped;

export interface Model {
  facts: ModelFacts;
  proofs: Proof[];
  /** Where it came from, in words. */
  source: string;
  /** The file, once the workers have it: until then a model is shown, but cannot be proven anew. */
  bytes?: Uint8Array;
  /** The safetensors file that certificates are about: `bytes`, or the canonical file if that is of another format. */
  weights?: Uint8Array;
  /** The network as workers take it. */
  network?: Weights;
  attention?: AttentionFacts;
  /** Its logits of a few inputs. */
  examples?: Example[];
  /** How often it is right on random inputs, where brute force does not count that without being asked. */
  sampled?: SampledAccuracy;
}

/** Whether a proof takes so long that only the user starts it. */
export const isLong = ({ facts: { visits } }: Proof) => visits !== null && BigInt(visits) > MAX_UNASKED;

/** Whether a proof is run without being asked for. */
export const runsUnasked = (proof: Proof) => !proof.from && proof.facts.refused === null && !isLong(proof);

/** Results for the default model, computed when the page was built. */
export interface Shipped {
  facts: ModelFacts;
  outcomes: Outcome[];
}

/** What shows the state. */
export interface View {
  /** Another model is open. */
  model(model: Model): void;
  /** A proof of the model has changed. */
  proof(proof: Proof): void;
  /** Attention, examples or sampled accuracy of the model have come. */
  looked(model: Model): void;
  /** Says what happens just now. */
  status(text: string): void;
  /** Says what went wrong, with a way to try again where that may help; undefined takes it back. */
  problem(text: string | undefined, retry?: () => void): void;
}

/** How opening a file ended: `failed` for reasons outside the file, `late` if another was opened meanwhile. */
export type Opened = 'open' | 'refused' | 'failed' | 'late';

/** Opens models, one after the other. */
export class Models {
  /** The model that is open. */
  current: Model;
  readonly #shipped: Shipped;
  readonly #pool: Pool;
  readonly #view: View;
  /** Counts what was opened, so that only the last takes effect. */
  #picks = 0;

  /** The default model is open at first, with its shipped results and without its file. */
  constructor(shipped: Shipped, pool: Pool, view: View) {
    this.#shipped = shipped;
    this.#pool = pool;
    this.#view = view;
    this.current = this.#model(shipped.facts, GALLERY);
  }

  /** Opens the file that `read` gives. On any failure the present model stays; `retry` is offered where it may help. */
  async open(file: string, source: string, read: () => Promise<Uint8Array>, retry: () => void): Promise<Opened> {
    const pick = ++this.#picks;
    this.#view.status(`Loading ${file} …`);
    try {
      const bytes = await read();
      const wanted = () => pick === this.#picks;
      // What a file of the user's says of its network is read by a program of its own; the page's files say nothing.
      const found = source === OWN ? await readFile(file, bytes) : undefined;
      if (!wanted()) return 'late';
      const network = found ? { file, bytes: found.canonical, read: found.facts } : { file, bytes };
      const loaded = await this.#pool.load(network, wanted);
      if (!loaded) return 'late';
      const facts = found?.facts ?? loaded;
      const weights = facts.canonical_sha256 === undefined ? bytes : network.bytes;
      const model: Model = { ...this.#model(facts, source), bytes, weights, network };
      this.current = model;
      this.#view.status(`${file} is loaded.`);
      this.#view.model(model);
      this.#look(model);
      return 'open';
    } catch (error) {
      if (pick !== this.#picks) return 'late';
      this.#view.status(`${file} was not loaded.`);
      // A file of the page's own may have been damaged on its way; a file of the user's stays as it is.
      const mayHelp = source === GALLERY || error instanceof Missing || error instanceof Died;
      this.#view.problem(error instanceof Died ? `${file}: ${error.message}` : told(error), mayHelp ? retry : undefined);
      return mayHelp ? 'failed' : 'refused';
    }
  }

  /** Opens a file of the user's. */
  openFile(files: readonly File[], retry: () => void): Promise<Opened> {
    const [file] = files;
    const refuse = (text: string) => {
      this.#view.problem(text);
      return Promise.resolve<Opened>('refused');
    };
    if (!file || files.length > 1) return refuse(`${files.length} files: expected one file, with the weights of one model.`);
    if (file.size > MAX_BYTES) return refuse(`${file.name}: ${size(file.size)}, expected at most ${size(MAX_BYTES)}.`);
    const read = async () => {
      try {
        return new Uint8Array(await file.arrayBuffer());
      } catch {
        throw new Error(`${file.name}: the browser cannot read it. Is it a file, and still there?`);
      }
    };
    return this.open(file.name, OWN, read, retry);
  }

  /** The proof of the current model with that identifier. */
  find(strategy: string | null): Proof | undefined {
    return this.current.proofs.find(({ facts }) => facts.strategy === strategy);
  }

  /** Lists a proof of the current model, as the last of its family. */
  add(proof: Proof) {
    const { proofs } = this.current;
    const last = proofs.map((other) => other.facts.family).lastIndexOf(proof.facts.family);
    proofs.splice(last + 1, 0, proof);
  }

  /** Shows what has changed of a proof, unless its model is gone. */
  changed(proof: Proof) {
    if (this.current.proofs.includes(proof)) this.#view.proof(proof);
  }

  /** Asks what count the published formula claims for a proof, for comparison. */
  async askPublished(proof: Proof) {
    try {
      proof.published = await this.#pool.published(proof.facts.strategy);
      this.changed(proof);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The model's logits of an input as it was typed; undefined if another model was opened meanwhile. */
  async example(input: string): Promise<Example | undefined> {
    const { current } = this;
    const [example] = await this.#pool.logits(input);
    return this.current === current ? example : undefined;
  }

  #model(facts: ModelFacts, source: string): Model {
    const known = facts.sha256 === this.#shipped.facts.sha256 ? this.#shipped.outcomes : [];
    const proofs = facts.strategies.map((strategy): Proof => {
      const outcome = known.find((o) => o.strategy === strategy.strategy);
      return { facts: strategy, job: { state: 'idle' }, shipped: !!outcome, frontier: false, ...(outcome && { outcome }) };
    });
    return { facts, proofs, source };
  }

  /** Asks for what is shown of a model beside its proofs. Where that fails, there is less to see. */
  #look(model: Model) {
    const add = async (found: Promise<Partial<Model>>) => {
      try {
        Object.assign(model, await found);
        if (this.current === model) this.#view.looked(model);
      } catch (error) {
        this.#failed(error);
      }
    };
    const isCounted = model.proofs.some((proof) => proof.facts.visits !== null && runsUnasked(proof));
    void add(this.#pool.attention().then((attention) => ({ attention })));
    void add(this.#pool.logits().then((examples) => ({ examples })));
    if (!isCounted) void add(this.#pool.sample().then((sampled) => ({ sampled })));
  }

  /** Tells why a question was not answered. The pool has told of a worker that died; a model that is gone has no more answers. */
  #failed(error: unknown) {
    if (!(error instanceof Cancelled || error instanceof Died)) this.#view.problem(told(error));
  }
}
