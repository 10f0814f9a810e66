// What figures are saved as: tables as CSV, TSV and JSON, drawings as SVG.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import './typescript.mjs';

const { csvOf, headOf, jsonOf, textOf, tsvOf } = await import('../../www/ui/export/table.ts');
const { escaped, svgOf } = await import('../../www/ui/export/svg.ts');
const { FLAT, MARK } = await import('../../www/ui/hatch.ts');
const { sheetOf } = await import('../../www/ui/export/sheet.ts');
const { captioned } = await import('../../www/ui/export/caption.ts');
const { frontierTable } = await import('../../www/views/frontier/table.ts');
const { proofTable } = await import('../../www/views/results/rows.ts');
const shipped = JSON.parse(await readFile(new URL('../../www/models/max-of-k/first-paint.json', import.meta.url), 'utf8'));

/** Reads CSV as RFC 4180 defines it. */
function csv(text) {
  const rows = [[]];
  let at = 0;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      for (at++; ; at++) {
        if (text[at] === '"' && text[at + 1] === '"') at++;
        else if (text[at] === '"') break;
        field += text[at];
      }
      at++;
    } else while (at < text.length && text[at] !== ',' && text[at] !== '\r') field += text[at++];
    rows.at(-1).push(field);
    if (text[at] === ',') at++;
    else {
      assert.equal(text.slice(at, at + 2), '\r\n');
      at += 2;
      if (at < text.length) rows.push([]);
    }
  }
  return rows;
}

const columns = [{ key: 'name', title: 'Name' }, { key: 'count', title: 'Count', unit: 'inputs' }, { key: 'share', title: 'Share' }];
const ORIGIN = { title: 'A table', model: 'max.safetensors', sha256: 'ab'.repeat(32), address: 'https://example.org/#k=4' };

test('CSV gives back every value, whatever is in it', () => {
  const texts = ['plain', 'a,b', 'say "no"', 'two\r\nlines', 'one\nline', ' blank ', 'tab\tin', '"', '', 'é 𝕏', ',,', '""'];
  const table = { columns, rows: texts.map((text, i) => [text, 10n ** BigInt(3 * i), i / 7]) };
  const read = csv(csvOf(table));
  assert.deepEqual(read[0], ['Name', 'Count (inputs)', 'Share']);
  assert.deepEqual(read.slice(1), table.rows.map((row) => row.map(textOf)));
  assert.deepEqual(read.slice(1).map(([, , share]) => Number(share)), texts.map((_, i) => i / 7), 'numbers are read back to the last bit');
});

