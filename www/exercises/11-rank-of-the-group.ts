import type { Exercise } from './exercise.js';
import { plain } from './measure.js';
import type { Results } from './results.js';
import { t } from '../languages/language.js';
import { count } from '../ui/format.js';
import type { Frequencies, Power } from '../pkg/insight.js';
import type { Outcome } from '../pkg/prove.js';
import { usedIn } from '../tasks/group-operations/used.js';

const PREFIX = 'low-rank-unembed-';

/** What is proven at each rank that the model lists, the lowest first. */
async function ranks(results: Results): Promise<{ rank: number; outcome: Outcome }[]> {
  const listed = results.facts.strategies.filter(({ strategy, refused }) => strategy.startsWith(PREFIX) && refused === null);
  if (!listed.length) throw new Error(t`${results.facts.file} has no proofs with a rank: this is about networks that multiply in a group.`);
  const all = listed.map(async ({ strategy }) => ({
    rank: Number(strategy.slice(PREFIX.length)),
    outcome: await results.outcome(strategy),
  }));
  return (await Promise.all(all)).sort((a, b) => a.rank - b.rank);
}

/** Why it is that rank: the representations that the network uses, and their sizes. */
async function why(results: Results): Promise<string> {
  const waves = await results.ask<Frequencies | null>({ ask: 'frequencies' });
  if (waves) {
    const { length } = waves.frequencies;
    return t`Frequencies of its neurons: ${length}, each with a cosine and a sine. That takes 2 · ${length} = ${2 * length} numbers.`;
  }
  const used = usedIn(await results.ask<Power>({ ask: 'power' })).map(({ irrep }) => irrep);
  const squares = used.map(({ dimension }) => `${dimension}²`).join(' + ');
  return t`Representations that its neurons use: ${used.map(({ name }) => name).join(', ')}. They take ${squares} = ${used.reduce((sum, { dimension }) => sum + dimension ** 2, 0)} numbers.`;
}

export const exercise: Exercise<number> = {
  id: 'rank-of-the-group',
  title: t`Where the proof appears`,
  goal: t`Connect the rank of a proof with what a network has learned of a group.`,
  minutes: 20,
  level: 'project',
  setup: '?task=group-operations#model=Z31_s0&view=neurons&hide=claim,figure,slider,report',
  steps: [
    {
      says: t`This network adds modulo 31. A proof of rank R sees the outputs only through R numbers for each input. What is proven at each R is hidden for now.`,
    },
    {
      says: t`The network may use few of the waves that a cyclic group has.`,
      predict: { asks: t`How many frequencies do its neurons have?`, unit: '', outcome: async (results) => why(results) },
    },
    { says: t`Count them in the view Neurons. Then say where the proof appears, before you look at the bars of the view Strategies.` },
  ],
  question: { kind: 'number', asks: t`What is the lowest rank at which all inputs are proven that any rank proves?`, unit: 'R' },
  check: async (answer, results) => {
    const all = await ranks(results);
    const most = all.map(({ outcome }) => BigInt(outcome.correct)).reduce((a, b) => (b > a ? b : a));
    const found = all.find(({ outcome }) => BigInt(outcome.correct) === most);
    if (!found || !most) throw new Error(t`No rank proves anything about ${results.facts.file}. Take another model.`);
    const at = (rank: number) => all.findLast((each) => each.rank <= rank);
    if (answer === found.rank) {
      const below = at(found.rank - 1);
      const before = below ? ` ${t`Rank ${below.rank} proves ${count(below.outcome.correct)}.`}` : '';
      return {
        score: 1,
        reason: `${t`Rank ${found.rank} proves ${count(most)} of ${count(results.facts.inputs)} inputs.`}${before} ${await why(results)}`,
      };
    }
    const mine = at(answer);
    const proven = mine
      ? t`Rank ${mine.rank} proves ${count(mine.outcome.correct)} of ${count(results.facts.inputs)} inputs`
      : t`The page lists no rank below ${all[0]?.rank}`;
    if (answer < found.rank) return { score: 0, reason: t`${proven}. A higher rank proves ${count(most)}.` };
    return { score: 0, reason: t`${proven}, and so does a lower one: rank ${plain(answer)} is not the lowest.` };
  },
  hints: [
    t`A wave of one frequency is a sum of a cosine and a sine: two numbers tell it.`,
    t`Drag the slider of ranks in the view Strategies, and watch where the bars jump.`,
  ],
  shows: t`With Σ d² numbers, d the dimensions of the representations that the network uses, nothing of its outputs is left out. The proof appears there or, where some of them hardly matter, a little before. Below, a direction is missing that the network needs.`,
  reading: [
    {
      label: `The Clock and the Pizza: Two Stories in Mechanistic Explanation of Neural Networks`,
      href: 'https://arxiv.org/abs/2306.17844',
    },
    {
      label: `Unifying and Verifying Mechanistic Interpretations: A Case Study with Group Operations`,
      href: 'https://arxiv.org/abs/2410.07476',
    },
  ],
};
