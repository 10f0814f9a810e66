/**
 * Results of models that no page shows: of the gallery, at an address, or in a file. They are
 * computed beside the open model.
 */

import { type Address, TASK, WEIGHTS, WORKERS } from '../app/address.js';
import { compile, download } from '../engine/download.js';
import { Explainer } from '../engine/explain.js';
import { readFile, verify } from '../engine/files.js';
import { Pool } from '../engine/pool.js';
import type { Weights } from '../engine/protocol.js';
import { Turns } from '../engine/turns.js';
import { t } from '../languages/language.js';
import type { Outcome } from '../pkg/prove.js';
import { about, bytesOf, type Named } from '../state/gallery.js';
import type { Shelf, TaskPage } from '../tasks/task.js';
import { TASKS } from '../tasks/tasks.js';
import { ModelResults, type Results } from './results.js';

/** Results that are shipped with a task's models. */
interface Shipped {
  facts: { sha256: string };
  outcomes: Outcome[];
}

/** A task with its models, and the workers that prove about them in turn. */
interface Bench {
  task: TaskPage;
  shelf: Shelf;
  turns: Turns;
  shipped: Shipped;
}

/** Opens models under questions, each once. */
export class Opened {
  readonly #benches = new Map<string, Promise<Bench>>();
  readonly #opened = new Map<string, Promise<Results>>();

  /**
   * The model of an address: that of `weights` after ?, or of the gallery. `tell` hears of what no
   * model has.
   */
  async at(address: Address, tell: (problem: string) => void = () => {}): Promise<Results> {
    const weights = WEIGHTS.read(address, undefined, tell);
    if (weights !== null) return this.#once(weights, () => this.#fetched(weights));
    const bench = await this.#bench(TASK.read(address, { tasks: TASKS.map(({ id }) => id) }, tell));
    return this.named(bench.task.id, bench.shelf.at(address, tell).named);
  }

  /**
   * A model of the gallery, by the fields that an address names it with. Rejects if there is none.
   */
  async named(task: string, named: Named): Promise<Results> {
    const bench = await this.#bench(task);
    const entry = bench.shelf.models.find((each) => Object.entries(named).every(([name, value]) => each.named[name] === value));
    if (!entry) throw new Error(t`The gallery has no model with ${Object.entries(named).map((pair) => pair.join(' = ')).join(', ')}.`);
    return this.#once(`${task}/${entry.file}`, async () => this.#load(bench, { file: entry.file, bytes: await bytesOf(task, entry) }));
  }

  /** The model in a file of any format. Rejects if it is refused. */
  async file(file: string, bytes: Uint8Array): Promise<Results> {
    const { task, facts, canonical } = await readFile(file, bytes);
    const bench = await this.#bench(task);
    const read = bench.task.way(facts);
    return this.#load(bench, { file, bytes: canonical, ...(read && { read }) }, facts.sha256);
  }

  async #fetched(address: string): Promise<Results> {
    const bytes = await download(address, async (response) => new Uint8Array(await response.arrayBuffer()));
    return this.file(address.split('/').at(-1) || address, bytes);
  }

  #once(key: string, open: () => Promise<Results>): Promise<Results> {
    const opened = this.#opened.get(key) ?? open();
    this.#opened.set(key, opened);
    // The next call tries again what failed.
    opened.catch(() => this.#opened.delete(key));
    return opened;
  }

  #bench(task: string): Promise<Bench> {
    const bench = this.#benches.get(task) ?? benchOf(task);
    this.#benches.set(task, bench);
    bench.catch(() => this.#benches.delete(task));
    return bench;
  }

  /** `sha256` is that of the file as it was, if it had to be read. */
  async #load({ task, turns, shipped }: Bench, weights: Weights, sha256?: string): Promise<Results> {
    const turn = turns.join();
    const loaded = await turn.load(weights, () => true);
    if (!loaded) throw new Error(t`${weights.file} was not loaded.`);
    const facts = sha256 === undefined ? loaded : { ...loaded, sha256 };
    const asked = await task.explainer();
    asked.model(weights);
    const { signal } = new AbortController();
    return new ModelResults({
      task: task.id,
      facts,
      prover: turn,
      ask: (question) => (asked.ask ? asked.ask(question) : turn.ask(question)),
      explain: asked instanceof Explainer ? asked : undefined,
      known: (strategy) =>
        facts.sha256 === shipped.facts.sha256 ? shipped.outcomes.find((outcome) => outcome.strategy === strategy) : undefined,
      verify: async (certificate) => (await verify({ file: weights.file, bytes: weights.bytes, certificate }, () => {}, signal)).outcome,
      other: (named) => this.named(task.id, named),
    });
  }
}

async function benchOf(id: string): Promise<Bench> {
  const listed = TASKS.find((task) => task.id === id);
  if (!listed) throw new Error(t`“${id}” is no task of this page.`);
  const task = await listed.page();
  const [shelf, shipped] = await Promise.all([task.shelf(), about<Shipped>(id, 'first-paint.json')]);
  const workers = WORKERS.read({ search: '', hash: '' }, { cores: navigator.hardwareConcurrency }, () => {});
  let program: Promise<WebAssembly.Module> | undefined;
  const fetched = () => {
    program ??= compile(task.module);
    program.catch(() => (program = undefined));
    return program;
  };
  // Who asks hears why a worker died.
  return { task, shelf, shipped, turns: new Turns(new Pool(fetched, workers, () => {}, task.worker)) };
}
