// What the views of group operations compute: sums and integrals, the parts of a margin, reasons,
// waves, axes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const VIEWS = '../../www/tasks/group-operations/views';
const { anglesOf, curve, heightOf, NOTHING, sumAndIntegral } = await import(`${VIEWS}/neurons/waves.ts`);
const { sayWorst, stepsOf, wordsOf } = await import(`${VIEWS}/why/parts.ts`);
const { reasonsOf } = await import(`${VIEWS}/why/circuits.ts`);
const { inWaves, nameOfWave, orderOf, usedIrreps } = await import(`${VIEWS}/weights/basis.ts`);
const { Plane, rangeOf } = await import(`${VIEWS}/plane.ts`);

const near = (x, y, by = 1e-9) => assert.ok(Math.abs(x - y) < by, `${x} is not ${y}`);

test('even phases are near the integral, whatever the angles are', () => {
  const neurons = 100;
  const waves = Array.from({ length: neurons }, (_, i) => {
    const phi = -Math.PI + ((i + 0.5) * 2 * Math.PI) / neurons;
    return { phi, psi: 2 * phi, width: (2 * Math.PI) / neurons };
  });
  for (const [u, v] of [[0, 0], [0.3, -2], [3, 1]]) {
    const { sum, integral } = sumAndIntegral(waves, { u, v });
    near(integral, (2 / 3) * Math.cos(v - 2 * u));
    near(sum, integral, 2e-3);
    for (const wave of waves) near(heightOf(wave, { u, v }), curve(wave.phi, { u, v }));
  }
  near(NOTHING, 0.8488, 1e-4);
});

test('the integral is largest where the output is the sum of the tokens', () => {
  const at = (z) => sumAndIntegral([], anglesOf(3, 59, [20, 50, z])).integral;
  const best = Array.from({ length: 59 }, (_, z) => z).reduce((best, z) => (at(z) > at(best) ? z : best), 0);
  assert.equal(best, (20 + 50) % 59);
  near(at(best), 2 / 3);
});

test('the parts of a margin go from 0 to what is left', () => {
  assert.deepEqual(stepsOf([5, 1, -2]), [[0, 5], [5, 6], [6, 4], [0, 4]]);
  const split = { parts: ['ideal', 'bias', 'read-out'], mean: [5, 0, -1], worst: { x: 3, y: 4, parts: [5, 0.5, -6] }, rests: [] };
  assert.match(sayWorst(split), /x = 3, y = 4: a margin of −0\.5000 logits\. “What neurons write” takes most of it away, 6\.000\./);
  assert.match(sayWorst({ ...split, worst: { x: 0, y: 0, parts: [5, 0, 0] } }), /No part takes anything away/);
  for (const part of ['ideal', 'right', 'bias', 'activations', 'read-out', 'factors', 'rest', 'sums'])
    assert.notEqual(wordsOf(part).about, '', part);
});

const circuit = (weights, counts, neurons = 3) => ({
  irrep: 1,
  share: 1,
  stabilizers: [1, 1],
  orbits: [],
  neurons: Array(neurons).fill(0),
  weights,
  counts,
});
const irreps = [{ name: 'trivial' }, { name: '(3,1)' }];

test('a proof by circuits says what it needs and what is not there', () => {
  const reasons = (facts) =>
    reasonsOf({ irreps, circuits: [], faults: [], unexplained: [], ...facts }).map(({ holds, said }) => `${holds} ${said}`);
  assert.match(reasons({ faults: [{ fault: 'no-circuit' }] })[0], /^false No neurons were found/);
  const two = [circuit([1, 1.01], [1, 2]), circuit([2, 0], [1, 0])];
  assert.match(reasons({ circuits: two })[0], /^true \(3,1\): 3 neurons take all 2 pairs of points nearly alike/);
  const of = (...faults) => reasons({ circuits: two, faults });
  assert.deepEqual(of({ fault: 'incomplete-sum', circuit: 1, filled: 1, places: 2 }).map((said) => said.split(' ')[0]), ['true', 'false']);
  assert.match(of({ fault: 'incomplete-sum', circuit: 1, filled: 1, places: 2 })[1], /leave 1 of 2 pairs of points without a neuron/);
  assert.match(of({ fault: 'unequal-sum', circuit: 0, least: 0.5, most: 1.5 })[1], /a pair weighs 0\.50 to 1\.50 times the mean/);
  assert.match(of({ fault: 'several-vectors', circuits: [0, 1], vectors: 2 })[2], /circuits, 1, 2, with 2 different vectors a/);
  assert.match(of({ fault: 'unplaced', neurons: 1, share: 0.3 })[2], /^false 1 neuron has no place in any circuit, with 30\.0/);
});

