/** The page's state: one model, its proofs, and what is being done about them. */

import { Cancelled, type Client, Died } from './client.js';
import { count, percent, seconds, bytes as size } from './format.js';
import type { ModelFacts, Outcome, StrategyFacts } from './pkg/compute.js';

/** Larger files are not read: the models that can be proven anything about are a thousand times smaller. */
const MAX_BYTES = 64 * 2 ** 20;
/** Brute force on more sequences than this is left to the user to start. */
const MAX_UNASKED = 2n ** 25n;
/** The source of the models that are shipped with the page. */
export const GALLERY = 'gallery of this page';

const text = (error: unknown) => (error instanceof Error ? error.message : String(error));

export type Job =
  | { state: 'idle' | 'queued' | 'cancelled' }
  | { state: 'running'; done: number; since: number; stop: AbortController }
  | { state: 'failed'; why: string };

export interface Proof {
  facts: StrategyFacts;
  job: Job;
  outcome?: Outcome;
  /** Whether the outcome came with the page, not from this browser. */
  shipped: boolean;
}

export interface Model {
  facts: ModelFacts;
  proofs: Proof[];
  /** Where it came from, in words. */
  source: string;
  /** Whether the worker has it; what is shipped with the page can be shown, but not proven anew. */
  live: boolean;
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
  /** What happens just now. */
  status(text: string): void;
  /** What went wrong; stays until it is dismissed or undefined. */
  problem(text: string | undefined): void;
}

export class Session {
  model: Model;
  readonly #shipped: Shipped;
  readonly #client: Promise<Client>;
  readonly #view: View;
  #picks = 0;
  #proving: Model | undefined;
  /** Brute-forced sequences a second: a guess, until this machine has shown its speed. */
  #rate = 40e6;

  constructor(shipped: Shipped, client: Promise<Client>, view: View) {
    this.#shipped = shipped;
    this.#view = view;
    this.model = this.#proofs(shipped.facts, GALLERY, false);
    this.#client = client;
    client.catch(() => {}); // whoever needs it says so
  }

  /** Loads what `read` gives, unless something else is opened meanwhile; on any failure the present model stays. */
  async open(file: string, source: string, read: () => Promise<Uint8Array>): Promise<boolean> {
    const pick = ++this.#picks;
    this.#view.status(`Loading ${file} …`);
    try {
      const bytes = await read();
      const client = await this.#client;
      if (pick !== this.#picks) return false;
      const facts = await client.load(file, bytes);
      this.model = this.#proofs(facts, source, true);
      this.#view.problem(undefined);
      this.#view.status(`${file} is loaded.`);
      this.#view.model(this.model);
      for (const proof of this.model.proofs) if (this.#unasked(proof)) this.run(proof);
      return true;
    } catch (error) {
      if (pick !== this.#picks) return false;
      this.#view.status(`${file} was not loaded.`);
      this.#view.problem(error instanceof Died ? `${file}: ${error.message}` : text(error));
      return false;
    }
  }

  /** Loads a file of the user's. */
  openFile(files: readonly File[]): Promise<boolean> {
    const [file] = files;
    const fail = (text: string) => {
      this.#view.problem(text);
      return Promise.resolve(false);
    };
    if (!file || files.length > 1) return fail(`${files.length} files: expected one file, with the weights of one model.`);
    if (file.size > MAX_BYTES) return fail(`${file.name}: ${size(file.size)}, expected at most ${size(MAX_BYTES)}.`);
    return this.open(file.name, 'your file', async () => {
      try {
        return new Uint8Array(await file.arrayBuffer());
      } catch {
        throw new Error(`${file.name}: the browser cannot read it. Is it a file, and still there?`);
      }
    });
  }

  run(proof: Proof) {
    this.#set(proof, { state: 'queued' });
    void this.#work(this.model);
  }

  cancel(proof: Proof) {
    if (proof.job.state === 'queued') this.#set(proof, { state: 'cancelled' });
    if (proof.job.state === 'running') proof.job.stop.abort();
  }

  /** Roughly how long a proof would take that is not run unasked. */
  estimate(proof: Proof): string | undefined {
    return this.#long(proof) ? `about ${seconds(Number(this.model.facts.sequences) / this.#rate)}` : undefined;
  }

  #proofs(facts: ModelFacts, source: string, live: boolean): Model {
    const known = facts.sha256 === this.#shipped.facts.sha256 ? this.#shipped.outcomes : [];
    const proofs = facts.strategies.map((strategy): Proof => {
      const outcome = known.find((o) => o.strategy === strategy.strategy);
      return { facts: strategy, job: { state: 'idle' }, shipped: !!outcome, ...(outcome && { outcome }) };
    });
    return { facts, proofs, source, live };
  }

  #long({ facts }: Proof): boolean {
    return facts.strategy === 'brute-force' && BigInt(this.model.facts.sequences) > MAX_UNASKED;
  }

  #unasked(proof: Proof): boolean {
    return proof.facts.refused === null && !this.#long(proof);
  }

  #set(proof: Proof, job: Job) {
    proof.job = job;
    if (this.model.proofs.includes(proof)) this.#view.proof(proof);
  }

  /** Proves what is queued, one after the other, the shortest proof first. */
  async #work(model: Model) {
    if (this.#proving === model) return;
    this.#proving = model;
    const next = () =>
      model.proofs.filter((p) => p.job.state === 'queued').reduce<Proof | undefined>((a, b) => (a && a.facts.flops <= b.facts.flops ? a : b), undefined);
    for (let proof = next(); proof && this.model === model; proof = next()) await this.#prove(proof);
    if (this.#proving === model) this.#proving = undefined;
  }

  async #prove(proof: Proof) {
    const { strategy, label } = proof.facts;
    const running = { state: 'running' as const, since: performance.now(), stop: new AbortController() };
    const progress = (done: number) => this.#set(proof, { ...running, done });
    progress(0);
    try {
      const client = await this.#client;
      const outcome = await client.run(strategy, progress, running.stop.signal);
      this.#compare(proof, outcome);
      Object.assign(proof, { outcome, shipped: false });
      if (strategy === 'brute-force' && outcome.seconds > 0.1) this.#rate = Number(outcome.total) / outcome.seconds;
      this.#set(proof, { state: 'idle' });
      this.#view.status(`${label}: at least ${percent(outcome.percent)} proven, in ${seconds(outcome.seconds)}.`);
    } catch (error) {
      if (error instanceof Cancelled) this.#set(proof, { state: 'cancelled' });
      else this.#set(proof, { state: 'failed', why: error instanceof Died ? 'the worker stopped' : text(error) });
      if (this.model.proofs.includes(proof)) this.#view.status(`${label}: ${proof.job.state}.`);
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
