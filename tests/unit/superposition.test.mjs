// The lab of superposition without a page: what is trained, curves, the comparison at equal error,
// and its sentences.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const { PENALTIES } = await import('../../www/labs/superposition/penalties.ts');
const { labOf, parsePenalties, planOf, read: readAddress, seedsOf } = await import('../../www/labs/superposition/settings.ts');
const { against, atEqualError, linesOf } = await import('../../www/labs/superposition/compare.ts');
const { claim, winner } = await import('../../www/labs/superposition/verdict.ts');
const { Run } = await import('../../www/labs/superposition/run.ts');
const { tableOf } = await import('../../www/labs/superposition/numbers.ts');

const read = (hash = '') => readAddress({ search: '', hash }, (problem) => assert.fail(problem));
const factsOf = (penalty) => PENALTIES.find((each) => each.penalty === penalty);
const measured = (fvu, length) => ({ fvu, length: { length }, latents: 20 });
const provenOf = (flops, loss, certified) => ({
  tokens: 1000,
  claimed_loss: loss / 2,
  methods: [
    { method: 'features', flops: 1, loss: 9, certified: 0, errors: [9] },
    { method: 'sums', flops, loss, certified, errors: [loss] },
  ],
});
/** Results of a penalty: an error and a length for each strength. */
const results = (penalty, seed, ...points) =>
  points.map(([fvu, length], i) => ({
    facts: factsOf(penalty),
    strength: i + 1,
    seed,
    index: 10 * PENALTIES.indexOf(factsOf(penalty)) + i,
    measures: [measured(fvu, length)],
    proven: [provenOf(length, fvu, 500)],
  }));

test('each seed trains every penalty at every strength; Matryoshka dictionaries have prefixes instead', () => {
  const plan = planOf(read());
  assert.equal(plan.length, 16);
  assert.deepEqual([...new Set(plan.map(({ facts }) => facts.penalty))], ['l1', 'log1p', 'prod1p', 'tanh']);
  assert.ok(plan.every(({ settings }) => settings.lambda > 0 && settings.latents === 20));
  assert.equal(planOf(read('#kind=matryoshka')).length, 4);
  const kept = planOf(read('#penalties=top-k&latents=2')).map(({ settings }) => settings.k);
  assert.ok(kept.every((k) => k >= 1 && k <= 2), 'no more latents are kept than there are');
  const settings = read('#features=4&hidden=9&seed=7&seeds=2');
  assert.deepEqual(seedsOf(settings), [7, 8]);
  const lab = labOf(settings, planOf(settings), 8);
  assert.equal(lab.toy.hidden, 4, 'a network has no more dimensions than features');
  assert.ok([lab.toy, ...lab.dictionaries].every(({ seed }) => seed === 8));
});

test('penalties of an address come in their order, and unknown ones are refused', () => {
  assert.equal(parsePenalties('tanh,l1,tanh'), 'l1,tanh');
  for (const text of ['', 'l2', 'l1,', 'l1,l2']) assert.equal(parsePenalties(text), undefined, text);
});

test('curves are means over seeds, with single seeds beside them, and claimed losses beside proven ones', () => {
  const all = [...results('l1', 0, [0.1, 100], [0.2, 50]), ...results('l1', 1, [0.4, 100], [0.2, 200])];
  const [line] = linesOf(all, 'error');
  assert.deepEqual(line.means.map(({ across, up }) => [Math.round(across), up.toFixed(3)]), [[100, '0.200'], [100, '0.200']]);
  assert.equal(line.beside.length, 4);
  assert.deepEqual(linesOf(all.slice(0, 2), 'error')[0].beside, [], 'one seed is its own mean');
  const [losses] = linesOf(all.slice(0, 2), 'loss');
  assert.deepEqual(losses.beside.map(({ up }) => up.toFixed(2)), losses.means.map(({ up }) => (up / 2).toFixed(2)));
  assert.deepEqual(linesOf(all, 'certified')[0].means.map(({ up }) => up), [0.5, 0.5]);
  assert.deepEqual(linesOf(all.map((each) => ({ ...each, proven: undefined })), 'loss'), []);
});

test('each prefix of a Matryoshka dictionary has what is measured and what is proven of it', () => {
  const [facts, prefixes] = [factsOf('l1'), [[0.4, 100, 50], [0.1, 900, 800]]];
  const of = {
    facts,
    strength: 1,
    seed: 0,
    index: 0,
    measures: prefixes.map(([fvu, length]) => measured(fvu, length)),
    proven: prefixes.map(([fvu, length, certified]) => provenOf(length, fvu, certified)),
  };
  for (const [look, ups] of [['error', ['0.40', '0.10']], ['loss', ['0.40', '0.10']], ['certified', ['0.05', '0.80']]]) {
    const [{ means }] = linesOf([of], look);
    assert.deepEqual(means.map(({ prefix, up }) => [prefix, up.toFixed(2)]), ups.map((up, i) => [i, up]), look);
  }
  assert.deepEqual(tableOf([of]).rows.map((row) => row.at(-4)), [50, 800]);
});

