/** Proofs as a table of their exact values, for files and the clipboard. */

import type { Proof } from '../../state/model.js';
import type { Column, Table, Value } from '../../ui/export/table.js';

interface Field extends Column {
  of(proof: Proof): Value;
}

const digits = (text: string | null | undefined): Value => (text == null ? null : BigInt(text));

const ALL = 'part of all inputs';

const FIELDS: readonly Field[] = [
  { key: 'proof', title: 'Proof', of: ({ facts }) => facts.label },
  { key: 'strategy', title: 'Identifier', of: ({ facts }) => facts.strategy },
  { key: 'class', title: 'Class', of: ({ facts }) => facts.class },
  { key: 'percent', title: 'Accuracy at least', unit: '%, rounded down', of: ({ outcome }) => (outcome ? Number(outcome.percent) : null) },
  { key: 'bound', title: 'Accuracy at least', unit: ALL, of: ({ outcome }) => outcome?.bound ?? null },
  { key: 'percent_above', title: 'Accuracy at most', unit: '%, rounded up', of: ({ outcome }) => (outcome?.percent_above == null ? null : Number(outcome.percent_above)) },
  { key: 'upper_bound', title: 'Accuracy at most', unit: ALL, of: ({ outcome }) => outcome?.upper_bound ?? null },
  { key: 'correct', title: 'Inputs proven right', of: ({ outcome }) => digits(outcome?.correct) },
  { key: 'most_correct', title: 'Inputs right at most', of: ({ outcome }) => digits(outcome?.most_correct) },
  { key: 'total', title: 'Inputs in all', of: ({ outcome }) => digits(outcome?.total) },
  { key: 'flops', title: 'FLOPs', of: ({ facts, outcome }) => (outcome ?? facts).flops },
  { key: 'flops_are', title: 'FLOPs are', of: ({ facts, outcome }) => (outcome ? 'exact' : facts.flops_are) },
  { key: 'unexplained_dimension', title: 'Unexplained dimension', of: ({ facts, outcome }) => (outcome ?? facts).unexplained_dimension },
  { key: 'proof_bytes', title: 'Proof size', unit: 'bytes', of: ({ outcome }) => outcome?.proof_bytes ?? null },
  { key: 'left_out', title: 'Inputs left out by gaps', of: ({ outcome }) => digits(outcome?.left_out) },
  { key: 'lost', title: 'Inputs lost to rounding', of: ({ outcome }) => digits(outcome?.lost) },
  { key: 'slack', title: 'Slack for rounding', unit: 'logits', of: ({ outcome }) => outcome?.slack ?? null },
  { key: 'frontier', title: 'On the frontier', of: ({ frontier, outcome }) => (outcome ? frontier : null) },
  { key: 'state', title: 'State', of: stateOf },
  { key: 'seconds', title: 'Time', unit: 's', of: ({ outcome, shipped }) => (outcome && !shipped ? outcome.seconds : null) },
];

function stateOf({ facts, job, outcome, shipped }: Proof): string {
  if (outcome) return shipped ? 'shipped' : 'proven';
  if (facts.refused !== null) return 'refused';
  return job.state === 'idle' ? 'not run' : job.state;
}

/** The unit of a field: under a distribution, `over` says which inputs count, and counts are weights. */
function unitOf({ key, unit }: Field, over: string): string | undefined {
  if (over && ['correct', 'most_correct', 'total'].includes(key)) return 'weight';
  return over && unit === ALL ? `part of ${over}` : unit;
}

/** One row for each proof, in their order; `over` says which inputs count where not all do alike. */
export const proofTable = (proofs: readonly Proof[], over = ''): Table => ({
  columns: FIELDS.map((field) => {
    const unit = unitOf(field, over);
    return { key: field.key, title: field.title, ...(unit !== undefined && { unit }) };
  }),
  rows: proofs.map((proof) => FIELDS.map(({ of }) => of(proof))),
});
