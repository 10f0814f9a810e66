/** What the report says of this task's proofs. */

import { nodes, t } from '../../languages/language.js';
import { word } from '../../ui/word.js';

/** What the proofs rest on, above their list. */
export const proofs = () => [
  ...nodes`All proofs are about the network as one hidden layer: neurons that add a number for x and a number for y, and outputs that add up the neurons. ${word('brute force', t`Trying every input`)} runs it on all pairs. A low-rank unembedding still runs the neurons, but finds the wrong answers through a few numbers for each pair. Proofs by irreps compare the neurons with ideal ones, whose answers one input tells.`,
];
