// Bounds against σ₁/σ₂ over the gallery: the shipped numbers, and what is said of them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import './typescript.mjs';

const { inWords, spearman } = await import('../../www/views/frontier/correlation.ts');
const read = async (file) => JSON.parse(await readFile(new URL(`../../www/models/max-of-k/${file}`, import.meta.url), 'utf8'));

test('Spearman’s rank correlation: by hand, with equal numbers, and where there is none', () => {
  const pairs = (...ys) => ys.map((y, x) => [Math.exp(x), y]);
  assert.equal(spearman(pairs(1, 2, 3, 40)), 1);
  assert.equal(spearman(pairs(9, 7, 5, -40)), -1);
  // Without equal numbers it is 1 − 6 Σ d² / (n (n² − 1)): here the differences are 1, 1, 2, 1, 1.
  assert.ok(Math.abs(spearman(pairs(2, 1, 5, 3, 4)) - (1 - (6 * 8) / (5 * 24))) < 1e-12);
  // Ranks 1.5, 1.5, 3 against 1, 2, 3: 1.5 / √(1.5 · 2).
  assert.ok(Math.abs(spearman(pairs(5, 5, 6)) - 1.5 / Math.sqrt(3)) < 1e-12);
  assert.equal(spearman(pairs(5, 5, 5, 5)), undefined);
  assert.equal(spearman(pairs(1, 2)), undefined);
});

test('a correlation is told by its sign, its size, and with its digits', () => {
  assert.match(inWords(0.83, 20), /larger, strongly: .*\+0\.83/);
  assert.match(inWords(-0.52, 20), /smaller, moderately: .*−0\.52/);
  assert.match(inWords(0.25, 151), /larger, weakly: .*\+0\.25/);
  assert.match(inWords(0.25, 20), /^bounds do not go with the ratio more than by chance: .*\+0\.25.*±0\.46/);
  assert.match(inWords(undefined, 20), /^too few/);
});

test('the shipped ratios have every model of the gallery, and the bounds of the shipped frontiers', async () => {
  const [ratios, frontiers, manifest] = await Promise.all(['ratios.json', 'frontiers.json', 'manifest.json'].map(read));
  assert.equal(ratios.parts, frontiers.parts);
  const files = ratios.sizes.flatMap(({ models }) => models.map(({ file }) => file));
  assert.deepEqual(files.toSorted(), manifest.models.map(({ file }) => file).toSorted());
  for (const { k, strategies, models } of frontiers.sizes) {
    const size = ratios.sizes.find((each) => each.k === k);
    for (const { file, proofs } of models) {
      const { ratio, bounds } = size.models.find((each) => each.file === file);
      assert.ok(ratio > 1 && bounds.length === size.strategies.length, file);
      for (const [at, , bound] of proofs)
        assert.equal(bounds[size.strategies.indexOf(strategies[at][0])], bound, `${file}: ${strategies[at][0]}`);
    }
  }
});
