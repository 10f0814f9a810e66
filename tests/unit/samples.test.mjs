// The view of samples, without a page: settings in addresses, and what is said of a bound that is
// no proof.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import './typescript.mjs';

const { format, METHODS, parse, USUAL } = await import('../../www/views/samples/plan.ts');
const { claimedBy, differences } = await import('../../www/views/samples/claimed.ts');
const { boundOf, estimateOf, held, KINDS, reached, residualOf, riskOf } = await import('../../www/views/samples/words.ts');
const { tableOf } = await import('../../www/views/samples/tables.ts');
const { proven } = await import('../../www/views/frontier/points.ts');
const { frontierTable } = await import('../../www/views/frontier/table.ts');
const { claimOf } = await import('../../www/views/claim/claim.ts');

const plain = (text) => text.replaceAll('\u00a0', ' ');

const shipped = JSON.parse(readFileSync(new URL('../../www/models/max-of-k/first-paint.json', import.meta.url)));
const best = shipped.metrics.frontier;
const proofs = shipped.facts.strategies.map((facts) => ({
  facts,
  job: { state: 'idle' },
  shipped: true,
  frontier: best.includes(facts.strategy),
  outcome: shipped.outcomes.find(({ strategy }) => strategy === facts.strategy),
}));
const task = { inputs: () => 'all 16,777,216 inputs' };
const model = { facts: shipped.facts, proofs, task, uncertain: [] };
const onlyBrute = { ...model, proofs: proofs.filter(({ facts }) => facts.strategy === 'brute-force') };
const brute = onlyBrute.proofs[0].outcome;

const sampled = {
  strategy: 'clopper-pearson', label: 'Clopper–Pearson', certainty: 'pac', delta: 1e-3, samples: 1000, right: 1000,
  bound: 0.9931, percent: '99.3100', correct: '16661453', flops: 5.2e7,
};
const estimate = { certainty: 'estimate', method: 'mean-field', label: 'Mean field', idea: 'Gaussians.', accuracy: 0.998, percent: '99.8000', flops: 1e6 };

test('a certificate says what is drawn again, and each field that comes out otherwise is named', () => {
  const fields = { certificate: 4, method: 'anytime', samples: 5_000_000, drawn: 60, delta: '0.001', seed: '', proof: 'cubic', right: 59 };
  const text = JSON.stringify(fields);
  const claimed = claimedBy({ file: 'mine.json', text });
  assert.deepEqual([claimed.choice, claimed.drawn], [{ method: 'anytime', delta: 1e-3, samples: 5_000_000, proof: 'cubic', seed: '' }, 60]);
  assert.deepEqual(differences(claimed, text), []);
  const forged = claimedBy({ file: 'mine.json', text: JSON.stringify({ ...fields, proof: null, right: 60, more: 1 }) });
  assert.deepEqual(differences(forged, text), ['“proof” is null, expected "cubic".', '“right” is 60, expected 59.', '“more” is 1, expected missing.']);
  for (const wrong of [{ method: 'guess' }, { samples: 0 }, { drawn: 1.5 }, { delta: 0.001 }, { delta: '0.9' }, { seed: 1 }, { proof: 3 }]) {
    assert.throws(() => claimedBy({ file: 'mine.json', text: JSON.stringify({ ...fields, ...wrong }) }), /mine\.json does not say what was drawn/);
  }
});

test('settings survive an address, and what it cannot mean is no setting', () => {
  const choices = [
    USUAL,
    { method: 'clopper-pearson', delta: 1e-6, samples: 10_000, proof: 'cubic', seed: '' },
    { method: 'bernstein', delta: 0.05, samples: 2, proof: '', seed: 'mine; and; yours' },
    ...METHODS.map((method) => ({ ...USUAL, method, seed: 'ä' })),
  ];
  for (const choice of choices) assert.deepEqual(parse(format(choice)), choice);
  assert.equal(format(USUAL), 'clopper-pearson;0.001;500');
  const bad = ['', 'anytime', 'anytime;0.001', 'anytime;0;10', 'anytime;0.6;10', 'anytime;1e-13;10', 'anytime;NaN;10', 'anytime;0.1;0', 'anytime;0.1;1.5', 'anytime;0.1;-1', 'anytime;0.1;1e3', 'anytime;0.1;9999999999', 'other;0.1;10'];
  for (const text of bad) assert.equal(parse(text), undefined, text);
});

test('a claim with coins says its probability, and what it risks comes from the proofs that there are', () => {
  const bound = boundOf(sampled, 'id', onlyBrute);
  assert.equal(plain(bound.claim), 'Right on at least 99.31 % of all 16,777,216 inputs, with probability at least 99.9 % over the coins, in 52.0 M steps.');
  assert.equal(
    plain(bound.against),
    'To the right, “Brute force” proves as much for certain, in 851,000 M steps, 16,000 times as many. '
      + 'The risk: with a probability of up to 0.1 % (1 in 1,000) the coins mislead, and then fewer inputs may be right than this says.',
  );
  assert.ok(brute.flops / sampled.flops > 16_000 && brute.flops / sampled.flops < 16_900);
  // Where a proof is as short, samples are worth nothing, and where no proof reaches, that is said.
  assert.match(riskOf(sampled, model), /^To the right, “.+” proves as much .+ times as many\. But “.+” proves as much for certain in [\d.]+\sM steps, fewer than with coins\. The risk:/);
  assert.match(riskOf({ ...sampled, bound: 0.999999 }, model), /^No proof here reaches as much: “.+” proves 99\.9\d\s%\. The risk:/);
  assert.match(riskOf(sampled, { ...model, proofs: [] }), /^The risk:/);
  assert.deepEqual([1e-3, 1e-6, 1e-12, 0.5, 0.003].map(held).map(plain), ['99.9 %', '99.9999 %', '99.9999999999 %', '50 %', '99.7 %']);
});

