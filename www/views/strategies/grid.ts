/**
 * The strategies that combine one value of each of three choices, as rows and columns, and what one
 * other value would change.
 */

import { t } from '../../languages/language.js';
import { decimal } from '../../ui/format.js';
import type { Outcome, StrategyFacts } from '../../pkg/prove.js';
import type { Proof } from '../../state/model.js';

/** A value of a choice, with its name, its place in tables and what it assumes. */
export type Value = StrategyFacts['tags'][number];

export interface Choice {
  name: string;
  /** By place. */
  values: Value[];
}

export interface Grid {
  /** Columns of the grid, each with a part for every value of `parts`. */
  columns: Choice;
  parts: Choice;
  rows: Choice;
  /** The proofs of each row; undefined where the model lists none. */
  cells: (Proof | undefined)[][];
  /** The proofs that are no such combination, and those that came from certificates. */
  others: Proof[];
}

/** Proofs of equal length that prove the same: the first stands for all. */
export interface Same {
  proof: Proof;
  all: Proof[];
}

/** What another value of one choice brings, everything else left as it is. */
export interface Change {
  choice: string;
  from: string;
  to: string;
  proof: Proof;
  /** The finished proofs before and after. */
  before: Outcome;
  after: Outcome;
  /** Whether proofs with other values of the choice are unfinished. */
  soFar: boolean;
}

const isCombined = ({ facts, from }: Proof) => facts.tags.length === 3 && !from;

/** The choice that comes first, second or third in the proofs' tags. */
function choiceOf(proofs: readonly Proof[], index: number): Choice {
  const values = new Map<string, Value>();
  for (const { facts } of proofs) {
    const tag = facts.tags[index];
    if (tag) values.set(tag.value, tag);
  }
  const sorted = [...values.values()].sort((a, b) => a.place - b.place);
  return { name: sorted[0]?.name ?? '', values: sorted };
}

export function gridOf(proofs: readonly Proof[]): Grid {
  const combined = proofs.filter(isCombined);
  const [columns, parts, rows] = [choiceOf(combined, 0), choiceOf(combined, 1), choiceOf(combined, 2)];
  const key = (values: readonly Value[]) => JSON.stringify(values.map(({ value }) => value));
  const byValues = new Map(combined.map((proof) => [key(proof.facts.tags), proof]));
  const cells = rows.values.map((row) =>
    columns.values.flatMap((column) => parts.values.map((part) => byValues.get(key([column, part, row])))),
  );
  return { columns, parts, rows, cells, others: proofs.filter((proof) => !isCombined(proof)) };
}

/** The proofs that have this value of this choice. */
export function withValue({ cells }: Grid, choice: string, value: string): Proof[] {
  return cells.flat().filter((proof) => proof?.facts.tags.some((tag) => tag.name === choice && tag.value === value)) as Proof[];
}

/** The outcome that proves the most; of equal ones the shortest. */
export function best(proofs: readonly Proof[]): (Proof & { outcome: Outcome }) | undefined {
  const finished = proofs.filter((proof): proof is Proof & { outcome: Outcome } => !!proof.outcome);
  return finished.sort(({ outcome: a }, { outcome: b }) => {
    const [x, y] = [BigInt(a.correct), BigInt(b.correct)];
    return x === y ? a.flops - b.flops : x > y ? -1 : 1;
  })[0];
}

/**
 * For each choice, the change of its value that proves the most. Nothing before the proof itself is
 * finished.
 */
export function changes({ cells }: Grid, chosen: Proof): Change[] {
  const { outcome: before, facts } = chosen;
  if (!before) return [];
  const all = cells.flat().filter((proof): proof is Proof => !!proof);
  if (!all.includes(chosen)) return [];
  return facts.tags.flatMap(({ name, value }, i) => {
    const isElse = ({ facts: { tags } }: Proof) => tags.every((tag, j) => (tag.value === facts.tags[j]?.value) === (i !== j));
    const others = all.filter(isElse);
    const proof = best(others);
    const to = proof?.facts.tags[i]?.value;
    if (!proof || to === undefined) return [];
    const soFar = others.some(({ outcome, facts }) => !outcome && facts.refused === null);
    return [{ choice: name, from: value, to, proof, before, after: proof.outcome, soFar }];
  });
}

