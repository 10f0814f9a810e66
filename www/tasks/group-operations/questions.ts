/** What someone who is new to this task may ask, and where the page answers it. */

import { t } from '../../languages/language.js';
import type { Question } from '../../views/questions/questions.js';

export const QUESTIONS: readonly Question[] = [
  { asks: t`Through how few numbers can a proof see the outputs?`, view: 'strategies' },
  { asks: t`Why does such a proof begin at one rank, and why there?`, view: 'method', at: 'method-low-rank' },
  { asks: t`Where does the margin of an input go?`, view: 'why' },
  { asks: t`What do the neurons do?`, view: 'neurons' },
  { asks: t`Why do proofs by irreps hold, and where do they fail?`, view: 'method', at: 'method-irreps' },
];
