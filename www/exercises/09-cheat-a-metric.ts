import type { Exercise } from './exercise.js';
import { plain, tokensOf } from './measure.js';
import type { Results } from './results.js';
import { t } from '../languages/language.js';
import { briefly } from '../ui/format.js';
import type { AttentionFacts } from '../pkg/prove.js';

/** The proof that rests on σ₂, the largest singular value of what rank 1 leaves. */
const STRATEGY = 'EUPU-max-diff-exact--attn-mean-query+diff--attn-err-svd';

const ratioOf = async (results: Results) => (await results.ask<AttentionFacts>({ ask: 'attention' })).sigma_ratio ?? Infinity;
const measured = async (results: Results) => ({ ratio: await ratioOf(results), outcome: await results.outcome(STRATEGY) });

export const exercise: Exercise<number> = {
  id: 'cheat-a-metric',
  title: t`Cheat a metric`,
  goal: t`Show that a number that goes with good proofs does not make them.`,
  minutes: 15,
  level: 'project',
  compares: true,
  setup: `#k=4&seed=123&strategy=${encodeURIComponent(STRATEGY)}&scale=ratio`,
  steps: [
    {
      says: t`σ₁/σ₂ says how much larger the first direction of attention is than the second. The figure shows it for every model of the gallery, with what the chosen proof proves about each.`,
    },
    {
      says: t`The more of attention is in one direction, the more should a proof with one direction prove.`,
      predict: {
        asks: t`What is σ₁/σ₂ of the open model?`,
        unit: '',
        outcome: async (results) => `${plain(await ratioOf(results))}.`,
      },
    },
    {
      says: t`Suppose that someone chooses models by σ₁/σ₂, because it is quick to compute. A click on a mark opens that model; “Set the page up again” leads back.`,
    },
  ],
  question: {
    kind: 'number',
    asks: t`Name the seed of a model with as many tokens that has a higher σ₁/σ₂ than the open one, and about which the chosen proof proves less.`,
    unit: t`seed`,
  },
  check: async (answer, results) => {
    const here = await measured(results);
    const there = await measured(await results.other({ k: String(tokensOf(results).n), seed: String(answer) }));
    const [ratio, bound] = [there.ratio > here.ratio, there.outcome.bound < here.outcome.bound];
    const said = t`With seed ${answer}, σ₁/σ₂ is ${plain(there.ratio)}, here ${plain(here.ratio)}; the proof proves ${briefly(there.outcome.percent)}, here ${briefly(here.outcome.percent)}.`;
    if (ratio && bound) return { score: 1, reason: `${said} ${t`The metric prefers the model with the worse proof.`}` };
    if (ratio) return { score: 0.5, reason: `${said} ${t`The metric is higher, and so is the bound: this model agrees with the metric.`}` };
    return { score: 0, reason: `${said} ${t`The metric has to be higher there.`}` };
  },
  hints: [
    t`Look for marks that are further right than the open model, and lower.`,
    t`Point at a mark, or go through them with the arrow keys: its seed is named below the figure.`,
  ],
  shows: t`A metric that goes with a good result on average can be raised without it: Goodhart’s law. A proof cannot be cheated like that, since it is about the result itself.`,
  reading: [{ label: t`Goodhart’s law`, href: 'https://en.wikipedia.org/wiki/Goodhart%27s_law' }],
};
