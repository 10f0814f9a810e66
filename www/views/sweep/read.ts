/**
 * Reads the CSV file of a sweep piece by piece: files of thousands of models do not fit into one
 * text.
 */

import { inHundred, quartiles } from './spread.js';
import { t } from '../../languages/language.js';

/** What one strategy proves of all models of a size. */
export interface Spread {
  strategy: string;
  /** For each model its bound, from 0 to 1; NaN where the proof was not run. */
  bounds: Float64Array;
  /** FLOPs: the median. */
  flops: number;
  /** The least bound, the quartiles, and the most. */
  quartiles: number[];
  /** The part of the models in each percent of bounds. */
  parts: Float32Array;
}

/** All models of a task and a size. */
export interface Size {
  task: string;
  /** The size in words. */
  name: string;
  files: string[];
  sha256s: string[];
  /** Those that usually prove most come first. */
  spreads: Spread[];
}

/** A sweep. */
export interface Sweep {
  rows: number;
  /** Those with the most models come first. */
  sizes: Size[];
  /** Files that are no networks, and why. */
  unread: { file: string; problem: string }[];
}

/** Columns that a sweep cannot do without. */
const NEEDED = ['sha256', 'file', 'strategy', 'bound', 'flops'] as const;
/** Columns that tell sizes apart, and what people call them. */
const SIZES = [['k', 'K'], ['v', 'v'], ['d', 'd'], ['h', 'h'], ['group', 'group'], ['order', 'elements'], ['neurons', 'neurons']] as const;

/** Whether a file is a sweep, by its first line. */
export async function isSweep(file: File): Promise<boolean> {
  const names = (await file.slice(0, 1000).text()).split(/\r?\n/, 1)[0]?.split(',') ?? [];
  return NEEDED.every((name) => names.includes(name));
}

/** The models of a size as they are read. */
interface Growing {
  task: string;
  name: string;
  files: string[];
  sha256s: string[];
  strategies: Map<string, { bounds: number[]; flops: number[] }>;
}

export class Reading {
  readonly #sizes = new Map<string, Growing>();
  readonly #unread: Sweep['unread'] = [];
  #rows = 0;
  #names: string[] | undefined;
  /** The fields of the row that is being read, and its last field so far. */
  #row: string[] = [];
  #field = '';
  /**
   * Whether that field is in quotes, and whether the last character was a quote that may end it.
   */
  #quoted = false;
  #ended = false;

  /** Takes the next piece of the file. */
  push(text: string) {
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (this.#ended) {
        this.#ended = false;
        if (c === QUOTE) {
          this.#field += '"';
          start = i + 1;
          continue;
        }
        this.#quoted = false;
        start = i;
      }
      if (this.#quoted) {
        if (c !== QUOTE) continue;
        this.#field += text.slice(start, i);
        this.#ended = true;
        start = i + 1;
      } else if (c === QUOTE) {
        this.#quoted = true;
        start = i + 1;
      } else if (c === COMMA || c === LINE) {
        this.#row.push(this.#field + text.slice(start, i));
        this.#field = '';
        start = i + 1;
        if (c === LINE) this.#end();
      }
    }
    this.#field += text.slice(start);
  }

  /** Ends the file. Throws if it is no sweep, or is cut short. */
  end(): Sweep {
    if (this.#row.length || this.#field) throw new Error(t`The sweep is cut short: its last line has no end. Copy it again.`);
    if (!this.#names) throw new Error(t`The sweep is empty.`);
    const sizes = [...this.#sizes.values()].map(finished).sort((a, b) => b.files.length - a.files.length);
    return { rows: this.#rows, sizes, unread: this.#unread };
  }

  #end() {
    const row = this.#row;
    this.#row = [];
    const last = row.length - 1;
    row[last] = row[last]?.replace(/\r$/, '') ?? '';
    if (!this.#names) return this.#head(row);
    if (row.length !== this.#names.length)
      throw new Error(t`Row ${this.#rows + 1} of the sweep has ${row.length} fields, expected ${this.#names.length}.`);
    this.#rows += 1;
    const field = (name: string) => row[this.#names?.indexOf(name) ?? -1] ?? '';
    const [sha256, file, strategy] = [field('sha256'), field('file'), field('strategy')];
    if (!strategy) return void this.#unread.push({ file, problem: field('problem') });
    const size = this.#size(field);
    if (size.sha256s.at(-1) !== sha256) {
      size.sha256s.push(sha256);
      size.files.push(file.split('/').at(-1) ?? file);
    }
    const of = size.strategies.get(strategy) ?? { bounds: [], flops: [] };
    size.strategies.set(strategy, of);
    const bound = Number(field('bound'));
    if (!(bound >= 0 && bound <= 1))
      throw new Error(t`Row ${this.#rows} of the sweep has the bound “${field('bound')}”, expected a part of all inputs from 0 to 1.`);
    of.bounds[size.files.length - 1] = bound;
    of.flops.push(Number(field('flops')));
  }

  #head(names: string[]) {
    const missing = NEEDED.filter((name) => !names.includes(name));
    if (missing.length) throw new Error(t`The file is no sweep: it has no column ${missing.join(', ')}.`);
    this.#names = names;
  }

  #size(field: (name: string) => string): Growing {
    const task = field('task') || 'max-of-k';
    const name = SIZES.flatMap(([column, shown]) => (field(column) ? `${shown} = ${field(column)}` : [])).join(', ');
    const key = `${task} ${name}`;
    const known = this.#sizes.get(key) ?? { task, name, files: [], sha256s: [], strategies: new Map() };
    this.#sizes.set(key, known);
    return known;
  }
}

const [QUOTE, COMMA, LINE] = [34, 44, 10];

function finished({ task, name, files, sha256s, strategies }: Growing): Size {
  const spreads = [...strategies].map(([strategy, { bounds, flops }]): Spread => {
    const all = Float64Array.from(files, (_, i) => bounds[i] ?? NaN);
    const there = all.filter((bound) => !Number.isNaN(bound)).sort();
    return {
      strategy,
      bounds: all,
      flops: quartiles(Float64Array.from(flops).sort())[2] ?? NaN,
      quartiles: quartiles(there),
      parts: inHundred(there),
    };
  });
  spreads.sort((a, b) => (b.quartiles[2] ?? 0) - (a.quartiles[2] ?? 0) || a.strategy.localeCompare(b.strategy));
  return { task, name, files, sha256s, spreads };
}
