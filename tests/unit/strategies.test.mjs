// The view "Strategies": the grid is what the facts say, and what a change gains is what the
// outcomes say, never more.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import './typescript.mjs';

const read = (path) => readFile(new URL(`../../www/${path}`, import.meta.url), 'utf8');
const { best, changes, gridOf, merged, missing, points, short, steps, strength, weakest, withValue } = await import(
  '../../www/views/strategies/grid.ts'
);
const { facts, outcomes } = JSON.parse(await read('models/max-of-k/first-paint.json'));

/** The proofs of the default model, as the page has them. */
const proofs = () =>
  facts.strategies.map((each) => ({
    facts: each,
    job: { state: 'idle' },
    outcome: outcomes.find(({ strategy }) => strategy === each.strategy),
    shipped: true,
    frontier: false,
  }));
const names = (all) => all.map((proof) => proof.facts.strategy);
const correct = ({ outcome }) => BigInt(outcome.correct);
const values = ({ values: all }) => all.map(({ value }) => value);

test('the grid has a cell for each combination of three choices, and all else beside it', () => {
  const all = proofs();
  const grid = gridOf(all);
  assert.deepEqual([grid.rows, grid.columns, grid.parts].map(({ values: { length } }) => length), [10, 5, 2]);
  assert.deepEqual(grid.cells.map(({ length }) => length), Array(10).fill(10));
  grid.cells.forEach((row, i) =>
    row.forEach((proof, j) => {
      const wanted = [grid.columns.values[Math.floor(j / 2)], grid.parts.values[j % 2], grid.rows.values[i]];
      assert.deepEqual(proof.facts.tags, wanted);
    }),
  );
  const places = [grid.columns, grid.parts, grid.rows].map(({ values: each }) => each.map(({ place }) => place));
  for (const each of places) assert.deepEqual(each, [...each.keys()], 'every value has a place of its own');
  assert.deepEqual([...names(grid.cells.flat()), ...names(grid.others)].sort(), names(all).sort());
  assert.deepEqual(names(grid.others), names(all.filter(({ facts: { family } }) => family !== 'sub-cubic')));
  // Whatever the order in which they are listed.
  assert.deepEqual(gridOf(proofs().reverse()).cells, grid.cells);
});

test('a proof from a certificate takes no cell, and where a proof is not listed the cell is empty', () => {
  const all = proofs();
  const [first] = gridOf(all).cells[0];
  const certified = { ...first, facts: { ...first.facts, strategy: 'certificate-1' }, from: 'mine.json' };
  const grid = gridOf([...all.filter((proof) => proof !== first), certified]);
  assert.equal(grid.cells[0][0], undefined);
  assert.equal(grid.cells.flat().filter(Boolean).length, 99);
  assert.equal(grid.others.at(-1), certified);
  assert.deepEqual(gridOf([]).cells, []);
});

test('a short bound is cut off: never more than is proven, and by less than one in its last digit', () => {
  for (const outcome of outcomes) {
    const [whole, tenths] = short(outcome).split('.');
    const unit = tenths === undefined ? 10n : 1n;
    const shown = BigInt(whole) * 10n + BigInt(tenths ?? 0);
    const [proven, total] = [BigInt(outcome.correct) * 1_000n, BigInt(outcome.total)];
    assert.ok(shown * total <= proven && proven < (shown + unit) * total, `${short(outcome)} of ${outcome.percent}`);
    assert.equal(strength(outcome), Math.min(9, Math.floor(Number(whole) / 10)));
  }
  const cases = { '100.0000': '100', '99.9999': '99', '10.0000': '10', '9.9999': '9.9', '0.0999': '0.0', '0.0000': '0.0', 7: '7' };
  for (const [percent, shown] of Object.entries(cases)) assert.equal(short({ percent }), shown);
  assert.deepEqual(['0.0', '9.9', '10.0', '99.9', '100.0'].map((percent) => strength({ percent })), [0, 0, 1, 9, 9]);
});

