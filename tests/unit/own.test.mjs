// Proofs of one's own: recipes and identifiers, numbers as people write them, names in the
// browser's storage.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import './typescript.mjs';

const { canHaveRanks, directionsIn, gapIn, HOW, identifierOf, numbersIn, RANKS, recipeOf, Unreadable, written } = await import(
  '../../www/views/strategies/own/recipe.ts'
);
const { Names } = await import('../../www/state/names.ts');
const { compared } = await import('../../www/views/strategies/own/compare.ts');
const { facts, outcomes } = JSON.parse(await readFile(new URL('../../www/models/max-of-k/first-paint.json', import.meta.url), 'utf8'));
const LISTED = 'EUPU-max-diff-exact--attn-mean-query+diff--attn-err-max-diff-exact';

test('every recipe has an identifier, and every identifier its recipe', () => {
  const listed = facts.strategies.map(({ strategy }) => strategy).filter(canHaveRanks);
  assert.equal(listed.length, 40);
  for (const each of listed) {
    for (const rank of RANKS) {
      for (const how of Object.keys(HOW)) {
        for (const gaps of ['best', 'plain', 1, 65535]) {
          const recipe = { rank, how, listed: each, gaps };
          assert.deepEqual(recipeOf(identifierOf(recipe)), recipe);
        }
      }
    }
  }
  for (const other of [
    'cubic',
    LISTED,
    `rank-0-svd--${LISTED}`,
    `rank-9-svd--${LISTED}`,
    `rank-2-pca--${LISTED}`,
    `rank-2-svd--${LISTED}--gap-0`,
  ]) {
    assert.equal(recipeOf(other), undefined, other);
  }
  const exact = facts.strategies.find(({ strategy }) => strategy.includes('exact-EQKE')).strategy;
  assert.equal(recipeOf(`rank-2-svd--${exact}`), undefined);
});

test('numbers are read as people write them, or refused in plain words', () => {
  assert.deepEqual([...numbersIn('[[1, -2.5e-3], [\u22123;+.5]]', 2, 2, 'query directions')], [1, -0.0025, -3, 0.5]);
  const refusals = [
    ['1 NaN', /^Number 2 of the key directions is “NaN”: write numbers like 0.25/],
    ['1 Infinity', /is “Infinity”/],
    ['0x10 1', /^Number 1 of the key directions is “0x10”/],
    ['1e999 1', /“1e999”, is too large/],
    ['1', /^The key directions are 1 numbers, expected 2: one number for each of 2 tokens\.$/],
    ['', /are 0 numbers/],
    [`<script>${'x'.repeat(100)} 1`, /“<script>x{12}…”/],
  ];
  for (const [text, says] of refusals) {
    const refused = ({ constructor, message }) => constructor === Unreadable && says.test(message);
    assert.throws(() => numbersIn(text, 1, 2, 'key directions'), refused, text);
  }
  assert.throws(() => numbersIn('1 2 3', 2, 2, 'key directions'), /expected 4: 2 directions, each with one number for each of 2 tokens/);
  assert.equal(gapIn(' 3 '), 3);
  for (const text of ['', '0', '-1', '1.5', '70000', 'two']) assert.throws(() => gapIn(text), /is no gap: write a whole number/, text);
});

test('directions of a certificate can be edited', () => {
  const several = { queries: [[1, 0.1], [1e-9, 2]], keys: [[3, 4], [5, 6]] };
  const found = directionsIn(JSON.stringify({ proof: { low_rank: { several } } }));
  assert.deepEqual(found, several);
  assert.deepEqual([...numbersIn(written(found.queries), 2, 2, 'query directions')], several.queries.flat());
  assert.equal(directionsIn('{"proof": {"low_rank": "none"}}'), undefined);
  assert.equal(directionsIn('{}'), undefined);
});

test('names are kept for each model', () => {
  const stored = new Map();
  const storage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => void stored.set(key, value),
    removeItem: (key) => void stored.delete(key),
  };
  const names = new Names(() => storage);
  const [one, two] = [{ name: 'one', strategy: 'a' }, { name: 'two', strategy: 'b', certificate: '{}' }];
  assert.ok(names.keep('sha', one) && names.keep('sha', two) && names.keep('other', one));
  assert.deepEqual(names.of('sha'), [one, two]);
  assert.ok(names.keep('sha', { name: 'one', strategy: 'c' }), 'in place of the one before');
  assert.deepEqual(names.of('sha').map(({ strategy }) => strategy), ['b', 'c']);
  assert.equal(names.rename('sha', 'two', 'one'), false);
  assert.ok(names.rename('sha', 'two', 'three') && names.remove('sha', 'one'));
  assert.deepEqual(names.of('sha'), [{ ...two, name: 'three' }]);
  assert.ok(names.remove('sha', 'three') && names.remove('other', 'one'));
  assert.equal(stored.size, 0);
});

test('storage that is full, turned off or damaged is no reason to fail', () => {
  const full = { getItem: () => null, removeItem: () => {}, setItem: () => { throw new Error('full'); } };
  const off = () => { throw new Error('turned off'); };
  for (const names of [new Names(() => full), new Names(off)]) {
    assert.deepEqual(names.of('sha'), []);
    assert.equal(names.keep('sha', { name: 'one', strategy: 'a' }), false);
  }
  for (const text of ['{', '5', 'null', '{"length": 3}', '[1, null, {"name": 5}]']) {
    assert.deepEqual(new Names(() => ({ ...full, getItem: () => text })).of('sha'), [], text);
  }
});

test('the comparison is what the outcomes say', () => {
  const proof = (strategy) => ({
    facts: facts.strategies.find((each) => each.strategy === strategy),
    outcome: outcomes.find((each) => each.strategy === strategy),
    job: { state: 'idle' },
  });
  const listed = proof(LISTED);
  const own = {
    facts: listed.facts,
    outcome: { ...listed.outcome, correct: String(BigInt(listed.outcome.correct) + 30906n), flops: listed.outcome.flops * 1.05 },
    job: { state: 'idle' },
  };
  assert.match(compared(own, listed), /: \+0\.1842 points of accuracy for \+4\.9\s% steps\.$/);
  assert.match(compared(listed, listed), /: the same accuracy for as many steps\.$/);
  assert.match(compared(own, { ...listed, outcome: undefined }), /is not proven yet\.$/);
  assert.equal(compared({ ...own, outcome: undefined }, listed), '');
});
