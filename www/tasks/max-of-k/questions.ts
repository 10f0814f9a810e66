/** What someone who is new to this task may ask, and where the page answers it. */

import { t } from '../../languages/language.js';
import type { Question } from '../../views/questions/questions.js';

export const QUESTIONS: readonly Question[] = [
  { asks: t`Which inputs does the network get wrong?`, view: 'try', at: 'try-find' },
  { asks: t`Where does the cubic proof lose inputs, and to what?`, view: 'why', at: 'why-parts', strategy: 'cubic' },
  { asks: t`What would prove more than the cubic proof?`, view: 'why', at: 'why-not-more', strategy: 'cubic' },
  { asks: t`Why do proofs by SVD alone say nothing?`, view: 'strategies', at: 'svd-alone' },
  { asks: t`Why is the recursive error so much larger than the exact one?`, view: 'weights', at: 'recursive-error' },
  { asks: t`How can a program be trusted to have proven that?`, view: 'method', at: 'method-machine' },
];