test('a change is the best of those that leave two choices as they are', () => {
  const grid = gridOf(proofs());
  for (const chosen of grid.cells.flat()) {
    const found = changes(grid, chosen);
    assert.deepEqual(found.map(({ choice }) => choice), chosen.facts.tags.map(({ name }) => name));
    found.forEach(({ choice, from, to, proof, before, after, soFar }, i) => {
      const others = grid.cells
        .flat()
        .filter((other) => other !== chosen && other.facts.tags.every((tag, j) => i === j || tag.value === chosen.facts.tags[j].value));
      assert.equal(others.length, [4, 1, 9][i]);
      assert.ok(others.includes(proof) && others.every((other) => correct(other) <= correct(proof)));
      assert.deepEqual([before, after, soFar], [chosen.outcome, proof.outcome, false]);
      assert.deepEqual([choice, from, to], [chosen.facts.tags[i].name, chosen.facts.tags[i].value, proof.facts.tags[i].value]);
      // At most what the counts say, and less by under one in the last digit.
      const difference = Number(BigInt(after.correct) - BigInt(before.correct));
      const exact = (100 * difference) / Number(before.total);
      const said = Number(/^([+−]\d+(\.\d+)?) points of accuracy$/u.exec(points({ before, after }))[1].replace('−', '-'));
      assert.ok(Math.sign(said) === Math.sign(exact) && Math.abs(said) <= Math.abs(exact), `${said} of ${exact}`);
      assert.ok(Math.abs(exact - said) < (Math.abs(exact) < 1 ? 0.0001 : 0.1), `${said} of ${exact}`);
    });
  }
});

test('what the view says of the mean query, uncentred', () => {
  const grid = gridOf(proofs());
  const is = (...wanted) => grid.cells.flat().find(({ facts: { tags } }) => tags.every(({ value }, i) => value === wanted[i]));
  const [direct, centring, error] = changes(grid, is('mean query', 'no', 'exact attention scores')).map((change) => [
    change.to,
    points(change),
    steps(change),
  ]);
  assert.deepEqual(direct, ['exact differences', '+43.3 points of accuracy', '+2.3\u00a0% steps']);
  assert.deepEqual(centring, ['yes', '+39.1 points of accuracy', '+7.6\u00a0% steps']);
  assert.deepEqual(error, ['exact row differences', '−0.1426 points of accuracy', '+3.2\u00a0% steps']);
});

test('differences are rounded toward zero, and what rounds to nothing is said to be small', () => {
  const change = (a, b, total = 16_777_216n) => ({
    before: { correct: String(a), total: String(total) },
    after: { correct: String(b), total: String(total) },
  });
  assert.equal(points(change(5n, 5n)), 'the same accuracy');
  assert.equal(points(change(0n, 1n)), 'more by under 0.0001 points of accuracy');
  assert.equal(points(change(1n, 0n)), 'less by under 0.0001 points of accuracy');
  assert.equal(points(change(0n, 199_999n, 1_000_000n)), '+19.9 points of accuracy');
  assert.equal(points(change(199_999n, 0n, 1_000_000n)), '−19.9 points of accuracy');
  assert.equal(points(change(0n, 5_000n, 1_000_000n)), '+0.5 points of accuracy');
  // Counts that no float64 holds.
  const total = 64n ** 20n;
  assert.equal(points(change(total / 2n, total - 1n, total)), '+49.9 points of accuracy');
  const taking = (a, b) => ({ before: { flops: a }, after: { flops: b } });
  assert.equal(steps(taking(1000, 1000)), 'as many steps');
  assert.equal(steps(taking(1000, 1019)), '+1.9\u00a0% steps');
  assert.equal(steps(taking(1000, 981)), '−1.9\u00a0% steps');
  assert.equal(steps(taking(10_000, 10_001)), 'under 0.1\u00a0% more steps');
  assert.equal(steps(taking(10_000, 9_999)), 'under 0.1\u00a0% fewer steps');
});

