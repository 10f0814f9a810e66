// The lab of training: recipes in addresses, and what is said of a network before and after.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const { hashOf, settingsOf } = await import('../../www/labs/settings.ts');
const { FIELDS, fileOf, goalOf, tuningOf, usualSteps } = await import('../../www/labs/training/settings.ts');
const { best, by, classes, integral, shortest, shortestOfMost } = await import('../../www/labs/training/proven.ts');
const { accuracy, learned, said } = await import('../../www/labs/training/said.ts');
const { some } = await import('../../www/labs/training/proofs.ts');
const { risen } = await import('../../www/labs/training/figures.ts');

const read = (hash) => settingsOf(FIELDS, { search: '', hash }, (problem) => assert.fail(problem));

test('a link says the whole recipe', () => {
  const usual = read('');
  assert.equal(usual.do, 'nothing');
  const settings = { ...usual, do: 'both', k: 3, seed: 4_294_967_295, steps: 10, tuning: 20, direct: 0.35, bound: 0 };
  assert.deepEqual(read(hashOf(FIELDS, settings)), settings);
  assert.deepEqual(tuningOf(settings), {
    seed: 0, steps: 20, batch: 128, learning_rate: 0.002, weights: { attention: 0.02, ov: 0.02, positions: 0.02, direct: 0.35, bound: 0 },
  });
});

test('a link says which task, and its file has the name of galleries', () => {
  const addition = read('#task=addition&modulus=59&steps=8000&seed=1');
  assert.deepEqual([goalOf(addition), fileOf(addition)], [{ group: 'Z59' }, 'Z59_s1.safetensors']);
  assert.equal(read(hashOf(FIELDS, addition)).modulus, 59);
  const group = read('#task=group&group=A5');
  assert.deepEqual([goalOf(group), fileOf(group)], [{ group: 'A5' }, 'A5_s123.safetensors']);
  assert.deepEqual([goalOf(read('')), fileOf(read(''))], [{ k: 4 }, 'max4_v64_s123.safetensors']);
  assert.deepEqual([read(''), addition, { ...addition, modulus: 31 }, group].map(usualSteps), [3000, 8000, 12_000, 4000]);
});

const CLASSES = [
  { class: 'cubic', label: 'Cubic', role: 'cubic' }, { class: 'additive (ours)', label: 'Ours', role: 'ours' },
  { class: 'low-rank EU', label: 'Low-rank EU', role: 'published' }, { class: 'quadratic QK & EU', label: 'Quadratic', role: 'published' },
];
const network = (proofs, correct) => ({
  facts: { classes: CLASSES },
  proofs: proofs.map(([strategy, name, bound, upper]) => ({
    facts: { strategy, label: strategy, class: name, visits_inputs: strategy === 'exact' },
    outcome: { bound, percent: (100 * bound).toFixed(4), flops: 1_250_000, correct: '7', most_correct: upper ?? null },
  })),
  sampled: { correct, samples: 20_000, interval: [0, 1] },
  ratio: 5,
});

test('of integrals the best proven one is told, and none that proves no more than nothing', () => {
  const rule = (strategy, ...errors) => ({ strategy, frequencies: errors.map((error, i) => ({ frequency: i + 1, absolute: { at_least: 0, at_most: error } })) });
  assert.equal(integral({}), undefined);
  assert.equal(integral({ integrals: [rule('quadrature-boxes', null, 0.85)] }), undefined);
  const integrals = [rule('quadrature-boxes', 0.8, 0.9, null), rule('quadrature-kinks', 0.5, 0.2, 0.9)];
  assert.deepEqual(integral({ integrals }), { frequency: 2, error: 0.2, strategy: 'quadrature-kinks', telling: 2 });
});

test('the proof that gained most is told, and that the network is another one', () => {
  const before = network([['a', 'quadratic QK & EU', 0.00628], ['b', 'quadratic QK & EU', 0.39173], ['cubic', 'cubic', 0.96]], 19_990);
  const after = network([['a', 'quadratic QK & EU', 0.98204], ['b', 'quadratic QK & EU', 0.99998], ['cubic', 'cubic', 1], ['exact', 'additive (ours)', 0.99999, '7']], 20_000);
  assert.deepEqual(classes(after).map((each) => each.class), ['quadratic QK & EU', 'cubic'], 'of which there are proofs');
  assert.equal(shortest(after), 'quadratic QK & EU');
  assert.equal(best(after, shortest(after)).percent, '99.9980');
  assert.equal(best(after, 'low-rank EU'), undefined);
  assert.equal(by(after, 'cubic').bound, 1);
  assert.equal(accuracy(before), '≈ 99.95\u00a0%');
  assert.equal(accuracy(after), '99.9990\u00a0%');
  assert.equal(
    said(before, after),
    '“a”, a proof of 1.25\u00a0M steps, held for 0.62\u00a0% of all inputs before and holds for 98.20\u00a0% now. The accuracy was ≈ 99.95\u00a0% and is 99.9990\u00a0%. ' +
      'This is another network: no proof about it says anything of the one before.',
  );
});

test('networks for groups: which proofs of ranks are tried, which classes have curves, and how short a proof there is', () => {
  const of = (strategy, family, name, visits) => ({ strategy, family, label: strategy, class: name, visits_inputs: visits });
  const strategies = [of('brute-force', 'brute-force', 'brute force', true), ...[1, 2, 3, 4, 5].map((rank) => of(`low-rank-unembed-${rank}`, 'low-rank-unembed', 'ranks', false))];
  const network = { task: 'group-operations', file: 'S3.safetensors', bytes: new Uint8Array() };
  const chosen = some(network, false)({ facts: { strategies } });
  assert.deepEqual(chosen, ['brute-force', 'low-rank-unembed-3', 'low-rank-unembed-4', 'low-rank-unembed-5']);

  const classes = [{ class: 'brute force', label: 'Brute force', role: 'brute', marker: '■' }, { class: 'ranks', label: 'Ranks', role: 'ours', marker: '▲' }];
  const proven = (...bounds) => ({
    facts: { classes, baseline_flops: 9_000_000 },
    proofs: chosen.map((strategy, i) => {
      const outcome = { bound: bounds[i], percent: (100 * bounds[i]).toFixed(4), flops: [9e6, 1e6, 2e6, 3e6][i], correct: '6', most_correct: '6' };
      return { facts: strategies.find((each) => each.strategy === strategy), outcome };
    }),
    sampled: { correct: 36, samples: 36 },
  });
  const [first, last] = [proven(0.5, 0, 0, 0), proven(1, 0, 0.995, 1)];
  const curves = risen([{ progress: { step: 10 }, proven: first }, { progress: { step: 20 }, proven: last }]);
  assert.deepEqual(curves.map(({ name, points }) => [name, points]), [['Accuracy', [[10, 0.5], [20, 1]]], ['Ranks', [[10, 0], [20, 1]]]]);
  assert.equal(shortestOfMost(first), undefined);
  assert.match(learned(first), /only running it on every input proves anything/);
  assert.equal(shortestOfMost(last).facts.strategy, 'low-rank-unembed-4');
  assert.equal(learned(last), 'The network answers 100.0000\u00a0% of all inputs right; “low-rank-unembed-4” proves 99.50\u00a0% in 2.00\u00a0M steps, and running it on every input takes 9.00\u00a0M.');
});
