/** Technical words that mean something else in this task, or are its own. */

import { t } from '../../languages/language.js';
import type { Entry } from '../../views/glossary/words.js';

export const WORDS: Readonly<Record<string, Entry>> = {
  bound: {
    says: t`A number of inputs that the network is proven to answer right at least, as a share of all pairs x, y. It is rounded down, so what is shown is never more than what is proven.`,
    formula: t`bound = inputs proven right / n²`,
  },
  steps: { says: t`What checking a proof costs, in FLOPs: each addition, multiplication, division and comparison counts one. Finding the proof is free.` },
  'brute force': {
    says: t`Running the network on every pair of elements. It gives the exact accuracy, takes the most steps and explains nothing.`,
    formula: t`steps = n² · steps of one run`,
  },
  group: { says: t`A set of elements, any two of which have a product, with an identity and inverses. Addition modulo n is one, Zₙ; Sₙ are all orders of n things.` },
  irrep: { says: t`An irreducible representation: a way to write the elements of a group as matrices that multiply as the elements do, with no smaller one inside. Its dimension d is their size.` },
  rank: {
    says: t`Through how many numbers a proof sees the outputs. An irrep of dimension d needs d², so all are needed that the network uses.`,
    formula: 'R = Σ d²',
    view: 'strategies',
  },
  seed: { says: t`The number that training’s random numbers start from. Models with other seeds were trained the same way and differ by chance.` },
};
