/**
 * Questions about the open model beside its proofs, answered by the module `explain` in a worker of
 * its own.
 */

import { spoken, t, translated } from '../languages/language.js';
import type {
  Ablated,
  By,
  CaseFacts,
  CaseMap,
  Covered,
  DistributionFacts,
  Faithfulness,
  Found,
  Look,
  MatrixFacts,
  Sought,
  WeightedBound,
  WhatIf,
} from '../pkg/explain.js';
import explainUrl from '../pkg/explain_bg.wasm?url';
import { Cancelled, Died } from './client.js';
import { moduleAt } from './once.js';
import type { Weights } from './protocol.js';
import type { Refused } from './serve.js';
import { startWorker } from './start.js';
import workerUrl from './explain-worker.ts?worker&url';

/**
 * Answers about the model. Every promise rejects with `Cancelled` if another model is opened
 * meanwhile, with `Died` if the worker dies, and with an `Error` that says why if Rust refuses the
 * question.
 */
export interface Explain {
  /** Takes another model. The worker starts with the first question. */
  model(weights: Weights): void;
  /**
   * Returns what a proof proves, case by case, of inputs weighted by a distribution; empty for all
   * alike.
   */
  cases(strategy: string, over: string): Promise<CaseMap>;
  /**
   * Returns what a proof of another model proves, case by case, by a worker that ends afterwards.
   */
  casesOf(weights: Weights, strategy: string, over: string): Promise<CaseMap>;
  /**
   * Returns one case closely: largest token `m`, last token `q`; `others` null for any number of
   * other tokens.
   */
  case(strategy: string, m: number, q: number, others: number | null): Promise<CaseFacts>;
  /** Returns what a proof covers, as the module `samples` takes it. */
  coverage(strategy: string): Promise<string>;
  /** Returns the steps of a proof that are not exact, and what each would gain if it were. */
  terms(strategy: string): Promise<WhatIf[]>;
  /** Runs the network on an input as the user typed it. */
  look(tokens: string): Promise<Look>;
  /** Returns whether a proof counts an input, and why. */
  covered(strategy: string, tokens: readonly number[]): Promise<Covered>;
  /** Searches all inputs; only `uncovered` needs a strategy. */
  find(sought: Sought, strategy: string | undefined): Promise<Found>;
  /** Returns the matrices that proofs use. */
  matrices(): Promise<MatrixFacts[]>;
  /**
   * Returns the network with parts taken out, and estimates its accuracy; attention keeps `rank`
   * directions.
   */
  ablated(rank: number | undefined, noPositions: boolean, meanDirect: boolean): Promise<Ablated>;
  /** Estimates how faithful the proofs' picture of the network is. */
  faithfulness(): Promise<Faithfulness>;
  /** Returns what a distribution of inputs says. */
  distribution(over: string): Promise<DistributionFacts>;
  /** Returns what a proof proves under a distribution. */
  weighted(strategy: string, over: string): Promise<WeightedBound>;
  /** Returns what a proof proves of each class of inputs. */
  classes(strategy: string, over: string, by: By): Promise<WeightedBound[]>;
}

/** The first thing that a worker is sent: its module, and its model. */
export interface Opened {
  module: WebAssembly.Module;
  weights: Weights;
}

/** A method of the module's `Network`, and its arguments. */
export interface Asked {
  id: number;
  question: Exclude<keyof Explain, 'model' | 'casesOf'>;
  args: unknown[];
}

/** What came of a question. */
export type Answered = { id: number } & ({ result: unknown } | Refused);

/** The fields of answers that are texts for people. */
const SAID = ['label', 'about', 'sentences', 'because', 'said', 'class', 'row_axis', 'column_axis'];

interface Pending {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

/**
 * One worker, with the last model; it starts with the first question, and again with the first one
 * after its death.
 */
export class Explainer implements Explain {
  #weights: Weights | undefined;
  #worker: Worker | undefined;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  model(weights: Weights) {
    this.#stop(new Cancelled());
    this.#weights = weights;
  }

  /** Ends the worker; the next question starts it again. */
  close() {
    this.#stop(new Cancelled());
  }

  cases(strategy: string, over: string): Promise<CaseMap> {
    return this.#ask('cases', strategy, over);
  }

  async casesOf(weights: Weights, strategy: string, over: string): Promise<CaseMap> {
    const other = new Explainer();
    other.model(weights);
    try {
      return await other.cases(strategy, over);
    } finally {
      other.close();
    }
  }

  /**
   * Returns one case closely: largest token `m`, last token `q`; `others` null for any number of
   * other tokens.
   */
  case(strategy: string, m: number, q: number, others: number | null): Promise<CaseFacts> {
    return this.#ask('case', strategy, m, q, others ?? undefined);
  }

  coverage(strategy: string): Promise<string> {
    return this.#ask('coverage', strategy);
  }

  terms(strategy: string): Promise<WhatIf[]> {
    return this.#ask('terms', strategy);
  }

  /** Runs the network on an input as the user typed it. */
  look(tokens: string): Promise<Look> {
    return this.#ask('look', tokens);
  }

  /** Returns whether a proof counts an input, and why. */
  covered(strategy: string, tokens: readonly number[]): Promise<Covered> {
    return this.#ask('covered', strategy, Uint32Array.from(tokens));
  }

  /** Searches all inputs; only `uncovered` needs a strategy. */
  find(sought: Sought, strategy: string | undefined): Promise<Found> {
    return this.#ask('find', sought, strategy);
  }

  matrices(): Promise<MatrixFacts[]> {
    return this.#ask('matrices');
  }

  ablated(...ablation: Parameters<Explain['ablated']>): Promise<Ablated> {
    return this.#ask('ablated', ...ablation);
  }

  faithfulness(): Promise<Faithfulness> {
    return this.#ask('faithfulness');
  }

  distribution(over: string): Promise<DistributionFacts> {
    return this.#ask('distribution', over);
  }

  weighted(strategy: string, over: string): Promise<WeightedBound> {
    return this.#ask('weighted', strategy, over);
  }

  classes(strategy: string, over: string, by: By): Promise<WeightedBound[]> {
    return this.#ask('classes', strategy, over, by);
  }

  async #ask<T>(question: Asked['question'], ...args: unknown[]): Promise<T> {
    const weights = this.#weights;
    const module = await moduleAt(explainUrl);
    if (!weights || weights !== this.#weights) throw new Cancelled();
    const worker = (this.#worker ??= this.#start({ module, weights }));
    const id = ++this.#lastId;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      worker.postMessage({ id, question, args } satisfies Asked);
    });
  }

  #start(opened: Opened): Worker {
    const worker = startWorker(workerUrl);
    // A worker that was replaced may still say something.
    const died = (why: string) => worker === this.#worker && this.#stop(new Died(t`The worker that explains stopped: ${why}`));
    worker.onerror = ({ message }) => died(message || t`its program cannot be loaded`);
    worker.addEventListener('messageerror', () => died(t`it said something that cannot be read`));
    worker.onmessage = ({ data }: MessageEvent<Answered>) => {
      if ('died' in data) died(translated(data.died));
      else if ('result' in data) this.#take(data.id)?.resolve(spoken(data.result, SAID));
      else this.#take(data.id)?.reject(new Error(translated(data.failed)));
    };
    worker.postMessage(opened);
    return worker;
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  /** Ends the worker; whatever it was asked is rejected. */
  #stop(reason: Cancelled | Died) {
    this.#worker?.terminate();
    this.#worker = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(reason);
  }
}
