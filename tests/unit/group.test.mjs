// The second task without a page: its models in addresses, what is said of them, and the cliff of
// ranks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const { GroupGallery, nameOf } = await import('../../www/tasks/group-operations/gallery.ts');
const { groupOperations, written } = await import('../../www/tasks/group-operations/task.ts');
const { cliffOf, figureOf, ranked } = await import('../../www/tasks/group-operations/views/strategies/ranks.ts');
const { TASKS } = await import('../../www/tasks/tasks.ts');

const listed = (id, group, seed) => ({ id, file: `${id}.safetensors`, sha256: id, group, seed });
const models = [listed('S4_s0', 'S4', 0), listed('S4_s1', 'S4', 1), listed('pizza_p99', 'Z59', null)];

test('a model is named by one field of the address, and told of if there is none', () => {
  const gallery = new GroupGallery({ default: 'S4_s1', models });
  const problems = [];
  const at = (hash) => gallery.at({ search: '', hash }, (problem) => problems.push(problem)).id;
  assert.deepEqual([at(''), at('#model=pizza_p99'), at('#model=S4_s0&view=why')], ['S4_s1', 'pizza_p99', 'S4_s0']);
  assert.deepEqual(problems, []);
  assert.equal(at('#model=S9'), 'S4_s1');
  assert.deepEqual(problems, ['“model=S9” in the address: expected one of S4_s0, S4_s1, pizza_p99. Taken instead: S4_s1.']);
  assert.deepEqual([gallery.groups, gallery.of('S4').map(nameOf), nameOf(models[2])], [['S4', 'Z59'], ['seed 0', 'seed 1'], 'p99']);
  assert.deepEqual(gallery.find('S4_s0').named, { model: 'S4_s0' });
  assert.throws(() => new GroupGallery({ default: 'none', models }), /the default none is not among its models/);
});

test('groups are written with small numbers, and sums are called sums', () => {
  assert.deepEqual(['Z113', 'S4', 'A5'].map(written), ['Z₁₁₃', 'S₄', 'A₅']);
  const about = (group, order) =>
    groupOperations
      .about({ group, order, inputs: String(order ** 2) })
      .filter((part) => typeof part === 'string')
      .join('');
  globalThis.document ??= { createDocumentFragment: () => ({ append() {} }), createElement: () => ({}) };
  assert.match(about('Z59', 59), /group Z₅₉ .* which is their sum modulo 59/);
  assert.doesNotMatch(about('S4', 24), /sum/);
  assert.match(about(null, 21), /x and y of a group of 21 elements and/);
});

test('the cliff is the lowest rank that proves everything, and the figure has a bar for each that proves something', () => {
  const proof = (strategy, correct, from) => ({
    facts: { strategy },
    outcome: { correct: String(correct), total: '9', bound: correct / 9 },
    from,
  });
  const proofs = [
    proof('low-rank-unembed-10', 9),
    proof('low-rank-unembed-9', 4),
    proof('brute-force', 9),
    proof('low-rank-unembed-8', 0),
    proof('low-rank-unembed-7', 9, 'a certificate'),
  ];
  const all = ranked(proofs);
  assert.deepEqual(all.map(({ rank }) => rank), [8, 9, 10]);
  assert.equal(cliffOf(all).rank, 10);
  assert.equal(cliffOf(all.slice(0, 2)), undefined);
  const { commands, plane } = figureOf(all, 10, 400);
  const bars = commands.filter(({ kind, fill }) => kind === 'rect' && fill);
  assert.deepEqual(bars.map(({ height }) => height / plane.height), [4 / 9, 1]);
  assert.ok(commands.every(({ x = 0, width = 0 }) => x + width <= 400));
});

test('each task has a page of its own, whose views begin with the one that addresses leave out', async () => {
  for (const listed of TASKS) {
    const page = await listed.page();
    assert.deepEqual([page.id, page.name(), Object.keys(page.views)[0]], [listed.id, listed.name(), 'strategies']);
  }
});
