// The view "why" without a page: cells and their counts, parts, what would gain more, two proofs
// compared, and stale answers.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import './typescript.mjs';

const { beyond, casesOf, cellsOf, difference, inputs, layerOf, NONE, part, shares, together, worstLayer } = await import(
  '../../www/views/why/cells.ts'
);
const { gains, mostOf } = await import('../../www/views/why/gains.ts');
const { PATTERNS, isMarked } = await import('../../www/ui/hatch.ts');
const { lossOf } = await import('../../www/views/why/loss.ts');
const { hatchingOf, hatchingOfWay, NO_INPUT } = await import('../../www/views/why/patterns.ts');
const { Latest } = await import('../../www/ui/latest.ts');
const { partRows, percentDown, percentUp } = await import('../../www/views/why/parts.ts');
const shipped = JSON.parse(await readFile(new URL('../../www/models/max-of-k/first-paint.json', import.meta.url), 'utf8'));

const sum = (counts) => counts.reduce((all, count) => all + count, 0n);

/** All inputs of n tokens below v, counted one by one: [m][q][others]. */
function counted(v, n) {
  const found = new Map();
  for (let code = 0; code < v ** n; code++) {
    const tokens = Array.from({ length: n }, (_, i) => Math.floor(code / v ** i) % v);
    const [m, q] = [Math.max(...tokens), tokens[n - 1]];
    const others = tokens.filter((token) => token < m).length;
    const key = `${m} ${q} ${others}`;
    found.set(key, (found.get(key) ?? 0n) + 1n);
  }
  return (m, q, others) => found.get(`${m} ${q} ${others}`) ?? 0n;
}

/**
 * A map in which `proves(m, q, others)` of the inputs of a case are proven; `layered` says whether
 * by the number of smaller tokens.
 */
function mapOf(v, n, proves, layered = true) {
  const layers = (layered ? Array.from({ length: n }, (_, others) => others) : [null]).map((others) => {
    const [share, verdict] = [new Float64Array(v * v).fill(NaN), new Uint8Array(v * v).fill(NONE)];
    let [total, proven] = [0n, 0n];
    for (let m = 0; m < v; m++) {
      for (let q = 0; q <= m; q++) {
        const all = inputs(n, m, q, others);
        if (!all) continue;
        const some = proves(m, q, others, all);
        share[m * v + q] = Number(some) / Number(all);
        verdict[m * v + q] = some === all ? 0 : 1;
        total += all;
        proven += some;
      }
    }
    const way = new Uint8Array(v * v).fill(NONE);
    const wrong = share.map((part, i) => (part < 1 ? (i % 3) : 0));
    return { others, total: String(total), proven: String(proven), share, verdict, way, wrong };
  });
  const verdicts = ['proven', 'failed'].map((id) => ({ id, label: id, about: id }));
  return {
    strategy: 's',
    v,
    n,
    total: String(BigInt(v) ** BigInt(n)),
    proven: String(sum(layers.map(({ proven }) => BigInt(proven)))),
    layers,
    verdicts,
    ways: [],
    wrong: null,
    parts: [],
  };
}
/** Some part of a case, other for each. */
const some = (m, q, others, all) => (all * BigInt((7 * m + 3 * q + 5 * (others ?? 1)) % 11)) / 10n % (all + 1n);

test('inputs of a case are those that counting one by one finds, and all cases are all inputs', () => {
  for (const [v, n] of [[5, 1], [5, 2], [4, 4], [3, 6], [7, 3]]) {
    const found = counted(v, n);
    let all = 0n;
    for (let m = 0; m < v; m++) {
      for (let q = 0; q < v; q++) {
        let layers = 0n;
        for (let others = 0; others < n; others++) {
          assert.equal(inputs(n, m, q, others), found(m, q, others), `v = ${v}, n = ${n}: ${m}, ${q}, ${others}`);
          layers += found(m, q, others);
        }
        assert.equal(inputs(n, m, q, null), layers);
        all += layers;
      }
    }
    assert.equal(all, BigInt(v) ** BigInt(n));
  }
});

