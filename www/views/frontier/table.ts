/**
 * What the figure shows, as a table of exact values: the model's proofs and what they are compared
 * with.
 */

import { t } from '../../languages/language.js';
import type { Budget, Other } from '../../pkg/plot.js';
import type { Model, Proof } from '../../state/model.js';
import type { Table, Value } from '../../ui/export/table.js';
import { proofTable } from '../results/rows.js';

const SPREAD = [t`least`, t`lower quartile`, t`median`, t`upper quartile`, t`most`];

/**
 * Some proofs of a model and its other bounds and, where it is compared, a first column that says
 * whose numbers a row has.
 */
export function frontierTable(
  { facts: { file }, uncertain, over }: Pick<Model, 'facts' | 'uncertain' | 'over'>,
  proofs: readonly Proof[],
  { others, spread }: { others: readonly Other[]; spread: readonly Budget[] },
): Table {
  const { columns, rows } = proofTable(proofs, over?.(), uncertain);
  if (!others.length && !spread.length) return { columns, rows };
  const row = (of: string, numbers: Readonly<Record<string, Value>>) => [of, ...columns.map(({ key }) => numbers[key] ?? null)];
  return {
    columns: [{ key: 'of', title: t`Of` }, ...columns],
    rows: [
      ...rows.map((own) => [file, ...own]),
      ...others.flatMap(({ label, proofs }) => proofs.map((proof) => row(label, { ...proof }))),
      ...spread.flatMap(({ flops, bounds }) => bounds.map((bound, i) => row(t`All seeds: ${SPREAD[i]}`, { flops, bound }))),
    ],
  };
}
