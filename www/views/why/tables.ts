/** What this view shows, as tables of exact values. */

import type { CaseMap } from '../../pkg/explain.js';
import type { Table } from '../../ui/export/table.js';
import type { Cells } from './cells.js';
import { isExact } from './cells.js';
import type { PartRow } from './parts.js';

/** All inputs of a proof in parts; the inputs add up to `total`. */
export const partTable = (rows: readonly PartRow[], total: bigint): Table => ({
  columns: [
    { key: 'part', title: 'Part' },
    { key: 'inputs', title: 'Inputs' },
    { key: 'total', title: 'Inputs in all' },
    { key: 'meaning', title: 'Meaning' },
  ],
  rows: rows.map(({ label, inputs, about }) => [label, inputs, total, about]),
});

/** The cases that have inputs: what is proven of each, and why not more. */
export function caseTable({ v, total, proven, verdict, way, wrong }: Cells, { verdicts, ways }: CaseMap): Table {
  const columns = [
    { key: 'largest', title: 'Largest token' },
    { key: 'last', title: 'Last token' },
    { key: 'proven', title: 'Inputs proven right' },
    { key: 'exact', title: 'Count is exact' },
    { key: 'total', title: 'Inputs' },
    { key: 'verdict', title: 'Verdict' },
    { key: 'wrong', title: 'Inputs known to be answered wrong' },
    ...(ways.length ? [{ key: 'way', title: 'Decided' }] : []),
  ];
  const rows = cellsWith(total).map((i) => {
    const word = verdicts[verdict[i] ?? -1]?.label ?? null;
    return [Math.floor(i / v), i % v, proven[i] ?? 0n, isExact(total[i] ?? 0n), total[i] ?? 0n, word, wrong[i] ?? 0, ...(ways.length ? [ways[way[i] ?? -1]?.label ?? null] : [])];
  });
  return { columns, rows };
}

/** What two proofs prove of each case. */
export function pairTable(chosen: Cells, other: Cells): Table {
  const columns = [
    { key: 'largest', title: 'Largest token' },
    { key: 'last', title: 'Last token' },
    { key: 'chosen', title: 'Proven by the chosen proof', unit: 'inputs' },
    { key: 'other', title: 'Proven by the other', unit: 'inputs' },
    { key: 'total', title: 'Inputs' },
  ];
  const { v, total } = chosen;
  const rows = cellsWith(total).map((i) => [Math.floor(i / v), i % v, chosen.proven[i] ?? 0n, other.proven[i] ?? 0n, total[i] ?? 0n]);
  return { columns, rows };
}

const cellsWith = (total: readonly bigint[]) => [...total.keys()].filter((i) => total[i]);