test('a share in float64 gives the count that it came from, and all only where all are proven', () => {
  for (const total of [1n, 3n, 1000n, 250047n, 2n ** 40n + 15n, 2n ** 50n - 1n]) {
    for (const count of [0n, 1n, total / 3n, total / 2n, (total * 999n) / 1000n, total - 1n, total]) {
      const share = Number(count) / Number(total);
      // One step of float64 less, which is more than rounding down takes off.
      const down = share && count < total ? share - 2 ** (Math.floor(Math.log2(share)) - 52) : share;
      for (const given of [share, down]) assert.equal(part(given, total), count, `${count} of ${total}`);
    }
  }
  const large = 63n ** 19n;
  const most = part(1 - Number.EPSILON / 2, large);
  assert.ok(most < large && most > (large * 999n) / 1000n);
  assert.deepEqual([part(1, large), part(0, large), part(NaN, large)], [large, 0n, 0n]);
});

test('layers are summed cell by cell, exactly', () => {
  const map = mapOf(6, 4, some);
  const all = together(map);
  assert.deepEqual([sum(all.total), sum(all.proven)], [BigInt(map.total), BigInt(map.proven)]);
  const layers = map.layers.map((layer) => cellsOf(map, layer));
  layers.forEach(({ total, proven }, i) => {
    assert.deepEqual([sum(total), sum(proven)], [BigInt(map.layers[i].total), BigInt(map.layers[i].proven)]);
  });
  for (let cell = 0; cell < 36; cell++) {
    const worst = worstLayer(layers, cell);
    if (worst === undefined) assert.deepEqual([all.total[cell], all.verdict[cell]], [0n, NONE]);
    else {
      const missing = layers.map(({ total, proven }) => total[cell] - proven[cell]);
      assert.ok(missing.every((count) => count <= missing[worst]));
      assert.equal(all.verdict[cell], layers[worst].verdict[cell]);
    }
    const share = shares(all)[cell];
    assert.equal(share === 1, all.total[cell] > 0n && all.total[cell] === all.proven[cell]);
    assert.equal(Number.isNaN(share), all.total[cell] === 0n);
    assert.equal(all.wrong[cell], layers.reduce((sum, { wrong }) => sum + wrong[cell], 0));
  }
  const single = mapOf(6, 4, some, false);
  assert.equal(sum(together(single).proven), BigInt(single.proven));
});

test('a cell whose numbers are not told apart has all of its inputs in each layer, and counts once', () => {
  const [v, n] = [6, 4];
  const [apart, joint] = [mapOf(v, n, some), mapOf(v, n, some, false)];
  const isJoint = (i) => i % 3 === 0;
  const only = (wanted) => (layer) => {
    const share = layer.share.map((part, i) => (isJoint(i) === wanted ? part : NaN));
    return { ...layer, share, verdict: layer.verdict.map((index, i) => (Number.isNaN(share[i]) ? NONE : index)) };
  };
  const map = { ...apart, layers: [...apart.layers.map(only(false)), ...joint.layers.map(only(true))] };
  const all = together(map);
  assert.equal(sum(all.total), BigInt(v) ** BigInt(n));
  map.layers.slice(0, n).forEach((layer) => {
    const cells = layerOf(map, layer);
    for (let i = 0; i < v * v; i++) {
      const own = inputs(n, Math.floor(i / v), i % v, layer.others);
      const expected = own && isJoint(i) ? all : cellsOf(map, layer);
      assert.deepEqual([cells.total[i], cells.proven[i]], own ? [expected.total[i], expected.proven[i]] : [0n, 0n]);
    }
  });
});

