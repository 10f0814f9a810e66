/** The page's state: one model, its proofs, and what is being done about them. */

import type { Dropped } from './certificate.js';
import { type Checking, check } from '../engine/check.js';
import { Cancelled, Died } from '../engine/client.js';
import { Missing } from '../engine/download.js';
import { count, percent, seconds, bytes as size, told } from '../ui/format.js';
import { markFrontier } from './pareto.js';
import type { Example, SampledAccuracy } from '../pkg/additive.js';
import type { AttentionFacts, Outcome } from '../pkg/compute.js';
import type { ModelFacts, StrategyFacts } from '../pkg/read.js';
import type { Pool } from '../engine/pool.js';

/** Larger files are not read: the models that can be proven anything about are a thousand times smaller. */
export const MAX_BYTES = 64 * 2 ** 20;
/** Brute force on more sequences than this is left to the user to start. */
const MAX_UNASKED = 2n ** 25n;
/** What has killed a worker may kill the next: after so many deaths without a proof in between, someone shall decide to go on. */
const MAX_DEATHS = 2;
/** Where models come from. */
export const [GALLERY, OWN] = ['gallery of this page', 'your file'];

export type Job =
  | { state: 'idle' | 'cancelled' }
  | { state: 'queued'; stop: AbortController }
  | { state: 'running'; done: number; /** Milliseconds, of those that were worked. */ elapsed: number; stop: AbortController }
  | { state: 'failed'; why: string };

export interface Proof {
  facts: StrategyFacts;
  job: Job;
  outcome?: Outcome;
  /** Whether the outcome came with the page, not from this browser. */
  shipped: boolean;
  /** Whether nothing else proves as much at its length. */
  frontier: boolean;
  /** The count that the published formula claims, once someone has asked; no bound. */
  published?: string;
  /** Its certificate, once someone has asked for it. */
  certificate?: string;
  /** The file that it came from, as a certificate; it is not run here then, and its name is its own. */
  from?: string;
  /** What an independent program says of its certificate. */
  checking?: Checking;
}

/** Whether a proof is one of the hundred that differ in three choices. */
export const isSubcubic = ({ facts, from }: Proof) => facts.family === 'sub-cubic' && !from;
/** Whether a proof is the only one of its class; the others come by the dozen. */
export const isAlone = ({ facts, from }: Proof) => (facts.family === 'brute-force' || facts.family === 'cubic') && !from;
/** Whether a proof is under way. */
export const isBusy = ({ job }: Proof) => job.state === 'queued' || job.state === 'running';
/** What stops it, if it is. */
const stopOf = ({ job }: Proof) => ('stop' in job ? job.stop : undefined);

/** How opening a file ended: `failed` for reasons outside of it, `late` if something else was opened meanwhile. */
export type Opened = 'open' | 'refused' | 'failed' | 'late';

export interface Model {
  facts: ModelFacts;
  proofs: Proof[];
  /** Where it came from, in words. */
  source: string;
  /** The file, if the workers have it; what is shipped with the page can be shown, but not proven anew. */
  bytes?: Uint8Array;
  attention?: AttentionFacts;
  /** Its logits of a few inputs. */
  examples?: Example[];
  /** How often it is right, where that is not counted unasked. */
  sampled?: SampledAccuracy;
}

/** How far all of a model's proofs are. */
export interface Progress {
  /** Proofs that this browser has run. */
  done: number;
  /** Those and the ones that run unasked or were asked for: what there is to do. */
  due: number;
  /** The part of it that is done. */
  share: number;
  busy: boolean;
}

/** Results for the default model, computed when the page was built. */
export interface Shipped {
  facts: ModelFacts;
  outcomes: Outcome[];
}

/** Who shows it all. */
export interface View {
  model(model: Model): void;
  proof(proof: Proof): void;
  /** What is for looking at only, once some of it is there. */
  looked(model: Model): void;
  /** What happens just now. */
  status(text: string): void;
  /** What went wrong, and how to try again; stays until it is dismissed or undefined. */
  problem(text: string | undefined, retry?: () => void): void;
}

