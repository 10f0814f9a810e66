// What the end-to-end tests know of the page's models.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const fixture = (path) => join(root, 'tests/fixtures', path);
export const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
/** The results for the default model that are shipped with the page. */
export const shipped = json(join(root, 'www/models/max-of-k/first-paint.json'));
/** The counts of the published code for the published model max4_v64_s123. */
export const oracle = json(fixture('oracle/max4_v64_s123.json'));
export const ORACLE = { 'brute-force': oracle.brute_force_correct, cubic: oracle.cubic_correct };
/** The identifier of a sub-cubic strategy. */
export const CENTRED = 'EUPU-mean-query+max-diff--attn-mean-query+diff--attn-err-max-diff-subproduct';
/** The strategies that the page lists for a model. */
export const STRATEGIES = shipped.facts.strategies;
/** The number of proofs of a model. */
export const ALL = STRATEGIES.length;
const exact = shipped.outcomes.find(({ strategy }) => strategy === 'exact');
const grouped = (digits) => BigInt(digits).toLocaleString('en');
/** What the page says of the model's accuracy once all proofs are there. */
export const BOTH_SIDES =
  `Its accuracy is proven to be exactly ${grouped(exact.correct)} of ${grouped(exact.total)} inputs ` +
  `(${exact.percent}\u00a0%, rounded down).`;
