/** What is shown of a proof's numbers, in the table of all and on a closer look at one. */

import type { COLUMNS as KEYS } from '../../app/address.js';
import { t } from '../../languages/language.js';
import { breakable } from '../../ui/element.js';
import { approximate, bytes, count, percent, steps, seconds } from '../../ui/format.js';
import type { StrategyFacts } from '../../pkg/prove.js';
import { inWords, type Proof } from '../../state/model.js';

export interface Column {
  /** Its name in the address. */
  key: (typeof KEYS)[number];
  title: string;
  /** To sort by; undefined comes last, whichever way. */
  value(proof: Proof): number | undefined;
  /** What is shown; empty where there is nothing. */
  cell(proof: Proof): Node | string;
  /** Which of its values are looked for first, and so come first at first. */
  best: 'ascending' | 'descending';
}

/** What is known of the length of a proof before it has run. */
const LIMITS: Record<StrategyFacts['flops_are'], string> = { exact: '', 'at-most': '≤\u00a0', 'at-least': '≥\u00a0' };

function length({ facts, outcome }: Proof): string {
  if (outcome) return steps(outcome.flops);
  return `${LIMITS[facts.flops_are]}${steps(facts.flops)}`;
}

function time({ job, outcome, shipped }: Proof): string {
  if (job.state !== 'idle') return inWords(job);
  if (!outcome) return '';
  return shipped ? t`shipped` : seconds(outcome.seconds);
}

export const COLUMNS: readonly Column[] = [
  {
    key: 'least',
    title: t`Accuracy at least`,
    value: ({ outcome }) => outcome?.bound,
    cell: ({ outcome }) => (outcome ? percent(outcome.percent) : ''),
    best: 'descending',
  },
  {
    key: 'most',
    title: t`Accuracy at most`,
    value: ({ outcome }) => outcome?.upper_bound ?? undefined,
    cell: ({ outcome }) => (outcome?.percent_above == null ? '' : percent(outcome.percent_above)),
    best: 'ascending',
  },
  {
    key: 'inputs',
    title: t`Inputs proven right`,
    value: ({ outcome }) => outcome && Number(outcome.correct),
    cell: ({ outcome }) => (outcome ? breakable(count(outcome.correct)) : ''),
    best: 'descending',
  },
  { key: 'flops', title: 'FLOPs', value: ({ facts, outcome }) => (outcome ?? facts).flops, cell: length, best: 'ascending' },
  {
    key: 'dimension',
    title: t`Unexplained dimension`,
    value: ({ facts, outcome }) => (outcome ?? facts).unexplained_dimension,
    cell: ({ facts, outcome }) => approximate((outcome ?? facts).unexplained_dimension),
    best: 'ascending',
  },
  {
    key: 'size',
    title: t`Proof size`,
    value: ({ outcome }) => outcome?.proof_bytes ?? undefined,
    cell: ({ outcome }) => (typeof outcome?.proof_bytes === 'number' ? bytes(outcome.proof_bytes) : ''),
    best: 'ascending',
  },
  {
    key: 'time',
    title: t`Time`,
    value: ({ outcome, shipped }) => (outcome && !shipped ? outcome.seconds : undefined),
    cell: time,
    best: 'ascending',
  },
  {
    key: 'frontier',
    title: t`On the frontier`,
    value: ({ frontier }) => Number(frontier),
    cell: ({ frontier }) => (frontier ? t`yes` : ''),
    best: 'descending',
  },
];
