/**
 * The tables of the view: what is claimed on one plane, and what it takes to reach parts of all
 * inputs.
 */

import { t } from '../../languages/language.js';
import type { Model, Proof } from '../../state/model.js';
import { DOUBT, type Uncertain } from '../../state/uncertain.js';
import { make } from '../../ui/element.js';
import { briefly, decimal, percent, steps } from '../../ui/format.js';
import type { Table } from '../../ui/export/table.js';
import { proofTable } from '../results/rows.js';
import { KINDS, reached, small } from './words.js';

const head = (...titles: string[]) => make('thead', {}, make('tr', {}, ...titles.map((title) => make('th', { scope: 'col' }, title))));
const body = (rows: HTMLElement[]) => make('tbody', {}, ...rows);

/**
 * The proofs that samples are compared with, the shortest first: the chosen one, those that reach
 * certain parts of all inputs first, and trying all of them.
 */
function besides(model: Pick<Model, 'proofs'>, chosen: Proof | undefined): Proof[] {
  const first = reached(model, []).flatMap(({ proof }) => proof?.strategy ?? []);
  const isShown = ({ facts: { strategy, visits_inputs, one_of_many } }: Proof) => strategy === chosen?.facts.strategy || first.includes(strategy) || (visits_inputs && !one_of_many);
  return model.proofs.filter((proof) => proof.outcome && isShown(proof)).sort((a, b) => (a.outcome?.flops ?? 0) - (b.outcome?.flops ?? 0));
}

/**
 * A row for each of these proofs, samples and estimates, the shortest first; a press on a name
 * hears `choose`.
 */
export function boundsTable(
  model: Pick<Model, 'facts' | 'proofs'>,
  uncertain: readonly Uncertain[],
  chosen: Proof | undefined,
  picked: string | null,
  choose: (id: string) => void,
): HTMLElement[] {
  const marks = new Map(model.facts.classes.map((each) => [each.class, each.marker]));
  const proofs = besides(model, chosen).map(({ facts, outcome }) => ({
    id: facts.strategy,
    kind: KINDS.proof,
    mark: marks.get(facts.class) ?? '',
    label: facts.label,
    says: t`at least ${briefly(outcome?.percent ?? '')}`,
    delta: '0',
    flops: outcome?.flops ?? 0,
  }));
  const others = uncertain.map(({ id, certainty, mark, label, percent: digits, delta, flops }) => ({
    id,
    kind: KINDS[certainty],
    mark,
    label,
    says: certainty === 'pac' ? t`at least ${briefly(digits)}` : t`about ${briefly(digits)}`,
    delta: certainty === 'pac' ? small(delta) : t`unknown`,
    flops,
  }));
  const shown = picked ?? chosen?.facts.strategy;
  const rows = [...proofs, ...others].sort((a, b) => a.flops - b.flops).map(({ id, kind, mark, label, says, delta, flops }) => {
    const name = make('button', { type: 'button', 'aria-pressed': String(id === shown) }, make('span', { class: 'mark', 'aria-hidden': 'true' }, mark), make('span', {}, label));
    name.addEventListener('click', () => choose(id));
    const numbers = [says, steps(flops), delta].map((text) => make('td', {}, text));
    return make('tr', { class: kind === KINDS.proof ? 'proven' : 'uncertain' }, make('th', { scope: 'row' }, name), make('td', { class: 'words' }, kind.name), ...numbers);
  });
  return [head(t`What`, t`Kind`, t`Right on`, t`Steps`, t`May be false with probability`), body(rows)];
}

/** The values of `boundsTable`. */
export const tableOf = (model: Pick<Model, 'proofs'>, uncertain: readonly Uncertain[], chosen: Proof | undefined): Table => proofTable(besides(model, chosen), '', uncertain);

/** What is shortest to reach each of some parts of all inputs, without coins and with them. */
export function reachTable(model: Pick<Model, 'proofs'>, uncertain: readonly Uncertain[]): HTMLElement[] {
  const rows = reached(model, uncertain).map(({ share, proof, withCoins }) => {
    const saved = proof && withCoins && withCoins.delta > 0 ? t`${decimal((proof.flops / withCoins.flops).toPrecision(2))} times shorter` : '';
    const coins = withCoins && (withCoins.delta ? `${steps(withCoins.flops)}, ${withCoins.label}, δ = ${small(withCoins.delta)}` : t`the proof is as short`);
    return make(
      'tr',
      {},
      make('th', { scope: 'row' }, percent(String(Number((100 * share).toPrecision(6))))),
      make('td', { class: 'words' }, proof ? `${steps(proof.flops)}, ${proof.label}` : t`no proof`),
      make('td', { class: 'words' }, coins ?? t`nothing yet`, ...(saved ? [make('br'), saved] : [])),
    );
  });
  return [head(t`At least`, t`Proofs alone, δ = 0`, t`With coins, δ ≤ ${small(DOUBT)}`), body(rows)];
}
