/** What this view shows, as tables of exact values. */

import { t } from '../../languages/language.js';
import type { CaseMap } from '../../pkg/explain.js';
import type { Table } from '../../ui/export/table.js';
import type { Cells } from './cells.js';
import { isExact } from './cells.js';
import type { PartRow } from './parts.js';

/** All inputs of a proof in parts; the inputs add up to `total`. */
export const partTable = (rows: readonly PartRow[], total: bigint, isWeighted: boolean): Table => ({
  columns: [
    { key: 'part', title: t`Part` },
    { key: 'inputs', title: isWeighted ? t`Weight` : t`Inputs` },
    { key: 'total', title: isWeighted ? t`Weight in all` : t`Inputs in all` },
    { key: 'meaning', title: t`Meaning` },
  ],
  rows: rows.map(({ label, inputs, about }) => [label, inputs, total, about]),
});

/**
 * The cases that have inputs: what is proven of each, and why not more. `smaller` says how many
 * tokens are smaller than the largest; null for any number.
 */
export function caseTable(
  { v, total, proven, verdict, way, wrong }: Cells,
  { verdicts, ways, weights }: CaseMap,
  smaller: (cell: number) => number | null,
): Table {
  const columns = [
    { key: 'largest', title: t`Largest token` },
    { key: 'last', title: t`Last token` },
    { key: 'smaller', title: t`Smaller tokens, if one number` },
    { key: 'proven', title: weights ? t`Weight proven right` : t`Inputs proven right` },
    { key: 'exact', title: t`Count is exact` },
    { key: 'total', title: weights ? t`Weight` : t`Inputs` },
    { key: 'verdict', title: t`Verdict` },
    { key: 'wrong', title: t`Inputs known to be answered wrong` },
    ...(ways.length ? [{ key: 'way', title: t`Decided` }] : []),
  ];
  const rows = cellsWith(total).map((i) => {
    const word = verdicts[verdict[i] ?? -1]?.label ?? null;
    return [
      Math.floor(i / v),
      i % v,
      smaller(i),
      proven[i] ?? 0n,
      isExact(total[i] ?? 0n),
      total[i] ?? 0n,
      word,
      wrong[i] ?? 0,
      ...(ways.length ? [ways[way[i] ?? -1]?.label ?? null] : []),
    ];
  });
  return { columns, rows };
}

/** What two proofs prove of each case. */
export function pairTable(chosen: Cells, other: Cells, isWeighted: boolean): Table {
  const unit = isWeighted ? t`weight` : t`inputs`;
  const columns = [
    { key: 'largest', title: t`Largest token` },
    { key: 'last', title: t`Last token` },
    { key: 'chosen', title: t`Proven by the chosen proof`, unit },
    { key: 'other', title: t`Proven by the other`, unit },
    { key: 'total', title: isWeighted ? t`Weight` : t`Inputs` },
  ];
  const { v, total } = chosen;
  const rows = cellsWith(total).map((i) => [Math.floor(i / v), i % v, chosen.proven[i] ?? 0n, other.proven[i] ?? 0n, total[i] ?? 0n]);
  return { columns, rows };
}

const cellsWith = (total: readonly bigint[]) => [...total.keys()].filter((i) => total[i]);