test('a spreadsheet takes no text for a formula, and numbers stay numbers', () => {
  const evil = ['=1+1', '+1', '-cmd', '@SUM(A1)', '\t=1', '\r=1'];
  const table = { columns, rows: evil.map((text) => [text, -5n, -0.5]) };
  for (const [name, count, share] of csv(csvOf(table)).slice(1)) {
    assert.equal(name[0], "'");
    assert.deepEqual([count, share], ['-5', '-0.5']);
  }
  for (const line of tsvOf(table).trimEnd().split('\n').slice(1)) assert.match(line, /^'[^\t]*\t-5\t-0\.5$/);
});

test('TSV has as many fields in each line as there are columns', () => {
  const table = { columns, rows: [['a\tb\nc', null, true], ['', 1n, false]] };
  assert.equal(tsvOf(table), 'Name\tCount (inputs)\tShare\na b c\t\tyes\n\t1\tno\n');
});

test('JSON keeps counts as digits and says where they come from; the same table gives the same bytes', () => {
  const table = { columns, rows: [['a', 2n ** 200n, 0.1], ['b', null, Infinity], ['c', 0n, NaN]] };
  const text = jsonOf(table, ORIGIN);
  const read = JSON.parse(text);
  assert.deepEqual(read, {
    ...ORIGIN,
    columns,
    rows: [
      { name: 'a', count: String(2n ** 200n), share: 0.1 },
      { name: 'b', count: null, share: 'Infinity' },
      { name: 'c', count: '0', share: 'NaN' },
    ],
  });
  assert.equal(jsonOf(table, ORIGIN), text);
});

test('the table of proofs has the exact counts and unrounded bounds', () => {
  const outcomes = new Map(shipped.outcomes.map((outcome) => [outcome.strategy, outcome]));
  const proofs = shipped.facts.strategies.map((facts) => ({
    facts, outcome: outcomes.get(facts.strategy), job: { state: 'idle' }, shipped: true, frontier: false,
  }));
  const table = proofTable(proofs);
  const { rows } = JSON.parse(jsonOf(table, ORIGIN));
  assert.equal(rows.length, proofs.length);
  for (const row of rows) {
    const { correct, total, bound, percent, flops } = outcomes.get(row.strategy);
    assert.deepEqual([row.correct, row.total, row.bound, row.percent, row.flops], [correct, total, bound, Number(percent), flops]);
    assert.ok(row.percent / 100 <= row.bound, 'rounded down');
  }
  const [head, ...lines] = csv(csvOf(table));
  assert.deepEqual(head, table.columns.map(headOf));
  assert.equal(new Set(head).size, head.length, 'no two columns have one name');
  lines.forEach((line, i) => assert.deepEqual(line, table.rows[i].map(textOf)));
});

test('what a model is compared with is in the table of the frontier, row by row', () => {
  const [facts] = shipped.facts.strategies;
  const proofs = [
    {
      facts,
      outcome: shipped.outcomes.find(({ strategy }) => strategy === facts.strategy),
      job: { state: 'idle' },
      shipped: true,
      frontier: true,
    },
  ];
  const model = { facts: { file: 'max.safetensors' }, uncertain: [] };
  const alone = frontierTable(model, proofs, { others: [], spread: [] });
  assert.deepEqual(alone, proofTable(proofs));
  const others = [{ label: 'K = 4, seed 50', proofs: [{ flops: 10, bound: 0.5, unexplained_dimension: 3 }] }];
  const spread = [{ flops: 20, bounds: [0.1, 0.2, 0.3, 0.4, 0.5] }];
  const table = frontierTable(model, proofs, { others, spread });
  const { rows } = JSON.parse(jsonOf(table, ORIGIN));
  assert.deepEqual(
    rows.map(({ of }) => of),
    [
      'max.safetensors',
      'K = 4, seed 50',
      ...['least', 'lower quartile', 'median', 'upper quartile', 'most'].map((name) => `All seeds: ${name}`),
    ],
  );
  assert.deepEqual([rows[1].flops, rows[1].bound, rows[1].unexplained_dimension, rows[1].correct], [10, 0.5, 3, null]);
  assert.deepEqual(rows.slice(2).map(({ flops, bound }) => [flops, bound]), [[20, 0.1], [20, 0.2], [20, 0.3], [20, 0.4], [20, 0.5]]);
  assert.deepEqual(table.rows[0].slice(1), alone.rows[0]);
});

const colors = new Proxy({}, { get: (_, role) => `#${role}` });
const style = { colors, fontFamily: '"A & B", sans-serif' };
const WORDS = { title: 'A <figure>', description: 'Of "max" & others' };
const count = (text, pattern) => (text.match(pattern) ?? []).length;

test('SVG has every command of the figure, and a circle for each of its marks', () => {
  const { figure } = shipped;
  const text = svgOf(figure, style, WORDS);
  const of = (kind) => figure.commands.filter((command) => command.kind === kind).length;
  assert.equal(count(text, /<text /g), of('text'));
  assert.equal(count(text, /<polyline /g), of('path'));
  assert.equal(count(text, /<polygon /g), of('polygon'));
  assert.equal(count(text, /class="marker"/g), figure.markers.length);
  assert.equal(count(text, /<circle /g), of('circle') + figure.markers.length);
  assert.equal(count(text, /<rect /g), of('rect') + 1);
  assert.ok(text.includes('<title>A &lt;figure&gt;</title>') && text.includes('<desc>Of &quot;max&quot; &amp; others</desc>'));
  assert.ok(text.includes(`viewBox="0 0 ${figure.width} ${figure.height}"`));
  assert.ok(!/NaN|undefined|\[object/.test(text));
});

test('SVG holds any text', () => {
  assert.equal(escaped('a<b>&"\u0000\u0008\ufffe\ud800c\n𝕏'), 'a&lt;b&gt;&amp;&quot;c\n𝕏');
});

const cells = (shades, columns, rows, hatching = []) => ({
  kind: 'cells', x: 10, y: 20, width: 30 * columns, height: 30 * rows, columns, rows, shades, hatching, color: 'ours', negative: 'wrong',
});
const figureOf = (...commands) => ({ width: 200, height: 100, commands, plane: {}, markers: [], rows: [] });

test('cells of one shade are one path, neighbours one rectangle; nothing is drawn where nothing is', () => {
  const text = svgOf(figureOf(cells([1, 1, 0, NaN, -0.5, 1], 3, 2)), style, WORDS);
  assert.ok(text.includes('<path d="M0 0h2v1h-2zM2 1h1v1h-1z" fill="#ours" fill-opacity="1"/>'), text);
  assert.ok(text.includes('<path d="M1 1h1v1h-1z" fill="#wrong" fill-opacity="0.498"/>') || text.includes('fill-opacity="0.502"'), text);
  assert.equal(count(text, /<path /g), 2);
  // A rectangle ends with its row.
  assert.ok(svgOf(figureOf(cells([0, 1, 1, 0], 2, 2)), style, WORDS).includes('d="M1 0h1v1h-1zM0 1h1v1h-1z"'));
});

test('each pattern is clipped to its cells, marks stand in theirs, and cells without inputs are flat', () => {
  const text = svgOf(figureOf(cells([1, 1, 0, 0], 4, 1, [1, 2, 1 + MARK, FLAT])), style, WORDS);
  assert.equal(count(text, /<clipPath /g), 2);
  assert.deepEqual([count(text, /<circle /g), text.includes('<circle cx="85" cy="35" r="9" fill="#wrong"')], [1, true], text);
  assert.ok(text.includes('fill="#muted" fill-opacity="0.25"'), text);
  for (const [, id] of text.matchAll(/url\(#([^)]+)\)/g)) assert.equal(count(text, new RegExp(`id="${id}"`, 'g')), 1);
});

test('figures beside each other are one, each under its name', () => {
  const one = figureOf({ kind: 'path', points: [[0, 0], [5, 5]], color: 'ink', width: 1 }, cells([1], 1, 1));
  assert.equal(sheetOf([]), undefined);
  assert.equal(sheetOf([{ name: '', figure: one }]), one);
  const two = sheetOf([{ name: 'a', figure: one }, { name: 'b', figure: one }]);
  assert.deepEqual([two.width, two.height], [424, 128]);
  assert.deepEqual(two.commands.filter(({ kind }) => kind === 'text').map(({ text, x }) => [text, x]), [['a', 0], ['b', 224]]);
  assert.deepEqual(
    two.commands.filter(({ kind }) => kind === 'path').map(({ points }) => points),
    [
      [
        [0, 28],
        [5, 33],
      ],
      [
        [224, 28],
        [229, 33],
      ],
    ],
  );
  assert.deepEqual(two.commands.filter(({ kind }) => kind === 'cells').map(({ x, y }) => [x, y]), [[10, 48], [234, 48]]);
});

test('a saved figure has its title and what it is about above it, and its legend below, in lines no wider than it', () => {
  const one = {
    ...figureOf({
      kind: 'path',
      points: [
        [0, 0],
        [5, 5],
      ],
      color: 'ink',
      width: 1,
    }),
    markers: [{ id: 'cubic', x: 3, y: 4, frontier: true }],
  };
  const legend = ['Brute force', 'Cubic', 'Sub-cubic'].map((label) => ({ mark: '▲', label, role: 'cubic' }));
  const title = 'Frontier of bounds';
  const made = captioned(one, { title, about: 'max.safetensors: right on at least half of all inputs', legend });
  const texts = made.commands.filter(({ kind }) => kind === 'text');
  assert.deepEqual(texts.filter(({ bold }) => bold).map(({ text }) => text), [title]);
  assert.equal(
    texts.map(({ text }) => text).join(' '),
    `${title} max.safetensors: right on at least half of all inputs ▲ Brute force ▲ Cubic ▲ Sub-cubic`,
  );
  const { points: [[, top]] } = made.commands.find(({ kind }) => kind === 'path');
  assert.deepEqual([made.width, made.markers[0].y - 4], [one.width, top]);
  for (const { text, x, y } of texts) {
    assert.ok(x + 7 * text.length <= one.width && y > 0 && y < made.height, `${text} at ${x}, ${y}`);
    assert.ok(y < top || y > top + one.height, `${text} lies outside of the figure`);
  }
  assert.equal(new Set(texts.map(({ x, y }) => `${x} ${y}`)).size, texts.length);
});