test('a proof whose residual coins bound is a bound with coins, named by what they chose', () => {
  const found = { strategy: 'EUPU-none', drawn: 'signs', samples: 128, delta: 1e-3, key: 'ab'.repeat(32), correct: '7', total: '16777216', bound: 0.5, percent: '50.0000', failing: 0, flops: 2e6, exact_flops: 1e6 };
  const bound = residualOf(found, model);
  assert.deepEqual([bound.certainty, bound.delta, bound.correct, bound.id], ['pac', 1e-3, '7', 'residual-abababababababab']);
  assert.equal(bound.label, 'Sub-cubic, 128 random signs of the residual');
  assert.match(plain(bound.claim), /^Right on at least 50\.00 % of all 16,777,216 inputs, with probability at least 99\.9 % over the coins, in 2\.00 M steps\.$/);
  assert.notEqual(residualOf({ ...found, drawn: 'rows', key: 'cd'.repeat(32) }, model).id, bound.id);
});

test('an estimate says that it guarantees nothing, and how far off it is where the truth is known', () => {
  const bound = estimateOf(estimate, onlyBrute);
  assert.deepEqual([bound.certainty, bound.delta, bound.correct, bound.bound], ['estimate', 0, null, 0.998]);
  assert.match(bound.claim, /^About 99\.80\s% .* guarantees nothing\.$/);
  const off = Math.abs(Number(brute.percent) - 99.8).toFixed(2);
  assert.ok(bound.against.includes(`it is off by ${off} points`), bound.against);
  assert.match(estimateOf(estimate, { ...model, proofs: [] }).against, /Nothing says how far it is from the truth\.$/);
});

test('what is no proof is a point of its kind, never one of a class, and not under a distribution', () => {
  const uncertain = [boundOf(sampled, 'id', model), estimateOf(estimate, model)];
  const points = proven({ ...model, uncertain }).points;
  assert.deepEqual(points.slice(-2).map(({ id, certainty, delta, role }) => [id, certainty, delta, role]), [['id', 'pac', 1e-3, 'chance'], ['mean-field', 'estimate', 0, 'chance']]);
  assert.ok(points.slice(0, -2).every(({ certainty, delta }) => certainty === 'proof' && delta === 0));
  assert.ok(points.every(({ unexplained_dimension }) => unexplained_dimension > 0));
  // The marks that legends and tables show are those that Rust draws.
  const drawn = readFileSync(new URL('../../src/frontier.rs', import.meta.url), 'utf8');
  for (const [kind, name] of [['pac', 'Half'], ['estimate', 'Dots']]) assert.ok(drawn.includes(`"${KINDS[kind].mark}")]\n    ${name},`), kind);
  // Claims of proofs are as they were.
  assert.match(claimOf({ ...model, uncertain }, proofs[0]), /^Right on /);
});

test('files and tables say of each number how certain it is', () => {
  const uncertain = [{ ...boundOf(sampled, 'id', model), frontier: true }, estimateOf(estimate, model)];
  const some = proofs.filter(({ frontier }) => frontier);
  const view = tableOf(model, uncertain, some[0]);
  assert.ok(view.rows.length < 9 && view.rows.some(([, strategy]) => strategy === 'brute-force') && view.rows.some(([, strategy]) => strategy === some[0].facts.strategy));
  for (const table of [view, frontierTable({ ...model, uncertain }, some, { others: [], spread: [] })]) {
    const at = (key) => table.columns.findIndex((column) => column.key === key);
    const of = (...keys) => table.rows.slice(-3).map((row) => keys.map((key) => row[at(key)]));
    const [proof, ...others] = of('certainty', 'delta', 'bound', 'correct', 'frontier');
    assert.deepEqual([proof[0], proof[1]], ['proof', 0]);
    assert.deepEqual(others, [['pac', 1e-3, 0.9931, 16661453n, true], ['estimate', null, 0.998, null, false]]);
  }
});

test('steps to reach a part of all inputs, with coins and without: only coins that mislead seldom count, and no estimate', () => {
  const as = (id, delta, bound, flops, certainty = 'pac') => ({ ...boundOf({ ...sampled, delta, bound, flops }, id, onlyBrute), certainty });
  const uncertain = [as('a', 1e-3, 0.95, 10), as('b', 1e-2, 0.9999, 5), as('c', 1e-6, 0.991, 20), as('d', 1e-9, 1, 1, 'estimate')];
  const found = reached(onlyBrute, uncertain);
  assert.deepEqual(found.map(({ share, withCoins }) => [share, withCoins.flops, withCoins.delta]), [[0.9, 10, 1e-3], [0.99, 20, 1e-6], [0.999, brute.flops, 0]]);
  assert.ok(found.every(({ proof }) => proof.flops === brute.flops));
  assert.deepEqual(reached({ proofs: [] }, []).map(({ proof, withCoins }) => [proof, withCoins]), Array(3).fill([undefined, undefined]));
});
