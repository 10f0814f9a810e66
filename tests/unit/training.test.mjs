// The lab of training: recipes in addresses, and what is said of a network before and after.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const { hashOf, settingsOf } = await import('../../www/labs/settings.ts');
const { FIELDS, tuningOf } = await import('../../www/labs/training/settings.ts');
const { best, by, classes, shortest } = await import('../../www/labs/training/proven.ts');
const { accuracy, said } = await import('../../www/labs/training/said.ts');

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

const CLASSES = [
  { class: 'cubic', label: 'Cubic', role: 'cubic' }, { class: 'additive (ours)', label: 'Ours', role: 'ours' },
  { class: 'low-rank EU', label: 'Low-rank EU', role: 'published' }, { class: 'quadratic QK & EU', label: 'Quadratic', role: 'published' },
];
const network = (proofs, correct) => ({
  facts: { classes: CLASSES },
  proofs: proofs.map(([strategy, name, bound, upper]) => ({
    facts: { strategy, label: strategy, class: name },
    outcome: { bound, percent: (100 * bound).toFixed(4), flops: 1_250_000, correct: '7', most_correct: upper ?? null },
  })),
  sampled: { correct, samples: 20_000, interval: [0, 1] },
  ratio: 5,
});

test('the proof that gained most is told, and that the network is another one', () => {
  const before = network([['a', 'quadratic QK & EU', 0.00628], ['b', 'quadratic QK & EU', 0.39173], ['cubic', 'cubic', 0.96]], 19_990);
  const after = network([['a', 'quadratic QK & EU', 0.98204], ['b', 'quadratic QK & EU', 0.99998], ['cubic', 'cubic', 1], ['exact', 'additive (ours)', 0.99999, '7']], 20_000);
  assert.deepEqual(classes(after).map((each) => each.class), ['quadratic QK & EU', 'low-rank EU', 'cubic']);
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