test('under a distribution, cells are weights: those of their inputs, exactly', () => {
  const [v, n] = [5, 3];
  const factors = [['0', '3', '1', '12345678901234567890', '2'], ['1', '1', '0', '4', '5'], ['7', '2', '1']];
  const table = Array.from({ length: v * v }, (_, i) => String(i % 4));
  const found = counted(v, n);
  const weight = (m, q, others) =>
    BigInt(factors[0][m]) * BigInt(factors[1][q]) * BigInt(factors[2][n - others - 1]) * BigInt(table[m * v + q]);
  const map = { ...mapOf(v, n, some), weights: { factors, table } };
  for (const { others, ...layer } of map.layers) {
    const cells = cellsOf(map, { others, ...layer });
    for (let m = 0; m < v; m++) {
      for (let q = 0; q <= m; q++) {
        const [all, i] = [found(m, q, others), m * v + q];
        assert.equal(cells.total[i], all * weight(m, q, others));
        assert.equal(cells.proven[i], all ? some(m, q, others, all) * weight(m, q, others) : 0n);
      }
    }
  }
  const all = together(map);
  for (let i = 0; i < v * v; i++) {
    const sums = [0, 1, 2].map((others) => found(Math.floor(i / v), i % v, others) * weight(Math.floor(i / v), i % v, others));
    assert.equal(all.total[i], sum(sums));
    assert.ok(Number.isNaN(shares(all)[i]) ? !all.total[i] : shares(all)[i] <= 1);
  }
});

test('two proofs: the difference of shares, and inputs that only one can have proven', () => {
  const all = (m, q, others, total) => total;
  const none = () => 0n;
  const [a, b] = [mapOf(6, 4, some), mapOf(6, 4, (m, q, others, total) => total - some(m, q, others, total))];
  const { a: ours, b: theirs } = beyond(a, b);
  assert.equal(ours - theirs, BigInt(a.proven) - BigInt(b.proven));
  assert.deepEqual(beyond(b, a), { a: theirs, b: ours });
  assert.deepEqual(beyond(a, a), { a: 0n, b: 0n });
  assert.deepEqual(beyond(mapOf(6, 4, all), mapOf(6, 4, none)), { a: 6n ** 4n, b: 0n });
  // Layers see more than their sum: a proof may gain in one what it loses in another.
  const even = mapOf(6, 4, (m, q, others, total) => (others % 2 ? 0n : total));
  const odd = mapOf(6, 4, (m, q, others, total) => (others % 2 ? total : 0n));
  assert.equal(beyond(even, odd).a, BigInt(even.proven));
  const single = mapOf(6, 4, some, false);
  const mixed = beyond(a, single);
  assert.equal(mixed.a - mixed.b, BigInt(a.proven) - BigInt(single.proven));
  const signed = difference(together(a), together(b));
  shares(together(a)).forEach((share, i) => assert.ok(Number.isNaN(share) ? Number.isNaN(signed[i]) : Math.abs(signed[i]) <= 1));
  assert.ok(signed.some((x) => x > 0) && signed.some((x) => x < 0));
});

test('parts become rows whose counts add up; what is proven is rounded down, and what is not up', () => {
  const of = (id, inputs) => ({ id, label: `the ${id}`, about: '', inputs: String(inputs) });
  const rows = partRows({ total: '16777216', parts: [of('proven', 11399041), of('gaps', 2772529), of('none', 0), of('test', 2605646)] });
  assert.deepEqual(rows.map(({ id }) => id), ['gaps', 'test', 'proven']);
  assert.equal(sum(rows.map(({ inputs }) => inputs)), 16777216n);
  assert.deepEqual(rows.map(({ percent }) => percent.replace('\u00a0', ' ')), ['16.5256 %', '15.5309 %', '67.9435 %']);
  assert.equal(rows[2].count, '11,399,041');
  assert.deepEqual(partRows({ total: '4', parts: [of('proven', 0), of('rest', 4)] }).map(({ id }) => id), ['rest', 'proven']);
  const texts = [
    percentDown(16777215n, 16777216n),
    percentUp(1n, 16777216n),
    percentDown(1n, 16777216n),
    percentDown(5n, 5n),
    percentDown(0n, 0n),
  ];
  assert.deepEqual(texts.map((text) => text.replace('\u00a0%', '')), ['99.9999', '0.0001', '0', '100', '0']);
});

