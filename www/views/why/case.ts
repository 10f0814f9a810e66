/** One case of a proof, closely: sentences, the terms that decide it, and inputs to try. */

import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { count, fixed } from '../../ui/format.js';
import type { CaseFacts, CaseMap } from '../../pkg/explain.js';
import { percentDown } from './parts.js';

/** Logits, to the digits that matter in a sum. */
const logits = (value: number) => `${value < 0 ? '−' : '+'}${fixed(Math.abs(value), 3)}`;

/** The content of the opened case. `tryInput` is given the tokens of an example. */
export function caseContent(facts: CaseFacts, { verdicts }: CaseMap, tryInput: (tokens: string) => void): Node[] {
  const [total, proven] = [BigInt(facts.total), BigInt(facts.proven)];
  const verdict = verdicts[facts.verdict];
  const heading = make('h4', {}, t`Largest token ${facts.m}, last token ${facts.q}${others(facts.others)}`);
  const sum = make(
    'p',
    {},
    make('strong', {}, t`${count(proven)} of ${count(total)} inputs are proven`),
    ` (${percentDown(proven, total)}).`,
  );
  const about = verdict ? [make('p', {}, make('em', {}, verdict.label), `. ${verdict.about}`)] : [];
  const sentences = facts.sentences.map((sentence) => make('p', {}, sentence));
  return [heading, sum, ...about, ...sentences, ...terms(facts), examples(facts, tryInput)];
}

function others(number: number | null): string {
  if (number === null) return '';
  return number === 1 ? t`, 1 token is smaller` : t`, ${number} tokens are smaller`;
}

/** The terms of the inequality as signed bars, and their sum. */
function terms({ terms }: CaseFacts): Node[] {
  if (!terms.length) return [];
  const sum = terms.reduce((all, { value }) => all + value, 0);
  const most = Math.max(...terms.map(({ value }) => Math.abs(value)), Math.abs(sum)) || 1;
  const row = (label: string, value: number, name: string) => {
    const bar = make('span', { class: value < 0 ? 'amount helps' : 'amount harms' });
    bar.style.width = `${(50 * Math.abs(value)) / most}%`;
    const track = make('td', { class: 'track', 'aria-hidden': 'true' }, bar);
    return make('tr', { class: name }, make('th', { scope: 'row' }, label), make('td', {}, logits(value)), track);
  };
  const caption = make('caption', {}, t`In logits. The test holds if the sum is less than 0: then no wrong token beats the largest.`);
  const total = row(sum < 0 ? t`Sum: the test holds` : t`Sum: the test fails`, sum, 'sum');
  const heads = [t`Term`, t`Logits`].map((title) => make('th', { scope: 'col' }, title));
  const body = make('tbody', {}, ...terms.map(({ label, value }) => row(label, value, 'term')), total);
  return [
    make('table', { class: 'terms' }, caption, make('thead', {}, make('tr', {}, ...heads, make('td', { 'aria-hidden': 'true' }))), body),
  ];
}

function examples({ proven_input, unproven_input }: CaseFacts, tryInput: (tokens: string) => void): Node {
  const button = (words: string, tokens: number[] | null) => {
    if (!tokens) return [];
    const button = make('button', { type: 'button' }, t`Try ${words} input: ${tokens.join(', ')}`);
    button.addEventListener('click', () => tryInput(tokens.join(',')));
    return [button];
  };
  return make('p', { class: 'buttons' }, ...button(t`a proven`, proven_input), ...button(t`an unproven`, unproven_input));
}
