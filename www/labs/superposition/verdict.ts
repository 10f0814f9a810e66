/** What the comparison says, in sentences that are computed from its numbers. */

import { t } from '../../languages/language.js';
import { decimal, steps } from '../../ui/format.js';
import { against, type Comparison, type Row } from './compare.js';

/** A share in percent, in two digits. */
const percent = (share: number) => `${decimal(String(Number((100 * share).toPrecision(2))))}\u00a0%`;
/** How much shorter or longer: the distance of a ratio from one. */
const difference = (ratio: number) => percent(Math.abs(1 - ratio));

const range = (lengths: readonly number[]) => t`${steps(Math.min(...lengths))} to ${steps(Math.max(...lengths))}`;

/** A penalty with its length, and the spread over seeds. */
const said = ({ facts, lengths, mean }: Row) => `${facts.name} ${steps(mean)}${lengths.length > 1 ? ` (${range(lengths)})` : ''}`;

/** Which penalty needs the shortest proof at equal error. */
export function winner({ error, seeds, rows }: Comparison): string {
  const [best, ...others] = rows;
  if (!best) return '';
  const list = others.map(said).join(', ');
  const errorSaid = percent(error);
  if (seeds.length === 1)
    return t`At equal error (${errorSaid} of the variance is left), ${best.facts.name} leaves the shortest proof: ${steps(best.mean)} steps, against ${list}. This is one seed: the next ones tell what is chance.`;
  const wins = best.lengths.filter((length, i) => others.every((other) => length <= (other.lengths[i] ?? Infinity))).length;
  return t`At equal error (${errorSaid} of the variance is left), ${best.facts.name} leaves the shortest proof on ${wins} of ${seeds.length} seeds: ${steps(best.mean)} steps on average (${range(best.lengths)}), against ${list}.`;
}

/** Whether the product beats L1, as the literature claims; empty if one of the two is missing. */
export function claim({ rows, seeds }: Comparison): string {
  const find = (penalty: string) => rows.find(({ facts }) => facts.penalty === penalty);
  const [product, l1] = [find('prod1p'), find('l1')];
  if (!product || !l1) return '';
  const { wins, mean, least, most } = against(product, l1);
  const [from, to] = [least, most].map(difference);
  if (wins === seeds.length)
    return t`The literature expects that the product beats L1. Here it does: its proofs are ${difference(mean)} shorter on average (${to} to ${from}).`;
  if (!wins)
    return t`The literature expects that the product beats L1. Here it does not: its proofs are ${difference(mean)} longer on average (${from} to ${to}).`;
  return t`The literature expects that the product beats L1. Here that is undecided: it does on ${wins} of ${seeds.length} seeds.`;
}