/** The proofs of the default model with their shipped outcomes. */
const PROOFS = shipped.facts.strategies.map((facts) => {
  const outcome = shipped.outcomes.find(({ strategy }) => strategy === facts.strategy);
  return { facts, job: { state: 'idle' }, shipped: true, frontier: false, ...(outcome && { outcome }) };
});

test('gains come from real outcomes: one choice replaced, or the best of a family', () => {
  const most = mostOf(PROOFS);
  assert.equal(most, 16772954n);
  for (const chosen of PROOFS) {
    const found = gains(PROOFS, chosen);
    const own = BigInt(chosen.outcome.correct);
    assert.ok(found.every(({ inputs }, i) => inputs > 0n && (i === 0 || inputs <= found[i - 1].inputs)));
    assert.equal(new Set(found.map(({ strategy }) => strategy)).size, found.length);
    for (const { strategy, change, inputs, length, isAll } of found) {
      const other = PROOFS.find(({ facts }) => facts.strategy === strategy);
      assert.equal(BigInt(other.outcome.correct) - own, inputs);
      assert.equal(length, other.outcome.flops / chosen.outcome.flops);
      assert.equal(isAll, BigInt(other.outcome.correct) === most);
      if ('label' in change) continue;
      const tags = chosen.facts.tags.map(({ name, value }) => ({ name, value: name === change.name ? change.to : value }));
      assert.deepEqual(other.facts.tags.map(({ name, value }) => ({ name, value })), tags);
      assert.ok(chosen.facts.tags.some(({ name, value }) => name === change.name && value === change.from));
      // No other value of this choice proves more.
      const same = PROOFS.filter(
        ({ facts }) =>
          facts.tags.length === tags.length && facts.tags.every(({ name, value }, i) => name === change.name || value === tags[i].value),
      );
      assert.ok(same.every(({ outcome }) => BigInt(outcome.correct) <= own + inputs));
    }
    assert.equal(own < most, found.some(({ isAll }) => isAll), chosen.facts.strategy);
  }
});

test('nothing is gained over a proof without an outcome, nor by one', () => {
  const [subcubic] = PROOFS.filter(({ facts }) => facts.tags.length);
  const { outcome: _, ...without } = subcubic;
  assert.deepEqual(gains(PROOFS, without), []);
  const unproven = PROOFS.map(({ outcome: _, ...proof }) => proof);
  assert.deepEqual(gains(unproven, subcubic), []);
  assert.equal(mostOf(unproven), undefined);
});

test('of questions that come at once, the last one wins, and one is asked at a time', async () => {
  const [asked, said] = [[], []];
  const latest = new Latest((answer) => said.push(answer), (error) => said.push(error.message));
  const question = (name) => () => new Promise((resolve, reject) => asked.push({ name, resolve: () => resolve(name), reject }));
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  for (const name of ['a', 'b', 'c']) latest.ask(question(name));
  await settled();
  assert.deepEqual(asked.map(({ name }) => name), ['a']);
  asked[0].resolve();
  await settled();
  assert.deepEqual([asked.map(({ name }) => name), said], [['a', 'c'], []]);
  asked[1].reject(new Error('too long'));
  await settled();
  assert.deepEqual(said, ['too long']);
  latest.ask(question('d'));
  latest.forget();
  asked[2].resolve();
  await settled();
  assert.deepEqual(said, ['too long']);
  latest.ask(question('e'));
  await settled();
  asked[3].resolve();
  await settled();
  assert.deepEqual(said, ['too long', 'e']);
});

