/** The tables of the view: what is claimed on one plane, and what it takes to reach parts of all inputs. */

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

/** The proofs that no other beats, in the order of length. */
const best = ({ proofs }: Pick<Model, 'proofs'>): Proof[] =>
  proofs.filter(({ frontier, outcome }) => frontier && outcome).sort((a, b) => (a.outcome?.flops ?? 0) - (b.outcome?.flops ?? 0));

/** A row for each of what no proof beats, samples and estimates, the shortest first; a press on a name hears `choose`. */
export function boundsTable(model: Pick<Model, 'proofs'>, uncertain: readonly Uncertain[], picked: string | null, choose: (id: string) => void): HTMLElement[] {
  const proofs = best(model).map(({ facts, outcome }) => ({
    id: facts.strategy,
    kind: KINDS.proof,
    label: facts.label,
    says: t`at least ${briefly(outcome?.percent ?? '')}`,
    delta: '0',
    flops: outcome?.flops ?? 0,
  }));
  const others = uncertain.map(({ id, certainty, label, percent: digits, delta, flops }) => ({
    id,
    kind: KINDS[certainty],
    label,
    says: certainty === 'pac' ? t`at least ${briefly(digits)}` : t`about ${briefly(digits)}`,
    delta: certainty === 'pac' ? small(delta) : t`unknown`,
    flops,
  }));
  const rows = [...proofs, ...others].sort((a, b) => a.flops - b.flops).map(({ id, kind, label, says, delta, flops }) => {
    const name = make('button', { type: 'button', 'aria-pressed': String(id === picked) }, label);
    name.addEventListener('click', () => choose(id));
    const mark = make('span', { class: 'mark', 'aria-hidden': 'true' }, kind.mark);
    return make('tr', {}, make('th', { scope: 'row' }, mark, name), make('td', {}, kind.name), make('td', {}, says), make('td', {}, steps(flops)), make('td', {}, delta));
  });
  return [head(t`What`, t`Kind`, t`Right on`, t`Steps`, t`May be false with probability`), body(rows)];
}

/** The values of `boundsTable`. */
export const tableOf = (model: Pick<Model, 'proofs'>, uncertain: readonly Uncertain[]): Table => proofTable(best(model), '', uncertain);

/** What is shortest to reach each of some parts of all inputs, without coins and with them. */
export function reachTable(model: Pick<Model, 'proofs'>, uncertain: readonly Uncertain[]): HTMLElement[] {
  const rows = reached(model, uncertain).map(({ share, proof, withCoins }) => {
    const saved = proof && withCoins && withCoins.delta > 0 ? t`${decimal((proof.flops / withCoins.flops).toPrecision(2))} times shorter` : '';
    const coins = withCoins && (withCoins.delta ? `${steps(withCoins.flops)}, ${withCoins.label}, δ = ${small(withCoins.delta)}` : t`the proof is as short`);
    return make(
      'tr',
      {},
      make('th', { scope: 'row' }, percent(String(Number((100 * share).toPrecision(6))))),
      make('td', {}, proof ? `${steps(proof.flops)}, ${proof.label}` : t`no proof`),
      make('td', {}, coins ?? t`nothing yet`, ...(saved ? [make('br'), saved] : [])),
    );
  });
  return [head(t`At least`, t`Proofs alone, δ = 0`, t`With coins, δ ≤ ${small(DOUBT)}`), body(rows)];
}
