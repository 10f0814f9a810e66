/** Proofs as a table of their exact values, for files and the clipboard. */

import { t } from '../../languages/language.js';
import { inWords, type Proof } from '../../state/model.js';
import type { Uncertain } from '../../state/uncertain.js';
import type { Column, Table, Value } from '../../ui/export/table.js';

interface Field extends Column {
  of(proof: Proof): Value;
  /** The value of a bound that is no proof; null without this. */
  beside?(bound: Uncertain): Value;
}

const digits = (text: string | null | undefined): Value => (text == null ? null : BigInt(text));

const ALL = t`part of all inputs`;

const FIELDS: readonly Field[] = [
  { key: 'proof', title: t`Proof`, of: ({ facts }) => facts.label, beside: ({ label }) => label },
  { key: 'strategy', title: t`Identifier`, of: ({ facts }) => facts.strategy, beside: ({ id }) => id },
  { key: 'class', title: t`Class`, of: ({ facts }) => facts.class },
  { key: 'certainty', title: t`How certain`, of: () => 'proof', beside: ({ certainty }) => certainty },
  {
    key: 'delta',
    title: t`Probability of being false, at most`,
    of: () => 0,
    beside: ({ certainty, delta }) => (certainty === 'pac' ? delta : null),
  },
  {
    key: 'percent',
    title: t`Accuracy at least`,
    unit: t`%, rounded down`,
    of: ({ outcome }) => (outcome ? Number(outcome.percent) : null),
    beside: ({ percent }) => Number(percent),
  },
  { key: 'bound', title: t`Accuracy at least`, unit: ALL, of: ({ outcome }) => outcome?.bound ?? null, beside: ({ bound }) => bound },
  {
    key: 'percent_above',
    title: t`Accuracy at most`,
    unit: t`%, rounded up`,
    of: ({ outcome }) => (outcome?.percent_above == null ? null : Number(outcome.percent_above)),
  },
  { key: 'upper_bound', title: t`Accuracy at most`, unit: ALL, of: ({ outcome }) => outcome?.upper_bound ?? null },
  {
    key: 'correct',
    title: t`Inputs proven right`,
    of: ({ outcome }) => digits(outcome?.correct),
    beside: ({ certainty, correct }) => (certainty === 'pac' ? digits(correct) : null),
  },
  { key: 'most_correct', title: t`Inputs right at most`, of: ({ outcome }) => digits(outcome?.most_correct) },
  { key: 'total', title: t`Inputs in all`, of: ({ outcome }) => digits(outcome?.total) },
  { key: 'flops', title: 'FLOPs', of: ({ facts, outcome }) => (outcome ?? facts).flops, beside: ({ flops }) => flops },
  { key: 'flops_are', title: t`FLOPs are`, of: ({ facts, outcome }) => (outcome ? 'exact' : facts.flops_are) },
  {
    key: 'unexplained_dimension',
    title: t`Unexplained dimension`,
    of: ({ facts, outcome }) => (outcome ?? facts).unexplained_dimension,
    beside: (bound) => bound.unexplained_dimension,
  },
  { key: 'proof_bytes', title: t`Proof size`, unit: t`bytes`, of: ({ outcome }) => outcome?.proof_bytes ?? null },
  { key: 'left_out', title: t`Inputs left out by gaps`, of: ({ outcome }) => digits(outcome?.left_out) },
  { key: 'lost', title: t`Inputs lost to rounding`, of: ({ outcome }) => digits(outcome?.lost) },
  { key: 'slack', title: t`Slack for rounding`, unit: t`logits`, of: ({ outcome }) => outcome?.slack ?? null },
  {
    key: 'frontier',
    title: t`On the frontier`,
    of: ({ frontier, outcome }) => (outcome ? frontier : null),
    beside: ({ frontier }) => frontier,
  },
  { key: 'state', title: t`State`, of: stateOf },
  { key: 'seconds', title: t`Time`, unit: 's', of: ({ outcome, shipped }) => (outcome && !shipped ? outcome.seconds : null) },
];

function stateOf({ facts, job, outcome, shipped }: Proof): string {
  if (outcome) return shipped ? t`shipped` : t`proven`;
  if (facts.refused !== null) return t`refused`;
  return inWords(job);
}

/**
 * The unit of a field: under a distribution, `over` says which inputs count, and counts are
 * weights.
 */
function unitOf({ key, unit }: Field, over: string): string | undefined {
  if (over && ['correct', 'most_correct', 'total'].includes(key)) return t`weight`;
  return over && unit === ALL ? t`part of ${over}` : unit;
}

/**
 * One row for each proof, in their order, then for each other bound; `over` says which inputs count
 * where not all do alike.
 */
export const proofTable = (proofs: readonly Proof[], over = '', uncertain: readonly Uncertain[] = []): Table => ({
  columns: FIELDS.map((field) => {
    const unit = unitOf(field, over);
    return { key: field.key, title: field.title, ...(unit !== undefined && { unit }) };
  }),
  rows: [
    ...proofs.map((proof) => FIELDS.map(({ of }) => of(proof))),
    ...uncertain.map((bound) => FIELDS.map(({ beside }) => beside?.(bound) ?? null)),
  ],
});
