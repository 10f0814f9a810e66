/** What has been trained and measured so far, by seed and dictionary. */

import type { DictionaryState, Measures, Progress, Proven, ToyState } from '../../pkg/superposition.js';
import type { PenaltyFacts } from './penalties.js';
import { type Planned, planOf, type Settings, seedsOf } from './settings.js';
import type { Told } from './trainers.js';

/** What was measured of a dictionary. */
export interface Result {
  facts: PenaltyFacts;
  strength: number;
  seed: number;
  /** Its place among the dictionaries of its seed. */
  index: number;
  /** Of each prefix of a Matryoshka dictionary; else one. */
  measures: readonly Measures[];
  /** Of each prefix likewise; undefined while it is trained. */
  proven: readonly Proven[] | undefined;
}

export class Run {
  readonly plan: readonly Planned[];
  readonly seeds: readonly number[];
  /** The network of the first seed. */
  toy: ToyState | undefined;
  /** Dictionaries of the first seed, as they were last heard of. */
  readonly states = new Map<number, DictionaryState>();
  readonly #progress = new Map<number, Progress>();
  readonly #results = new Map<string, Result>();

  constructor(settings: Settings) {
    this.plan = planOf(settings);
    this.seeds = seedsOf(settings);
  }

  /** The results, seed by seed; those of dictionaries that are still trained have no proof. */
  get results(): Result[] {
    return [...this.#results.values()].sort((a, b) => a.seed - b.seed || a.index - b.index);
  }

  /** The results of trained dictionaries. */
  get trained(): Result[] {
    return this.results.filter(({ proven }) => proven);
  }

  result(seed: number, index: number): Result | undefined {
    return this.#results.get(`${seed}/${index}`);
  }

  /**
   * The place of a penalty at a strength among the dictionaries of a seed; -1 if that is not
   * trained.
   */
  indexOf(facts: PenaltyFacts, strength: number): number {
    return this.plan.findIndex((each) => each.facts === facts && each.strength === strength);
  }

  /** What the first seed trains now. */
  get progress(): Progress | undefined {
    return this.#progress.get(this.seeds[0] ?? 0);
  }

  /** The share of all work that is done, from 0 to 1. Training is nearly all of it. */
  get share(): number {
    const shares = this.seeds.map((seed) => {
      const { done, of } = this.#progress.get(seed) ?? { done: 0, of: 1 };
      return 0.9 * (done / of) + 0.1 * (this.trained.filter((each) => each.seed === seed).length / this.plan.length);
    });
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  }

  get isDone(): boolean {
    return this.trained.length === this.seeds.length * this.plan.length;
  }

  hear(told: Told) {
    if (told.kind === 'result') this.#note(told.seed, told.index, told.measures, told.proven);
    if (told.kind !== 'progress') return;
    this.#progress.set(told.seed, told.progress);
    if (told.measured) this.#note(told.seed, told.measured.index, told.measured.measures, undefined);
    if (told.seed !== this.seeds[0]) return;
    this.toy = told.toy ?? this.toy;
    for (const { index, state } of told.watched) this.states.set(index, state);
  }

  #note(seed: number, index: number, measures: readonly Measures[], proven: readonly Proven[] | undefined) {
    const planned = this.plan[index];
    if (planned) this.#results.set(`${seed}/${index}`, { ...planned, seed, index, measures, proven });
  }
}
