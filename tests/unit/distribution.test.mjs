// Distributions as text: what a person chooses is read back, and hostile texts are no harm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const { alike, AXES, format, parse } = await import('../../www/state/distribution.ts');
const { hashOf, looksOf, MOST_CHARACTERS, usualLooks } = await import('../../www/app/address.ts');
const VIEWS = { views: ['strategies', 'distribution'] };

test('all inputs alike need no text', () => {
  assert.equal(format(alike()), '');
  assert.deepEqual(parse(''), alike());
});

test('a choice is read back from its text', () => {
  const weights = ['', 'linear', 'alike', '1,0.5,1/3'];
  const limits = [['', ''], ['10', ''], ['', '20'], ['3', '3'], ['2', '5']];
  for (const axis of AXES) {
    for (const weight of weights) {
      for (const [least, most] of limits) {
        for (const worst of ['', 'cell']) {
          const choice = { ...alike(), [axis]: { weights: weight, least, most }, worst, table: '3,1,0.5\n3,2,1/3' };
          assert.deepEqual(parse(format(choice)), choice);
        }
      }
    }
  }
  const choice = { ...alike(), largest: { weights: ' 1 2\t3 ', least: '10', most: '' }, table: 'm,q,weight\n3\t1\t2\n\n3; 2; 1' };
  assert.equal(format(choice), 'largest>=10;largest:1,2,3;table:3,1,2|3,2,1');
});

test('texts without meaning are left out', () => {
  for (const text of ['', ';;', 'x', '__proto__:1', 'largest', 'constructor>=3', '='.repeat(1e5)])
    assert.deepEqual(parse(text), alike(), text.slice(0, 20));
});

test('an address has a distribution that is short enough, and tells of others', () => {
  const looks = { ...usualLooks(), view: 'distribution' };
  const over = 'largest>=10;table:3,1,1/2|3,2,1';
  const { hash } = new URL(hashOf({ model: { k: '4', seed: '123' }, looks: { ...looks, over } }), 'https://example.org/');
  assert.deepEqual(looksOf({ search: '', hash }, VIEWS, assert.fail), { ...looks, over });
  const long = `table:${'1,1,1|'.repeat(MOST_CHARACTERS)}`;
  assert.ok(!hashOf({ model: { k: '4', seed: '123' }, looks: { ...looks, over: long } }).includes('over'));
  const told = [];
  assert.equal(looksOf({ search: '', hash: `#over=${long}` }, VIEWS, (problem) => told.push(problem)).over, '');
  assert.match(told[0], /expected a distribution in at most 400 characters, such as largest>=10\. Taken instead: .*\.$/);
});
