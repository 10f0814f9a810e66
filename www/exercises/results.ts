/**
 * What is known of a model, or can be computed of it, so that answers are compared with results.
 * Uses no document.
 */

import type { Explain } from '../engine/explain.js';
import type { Prover } from '../engine/pool.js';
import { t } from '../languages/language.js';
import type { Outcome, Question, StrategyFacts, TaskFacts } from '../pkg/prove.js';
import type { Named } from '../state/gallery.js';
import { runsUnasked } from '../state/model.js';

/**
 * One model under questions. Promises reject with an `Error` in plain words if the model has no
 * answer.
 */
export interface Results {
  /** The identifier of the model's task. */
  readonly task: string;
  readonly facts: TaskFacts;
  /** The facts of a proof that the model need not list. */
  strategy(strategy: string): Promise<StrategyFacts>;
  /** What a proof proves; it is run, once. */
  outcome(strategy: string): Promise<Outcome>;
  /** What every listed proof proves that runs without being asked for. */
  outcomes(): Promise<Outcome[]>;
  /** Asks a question of the task's own. */
  ask<T>(question: Question): Promise<T>;
  /** Inputs, matrices, ablations and distributions. Throws for a task without them. */
  readonly explain: Explain;
  /** What a certificate about the model proves. Rejects if it does not hold. */
  verify(certificate: string): Promise<Outcome>;
  /**
   * Another model of the gallery, by the fields that an address names it with. Rejects if there is
   * none.
   */
  other(named: Named): Promise<Results>;
}

/** What results are computed with. */
export interface Source extends Pick<Results, 'task' | 'facts' | 'ask' | 'verify' | 'other'> {
  prover: Pick<Prover, 'run' | 'strategy'>;
  /** Absent for a task without it. */
  explain: Explain | undefined;
  /** What is known already of a proof. */
  known(strategy: string): Outcome | undefined;
}

/** Results of a model that workers have open. What was computed once is kept. */
export class ModelResults implements Results {
  readonly #source: Source;
  readonly #outcomes = new Map<string, Promise<Outcome>>();

  constructor(source: Source) {
    this.#source = source;
  }

  get task() {
    return this.#source.task;
  }

  get facts() {
    return this.#source.facts;
  }

  get explain(): Explain {
    const { explain, facts } = this.#source;
    if (!explain) throw new Error(t`${facts.file} is of another task: this is about networks that look for the largest token.`);
    return explain;
  }

  async strategy(strategy: string): Promise<StrategyFacts> {
    return this.facts.strategies.find((listed) => listed.strategy === strategy) ?? this.#source.prover.strategy(strategy);
  }

  outcome(strategy: string): Promise<Outcome> {
    const found = this.#outcomes.get(strategy) ?? this.#run(strategy);
    this.#outcomes.set(strategy, found);
    // The next call tries again what failed.
    found.catch(() => this.#outcomes.delete(strategy));
    return found;
  }

  outcomes(): Promise<Outcome[]> {
    const due = this.facts.strategies.filter((facts) => runsUnasked({ facts }));
    return Promise.all(due.map(({ strategy }) => this.outcome(strategy)));
  }

  ask<T>(question: Question): Promise<T> {
    return this.#source.ask<T>(question);
  }

  verify(certificate: string): Promise<Outcome> {
    return this.#source.verify(certificate);
  }

  other(named: Named): Promise<Results> {
    return this.#source.other(named);
  }

  async #run(strategy: string): Promise<Outcome> {
    const known = this.#source.known(strategy);
    if (known) return known;
    const facts = await this.strategy(strategy);
    if (facts.refused !== null) throw new Error(t`${facts.label} cannot be run on ${this.facts.file}: ${facts.refused}`);
    const options = facts.options.filter((option) => option.default).map(({ name }) => name);
    const { signal } = new AbortController();
    const { outcome } = await this.#source.prover.run(facts, { asked: true, options, certify: undefined, signal, progress: () => {} });
    return outcome;
  }
}