test('proofs that are not finished gain nothing yet', () => {
  const all = proofs();
  const grid = gridOf(all);
  const chosen = grid.cells[3][4];
  const [to] = changes(grid, chosen);
  delete to.proof.outcome;
  const [next] = changes(grid, chosen);
  assert.ok(next.soFar && next.proof !== to.proof && BigInt(next.after.correct) <= BigInt(to.after.correct));
  assert.deepEqual(weakest(grid), []);
  assert.equal(missing(to.proof), 'not proven yet');
  assert.equal(missing({ ...to.proof, job: { state: 'failed', why: 'a crash' } }), 'failed');
  const refused = { ...to.proof, facts: { ...to.proof.facts, refused: 'too large' } };
  assert.equal(missing(refused), 'cannot be run here');
  delete chosen.outcome;
  assert.deepEqual(changes(grid, chosen), []);
  assert.deepEqual(changes(grid, grid.others[0]), []);
});

test('the weakest value of a choice is the one whose best proof proves the least', () => {
  const grid = gridOf(proofs());
  const found = weakest(grid);
  assert.deepEqual(found.map(({ choice }) => choice), [grid.columns.name, grid.parts.name, grid.rows.name]);
  for (const [i, choice] of [grid.columns, grid.parts, grid.rows].entries()) {
    for (const value of values(choice)) assert.ok(BigInt(found[i].outcome.correct) <= correct(best(withValue(grid, choice.name, value))));
    assert.ok(withValue(grid, choice.name, found[i].value).some(({ outcome }) => outcome === found[i].outcome));
  }
  assert.deepEqual(found.map(({ value }) => value), ['row differences', 'no', 'four factors around their means, recursive']);
});

test('proofs beside the grid that end the same are one, and none is lost', () => {
  const { others } = gridOf(proofs());
  const groups = merged(others);
  assert.deepEqual(groups.flatMap(({ all }) => names(all)).sort(), names(others).sort());
  for (const { proof, all } of groups) {
    assert.equal(all[0], proof);
    for (const { outcome } of all) assert.deepEqual([outcome.correct, outcome.flops], [proof.outcome.correct, proof.outcome.flops]);
  }
  assert.ok(groups.length < others.length);
  for (const proof of others) delete proof.outcome;
  assert.equal(merged(others).length, others.length, 'what is not finished may end otherwise');
});

/** The relative luminance of a colour such as #fff. */
function luminance(rgb) {
  const [r, g, b] = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test('numbers stand out from every fill, in light and in dark', async () => {
  const [css, tokens] = await Promise.all([read('views/strategies/strategies.css'), read('style/tokens.css')]);
  const colour = (scheme, name) => {
    const [, hex] = new RegExp(`--${name}: #([0-9a-f]+)`).exec(scheme);
    const digits = hex.length === 3 ? [...hex].map((digit) => digit + digit) : hex.match(/../g);
    return digits.map((digit) => parseInt(digit, 16) / 255);
  };
  const fills = [...css.matchAll(/\[data-fill='(\d)'\] \{\s+--fill: (\d+)%;(\s+color: var\(--paper\);)?/g)];
  assert.deepEqual(fills.map(([, i]) => Number(i)), [...Array(10).keys()]);
  const [light, dark] = tokens.split('prefers-color-scheme: dark');
  for (const scheme of [light, dark]) {
    const [paper, ink, accent] = ['paper', 'ink', 'accent'].map((name) => colour(scheme, name));
    for (const [, i, share, isPaper] of fills) {
      const fill = accent.map((c, k) => (c * share + paper[k] * (100 - share)) / 100);
      const [a, b] = [luminance(fill), luminance(isPaper ? paper : ink)].sort((x, y) => y - x);
      assert.ok((a + 0.05) / (b + 0.05) >= 4.5, `fill ${i}: ${((a + 0.05) / (b + 0.05)).toFixed(2)} : 1`);
    }
  }
});
