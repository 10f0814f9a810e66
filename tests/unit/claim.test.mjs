// The claim, and the proofs that the slider moves through, on the shipped results of the default
// model.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import './typescript.mjs';

const { ladderOf, rungAt, startOf } = await import('../../www/state/ladder.ts');
const { againstOf, claimOf } = await import('../../www/views/claim/claim.ts');
const { briefly, steps } = await import('../../www/ui/format.ts');
const { facts, outcomes, metrics } = JSON.parse(
  await readFile(new URL('../../www/models/max-of-k/first-paint.json', import.meta.url), 'utf8'),
);

const { maxOfK } = await import('../../www/tasks/max-of-k/task.ts');

const model = {
  task: maxOfK,
  facts,
  proofs: facts.strategies.map((each) => ({
    facts: each,
    job: { state: 'idle' },
    shipped: true,
    frontier: metrics.frontier.includes(each.strategy),
    outcome: outcomes.find(({ strategy }) => strategy === each.strategy),
  })),
};
const find = (strategy) => model.proofs.find((proof) => proof.facts.strategy === strategy);
const plain = (text) => text.replaceAll('\u00a0', ' ');

test('every rung of the ladder proves more than all shorter proofs', () => {
  const ladder = ladderOf(model.proofs);
  assert.equal(ladder.length, metrics.frontier.length);
  for (const { outcome } of ladder) {
    for (const other of outcomes) {
      if (other.flops < outcome.flops)
        assert.ok(BigInt(other.correct) < BigInt(outcome.correct), `${other.strategy} beats ${outcome.strategy}`);
    }
  }
  for (const [at, { outcome }] of ladder.entries()) {
    assert.equal(rungAt(ladder, outcome.flops), at);
    assert.equal(rungAt(ladder, outcome.flops - 1), Math.max(at - 1, 0));
  }
  assert.equal(rungAt(ladder, Infinity), ladder.length - 1);
});

test('the page starts where there is something to win', () => {
  const ladder = ladderOf(model.proofs);
  const start = startOf(ladder);
  assert.ok(start.outcome.bound < ladder.at(-1).outcome.bound && start.outcome.bound > 0.5);
  assert.equal(startOf([]), undefined);
  assert.equal(startOf(ladder.slice(-1)), ladder.at(-1), 'the only proof there is');
});

test('the claim is the proof’s, rounded down, with what trying all inputs costs', () => {
  const { outcome } = find('cubic');
  assert.equal(
    plain(claimOf(model, find('cubic'))),
    `Right on at least ${outcome.percent.slice(0, 5)} % of all 16,777,216 inputs, proven in ${plain(steps(outcome.flops))} steps.`,
  );
  assert.match(
    plain(claimOf(model, find('brute-force'))),
    /^Right on exactly 16,772,954 of all 16,777,216 inputs, proven in 851,000 M steps\.$/,
  );
  assert.match(claimOf(model, undefined), /^Nothing is proven yet about all 16,777,216 inputs\.$/);
  assert.match(plain(againstOf(model, undefined)), /^Trying all of them: 99\.97 %, but 851,000 M steps, and nothing understood\.$/);
  assert.match(plain(againstOf(model, find('cubic'))), /^Proof: Cubic\. Trying all of them: .* In as few steps, “.+” proves 99\.97 %\.$/);
});

test('lengths are rounded up and bounds are cut', () => {
  const shown = [1, 999_999, 1e6, 1_980_001, 2e6, 123_456_789, 8.51e11, 3.4101e41].map((flops) => plain(steps(flops)));
  assert.deepEqual(shown, ['1', '999,999', '1.00 M', '1.99 M', '2.00 M', '124 M', '851,000 M', '3.42 × 10⁴¹']);
  assert.deepEqual(
    ['99.9999', '100', '0.0100', '7.1', '97.7884'].map((digits) => plain(briefly(digits))),
    ['99.99 %', '100 %', '0.01 %', '7.1 %', '97.78 %'],
  );
});
