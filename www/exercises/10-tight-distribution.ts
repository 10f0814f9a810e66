import type { Exercise } from './exercise.js';
import { plain, tokensOf } from './measure.js';
import { paper } from './reading.js';
import { t } from '../languages/language.js';
import { briefly } from '../ui/format.js';

/** A cheap proof. */
const STRATEGY = 'EUPU-max-diff-exact--attn-mean-query+diff--attn-err-max-diff';
/** What it has to prove, as a part: the accuracy is at most 1. */
const TIGHT = 0.95;
/**
 * How many different largest tokens must be left, as a part of the vocabulary, and how much one may
 * weigh.
 */
const [LEFT, MOST] = [1 / 4, 1 / 4];

export const exercise: Exercise<string> = {
  id: 'tight-distribution',
  title: t`Inputs that a cheap proof understands`,
  goal: t`Find where a proof is tight, by choosing which inputs count.`,
  minutes: 20,
  level: 'project',
  setup: `#k=4&seed=123&strategy=${encodeURIComponent(STRATEGY)}&view=distribution`,
  steps: [
    {
      says: t`The chosen proof is among the shortest. So far all inputs weigh the same.`,
      predict: {
        asks: t`How much does it prove of the inputs that have their largest token twice or more?`,
        unit: '%',
        outcome: async (results) =>
          t`${briefly((await results.explain.weighted(STRATEGY, 'copies>=2')).percent)}, and ${briefly((await results.outcome(STRATEGY)).percent)} of all inputs.`,
      },
    },
    { says: t`The view Why shows where it loses: which largest and last tokens, and how many copies of the largest.` },
    { says: t`In the view Distribution, leave inputs out or let them weigh less. The figure and the claim follow.` },
  ],
  question: {
    kind: 'distribution',
    asks: t`Design a distribution under which the chosen proof proves at least ${100 * TIGHT} %, and that still has a quarter of all tokens as the largest, none of which weighs more than a quarter.`,
  },
  check: async (answer, results) => {
    const { v } = tokensOf(results);
    const { about, worst, parts } = await results.explain.distribution(answer);
    if (worst) return { score: 0, reason: t`It looks at the worst class only. Weigh all inputs that it has.` };
    const bound = await results.explain.weighted(STRATEGY, answer);
    const largest = parts[0].filter((part) => part > 0).length;
    const heaviest = Math.max(...parts[0]);
    const said = t`Over ${about || t`all inputs`}, it proves ${briefly(bound.percent)}.`;
    if (largest < LEFT * v)
      return { score: 0, reason: `${said} ${t`But only ${largest} of ${v} tokens can be the largest. Keep ${Math.ceil(LEFT * v)}.`}` };
    if (heaviest > MOST)
      return { score: 0, reason: `${said} ${t`But one largest token has ${plain(100 * heaviest)} % of all weight. Spread it.`}` };
    if (bound.bound < TIGHT) {
      const whole = await results.outcome(STRATEGY);
      return {
        score: 0,
        reason: `${said} ${t`Over all inputs it proves ${briefly(whole.percent)}. ${plain(100 * (TIGHT - bound.bound))} points are missing.`}`,
      };
    }
    return {
      score: 1,
      reason: `${said} ${t`So it misses at most ${plain(Math.ceil(1e4 * (1 - bound.bound)) / 100)} points of the accuracy. ${largest} of ${v} tokens can be the largest.`}`,
    };
  },
  hints: [
    t`With more copies of the largest token, attention has less to go wrong.`,
    t`One limit alone is not enough. Have at least three copies, and leave the small largest tokens out.`,
  ],
  shows: t`A bound is about the inputs that are weighed. A cheap proof understands most of the network on a part of the inputs, and what it does not understand sits in a few kinds of inputs, which can be named.`,
  reading: [paper(t`where bounds are loose`)],
};
