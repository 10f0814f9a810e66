/** How to cite what the page shows, and the papers that its methods come from. */

import type { ModelFacts, Outcome } from '../../pkg/prove.js';
import { count, percent } from '../../ui/format.js';

/** What is cited: a model and, if it has one, the result of its chosen proof. */
export interface Cited {
  facts: Pick<ModelFacts, 'file' | 'sha256' | 'canonical_sha256'>;
  /** Name and result of the chosen proof. */
  proof:
    | { label: string; strategy: string; outcome: Pick<Outcome, 'correct' | 'total' | 'percent' | 'flops' | 'most_correct'> }
    | undefined;
  /** The page's version, its address with all that is shown, and the year of the visit. */
  version: string;
  address: string;
  year: number;
}

const TITLE = 'Compact Proofs: guaranteed lower bounds on the accuracy of small transformers';

/** The claim with all digits: an exact fraction and its percentage, rounded down. */
export function claimOf({ facts, proof }: Cited): string {
  const model = `${facts.file} (SHA-256 ${facts.canonical_sha256 ?? facts.sha256})`;
  if (!proof) return `model ${model}`;
  const { correct, total, most_correct, flops, percent: digits } = proof.outcome;
  const bound = `${correct === most_correct ? 'exactly' : 'at least'} ${count(correct)}/${count(total)} of all inputs (${percent(digits)}, rounded down)`;
  return `${bound} answered right by ${model}, proven by “${proof.label}” (${proof.strategy}) in ${count(Math.round(flops))} FLOPs`;
}

export const plainText = (cited: Cited) => `${TITLE}, version ${cited.version}, ${cited.year}. ${cited.address}\n${claimOf(cited)}.`;

/**
 * What LaTeX would read as commands or as the end of the field; and signs outside ASCII that old
 * BibTeX cannot sort.
 */
const escaped = (text: string) =>
  text
    .replace(/[\\{}]/g, '')
    .replace(/[_%&#$]/g, '\\$&')
    .replaceAll('\u00a0', ' ')
    .replaceAll('“', '``')
    .replaceAll('”', "''");

export const bibTeX = (cited: Cited) => `@misc{compactproofs${cited.year},
  title = {{${TITLE}}},
  year = {${cited.year}},
  howpublished = {\\url{${cited.address.replace(/[{}\\]/g, encodeURIComponent)}}},
  note = {Version ${cited.version}: ${escaped(claimOf(cited))}}
}`;

/** The file CITATION.cff, which repositories have. A text in JSON is one in YAML. */
export const cff = (cited: Cited) => `cff-version: 1.2.0
message: Please cite what this page proves as follows.
type: software
title: ${JSON.stringify(TITLE)}
authors:
  - name: Compact Proofs
version: ${JSON.stringify(cited.version)}
url: ${JSON.stringify(cited.address)}
abstract: ${JSON.stringify(claimOf(cited).replaceAll('\u00a0', ' '))}
`;

/**
 * A paper that a method comes from: a line to read, and its number in the arXiv where it is there.
 */
export const PAPERS: readonly { text: string; arxiv?: string }[] = [
  {
    text: 'Jason Gross, Rajashree Agrawal, Thomas Kwa, Euan Ong, Chun Hei Yip, Alex Gibson, Soufiane Noubir, Lawrence Chan: Compact Proofs of Model Performance via Mechanistic Interpretability. NeurIPS 2024. Brute force, the cubic and the sub-cubic proofs, and the recipe of these models.',
    arxiv: '2406.11779',
  },
  {
    text: 'Wilson Wu, Louis Jaburi, Jacob Drori, Jason Gross: Unifying and Verifying Mechanistic Interpretations: A Case Study with Group Operations. 2024. Proofs by irreps, and the recipe of networks for groups.',
    arxiv: '2410.07476',
  },
  {
    text: 'Chun Hei Yip, Rajashree Agrawal, Lawrence Chan, Jason Gross: Modular addition without black-boxes: Compressing explanations of MLPs that compute numerical integration. 2024. Quadrature.',
    arxiv: '2412.03773',
  },
  {
    text: 'Ziqian Zhong, Ziming Liu, Max Tegmark, Jacob Andreas: The Clock and the Pizza: Two Stories in Mechanistic Explanation of Neural Networks. NeurIPS 2023. The recipe of networks for modular addition, and a public one.',
    arxiv: '2306.17844',
  },
  { text: 'Nicholas J. Higham: Accuracy and Stability of Numerical Algorithms. SIAM 2002. The rules for rounding errors.' },
];
