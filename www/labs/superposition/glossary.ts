/** The words and symbols of this lab, each with a sentence. */

import { t } from '../../languages/language.js';
import { word as general } from '../../ui/word.js';
import type { Entry } from '../../views/glossary/words.js';

export const WORDS = {
  superposition: {
    says: t`A network keeps more features than it has dimensions: as directions that overlap a little, since few features are active at once.`,
  },
  feature: {
    says: t`A property of an input that is present or not, here a number from 0 to 1. A token has few of them.`,
    as: ['features', 'f'],
  },
  latent: {
    says: t`A number that a dictionary computes from the hidden vector, zero or positive. Ideally each stands for one feature.`,
    as: ['latents', 'a', 'amplitude', 'amplitudes'],
  },
  dictionary: {
    says: t`Directions that hidden vectors are sums of. An autoencoder learns them: it encodes a vector as few latents, and decodes it again.`,
    formula: t`a = ReLU(E z + b),  z ≈ D a`,
    as: ['dictionaries', 'autoencoder', 'autoencoders', 'encoder', 'decoder', 'E', 'D', 'z', 'ReLU'],
  },
  penalty: {
    says: t`What training adds to the error so that few latents are active. λ is its weight; s is where the logarithm bends, c how steep tanh is.`,
    formula: t`error + λ · penalty(a)`,
    as: ['penalties', 'λ', 's', 'c', 'strength'],
  },
  crosscoder: {
    says: t`One dictionary for several layers: it reads the vectors of all of them and writes each of them.`,
    as: ['crosscoders'],
  },
  Matryoshka: {
    says: t`A dictionary whose first latents are a dictionary by themselves: one for each eighth, quarter and half, and all of them.`,
    as: ['prefix', 'prefixes'],
  },
  error: {
    says: t`The share of the variance of hidden vectors that the dictionary leaves unexplained: 0 % is perfect, 100 % is as good as nothing.`,
    formula: t`FVU = E‖z − ẑ‖² / E‖z‖²`,
    as: ['FVU', 'ẑ', 'variance'],
  },
  L0: {
    says: t`How many latents are active on a token, on average. A long proof is made by the tokens with many, so the 99th percentile counts, too.`,
    as: ['active latents'],
  },
  case: {
    says: t`A proof goes through which latent is active in each layer, or none. With k active ones there are 1 + k cases in a layer, and layers multiply.`,
    formula: t`Π (1 + k), a factor for each layer`,
    as: ['cases', 'Π', 'k'],
  },
  represented: { says: t`A feature that the network keeps: its direction is longer than 0.4.` },
  recovered: { says: t`A feature of the network to which some latent points: their cosine is above 0.9.`, as: ['cosine', 'cosines'] },
  dead: { says: t`A latent that is active on fewer than one in 10,000 tokens.` },
  'co-active pairs': {
    says: t`Pairs of latents that are active together on some token. A proof has to run the layer once for each.`,
    as: ['pairs', 'pair'],
  },
  'proof length': {
    says: t`Steps to check the proof for 10,000 tokens: for each token its latents are decoded and tabulated bounds are added up; for each co-active pair the layer runs once.`,
    formula: t`tokens · (4km + 2mV + 2k) + pairs · one run;  k latents active, m numbers wide, V outputs`,
    as: ['m', 'V'],
  },
  interaction: {
    says: t`How much one latent changes what another does to a neuron of the next layer. Where it is small, the layer is a sum of what each latent does alone.`,
    as: ['interactions', 'Φ'],
  },
  dominance: {
    says: t`The share of a neuron's input that its strongest latent makes up. At 100 % the neuron sees one latent at a time.`,
    as: ['dominant'],
  },
  'ε-ball': {
    says: t`All vectors within a distance ε of what the dictionary reconstructs. The true vector is one of them, so what holds for all of them holds for it.`,
    as: ['ε'],
  },
  certified: { says: t`The proven bounds of a token's outputs leave no other output as large as the right one.` },
  'break-even': {
    says: t`The number of tokens from which on a proof by features is shorter than running the network on each token.`,
    formula: t`about (number of latents)² / 2 tokens`,
  },
} as const satisfies Record<string, Entry>;

/** A word of this lab as a button. */
export const word = (name: keyof typeof WORDS, text?: string) => general<keyof typeof WORDS>(name, text);
