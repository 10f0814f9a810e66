/** What the network makes of an input, as tables of exact values. */

import { t } from '../../languages/language.js';
import type { Look } from '../../pkg/explain.js';
import type { Table } from '../../ui/export/table.js';

/** The logit of every output. */
export const logitTable = ({ tokens, logits }: Look): Table => ({
  columns: [
    { key: 'input', title: t`Input` },
    { key: 'output', title: t`Output` },
    { key: 'logit', title: t`Logit` },
  ],
  rows: [...logits].map((logit, output) => [tokens.join(','), output, logit]),
});

/** How much the last position looks at each. */
export const attentionTable = ({ tokens, attention }: Look): Table => ({
  columns: [
    { key: 'position', title: t`Position` },
    { key: 'token', title: t`Token` },
    { key: 'attention', title: t`Attention`, unit: t`part of 1` },
  ],
  rows: [...attention].map((part, i) => [i + 1, tokens[i] ?? null, part]),
});
