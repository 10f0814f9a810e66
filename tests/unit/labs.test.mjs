// What the address of a lab says: settings read, clamped, refused, and written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const { choice, decimal, hashOf, settingsOf, whole } = await import('../../www/labs/settings.ts');

const FIELDS = {
  features: whole('features', 20, 2, 100),
  sparsity: decimal('sparsity', 0.05, 0, 1),
  penalty: choice('penalty', 'l1', 'tanh'),
};
const read = (hash) => {
  const told = [];
  return { settings: settingsOf(FIELDS, { search: '', hash }, (problem) => told.push(problem)), told };
};

test('settings of a lab: a link is read as it was written, and defaults go without saying', () => {
  const usual = { features: 20, sparsity: 0.05, penalty: 'l1' };
  assert.deepEqual(read(''), { settings: usual, told: [] });
  assert.equal(hashOf(FIELDS, usual), '');
  for (const settings of [{ ...usual, features: 100 }, { features: 2, sparsity: 1e-7, penalty: 'tanh' }]) {
    assert.deepEqual(read(hashOf(FIELDS, settings)), { settings, told: [] });
  }
});

test('settings of a lab: what is out of range is clamped or left out, and said', () => {
  const { settings, told } = read('#features=1000&sparsity=-3&penalty=l7&colour=red&features=3');
  assert.deepEqual(settings, { features: 100, sparsity: 0, penalty: 'l1' });
  assert.equal(told.length, 4);
  assert.match(told[0], /“colour” in the address is left out: after # it has features, sparsity, penalty\./);
  for (const [hash, value] of [
    ['#features=2.5', 20],
    ['#features=', 20],
    ['#features=1e9', 20],
    ['#features=-9', 2],
  ])
    assert.equal(read(hash).settings.features, value, hash);
});
