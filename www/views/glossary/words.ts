/** The technical words of the page, each with a sentence for a student. */

import { t } from '../../languages/language.js';
import type { ViewName } from '../view.js';

export interface Entry {
  /** What it means, in a sentence or two. */
  says: string;
  /** The same as a formula; `v` tokens, K of them in an input. */
  formula?: string;
  /** The view that shows it. */
  view?: ViewName;
  /** Other words and symbols that stand for it in texts. */
  as?: readonly string[];
}

export const WORDS = {
  // What is claimed.
  bound: {
    says: t`A number of inputs that the network is proven to answer right at least, as a share of all inputs. It is rounded down, so what is shown is never more than what is proven.`,
    formula: t`bound = inputs proven right / vᴷ`,
    as: ['bounds'],
  },
  exact: { says: t`Proven from both sides: the count of right answers is neither less nor more. Marked =.` },
  proven: {
    says: t`A theorem about these very weights: it holds for every input, whatever computers round. Marked ≥ where it is a lower bound, ≤ where it is an upper one.`,
  },
  estimated: { says: t`Measured on random inputs, or computed without room for rounding: near the truth, but no theorem. Marked ≈.` },
  published: {
    says: t`What the authors’ formula claims. It is not sound for all weights, so it is shown for comparison only, never as a bound. Marked ?.`,
  },
  'with coins': {
    says: t`A bound from random inputs: it holds with a probability of at least 1 − δ over the coins of whoever checks it. It is no proof, and only on a frontier of its own. Marked ◐.`,
    view: 'samples',
    as: ['PAC'],
  },
  delta: {
    says: t`The probability with which coins mislead, at most: then a bound with coins may be false. The δ of several bounds add up to the probability that any of them is false.`,
    formula: t`P(all bounds hold) ≥ 1 − (δ₁ + δ₂ + …)`,
    view: 'samples',
    as: ['δ'],
  },
  coins: {
    says: t`The random choices of samples. They follow from a seed that is committed: the SHA-256 of weights, statement and method, so that nobody picks the coins that please.`,
    view: 'samples',
  },
  anytime: {
    says: t`A bound that holds for all numbers of samples at once: one may look at it as they come, and stop when it pleases. Others hold only for a number that was fixed before.`,
    view: 'samples',
  },
  'mean field': {
    says: t`An estimate from the weights alone that treats what random inputs add to each logit as independent and bell-shaped. It is often near the truth and guarantees nothing. Marked ◌.`,
    view: 'samples',
    as: ['mean-field'],
  },
  certificate: {
    says: t`A file with all that a proof needs. A small program of its own can check it against the weights, without trusting this page.`,
    as: ['certificates'],
  },
  tie: { says: t`Two answers with the same largest logit. It counts as wrong, even if one of the two is right.`, as: ['ties'] },
  // What a proof costs.
  steps: {
    says: t`What checking a proof costs, in FLOPs: each addition, multiplication, division, comparison and exponential counts one. Finding the proof is free.`,
    view: 'method',
    as: ['FLOPs', 'FLOP'],
  },
  frontier: { says: t`The proofs that no other beats: none proves as much in as few steps.`, view: 'strategies' },
  baseline: {
    says: t`What one gets without understanding: running the network on a part of all inputs proves that part of its accuracy.`,
    formula: t`a share f of all inputs: bound f · accuracy, in f · all steps`,
  },
  'unexplained dimension': {
    says: t`How many numbers a proof has to treat as arbitrary. The fewer they are, the more of the network the proof explains.`,
  },
  'brute force': {
    says: t`Running the network on every input. It gives the exact accuracy, takes the most steps and explains nothing.`,
    formula: t`steps = vᴷ · steps of one run`,
    view: 'method',
  },
  cubic: {
    says: t`A proof that goes through triples of tokens (the last, the largest and another one), so that its steps grow like the cube of the vocabulary.`,
    formula: t`O(v³ K²) steps`,
    view: 'method',
  },
  'sub-cubic': {
    says: t`A proof that goes through pairs of tokens only, since it sums up what the third one does: its steps grow like the square of the vocabulary.`,
    formula: t`O(v² K² + v² d) steps, d the width of the network`,
    view: 'strategies',
    as: ['hundred proofs'],
  },
  additivity: {
    says: t`Our proofs rest on it: which of two answers wins is the sign of a sum with one term for each position, so the worst input is found position by position.`,
    formula: t`logit_o − logit_m has the sign of Σ_p e^(score_p) · D_p`,
    view: 'method',
  },
  // The task and the network.
  K: { says: t`The number of tokens in an input. The network has to name the largest of them.` },
  seed: {
    says: t`The number that training’s random numbers start from. Models with other seeds were trained the same way and differ by chance.`,
  },
  logit: {
    says: t`The number that the network gives an answer. The answer with the largest logit is its choice.`,
    view: 'try',
    as: ['logits'],
  },
  margin: {
    says: t`The logit of the right answer less the largest other logit. The answer is right if the margin is positive.`,
    view: 'try',
    as: ['margins'],
  },
  softmax: {
    says: t`Turns scores into attention: it takes exponentials and divides by their sum, so that the parts are positive and add up to one.`,
    formula: t`attention_p = e^(score_p) / Σ e^(score)`,
  },
  QK: {
    says: t`Who attends to whom: how much the last token (the query) looks at each token (the key), before the softmax.`,
    formula: t`EQKE = E_q W_Q W_Kᵀ W_Eᵀ, [query, key]`,
    view: 'weights',
    as: ['EQKE', 'EQKP', 'attention scores', 'scores'],
  },
  OV: {
    says: t`What an attended token says: how much it adds to each answer.`,
    formula: t`EVOU = W_E W_V W_O W_U, [token, answer]`,
    view: 'weights',
    as: ['EVOU', 'PVOU', 'W'],
  },
  'direct path': {
    says: t`What the last token adds to each answer by itself, without attention. In this task it is mostly noise.`,
    formula: t`EUPU = E_q W_U, [last token, answer]`,
    view: 'weights',
    as: ['EUPU', 'EU', 'μ'],
  },
  attention: {
    says: t`How the last position divides its look at all tokens: shares that are positive and add up to one. In formulas it is a for a position, and α for all copies of a token together.`,
    formula: t`a = softmax(scores)`,
    view: 'try',
    as: ['α', 'ᾱ', 'attends'],
  },
  'largest token': {
    says: t`The right answer of an input, called m. In a case all inputs have the same one.`,
    as: ['m', 'copies'],
    view: 'why',
  },
  'last token': {
    says: t`The token at the last position, called q for query: it looks at the others, and the answer is read there.`,
    as: ['q', 'query', 'queries'],
    view: 'why',
  },
  key: { says: t`A token as it is looked at: a column of the scores.`, as: ['keys', 'k'], view: 'weights' },
  vocabulary: { says: t`All tokens that there are: v of them, from 0 to v − 1.`, as: ['v', 'token', 'tokens'] },
  width: { says: t`How many numbers the network keeps of each position: d in all, h of them for attention.`, as: ['d', 'h'] },
  answer: {
    says: t`A token that the network could name, called o for output. Each has a logit; the largest one wins.`,
    as: ['o', 'answers', 'outputs', 'output'],
    view: 'try',
  },
  sum: {
    says: t`The sign Σ adds up the term behind it, once for each value of the letter below it.`,
    formula: 'Σ_p x_p = x_1 + x_2 + …',
    as: ['Σ'],
  },
  // What is said of models and of proofs beside their bounds.
  vacuous: {
    says: t`A bound that says nothing: it is met by a network that understands nothing, or is no larger than what is clear beforehand.`,
  },
  faithfulness: {
    says: t`How much of what a network does is still done without a part of it, or by a picture of it. It is measured on some inputs, and proves nothing.`,
    view: 'weights',
    as: ['faithful'],
  },
  distribution: {
    says: t`How much each input counts. Usually all count the same; under another distribution, a bound is about the inputs that count.`,
    view: 'distribution',
    as: ['weighted', 'distributions'],
  },
  interval: { says: t`The range in which an estimate is, but for one time in twenty, if it is drawn again and again.`, as: ['intervals'] },
  quartile: {
    says: t`Of all values in order, the one at a quarter or at three quarters. What is far below the lower one is an outlier.`,
    as: ['quartiles', 'outlier', 'outliers', 'median'],
  },
  'Chernoff bound': {
    says: t`A bound on how many inputs a sum is large for: each counts by an exponential of its sum, and a product over the positions adds these up.`,
    as: ['Chernoff'],
  },
  convolution: {
    says: t`How the sums of two lists of numbers are counted: each with each, in bins. Position by position that counts the inputs whose sum may be too large.`,
    as: ['bins'],
  },
  'branch and bound': { says: t`A search that leaves out whole branches of inputs once a bound says how all of them end.` },
  // What rounding may do.
  'room for rounding': {
    says: t`What a comparison leaves for what computers round, called κ: only what holds with κ added to the wrong side counts as proven. γ_q is what a sum is bounded to lose for one query.`,
    view: 'method',
    as: ['κ', 'lost to rounding', 'slack', 'γ_q'],
  },
  'relative error': {
    says: t`What rounding does to one operation: the result is the true one times 1 + δ, with |δ| at most u = 2⁻⁵³. A chain of N of them is off by γ at most.`,
    formula: 'γ = N u / (1 − N u)',
    view: 'method',
    as: ['δ', 'γ', 'u'],
  },
  'largest difference': {
    says: t`The largest that a wrong logit may be above the right one in a case, as a proof bounds it: Δ. The case is right if it is negative.`,
    view: 'method',
    as: ['Δ'],
  },
  // How a sub-cubic proof bounds them.
  case: {
    says: t`All inputs with one largest and one last token and, in most proofs, one number of smaller tokens. A proof decides them together.`,
    view: 'why',
    as: ['cases'],
  },
  gap: {
    says: t`A distance that a proof keeps: it covers only inputs of a case whose other tokens are all at least this much smaller than the largest one.`,
    formula: t`other tokens ≤ m − gap, m the largest token`,
    view: 'why',
    as: ['gaps', 'g'],
  },
  centred: {
    says: t`A centred proof takes what average attention does to each answer exactly, and bounds only what deviates from it. An uncentred one bounds all of it by the worst answer.`,
    view: 'strategies',
    as: ['centring', 'uncentred'],
  },
  rank: {
    says: t`How many directions it takes to write a matrix. At rank one, each entry is one number for its row times one for its column.`,
    formula: t`rank 1: M = a bᵀ`,
    view: 'weights',
    as: ['rank one', 'ranks'],
  },
  SVD: {
    says: t`Singular value decomposition: a matrix as a sum of matrices of rank one, the largest first. The first ones often say nearly all.`,
    formula: 'M = σ₁ u₁ w₁ᵀ + σ₂ u₂ w₂ᵀ + …',
    view: 'weights',
  },
  'singular value': {
    says: t`The size of one direction of a matrix. If the first one is far larger than the second, one direction nearly says it all.`,
    formula: 'σ₁ ≥ σ₂ ≥ …',
    view: 'weights',
    as: ['singular values', 'σ₁', 'σ₂'],
  },
  'row difference': {
    says: t`The largest number of a row less the smallest one. Only differences matter to a softmax, as what all scores share cancels.`,
    formula: t`diff(x) = max x − min x`,
    as: ['row differences', 'diff'],
  },
  'attention error': {
    says: t`How wrong approximated attention scores of one query may be: the largest error less the smallest. A proof subtracts it from what the largest token leads by.`,
    formula: t`b_q ≥ diff_k (EQKE − approximation)[q, k]`,
    view: 'weights',
    as: ['b_q', 'b'],
  },
  'recursive error': {
    says: t`An attention error that is bounded factor by factor, without multiplying any two matrices: cheap, but each step takes the worst case of its own, and these need not meet.`,
    formula: t`diff(A B …) ≤ |A| · diff(B …), again and again`,
    view: 'weights',
  },
} as const satisfies Record<string, Entry>;

/** The name of an entry. */
export type Word = keyof typeof WORDS;