test('each verdict has one pattern in every proof, and no two look alike, with colour or without', async () => {
  const rust = await readFile(new URL('../../src/tasks/max_of_k/explain/why.rs', import.meta.url), 'utf8');
  const ids = [...rust.matchAll(/Self::\w+ => "([a-z-]+)",/g)].map(([, id]) => id);
  assert.ok(ids.length >= 11 && ids.includes('not-excluded'), ids.join());
  const rustWays = await readFile(new URL('../../src/tasks/max_of_k/explain/way.rs', import.meta.url), 'utf8');
  const ways = [...rustWays.matchAll(/Self::\w+ => [{(\s]*"([a-z-]+)",/g)].map(([, id]) => id);
  assert.equal(new Set(ways.map(hatchingOfWay)).size, ways.length);
  assert.equal(ways.length, 6);
  const looks = [...ids.map(hatchingOf), NO_INPUT];
  assert.equal(new Set(looks).size, looks.length);
  assert.deepEqual([hatchingOf('proven'), isMarked(hatchingOf('wrong'))], [0, true]);
  const drawn = PATTERNS.filter(Boolean).map(({ color, width, lines }) => JSON.stringify([color, width, lines(20, 20)]));
  assert.equal(new Set(drawn).size, drawn.length);
  // A cell of the smallest map has some of each pattern, wherever it is.
  const CELL = 8;
  for (const { name, lines } of PATTERNS.filter(Boolean)) {
    const touches = ([x1, y1, x2, y2], x, y) => [0, 0.25, 0.5, 0.75, 1].some((t) => {
      const [a, b] = [x1 + t * (x2 - x1), y1 + t * (y2 - y1)];
      return a >= x && a <= x + CELL && b >= y && b <= y + CELL;
    });
    // Long lines are looked at piece by piece.
    const long = lines(64, 64).flatMap(([x1, y1, x2, y2]) =>
      Array.from({ length: 16 }, (_, i) => [
        x1 + ((x2 - x1) * i) / 16,
        y1 + ((y2 - y1) * i) / 16,
        x1 + ((x2 - x1) * (i + 1)) / 16,
        y1 + ((y2 - y1) * (i + 1)) / 16,
      ]),
    );
    for (let x = 0; x < 64; x += CELL)
      for (let y = 0; y < 64; y += CELL)
        assert.ok(
          long.some((line) => touches(line, x, y)),
          `${name} at ${x}, ${y}`,
        );
  }
});

test('what a proof misses is said once, in plain words', () => {
  const part = (id, inputs) => ({ id, label: `L ${id}`, about: `About ${id}.`, inputs: String(inputs) });
  const map = (...parts) => ({
    ...mapOf(4, 2, (m, q, others, total) => (m === 3 ? 0n : total), false),
    parts: [part('proven', 9), ...parts],
  });
  const said = (right, ...parts) => lossOf(map(...parts), right).said.replaceAll('\u00a0', ' ');
  assert.equal(said(undefined, part('left', 7)), 'It misses 7 inputs, 43.75 % of all. All of them are “L left”: about left.');
  assert.equal(said(9n, part('wrong', 7)), 'It misses 7 inputs, 43.75 % of all. All of these are answered wrong: no proof can cover them.');
  assert.match(
    said(12n, part('left', 3), part('wrong', 4)),
    /^It misses 7 .* 4 are answered wrong, .*; 3 are answered right, .* The others, 3 of them \(42\.8571 %\), are “L left”: about left\.$/,
  );
  assert.match(said(undefined, part('gap', 4), part('left', 3)), /Most are “L gap”, 4 of them \(57\.1428 %\): about gap\.$/);
  assert.equal(lossOf(map(part('left', 7)), undefined).worst.m, 3);
  // Of weights, shares are said.
  const weighted = {
    ...map(part('left', 3), part('wrong', 4)),
    wrong: '4',
    weights: {
      factors: [
        ['1', '1', '1', '1'],
        ['1', '1', '1', '1'],
        ['1', '1'],
      ],
      table: null,
    },
  };
  assert.match(
    lossOf(weighted, undefined).said.replaceAll('\u00a0', ' '),
    /^It misses 43\.75 % of the weight\. Of all weight, 25 % is on inputs answered wrong, .*; 18\.75 % is on inputs answered right/,
  );
  // Where the core has counted what is wrong, no exact proof is needed to say so.
  assert.match(
    lossOf({ ...map(part('left', 3), part('wrong', 4)), wrong: '4' }, undefined).said,
    /4 are answered wrong, .* 3 are answered right/,
  );
});
