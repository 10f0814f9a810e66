// The view that tries an input, without a page: what counts as an input, what is said of it, and
// whose answers count.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const { first, moved, movedAt, problemOf, random, split, spread } = await import('../../www/views/try/tokens.ts');
const { largest, lengths, lookedAt, marginOf, verdict } = await import('../../www/views/try/words.ts');
const { real, share } = await import('../../www/ui/real.ts');
const { inTurn } = await import('../../www/ui/turns.ts');

test('lists of tokens are split at commas, spaces and brackets', () => {
  for (const text of ['3,1,2', ' 3, 1 ,2\n', '[[3, 1, 2]]', '(3;1;2)', '3\t1\t2']) assert.deepEqual(split(text), ['3', '1', '2'], text);
  assert.deepEqual(split(''), []);
  assert.deepEqual(split('1,x'), ['1', 'x']);
});

test('what is no input is refused with the token that is none', () => {
  assert.equal(problemOf(['0', '63'], 2, 64), undefined);
  assert.deepEqual(problemOf(['1'], 2, 64), { at: undefined, said: '1 token: expected 2, each from 0 to 63.' });
  assert.deepEqual(problemOf(['1', '64'], 2, 64), { at: 1, said: 'Token 2 is “64”: expected a number from 0 to 63.' });
  assert.match(problemOf(['', '1'], 2, 64).said, /^Token 1 is empty/);
  for (const text of ['-1', '1.5', '1e1', 'x', '+1', ' 1', '99999999999999999999']) assert.equal(problemOf([text], 1, 64)?.at, 0, text);
});

test('keys move tokens as far as there are any', () => {
  assert.deepEqual(
    [moved('5', 1, 64), moved('63', 1, 64), moved('0', -1, 64), moved('', 1, 64), moved('x', -10, 64), moved('99', -1, 64)],
    ['6', '63', '0', '1', '0', '63'],
  );
  assert.deepEqual(movedAt('3,9,2', 3, 1, 64), { list: '3,10,2', caret: 4 });
  assert.deepEqual(movedAt('3,10,2', 2, -10, 64), { list: '3,0,2', caret: 3 });
  assert.deepEqual(movedAt('12', 0, 1, 64), { list: '13', caret: 2 });
  assert.equal(movedAt('3, ,2', 3, 1, 64), undefined);
  assert.equal(movedAt('', 0, 1, 64), undefined);
});

test('a list that is put in goes on from its field, or from the first', () => {
  assert.deepEqual(spread(['a', 'b', 'c', 'd'], 1, ['1', '2']), ['a', '1', '2', 'd']);
  assert.deepEqual(spread(['a', 'b', 'c', 'd'], 3, ['1', '2', '3', '4']), ['1', '2', '3', '4']);
  assert.deepEqual(spread(['a', 'b', 'c'], 2, ['1', '2']), ['1', '2', 'c']);
});

test('inputs to begin with, and drawn ones, are inputs', () => {
  for (const [n, v] of [[4, 64], [20, 64], [2, 2], [1, 1], [6, 7]]) {
    assert.equal(problemOf(first(n, v), n, v), undefined, `${n} of ${v}`);
    assert.equal(problemOf(random(n, v, () => Math.floor(2 ** 32 * Math.random())), n, v), undefined, `${n} of ${v}`);
  }
  // 2³² = 6 modulo 10: the last six numbers are drawn again.
  const drawn = [2 ** 32 - 1, 2 ** 32 - 6, 2 ** 32 - 7, 13];
  assert.deepEqual(random(2, 10, () => drawn.shift()), ['9', '3']);
});

const look = (more) => ({
  tokens: [1, 2],
  logits: [0, 1, 4],
  answer: 2,
  largest: 2,
  right: true,
  margin: 3,
  attention: [0.25, 0.75],
  ...more,
});

test('answers and margins are put into words', () => {
  assert.equal(verdict(look()), '✓ right');
  assert.equal(verdict(look({ right: false, answer: 1 })), '✗ wrong: the largest token is 2');
  assert.equal(verdict(look({ right: false })), '✗ wrong: another logit is as large');
  assert.equal(marginOf(look()), 'The logit of 2 is 3.000 above that of 1, the largest other one.');
  assert.equal(marginOf(look({ logits: [0, 5, 4], margin: -1 })), 'The logit of 2 is 1.000 below that of 1, the largest other one.');
  assert.equal(marginOf(look({ logits: [0, 4, 4], margin: 0 })), 'The logit of 2 equals that of 1, the largest other one.');
  assert.equal(lookedAt([0.2, 0.5, 0.3]), 1);
});

test('the largest logits, and bars from the smallest of all', () => {
  assert.deepEqual(largest([1, 5, 3, 5], 3), [1, 3, 2]);
  assert.deepEqual(lengths([1, 2], [-5, 5, 0]), [1, 0.5]);
  assert.deepEqual(lengths([0, 1], [2, 2]), [0, 0]);
});

test('numbers are neither nothing nor all unless they are', () => {
  assert.deepEqual([0, 1, 0.00001, 0.99999, 0.5].map(share), [
    '0.0\u00a0%',
    '100.0\u00a0%',
    '<\u202f0.1\u00a0%',
    '>\u202f99.9\u00a0%',
    '50.0\u00a0%',
  ]);
  assert.deepEqual([0, -1.5, 12.345678, 2727.5, -0.002345, 999.96, -0].map(real), [
    '0.000',
    '−1.500',
    '12.35',
    '2,728',
    '−0.002345',
    '1,000',
    '0.000',
  ]);
  assert.equal(real(0.00001), '1.00\u00a0×\u00a010⁻⁵');
  assert.deepEqual([-Infinity, NaN].map(real), ['−∞', 'no number']);
});

test('of what is asked for during a run only the last is run, and the run knows', async () => {
  const runs = [];
  const ask = inTurn((isCurrent) => new Promise((resolve) => runs.push({ isCurrent, end: resolve })));
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  ask();
  assert.ok(runs.length === 1 && runs[0].isCurrent());
  ask();
  ask();
  assert.ok(runs.length === 1 && !runs[0].isCurrent());
  runs[0].end();
  await settled();
  assert.ok(runs.length === 2 && runs[1].isCurrent());
  runs[1].end();
  await settled();
  assert.equal(runs.length, 2);
  ask();
  assert.equal(runs.length, 3);
});
