/** What is said of any model of this task, in the page and in embeds. */

import { nodes, t } from '../../languages/language.js';
import type { AttentionFacts, Example, ModelFacts, SampledAccuracy } from '../../pkg/prove.js';
import { startOf } from '../../state/ladder.js';
import { breakable } from '../../ui/element.js';
import { count, superscript } from '../../ui/format.js';
import type { Task } from '../task.js';

export const ID = 'max-of-k';

/** The most inputs whose number is written out. */
const MOST_WRITTEN = 1e12;

export const maxOfK: Task<ModelFacts> = {
  id: ID,
  name: () => t`Max of K`,
  checkers: ['verifier', 'independent', 'proven'],
  inputs: ({ sequences, v, n }) =>
    Number(sequences) < MOST_WRITTEN ? t`all ${count(sequences)} inputs` : t`all ${v}${superscript(n)} inputs`,
  about: ({ n, v, sequences }) =>
    nodes`This network reads ${n} tokens out of a vocabulary of ${v} and must answer the largest. There are ${breakable(count(sequences))} inputs.`,
  facts: ({ n, v, d, h }) => [
    [t`K, tokens of an input`, count(n)],
    [t`v, vocabulary`, count(v)],
    [t`d, residual width`, count(d)],
    [t`h, width of the head`, count(h)],
  ],
  way: (file) => ({ attn_scale: (file as ModelFacts).attn_scale }),
  // The module `files` has read all of it.
  opened: (_, file) => file as ModelFacts,
  start: startOf,
  named: (file) => {
    const [, k, seed] = /^max(\d+)_v64_s(\d+)\.safetensors$/.exec(file) ?? [];
    return k === undefined || seed === undefined ? undefined : { k, seed };
  },
  look: (prover, isCounted) => [
    prover.ask<AttentionFacts>({ ask: 'attention' }).then((attention) => ({ attention })),
    prover.ask<Example[]>({ ask: 'logits' }).then((examples) => ({ examples })),
    ...(isCounted ? [] : [prover.ask<SampledAccuracy>({ ask: 'sample' }).then((sampled) => ({ sampled }))]),
  ],
};