const isDone = ({ job, outcome, shipped }: Proof) => job.state === 'idle' && !!outcome && !shipped;

export class Session {
  model: Model;
  /** Whether brute force may count together what a common prefix decides. */
  prune = true;
  readonly #shipped: Shipped;
  readonly #pool: Pool;
  readonly #view: View;
  #picks = 0;
  #deaths = 0;
  /** Certificates that are being verified. */
  readonly #adopting = new Set<AbortController>();
  /** Who waits for certificates. */
  readonly #waiting = new Map<Proof, (certificate: string | undefined) => void>();
  /** Brute-forced sequences a second: a guess, until this machine has shown its speed. */
  #rate = 40e6;

  constructor(shipped: Shipped, pool: Pool, view: View) {
    this.#shipped = shipped;
    this.#view = view;
    this.model = this.#proofs(shipped.facts, GALLERY);
    this.#pool = pool;
  }

  /**
   * Loads what `read` gives, unless something else is opened meanwhile; on any failure the present model stays, and `retry` is
   * offered where it may help.
   */
  async open(file: string, source: string, read: () => Promise<Uint8Array>, retry: () => void): Promise<Opened> {
    const pick = ++this.#picks;
    this.#view.status(`Loading ${file} …`);
    try {
      const bytes = await read();
      const reader = await this.#pool.reader(source === OWN);
      if (pick !== this.#picks) return 'late';
      const facts = await this.#pool.load(reader, file, bytes);
      this.model = { ...this.#proofs(facts, source), bytes };
      this.#view.status(`${file} is loaded.`);
      this.#view.model(this.model);
      this.#look(this.model);
      this.runAll();
      return 'open';
    } catch (error) {
      if (pick !== this.#picks) return 'late';
      this.#view.status(`${file} was not loaded.`);
      // A file of the page's own may have come damaged; one of the user's is what it is.
      const hope = source === GALLERY || error instanceof Missing || error instanceof Died;
      this.#view.problem(error instanceof Died ? `${file}: ${error.message}` : told(error), hope ? retry : undefined);
      return hope ? 'failed' : 'refused';
    }
  }

  /** Loads a file of the user's. */
  openFile(files: readonly File[], retry: () => void): Promise<Opened> {
    const [file] = files;
    const fail = (text: string) => {
      this.#view.problem(text);
      return Promise.resolve<Opened>('refused');
    };
    if (!file || files.length > 1) return fail(`${files.length} files: expected one file, with the weights of one model.`);
    if (file.size > MAX_BYTES) return fail(`${file.name}: ${size(file.size)}, expected at most ${size(MAX_BYTES)}.`);
    const read = async () => {
      try {
        return new Uint8Array(await file.arrayBuffer());
      } catch {
        throw new Error(`${file.name}: the browser cannot read it. Is it a file, and still there?`);
      }
    };
    return this.open(file.name, OWN, read, retry);
  }

  /** Runs a proof; what is asked for goes before what runs unasked. */
  run(proof: Proof) {
    this.#enqueue([proof], true);
  }

  /**
   * The proof of that name, to be run next unless its outcome is known. One that the model does not list is added to it,
   * unless it is refused. Undefined if the model is gone meanwhile.
   */
  async ask(strategy: string): Promise<Proof | undefined> {
    const { model } = this;
    const listed = () => model.proofs.find(({ facts }) => facts.strategy === strategy);
    let proof = listed();
    if (!proof) {
      const facts = await this.#pool.strategy(strategy);
      if (this.model !== model) return undefined;
      proof = listed() ?? { facts, job: { state: 'idle' }, shipped: false, frontier: false };
      if (!listed() && facts.refused === null) this.#add(proof);
    }
    if (proof.facts.refused === null && !proof.outcome && proof.job.state !== 'running') this.run(proof);
    return proof;
  }

  /** The certificate of a proof, which is run once more for it; undefined if that fails, as the proof then tells. */
  certificate(proof: Proof): Promise<string | undefined> {
    if (proof.certificate !== undefined) return Promise.resolve(proof.certificate);
    const certificate = new Promise<string | undefined>((resolve) => this.#waiting.set(proof, resolve));
    this.run(proof);
    return certificate;
  }

  /** Has an independent program check the certificate of a proof. */
  async check(proof: Proof) {
    const { facts, bytes } = this.model;
    if (!bytes) return;
    const stop = new AbortController();
    const tell = (checking: Checking | undefined) => {
      if (checking) proof.checking = checking;
      else delete proof.checking;
      if (this.model.proofs.includes(proof)) this.#view.proof(proof);
    };
    const progress = (done: number) => tell({ state: 'running', done, stop });
    progress(0);
    try {
      const certificate = await this.certificate(proof);
      if (certificate === undefined || stop.signal.aborted) return tell(undefined);
      // The file that certificates are about: the independent checker reads no other format.
      const weights = facts.canonical_sha256 === undefined ? bytes : await this.#pool.canonical();
      if (weights === undefined || stop.signal.aborted) return tell(undefined);
      tell({ state: 'done', verdict: await check(facts.file, weights, certificate, progress, stop.signal) });
    } catch (error) {
      tell(error instanceof Cancelled ? undefined : { state: 'failed', why: told(error) });
    }
  }

  /** Stops that check, and the proof that is run for it. */
  stopCheck(proof: Proof) {
    if (proof.checking?.state === 'running') proof.checking.stop.abort();
    if (this.#waiting.has(proof)) this.cancel(proof);
  }

  /** Verifies a certificate of the model's and lists what it proves; undefined if it does not hold, or the model is gone. */
  async adopt({ file, text, sha256 }: Dropped): Promise<Proof | undefined> {
    const { model } = this;
    const known = model.proofs.find(({ from, certificate }) => from && certificate === text);
    if (known) return known;
    const stop = new AbortController();
    try {
      if (!model.bytes) throw new Error(`${file}: no model is loaded yet that it could be checked against.`);
      if (sha256 !== model.facts.sha256 && sha256 !== model.facts.canonical_sha256) {
        const ofPage = sha256 === this.#shipped.facts.sha256 ? `${this.#shipped.facts.file} of this page, ` : '';
        throw new Error(`${file} is about other weights: open ${ofPage}the file with the SHA-256 ${sha256.slice(0, 64) || '(the certificate has none)'}, and then the certificate once more.`);
      }
      this.#adopting.add(stop);
      this.#view.status(`${file} is being verified …`);
      // Some ten times in all: it is read out.
      let tenths = 0;
      const progress = (done: number) => {
        if (this.model !== model || Math.floor(done * 10) <= tenths) return;
        tenths = Math.floor(done * 10);
        this.#view.status(`${file} is being verified: ${tenths * 10} % …`);
      };
      const { outcome } = await this.#pool.check(text, progress, stop.signal);
      const facts = model.proofs.find((proof) => proof.facts.strategy === outcome.strategy)?.facts ?? (await this.#pool.strategy(outcome.strategy));
      if (this.model !== model) return undefined;
      const strategy = `certificate-${model.proofs.filter(({ from }) => from).length + 1}`;
      const proof: Proof = {
        facts: { ...facts, strategy, label: `${facts.label}, from a certificate` },
        job: { state: 'idle' },
        outcome,
        shipped: false,
        frontier: false,
        certificate: text,
        from: file,
      };
      this.#add(proof);
      this.#adopting.delete(stop);
      markFrontier(model.proofs);
      this.#view.status(`${file} holds: at least ${percent(outcome.percent)} proven.`);
      this.#view.proof(proof);
      return proof;
    } catch (error) {
      this.#adopting.delete(stop);
      if (this.model !== model) return undefined;
      this.#view.status(`${file} was ${error instanceof Cancelled ? 'not verified' : 'not accepted'}.`);
      if (error instanceof Cancelled) return undefined;
      const why = told(error);
      this.#view.problem(why.startsWith(file) ? why : `${file}: ${why}`);
      return undefined;
    }
  }

  /**
   * Runs all proofs that are left or, when none is, all again: those that are alone first, then group by group of those that share
   * work, and of each the shortest first.
   */
  runAll() {
    const unasked = this.model.proofs.filter((proof) => this.#unasked(proof) && !isBusy(proof));
    const left = unasked.filter((proof) => !isDone(proof));
    const due = left.length ? left : unasked;
    // In the order of their shortest.
    const groups = new Map<string, Proof[]>();
    for (const proof of due.sort((a, b) => Number(isAlone(b)) - Number(isAlone(a)) || a.facts.flops - b.facts.flops)) {
      const { group } = proof.facts;
      groups.set(group, [...(groups.get(group) ?? []), proof]);
    }
    this.#enqueue([...groups.values()].flat(), false);
  }

  cancel(proof: Proof) {
    const stop = stopOf(proof);
    if (proof.job.state === 'queued') this.#set(proof, { state: 'cancelled' });
    stop?.abort();
  }

  /** Stops what runs and forgets what waits. */
  cancelAll() {
    for (const stop of this.#adopting) stop.abort();
    for (const proof of this.model.proofs) this.cancel(proof);
  }

  get progress(): Progress {
    const { proofs } = this.model;
    const done = proofs.filter(isDone).length;
    const due = proofs.filter((proof) => this.#unasked(proof) || isBusy(proof) || isDone(proof)).length;
    const running = proofs.reduce((sum, { job }) => sum + (job.state === 'running' ? job.done : 0), 0);
    return { done, due, share: due && (done + running) / due, busy: proofs.some(isBusy) || this.#adopting.size > 0 };
  }

  /** Asks what the published formula claims, for comparison. */
  async askPublished(proof: Proof) {
    try {
      proof.published = await this.#pool.published(proof.facts.strategy);
      if (this.model.proofs.includes(proof)) this.#view.proof(proof);
    } catch (error) {
      // Of a worker that died it has been told; of a model that is gone nobody wants to know.
      if (!(error instanceof Cancelled || error instanceof Died)) this.#view.problem(told(error));
    }
  }

  /** What the model makes of an input as it was typed; undefined if the model is gone meanwhile. */
  async example(input: string): Promise<Example | undefined> {
    const { model } = this;
    const [example] = await this.#pool.logits(input);
    return this.model === model ? example : undefined;
  }

  /** Roughly how long a proof would take that is not run unasked; nobody knows how much pruning will spare. */
  estimate(proof: Proof): string | undefined {
    return this.#long(proof) ? `${this.prune ? 'at most ' : ''}about ${seconds(Number(this.model.facts.sequences) / this.#rate)}` : undefined;
  }

  #proofs(facts: ModelFacts, source: string): Model {
    const known = facts.sha256 === this.#shipped.facts.sha256 ? this.#shipped.outcomes : [];
    const proofs = facts.strategies.map((strategy): Proof => {
      const outcome = known.find((o) => o.strategy === strategy.strategy);
      return { facts: strategy, job: { state: 'idle' }, shipped: !!outcome, frontier: false, ...(outcome && { outcome }) };
    });
    markFrontier(proofs);
    return { facts, proofs, source };
  }

  #long({ facts }: Proof): boolean {
    return facts.strategy === 'brute-force' && BigInt(this.model.facts.sequences) > MAX_UNASKED;
  }

  /** Lists a proof, the last of its family. */
  #add(proof: Proof) {
    const { proofs } = this.model;
    const beside = proofs.map((other) => other.facts.family).lastIndexOf(proof.facts.family);
    proofs.splice(beside + 1, 0, proof);
  }

  #unasked(proof: Proof): boolean {
    return !proof.from && proof.facts.refused === null && !this.#long(proof);
  }

  #set(proof: Proof, job: Job) {
    proof.job = job;
    if (this.model.proofs.includes(proof)) this.#view.proof(proof);
    if (isBusy(proof)) return;
    this.#waiting.get(proof)?.(proof.certificate);
    this.#waiting.delete(proof);
  }

  #enqueue(proofs: Proof[], asked: boolean) {
    for (const proof of proofs) {
      const before = stopOf(proof);
      const stop = new AbortController();
      this.#set(proof, { state: 'queued', stop });
      before?.abort();
      void this.#prove(proof, stop, asked);
    }
  }

  /** What is for looking at only: where it fails, there is less to see. */
  #look(model: Model) {
    const add = async (found: Promise<Partial<Model>>) => {
      try {
        Object.assign(model, await found);
        if (this.model === model) this.#view.looked(model);
      } catch (error) {
        if (error instanceof Missing) this.#lacks(error);
        else if (!(error instanceof Cancelled || error instanceof Died)) this.#view.problem(told(error));
      }
    };
    const isCounted = model.proofs.some((proof) => proof.facts.strategy === 'brute-force' && this.#unasked(proof));
    if (!model.attention) void add(this.#pool.attention().then((attention) => ({ attention })));
    if (!model.examples) void add(this.#pool.logits().then((examples) => ({ examples })));
    if (!model.sampled && !isCounted) void add(this.#pool.sample().then((sampled) => ({ sampled })));
  }

  /** Tells that a program did not arrive; whatever wanted it is asked for again then. */
  #lacks(missing: Missing) {
    this.#view.problem(told(missing), () => {
      this.#look(this.model);
      this.runAll();
    });
  }

  async #prove(proof: Proof, stop: AbortController, asked: boolean) {
    const { strategy, label } = proof.facts;
    const certify = this.#waiting.has(proof);
    const { prune } = this;
    // It may have been cancelled, or put before others, while it waited.
    const isCurrent = () => stopOf(proof) === stop;
    const progress = (done: number, elapsed: number) => {
      if (isCurrent()) this.#set(proof, { state: 'running', done, elapsed, stop });
    };
    try {
      const { outcome, certificate } = await this.#pool.run(proof.facts, { asked, prune, certify, signal: stop.signal, progress });
      this.#deaths = 0;
      if (!isCurrent()) return;
      this.#compare(proof, outcome);
      Object.assign(proof, { outcome, shipped: false }, certificate !== undefined && { certificate });
      markFrontier(this.model.proofs);
      if (strategy === 'brute-force' && !prune && outcome.seconds > 0.1) this.#rate = Number(outcome.total) / outcome.seconds;
      this.#set(proof, { state: 'idle' });
      // A hundred lines in a few seconds would tell nobody anything.
      if (isAlone(proof)) this.#view.status(`${label}: at least ${percent(outcome.percent)} proven, in ${seconds(outcome.seconds)}.`);
      else if (!this.progress.busy) this.#view.status(`${this.progress.done} proofs are done.`);
    } catch (error) {
      if (!isCurrent()) return;
      if (error instanceof Cancelled) this.#set(proof, { state: 'cancelled' });
      else this.#set(proof, { state: 'failed', why: error instanceof Died ? 'the worker stopped' : told(error) });
      if (this.model.proofs.includes(proof)) this.#view.status(`${label}: ${proof.job.state}.`);
      if (error instanceof Died && ++this.#deaths >= MAX_DEATHS) this.cancelAll();
      if (error instanceof Missing) this.#lacks(error);
    }
  }

  /** The same file must give the same counts here as where the page was built. */
  #compare({ shipped, outcome, facts }: Proof, live: Outcome) {
    if (!shipped || !outcome || outcome.correct === live.correct) return;
    this.#view.problem(
      `${facts.label}: this browser counts ${count(live.correct)} of ${count(live.total)} inputs, but the results shipped with the page say ${count(outcome.correct)}. One of them is wrong; please report it.`,
    );
  }
}
