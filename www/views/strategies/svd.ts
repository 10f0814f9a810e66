/** Why SVD alone proves nothing, with the model's own numbers. */

import { t, translated } from '../../languages/language.js';
import { count, decimal, percent } from '../../ui/format.js';
import type { Outcome } from '../../pkg/prove.js';
import type { Proof } from '../../state/model.js';
import { best, type Grid, withValue } from './grid.js';

/** The direct paths that the lesson is about. */
const [SVD, NONE] = ['SVD query', 'row differences'];

/**
 * The best proof with an SVD query, whose published claim the lesson tells; undefined until all of
 * them have results.
 */
export function svdProof(grid: Grid): (Proof & { outcome: Outcome }) | undefined {
  const all = withValue(grid, grid.columns.name, SVD);
  return all.every(({ outcome }) => outcome) ? best(all) : undefined;
}

/** Sentences about it, once the published claim is known. */
export function svdLesson(grid: Grid, v: number): string {
  const proof = svdProof(grid);
  const uncentred = best(withValue(grid, grid.columns.name, NONE));
  if (proof?.published === undefined || !uncentred) return '';
  const { label } = proof.facts;
  const { total, percent: digits } = proof.outcome;
  const claimed = BigInt(proof.published);
  const vacuous = claimed <= BigInt(v) ? t`no more than the ${v} inputs that repeat one token, so it is vacuous` : t`and no more`;
  const [length, left] = [Math.sqrt(v), Math.sqrt(v) - 1].map((x) => Number(x.toPrecision(2)));
  return [
    t`As published, SVD alone proves nothing: of “${label}”, the best of its column, the published formula claims ${count(claimed)} of ${count(total)} inputs, ${vacuous}.`,
    t`The reason is a length. The first singular direction adds up all ${v} queries with weights whose squares add up to 1; where the queries are alike, that is about √${v} = ${decimal(String(length))} times their average. Take it off a query, and about ${decimal(String(left))} averages are left, which the proof has to treat as noise. Taking off nothing leaves one (“${translated(NONE)}”, at best ${percent(uncentred.outcome.percent)}).`,
    t`Cut to the length of the average, as in this grid, the same direction proves ${percent(digits)}.`,
  ].join(' ');
}
