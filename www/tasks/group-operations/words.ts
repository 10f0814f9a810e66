/** Technical words that mean something else in this task, or are its own. */

import { t } from '../../languages/language.js';
import type { Entry } from '../../views/glossary/words.js';

export const WORDS = {
  bound: {
    says: t`A number of inputs that the network is proven to answer right at least, as a share of all pairs x, y. It is rounded down, so what is shown is never more than what is proven.`,
    formula: t`bound = inputs proven right / n²`,
  },
  steps: {
    says: t`What checking a proof costs, in FLOPs: each addition, multiplication, division and comparison counts one. Finding the proof is free.`,
  },
  'brute force': {
    says: t`Running the network on every pair of elements. It gives the exact accuracy, takes the most steps and explains nothing.`,
    formula: t`steps = n² · steps of one run`,
  },
  group: {
    says: t`A set of elements, any two of which have a product, with an identity and inverses. Addition modulo n is one, Zₙ; Sₙ are all orders of n things.`,
  },
  irrep: {
    as: ['irreps', 'representation', 'representations', 'd'],
    says: t`An irreducible representation: a way to write the elements of a group as matrices that multiply as the elements do, with no smaller one inside. Its dimension d is their size.`,
  },
  rank: {
    says: t`Through how many numbers a proof sees the outputs. An irrep of dimension d needs d², so all are needed that the network uses.`,
    formula: 'R = Σ d²',
    view: 'strategies',
    as: ['ranks'],
  },
  neuron: {
    says: t`A part of the hidden layer. It adds a number for x and a number for y, gives the sum if that is positive, else 0 (ReLU), and each output adds that up with a weight U.`,
    formula: t`ReLU(L[x] + R[y])`,
    view: 'neurons',
    as: ['neurons', 'ReLU', 'L', 'R', 'U', 'hidden layer'],
  },
  frequency: {
    says: t`How often the wave of a neuron goes round the circle of all elements, in a cyclic group. Each is an irrep of its own, with a cosine and a sine.`,
    formula: t`L[x] ≈ r cos(2πkx/n + φ)`,
    view: 'neurons',
    as: ['frequencies', 'k', 'wave', 'waves'],
  },
  phase: {
    says: t`Where the wave of a neuron begins: φ in what it reads, ψ in what it writes. Ideal neurons write at twice the phase, and their phases divide the circle evenly.`,
    view: 'neurons',
    as: ['phases', 'φ', 'ψ', 'φ_i', 'ψ_i', 'π'],
  },
  amplitude: {
    says: t`How large a wave is: r in what a neuron reads, q in what it writes. β is that at twice the frequency, γ what bias and means add, both as a part of the wave.`,
    view: 'neurons',
    as: ['amplitudes', 'β', 'γ', 'r', 'q'],
  },
  circuit: {
    says: t`Neurons that share a pattern, one at each place that the group can move it to. Together they give a logit that depends on x⁻¹ z y⁻¹ alone.`,
    formula: t`Σ υ(g⁻¹ z g′) ReLU(α(g⁻¹ x) + γ(y g′))`,
    view: 'neurons',
    as: ['circuits', 'α', 'υ', 'g', 'g′', 'places', 'ideal'],
  },
  orbit: {
    says: t`All points that the group moves one point to. A representation turns elements into motions of space, and its neurons sit at points of two orbits.`,
    view: 'neurons',
    as: ['orbits', 'points'],
  },
  integral: {
    says: t`The area under a curve. A sum over evenly spread neurons is nearly one; how nearly is a theorem, called quadrature.`,
    view: 'neurons',
    as: ['quadrature', 'boxes', 'kinks'],
  },
  'length of a list': {
    says: t`The length ‖a‖ is the root of the sum of the squares of a. A sum of products of two lists is at most the product of their lengths: the inequality of Cauchy and Schwarz.`,
    formula: 'u · a ≤ ‖u‖ ‖a‖',
    as: ['‖', 'Cauchy', 'lengths'],
  },
  unembedding: {
    says: t`The matrix U of the weights that neurons write with: a row for each output, a column for each neuron. U′ is U less its mean row.`,
    view: 'weights',
    as: ['U′', 'Û', 'AB'],
  },
  'ideal margin': {
    says: t`What the ideal network leaves between right and wrong logits. A proof takes away how far the real one may be off: s and ŝ are what real and ideal neurons give, Δ how far written weights are off.`,
    view: 'why',
    as: ['Δ', 's', 'ŝ', 'E', 'Q'],
  },
  output: {
    says: t`An element z that the network could name. Each has a logit; the largest one wins.`,
    as: ['z', 'o', 'outputs', 'answer', 'answers'],
  },
  element: {
    says: t`A member of the group; n of them are in it. The network reads two, x and y, and should answer x · y.`,
    as: ['elements', 'x', 'y', 'n', 'm'],
  },
  embedding: { says: t`What a token puts into the network: for each neuron a number.`, as: ['embeddings', 'token', 'tokens'] },
  MLP: {
    says: t`The part of a transformer with the neurons. It is multiplied out with what surrounds it to one hidden layer.`,
    as: ['hidden bias'],
  },
  attention: {
    says: t`In some transformers, how a position divides its look at the two tokens. Where that is constant, it is a part of the weights.`,
    as: ['softmax'],
  },
  seed: {
    says: t`The number that training’s random numbers start from. Models with other seeds were trained the same way and differ by chance.`,
  },
} as const satisfies Record<string, Entry>;

/** The name of an entry. */
export type GroupWord = keyof typeof WORDS;
