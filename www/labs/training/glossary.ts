/** The words and symbols of this lab, each with a sentence. */

import { t } from '../../languages/language.js';
import { word as general } from '../../ui/word.js';
import type { Entry } from '../../views/glossary/words.js';

export const WORDS = {
  training: { says: t`Weights begin at random. Step by step each moves a little so that right answers become more likely on examples.`, as: ['train', 'trained', 'trains'] },
  recipe: { says: t`All that decides what a training gives: task, seed, number of steps. It stands in the address, so that a link gives equal weights again, to the bit.`, as: ['recipes'] },
  step: { says: t`One move of all weights, after a look at some inputs. Steps of a proof are something else: the operations that checking it takes.`, as: ['steps of training'] },
  steps: { says: t`Of a proof: what checking it costs, in FLOPs: each addition, multiplication, division, comparison and exponential counts one.`, as: ['FLOPs'] },
  seed: { says: t`The number that random numbers start from. Another seed gives another network for the same task.` },
  loss: { says: t`How surprised the network is by the right answer, on average: 0 if it is sure of it, and more the less likely it finds it.`, formula: t`loss = mean of −ln(probability of the right answer)` },
  accuracy: { says: t`The part of all inputs that the network answers right. Marked ≈ where it was estimated from random inputs, exact otherwise.` },
  'network on the way': { says: t`The weights as they are after one hundredth of all steps, four, nine, and so on. Each is a network of its own and is proven while training goes on.`, as: ['networks on the way'] },
  bound: { says: t`The part of all inputs that a network is proven to answer right, at least. It is never more than the accuracy.`, as: ['bounds'] },
  frontier: { says: t`The proofs that no other beats: none proves as much in as few steps.` },
  area: { says: t`How high and how far to the left the frontier is, as one number from 0 to 1: the larger, the shorter are good proofs.` },
  'σ₁/σ₂': {
    says: t`How much larger the main direction of attention scores is than the next. Short proofs keep that direction and bound all others, so they gain when it is large.`,
    as: ['singular values'],
  },
  noise: { says: t`What the weights do beside the mechanism that answers. It changes few answers, but a proof has to bound it as if it might.`, as: ['noise terms'] },
  attention: { says: t`How the network divides its look at the tokens. Its noise is all but the first direction of the scores.` },
  'OV circuit': { says: t`What a token writes into the answer once it is looked at: OV stands for output and value, two matrices. Its term wants each token to raise its own answer most.`, as: ['OV'] },
  positions: { says: t`How answers depend on where a token stands. The largest of some numbers does not, so this is noise.`, as: ['position'] },
  'direct path': { says: t`What the last token adds to the answer without attention. It should add nothing that matters.` },
  'bound as a loss': { says: t`The proof's own inequality as a term of the loss: how far each case is from being proven. Cases that are proven with some room cost nothing.` },
  'fine-tuning': { says: t`Training a network that is trained already, with another aim beside the first: here, that proofs about it are short.`, as: ['Fine-tune', 'fine-tune'] },
  undone: { says: t`A step after which the network errs on more inputs is taken back, so that a short proof is not bought by wrong answers.` },
  moved: { says: t`The length of the difference of all weights, as a part of the length of the weights before: how far another network this is.` },
  group: { says: t`A set of elements, any two of which have a product. Sₙ are the orders of n things, Aₙ half of them, Dₙ the motions of a polygon with n corners.`, as: ['groups'] },
  addition: { says: t`Two numbers are added modulo n: whatever is n or more starts from 0 again, as hours do.`, as: ['modulo', 'modulus'] },
  'Error of the integral': {
    says: t`A network that adds modulo n sums up waves; a good sum is nearly an integral. Proofs by quadrature bound the error at all angles. The table has the least, and how many frequencies have one below 0.85, that of no sum at all.`,
    as: ['integral', 'quadrature', 'frequency', 'frequencies'],
  },
  'standard deviation': { says: t`How large random changes of the weights usually are; σ is its sign.`, as: ['σ', 'Gaussian'] },
} as const satisfies Record<string, Entry>;

/** A word of this lab as a button. */
export const word = (name: keyof typeof WORDS, text?: string) => general<keyof typeof WORDS>(name, text);