test('weights in waves keep their squares, and a wave is one cosine and one sine', () => {
  for (const n of [7, 8]) {
    const logarithms = Array.from({ length: n }, (_, x) => x);
    const values = logarithms.map((x) => Math.cos((2 * Math.PI * 2 * x) / n + 0.4));
    const waves = inWaves(values, logarithms);
    assert.equal(waves.length, n);
    const square = (all) => all.reduce((sum, x) => sum + x * x, 0);
    near(square(waves), square(values));
    near(waves[3] ** 2 + waves[4] ** 2, square(values));
  }
  assert.deepEqual([0, 1, 2, 3].map(nameOfWave), ['constant', 'cosine of frequency 1', 'sine of frequency 1', 'cosine of frequency 2']);
});

test('neurons stand by what they use, then by how much they write', () => {
  const power = { irreps, main: [1, 0, 1], weight: [0.2, 0.1, 0.7] };
  assert.deepEqual(orderOf(power), [1, 2, 0]);
  assert.deepEqual(usedIrreps(power, [[0, 1], [0.04, 0.96], [0, 1]]), [1]);
});

test('a plane has round numbers, and puts points where they belong', () => {
  const plane = new Plane({ width: 300, height: 200, x: [0, 10], y: [-1, 1], names: ['across', 'up'] });
  const { commands, plane: area } = plane.dot([5, 0], 3, 'ours').figure();
  const dot = commands.at(-1);
  near(dot.x, area.x + area.width / 2);
  near(dot.y, area.y + area.height / 2);
  const texts = commands.flatMap((command) => (command.kind === 'text' ? [command.text] : []));
  for (const label of ['0', '2', '10', '−0.5', '0.5', 'across', 'up']) assert.ok(texts.includes(label), texts.join());
  assert.deepEqual(rangeOf([1, 2], [4]), [-0.2, 4.2]);
  assert.ok(rangeOf([]).every(Number.isFinite));
});

test('what is proven of integrals stands beside what is measured, bounds rounded up', async () => {
  const { frequenciesOf, sayProven } = await import(`${VIEWS}/neurons/proven.ts`);
  const proof = (strategy, flops, ...bounds) => ({
    strategy,
    flops,
    proof_bytes: 9,
    frequencies: bounds.map((at_most, i) => ({
      frequency: i + 3,
      neurons: 5,
      share: 0.5,
      absolute: { at_least: 0.01, at_most },
      relu: { at_least: 0, at_most },
      mean: 0.005,
    })),
  });
  const proofs = [proof('quadrature-boxes', 2000, 0.9, null), proof('quadrature-kinks', 3000, 0.02001, 0.03)];
  assert.deepEqual(frequenciesOf(proofs)[0], { frequency: 3, mean: 0.005, found: 0.01, bounds: [0.9, 0.02001] });
  const said = sayProven(proofs);
  assert.match(
    said,
    /^Boxes \(published: .*\) in 2,000 FLOPs: not bounded at every frequency, less than nothing’s 0\.85 at 0 of 2\. Kinks/,
  );
  assert.match(said, /Kinks .* at most 0\.0300 at every frequency, .* at 2 of 2\. The largest error that was found is 0\.0100\.$/);
});
