import type { Exercise } from './exercise.js';
import { plain, tokensOf } from './measure.js';
import type { Results } from './results.js';
import { paper } from './reading.js';
import { t } from '../languages/language.js';

/** The case of the exercise: the largest token, which comes first, and the last one. */
const [LARGEST, LAST] = [48, 16];

/** The least margin over all inputs of the case whose other tokens are all alike. */
async function leastOfOne({ explain }: Results, n: number): Promise<number> {
  const looks = Array.from({ length: LARGEST }, (_, token) => explain.look([LARGEST, ...Array<number>(n - 2).fill(token), LAST].join()));
  return Math.min(...(await Promise.all(looks)).map(({ margin }) => margin));
}

export const exercise: Exercise<readonly number[]> = {
  id: 'one-stands-for-all',
  title: t`Why one token stands for all others`,
  goal: t`Explain the step that makes the cubic proof short.`,
  minutes: 15,
  level: 'lesson',
  setup: `#k=4&seed=123&strategy=cubic&view=try&tokens=${LARGEST},20,30,${LAST}`,
  steps: [
    {
      says: t`Look at inputs that begin with their largest token, ${LARGEST}, and end with ${LAST}. The view Try shows the margin: the logit of the right answer less the largest other logit.`,
    },
    {
      says: t`Put two different tokens between them. Then put the first of the two at both places, then the second.`,
      predict: {
        asks: t`Can a mixture have a smaller margin than both?`,
        unit: '',
        outcome: async (results) => {
          const { n } = tokensOf(results);
          const margin = async (...between: number[]) =>
            (
              await results.explain.look(
                [LARGEST, ...Array.from({ length: n - 2 }, (_, i) => between[i % between.length] ?? 0), LAST].join(),
              )
            ).margin;
          const [mixed, first, second] = await Promise.all([margin(20, 45), margin(20), margin(45)]);
          return t`20 and 45 mixed leave ${plain(mixed)}; 20 alone leaves ${plain(first)}, 45 alone ${plain(second)}.`;
        },
      },
    },
  ],
  question: {
    kind: 'tokens',
    asks: t`Find the input that begins with ${LARGEST}, ends with ${LAST}, has smaller tokens between them, and leaves the smallest margin.`,
  },
  check: async (answer, results) => {
    const { n, v } = tokensOf(results);
    if (n < 3 || v <= LARGEST)
      throw new Error(t`${results.facts.file} has no such inputs: at least 3 tokens are needed, of more than ${LARGEST}.`);
    const look = await results.explain.look(answer.join());
    const between = look.tokens.slice(1, -1);
    if (look.tokens[0] !== LARGEST || look.tokens.at(-1) !== LAST || between.some((token) => token >= LARGEST)) {
      return {
        score: 0,
        reason: t`${look.tokens.join(', ')} is another case: begin with ${LARGEST}, end with ${LAST}, and put smaller tokens between them.`,
      };
    }
    const least = await leastOfOne(results, n);
    const said = t`${look.tokens.join(', ')} leaves a margin of ${plain(look.margin)}.`;
    if (look.margin > least) return { score: 0, reason: `${said} ${t`One token, put at all places between, leaves ${plain(least)}.`}` };
    const isOne = between.every((token) => token === between[0]);
    return {
      score: 1,
      reason: `${said} ${isOne ? t`No other token, put at all places between, leaves less.` : t`One token at all places leaves ${plain(least)} at least: positions count, too, which the cubic proof takes care of.`}`,
    };
  },
  hints: [
    t`Put one token at all places between, and go through the tokens.`,
    t`Attention to a token grows with it: try those just below the largest token, then those that push another answer most.`,
  ],
  shows: t`For a given largest and last token, the worst that other tokens can do is done by one of them alone, repeated: a mean is never below its smallest part. So the cubic proof tries pairs of tokens instead of all sequences.`,
  reading: [paper(t`the cubic proof`)],
};
