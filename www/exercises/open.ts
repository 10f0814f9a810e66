/** Opens a model of the gallery, or a file, with workers of its own, to mark answers about it. */

import { Cancelled } from '../engine/client.js';
import type { Explain } from '../engine/explain.js';
import { verify } from '../engine/files.js';
import { moduleAt } from '../engine/once.js';
import { Pool } from '../engine/pool.js';
import type { Weights } from '../engine/protocol.js';
import { bytesOf, type Named } from '../state/gallery.js';
import type { Explains, TaskPage } from '../tasks/task.js';
import { TASKS } from '../tasks/tasks.js';
import { ModelResults } from './results.js';

/** A model that is open until it is closed. */
export interface OpenResults {
  results: ModelResults;
  /** Ends its workers, and those of other models that were opened for it. */
  close(): void;
}

/** The page of the task that an address names, such as the setup of an exercise. */
export async function taskOf(setup: string): Promise<TaskPage> {
  const wanted = new URL(setup, 'https://setup/').searchParams.get('task');
  return (TASKS.find(({ id }) => id === wanted) ?? TASKS[0]).page();
}

/** Opens the model of the gallery that an address names. Rejects with `Missing` if something does not arrive. */
export async function openSetup(setup: string): Promise<OpenResults> {
  const page = await taskOf(setup);
  const entry = (await page.shelf()).at(new URL(setup, 'https://setup/'), () => {});
  return openModel(page, { file: entry.file, bytes: await bytesOf(page.id, entry) });
}

/** Opens a network as its task's workers take it. Rejects with an `Error` that says why if they refuse it. */
export async function openModel(page: TaskPage, network: Weights): Promise<OpenResults> {
  const pool = new Pool(() => moduleAt(page.module), 1, () => {}, page.worker);
  const facts = await pool.load(network, () => true);
  if (!facts) throw new Cancelled();
  const explain = await page.explainer();
  explain.model(network);
  const others = new Others(page);
  const results = new ModelResults({
    task: page.id,
    facts,
    prover: pool,
    explain: explainOf(explain),
    known: () => undefined,
    verify: (certificate) => verify({ ...network, certificate }, () => {}, new AbortController().signal),
    other: (named) => others.open(named),
  });
  const close = () => {
    pool.close();
    explain.model(network); // ends its worker
    others.close();
  };
  return { results, close };
}

/** What answers questions about inputs, if the task has that. */
export const explainOf = (explain: Explains): Explain | undefined => ('look' in explain ? (explain as Explain) : undefined);

/** Other models of the gallery, each opened once. */
export class Others {
  readonly #page: TaskPage;
  readonly #open = new Map<string, Promise<OpenResults>>();

  constructor(page: TaskPage) {
    this.#page = page;
  }

  /** The model that these fields of an address name; undefined if there is none. */
  async open(named: Named): Promise<ModelResults | undefined> {
    let isThere = true;
    const hash = `#${new URLSearchParams(named)}`;
    (await this.#page.shelf()).at({ search: '', hash }, () => (isThere = false));
    if (!isThere) return undefined;
    const found = this.#open.get(hash) ?? openSetup(`?task=${this.#page.id}${hash}`);
    this.#open.set(hash, found);
    found.catch(() => this.#open.delete(hash));
    return (await found).results;
  }

  close() {
    for (const opened of this.#open.values()) void opened.then(({ close }) => close(), () => {});
    this.#open.clear();
  }
}