test('lengths are compared at an error that all penalties reach, on lines between points, by seeds that are complete', () => {
  const seed = (n, factor) => [
    ...results('l1', n, [0.1, 400], [0.4, 100]),
    ...results('prod1p', n, [0.1, 400 * factor], [0.4, 100 * factor]),
  ];
  const comparison = atEqualError([...seed(0, 2), ...seed(1, 3), ...results('l1', 2, [0.1, 1])], 4);
  assert.deepEqual(comparison.seeds, [0, 1], 'the third seed is not complete');
  assert.equal(comparison.error.toFixed(3), '0.200');
  const [l1, product] = comparison.rows;
  assert.deepEqual([l1.facts.penalty, ...l1.lengths.map(Math.round)], ['l1', 200, 200]);
  assert.deepEqual(product.lengths.map(Math.round), [400, 600]);
  const { wins, least, most } = against(product, l1);
  assert.deepEqual([wins, least.toFixed(6), most.toFixed(6)], [0, '2.000000', '3.000000']);
  assert.equal(atEqualError(results('l1', 0, [0.1, 400]), 1), undefined, 'one penalty is compared with nothing');
  assert.equal(atEqualError([], 4), undefined);
});

test('a point that another beats does not count, and past its last point a curve stays where it was', () => {
  const all = [...results('l1', 0, [0.1, 400], [0.2, 900], [0.3, 300]), ...results('tanh', 0, [0.5, 50], [0.6, 40])];
  const { error, rows } = atEqualError(all, 5);
  assert.equal(error, 0.5, 'the least error that all reach');
  assert.deepEqual(rows.map(({ facts, mean }) => [facts.penalty, Math.round(mean)]), [['tanh', 50], ['l1', 300]]);
});

test('the sentences say what the numbers say: who wins, on how many seeds, and whether the claim holds', () => {
  const comparison = (...factors) =>
    atEqualError(
      factors.flatMap((factor, n) => [
        ...results('l1', n, [0.1, 4e6], [0.4, 1e6]),
        ...results('prod1p', n, [0.1, 4e6 * factor], [0.4, 1e6 * factor]),
      ]),
      4,
    );
  assert.match(
    winner(comparison(2)),
    /\(20\s% of the variance is left\), L1 leaves the shortest proof: 2\.00\sM steps, against product 4\.00\sM\. This is one seed/,
  );
  assert.match(
    winner(comparison(2, 3)),
    /L1 leaves the shortest proof on 2 of 2 seeds: 2\.00\sM steps on average \(2\.00\sM to 2\.00\sM\), against product 5\.00\sM \(4\.00\sM to 6\.00\sM\)\./,
  );
  assert.match(claim(comparison(2, 3)), /Here it does not: its proofs are 150\s% longer on average \(100\s% to 200\s%\)\./);
  assert.match(claim(comparison(0.5, 0.75)), /Here it does: its proofs are 38\s% shorter on average \(25\s% to 50\s%\)\./);
  assert.match(claim(comparison(0.5, 2, 3)), /undecided: it does on 1 of 3 seeds\./);
  assert.equal(claim(atEqualError([...results('l1', 0, [0.1, 4]), ...results('tanh', 0, [0.1, 2])], 2)), '');
});

test('a run collects what its workers say, and knows how much is done', () => {
  const run = new Run(read('#penalties=l1&seeds=2'));
  assert.equal(run.plan.length, 4);
  const progress = (seed, done) => ({
    kind: 'progress',
    seed,
    progress: { stage: 'dictionaries', done, of: 10 },
    watched: [{ index: 1, state: { seed } }],
  });
  run.hear({ ...progress(0, 5), measured: { index: 2, measures: [measured(0.5, 9)] } });
  run.hear(progress(1, 10));
  assert.equal(run.states.get(1).seed, 0, 'only the first seed is shown');
  assert.equal(run.share.toFixed(3), '0.675');
  assert.deepEqual([run.results.length, run.trained.length, run.isDone], [1, 0, false]);
  for (const seed of [0, 1])
    for (const index of [3, 2, 1, 0])
      run.hear({ kind: 'result', seed, index, measures: [measured(0.1, 9)], proven: [provenOf(7, 0.1, 1)] });
  run.hear(progress(0, 10));
  assert.ok(run.isDone);
  assert.equal(run.share, 1);
  assert.deepEqual(run.results.map(({ seed, index }) => 10 * seed + index), [0, 1, 2, 3, 10, 11, 12, 13]);
  assert.equal(run.indexOf(factsOf('l1'), 1), 2);
  const { columns, rows } = tableOf(run.results);
  assert.ok(rows.length === 8 && rows.every((row) => row.length === columns.length));
});
