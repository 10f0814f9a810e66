/** What the report says of this task's proofs. */

import { nodes } from '../../languages/language.js';
import { word } from '../../ui/word.js';

/** What the stars are, above the list of proofs. */
export const proofs = () => [
  ...nodes`Stars are proofs of our own, by ${word('additivity')}. Which of two answers the network prefers is the sign of a sum with one term for each position: ${word('softmax')} only divides that sum by something positive. So for each last token and largest token, the worst input is found position by position, without trying all; where even that one is answered right, so are the others. Where it is not, the inputs that are as bad are counted, by ever finer means.`,
];