/**
 * For each choice, the value whose best proof proves the least. Nothing before all are finished.
 */
export function weakest(grid: Grid): { choice: string; value: string; outcome: Outcome }[] {
  if (grid.cells.flat().some((proof) => !proof?.outcome)) return [];
  return [grid.columns, grid.parts, grid.rows].flatMap(({ name, values }) => {
    const reached = values.flatMap(({ value }) => {
      const outcome = best(withValue(grid, name, value))?.outcome;
      return outcome ? [{ choice: name, value, outcome }] : [];
    });
    const least = (a: (typeof reached)[number], b: (typeof reached)[number]) =>
      BigInt(b.outcome.correct) < BigInt(a.outcome.correct) ? b : a;
    if (reached.length < 2) return [];
    const worst = reached.reduce(least);
    // Of values that prove as much, none is the weakest.
    return reached.every((other) => other === worst || other.outcome.correct !== worst.outcome.correct) ? [worst] : [];
  });
}

/** Puts finished proofs of one class together that prove the same in as many steps. */
export function merged(proofs: readonly Proof[]): Same[] {
  const groups = new Map<string, Same>();
  for (const proof of proofs) {
    const { outcome, facts, from } = proof;
    const key = JSON.stringify(outcome && !from ? [facts.class, outcome.correct, outcome.flops] : facts.strategy);
    const group = groups.get(key);
    if (group) group.all.push(proof);
    else groups.set(key, { proof, all: [proof] });
  }
  return [...groups.values()];
}

/**
 * A bound for a small place: whole percents, tenths below ten; cut off, so never more than is
 * proven.
 */
export function short({ percent }: Outcome): string {
  const [whole = '', tenths = ''] = percent.split('.');
  return whole.length > 1 || !tenths ? whole : decimal(`${whole}.${tenths.charAt(0)}`);
}

/** How strong a bound is in steps of ten percents: 0 to 9. */
export const strength = ({ percent }: Outcome) => Math.min(9, Math.floor(Number(percent.split('.')[0]) / 10));

/** What is said of a proof that may still be finished. */
export const WAITS = () => t`not proven yet`;

/** Why a proof has no outcome. */
export function missing({ facts, job }: Proof): string {
  if (facts.refused !== null) return t`cannot be run here`;
  return job.state === 'failed' ? t`failed` : WAITS();
}

const sign = (isMore: boolean) => (isMore ? '+' : '−');

/**
 * What a change does to the proven share of inputs, in points of percentage, rounded toward zero.
 */
export function points({ before, after }: Pick<Change, 'before' | 'after'>): string {
  const difference = BigInt(after.correct) - BigInt(before.correct);
  if (difference === 0n) return t`the same accuracy`;
  const more = difference > 0n;
  // Ten-thousandths of a point.
  const parts = ((more ? difference : -difference) * 1_000_000n) / BigInt(before.total);
  const [whole, rest] = [parts / 10_000n, String(parts % 10_000n).padStart(4, '0')];
  const digits = whole > 0n ? `${whole}.${rest.charAt(0)}` : `0.${rest.replace(/0+$/, '')}`;
  if (parts === 0n)
    return more ? t`more by under ${decimal('0.0001')} points of accuracy` : t`less by under ${decimal('0.0001')} points of accuracy`;
  return t`${sign(more)}${decimal(digits)} points of accuracy`;
}

/** What a change does to the steps of the proof, in percents, rounded toward zero. */
export function steps({ before, after }: Pick<Change, 'before' | 'after'>): string {
  const [from, to] = [BigInt(Math.trunc(before.flops)), BigInt(Math.trunc(after.flops))];
  if (from === to || from === 0n) return t`as many steps`;
  const more = to > from;
  const tenths = ((more ? to - from : from - to) * 1_000n) / from;
  if (tenths === 0n) return more ? t`under ${decimal('0.1')}\u00a0% more steps` : t`under ${decimal('0.1')}\u00a0% fewer steps`;
  return t`${sign(more)}${decimal(`${tenths / 10n}.${tenths % 10n}`)}\u00a0% steps`;
}
