// The view of the weights, without a page: entries and their cells, and what the bounds on
// attention's error teach.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const { cellAt, partsOf, size, step, summaryOf, wordsOf } = await import('../../www/views/weights/entries.ts');
const { lengths, lessons, start } = await import('../../www/views/weights/bounds.ts');

const matrix = (approximation) => ({
  rows: 2,
  columns: 3,
  row_axis: 'query',
  column_axis: 'key',
  values: Float64Array.of(1, 2, 3, 4, 5, -6),
  approximation: approximation ? Float64Array.of(1, 2, 3, 4, 4, -4) : null,
  singular_values: [9, 1],
});

test('a matrix is shown whole, approximated, and what that leaves', () => {
  assert.deepEqual(partsOf(matrix(false)).map(({ label }) => label), ['Whole']);
  const parts = partsOf(matrix(true));
  assert.deepEqual([...parts[2].values], [0, 0, 0, 0, 1, -2]);
  assert.equal(size(parts[0].values), 6);
  assert.equal(summaryOf(parts), 'No entry is larger than 6.000; of that, the approximation leaves at most 2.000.');
  assert.equal(summaryOf(partsOf(matrix(false))), 'No entry is larger than 6.000.');
});

test('points and keys lead to cells', () => {
  const area = { x: 10, y: 20, width: 30, height: 20 };
  assert.deepEqual(cellAt(area, matrix(), 10, 20), [0, 0]);
  assert.deepEqual(cellAt(area, matrix(), 39.9, 39.9), [1, 2]);
  for (const [left, top] of [[9, 20], [40, 20], [10, 19], [10, 40]]) assert.equal(cellAt(area, matrix(), left, top), undefined);
  const path = (cell, ...keys) => keys.reduce((at, key) => step(key, at, matrix()), cell);
  assert.deepEqual(path([0, 0], 'ArrowDown', 'ArrowDown', 'ArrowRight'), [1, 1]);
  assert.deepEqual(path([0, 0], 'End', 'PageDown', 'ArrowLeft'), [1, 1]);
  assert.deepEqual(path([1, 2], 'Home', 'PageUp', 'ArrowUp', 'ArrowLeft'), [0, 0]);
  assert.equal(step('a', [0, 0], matrix()), undefined);
});

test('a cell is read with its row, column and values', () => {
  assert.equal(wordsOf(matrix(false), [0, 2]), 'Query 0, key 2: 3.000.');
  assert.equal(wordsOf(matrix(true), [1, 2]), 'Query 1, key 2: −6.000, of which the approximation gives −4.000 and leaves −2.000.');
});

test('logarithmic bars begin at a power of ten below all', () => {
  assert.deepEqual([start([1.6, 2728]), start([1, 5]), start([0.3]), start([0, Infinity]), start([])], [1, 0.1, 0.1, 1, 1]);
  const [tenth, whole, none, all] = lengths([10, 1000, 0, Infinity]);
  assert.ok(Math.abs(tenth - 1 / 3) < 1e-12, `${tenth}`);
  assert.deepEqual([whole, none, all], [1, 0, 1]);
});

test("the lessons are told with the model's own numbers", () => {
  const errors = [
    ['exact', 1.6323],
    ['four factors', 4.6453],
    ['four factors, recursive', 98.731],
    ['norms', 2727.55],
  ].map(([name, value]) => ({ name, value }));
  const said = lessons(errors);
  assert.match(said, /the tightest says 1\.632, the loosest \(“norms”\) 2,728/);
  assert.match(said, /turns the 4\.645 of “four factors” into 98\.73: that is why recursion is worthless here/);
  assert.match(lessons([{ name: 'a', value: 2 }, { name: 'a, recursive', value: 3 }]), /here recursion costs little/);
  assert.doesNotMatch(lessons([{ name: 'a', value: 1 }, { name: 'b', value: 2 }]), /[Rr]ecursion/);
  assert.equal(lessons([]), '');
});

const { knownOf, labelOf, nameOf } = await import('../../www/views/weights/ablation.ts');
const { scoresOf } = await import('../../www/views/weights/scores.ts');

test('what is taken out has a name', () => {
  const choice = (rank, noPositions, meanDirect) => ({ rank, noPositions, meanDirect });
  assert.equal(labelOf(choice(undefined, false, false)), '');
  assert.equal(labelOf(choice(0, true, true)), 'rank-0 QK, no positions, mean direct path');
  assert.equal(nameOf('max4.v2.safetensors', choice(1, false, false)), 'max4.v2 (rank-1 QK).safetensors');
});

test('a network is known by its exact accuracy and by its best other bound', () => {
  const proof = (label, visits, bound, percent) => ({
    facts: { label, visits, one_of_many: false },
    ...(percent && { outcome: { bound, percent } }),
  });
  assert.deepEqual(knownOf({ proofs: [proof('brute force', '9', 0), proof('cubic', null, 0)] }), {
    exact: 'not counted yet',
    best: 'not proven yet',
  });
  const proofs = [proof('brute force', '9', 0.99, '99'), proof('a', null, 0.5, '50'), proof('b', null, 0.75, '75'), proof('c', null, 0)];
  assert.deepEqual(knownOf({ proofs }), { exact: '99\u00a0%', best: '75\u00a0%, b' });
});

test('scores say that they are estimates, and when there is none', () => {
  const scrubbing = { score: 0.98765, error: 0.00123, samples: 10000, model: 0.01, scrubbed: 0.05, random: 20 };
  const [scrubbed, noise] = scoresOf({ increasing: 0, noise_to_gap: Infinity, scrubbing }, 64);
  assert.equal(scrubbed[1], '≈ 0.9877 ± 0.0012');
  assert.match(scrubbed[2], /^Estimate from 10,000 random inputs/);
  assert.equal(noise[1], 'none');
  assert.match(noise[2], /for 0 of 64 last tokens/);
});
