// The file of a sweep as the page reads it: piece by piece, thousands of models, and damaged ones.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import './typescript.mjs';

const { isSweep, Reading } = await import('../../www/views/sweep/read.ts');
const { binsOf, down, fence, inHundred, quartiles } = await import('../../www/views/sweep/spread.ts');

/** Reads a text in pieces of some characters. */
function read(text, length = text.length) {
  const reading = new Reading();
  for (let at = 0; at < text.length; at += length) reading.push(text.slice(at, at + length));
  return reading.end();
}

const HEAD = 'task,sha256,file,k,group,strategy,bound,flops,problem\n';
const QUOTED = `${HEAD}max-of-k,aa,"m, ""one"".pt",4,,cubic,0.5,100,\r
max-of-k,aa,"m, ""one"".pt",4,,cell,1,20,\r
,bb,"cut\nshort.pt",,,,,,"it ends, early"
group-operations,cc,S4.pt,,S4,irrep,0.25,7,
`;

test('rows, quotes and what is no network are read alike, however the file is cut into pieces', () => {
  const whole = read(QUOTED);
  for (const length of [1, 2, 3, 7, 50]) assert.deepEqual(read(QUOTED, length), whole);
  assert.equal(whole.rows, 4);
  assert.deepEqual(whole.unread, [{ file: 'cut\nshort.pt', problem: 'it ends, early' }]);
  const [max, group] = whole.sizes;
  assert.deepEqual([max.task, max.name, max.files, max.sha256s], ['max-of-k', 'K = 4', ['m, "one".pt'], ['aa']]);
  assert.deepEqual(max.spreads.map(({ strategy, flops }) => [strategy, flops]), [['cell', 20], ['cubic', 100]]);
  assert.deepEqual([group.task, group.name, [...group.spreads[0].bounds]], ['group-operations', 'group = S4', [0.25]]);
});

test('a damaged sweep is refused with its row, and no other table is one', async () => {
  assert.throws(() => read(QUOTED.slice(0, -1)), /cut short/);
  assert.throws(() => read(''), /empty/);
  assert.throws(() => read('a,b\n'), /no column sha256, file/);
  assert.throws(() => read(`${HEAD}a,b\n`), /Row 1 of the sweep has 2 fields, expected 9/);
  assert.throws(() => read(`${HEAD}t,a,m,4,,cubic,1.5,1,\n`), /Row 1 .*“1\.5”, expected a part/);
  assert.ok(await isSweep(new File([QUOTED], 'a.csv')));
  assert.ok(!(await isSweep(new File(['a,b,c\n'], 'a.csv'))));
});

test('the shipped sweep: its quartiles are those of the shipped frontiers’ numbers', async () => {
  const file = new URL('../../www/models/max-of-k/', import.meta.url);
  const { sizes, rows } = read(await readFile(new URL('sweep.csv', file), 'utf8'), 1 << 16);
  const ratios = JSON.parse(await readFile(new URL('ratios.json', file), 'utf8'));
  assert.equal(rows, 24376);
  assert.deepEqual(sizes.map(({ files }) => files.length), [151, 20, 20, 20]);
  for (const size of sizes) {
    const { models, strategies } = ratios.sizes.find(({ k }) => size.name.startsWith(`K = ${k},`));
    for (const { strategy, quartiles: found } of size.spreads) {
      const at = strategies.indexOf(strategy);
      const sorted = models.map(({ bounds }) => bounds[at]).sort((a, b) => a - b);
      const expected = [0, 1, 2, 3, 4].map((quarter) => sorted[Math.floor((quarter * (models.length - 1)) / 4)] / ratios.parts);
      found.forEach((bound, i) => assert.ok(bound >= expected[i] && bound - expected[i] < 2 / ratios.parts, strategy));
    }
  }
});

test('ten thousand models: every model is in one bin, and the parts add up', () => {
  const lines = Array.from(
    { length: 10_000 },
    (_, i) => `max-of-k,${i.toString(16).padStart(64, '0')},m${i}.pt,4,,cubic,${i === 77 ? 0.01 : 0.9 + (i % 1000) / 1e4},100,\n`,
  );
  const { sizes: [size] } = read(HEAD + lines.join(''), 65_536);
  const [spread] = size.spreads;
  const bins = binsOf(spread.bounds);
  assert.deepEqual(bins.flatMap(({ models }) => models).toSorted((a, b) => a - b), [...Array(10_000).keys()]);
  for (const { low, high, models } of bins)
    for (const model of models) assert.ok(spread.bounds[model] >= low - 1e-12 && spread.bounds[model] <= high + 1e-12);
  assert.deepEqual(bins[0].models, [77]);
  assert.ok(spread.bounds[77] < fence(spread.quartiles));
  assert.ok(Math.abs(spread.parts.reduce((sum, part) => sum + part, 0) - 1) < 1e-4);
});

test('quartiles are numbers of the list, bounds are rounded down, and equal or missing bounds have a bin', () => {
  assert.deepEqual(quartiles(Float64Array.of(1, 2, 3, 4, 5, 6)), [1, 2, 3, 4, 6]);
  assert.deepEqual([0, 0.999999999, 1].map(down), ['0.0000', '99.9999', '100.0000']);
  assert.equal(inHundred(Float64Array.of(1))[99], 1);
  assert.deepEqual(binsOf(Float64Array.of(0.5, NaN, 0.5)), [{ low: 0.5, high: 0.5, models: [0, 2] }]);
  // Bounds that are all high lie by the digits of what is missing.
  const high = binsOf(Float64Array.of(1, 0.9, 0.99, 0.999, 0.9999));
  assert.deepEqual(high.map(({ models }) => models), [[1], [2], [3], [4], [0]]);
  assert.deepEqual([high[0].low, high.at(-1).high], [0.9, 1]);
  assert.deepEqual(binsOf(Float64Array.of(NaN)), []);
});
