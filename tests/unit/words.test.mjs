// Words, marks, the method's numbers and the citation, without a page.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import './typescript.mjs';

const root = resolve(import.meta.dirname, '../..');
const { WORDS } = await import('../../www/views/glossary/words.ts');
const { oneRun, ofCubic } = await import('../../www/views/method/costs.ts');
const { bibTeX, claimOf, plainText } = await import('../../www/views/method/cite.ts');
const { svdLesson, svdProof } = await import('../../www/views/strategies/svd.ts');
const { gridOf } = await import('../../www/views/strategies/grid.ts');
const shipped = JSON.parse(readFileSync(join(root, 'www/models/max-of-k/first-paint.json'), 'utf8'));
const { facts, outcomes } = shipped;
const outcomeOf = (strategy) => outcomes.find((outcome) => outcome.strategy === strategy);

test('every word that is a button has an entry, and every entry is a word somewhere', () => {
  const sources = readdirSync(join(root, 'www'), { recursive: true }).filter((path) => /\.ts$/.test(path) && !/^pkg/.test(path));
  const texts = sources.map((path) => readFileSync(join(root, 'www', path), 'utf8'));
  const named = texts.flatMap((text) => [...text.matchAll(/\bword\('([^']+)'/g)].map(([, name]) => name));
  // Marks of numbers, and the lists of terms that are words.
  named.push(...texts.flatMap((text) => [...text.matchAll(/\bkind\('([^']+)'/g)].map(([, name]) => name)));
  const lists = texts.flatMap((text) => [...text.matchAll(/new Map<string, Word>\(\[([^;]*)\]\)/g)].map(([, list]) => list));
  assert.equal(lists.length, 2);
  named.push(...lists.flatMap((list) => [...list.matchAll(/, '([^']+)'\]/g)].map(([, name]) => name)));
  const html = ['index.html', 'www/views/report/report.html'].map((file) => readFileSync(join(root, file), 'utf8')).join('');
  named.push(...[...html.matchAll(/data-word="([^"]+)"/g)].map(([, name]) => name));
  const unknown = named.filter((name) => !(name in WORDS));
  assert.deepEqual(unknown, [], 'words without an entry');
  assert.deepEqual(Object.keys(WORDS).filter((name) => !named.includes(name)), [], 'entries that no button names');
});

test('every entry is a sentence or two, short enough to be read where it stands', () => {
  for (const [name, { says }] of Object.entries(WORDS)) {
    assert.match(says, /^[A-Z].*[.]$/, name);
    assert.ok(says.length < 260, `${name}: ${says.length} characters`);
  }
});

test('the steps of brute force and of the cubic proof add up to what the library says they cost', () => {
  const sum = (costs) => costs.reduce((all, { flops }) => all + flops, 0);
  assert.equal(sum(oneRun(facts)), 50_698);
  assert.equal(sum(oneRun(facts)) * Number(facts.sequences), facts.baseline_flops);
  const cubic = ofCubic(facts, outcomeOf('cubic').flops);
  assert.equal(sum(cubic), 8_824_582);
  assert.ok(cubic.every(({ flops }) => flops > 0));
});

const cited = (strategy) => ({
  facts,
  proof: strategy && { label: 'Cubic', strategy, outcome: outcomeOf(strategy) },
  version: '1.2.3',
  address: 'https://example.org/p/#k=4&seed=123&strategy=cubic',
  year: 2026,
});

test('a citation has the exact fraction, the file by its hash, the proof, and the address', () => {
  assert.match(claimOf(cited('cubic')), /^at least 16,119,686\/16,777,216 of all inputs \(96\.0808\s%, rounded down\) answered right by max4_v64_s123\.safetensors \(SHA-256 [0-9a-f]{64}\), proven by “Cubic” \(cubic\) in 8,824,582 FLOPs$/);
  assert.match(claimOf(cited('exact')), /^exactly 16,772,954\/16,777,216/);
  assert.match(plainText(cited(undefined)), /^Compact Proofs: .*, version 1\.2\.3, 2026\. https:\S+\nmodel max4/);
});

test('BibTeX keeps its braces, whatever a file is called', () => {
  const hostile = cited('cubic');
  hostile.facts = { ...facts, file: 'a}\\input{x}_100%.pt' };
  hostile.address = 'https://example.org/a}b';
  const entry = bibTeX(hostile);
  let depth = 0;
  for (const sign of entry) {
    depth += Number(sign === '{') - Number(sign === '}');
    assert.ok(depth >= 0, entry);
  }
  assert.equal(depth, 0);
  assert.match(entry, /^@misc\{compactproofs2026,\n/);
  assert.match(entry, /ainputx\\_100\\%\.pt/);
  assert.match(entry, /\\url\{https:\/\/example\.org\/a%7Db\}/);
});

test('why SVD alone is vacuous, with the claim of the published formula', () => {
  const proofs = facts.strategies.map((each) => ({ facts: each, job: { state: 'idle' }, outcome: outcomeOf(each.strategy), shipped: false, frontier: false }));
  const grid = gridOf(proofs);
  const proof = svdProof(grid);
  assert.equal(proof.facts.label, 'SVD query · centred · exact attention scores');
  assert.equal(svdLesson(grid, facts.v), '', 'nothing before the claim is known');
  proof.published = '56';
  const said = svdLesson(grid, facts.v);
  assert.match(said, /claims 56 of 16,777,216 inputs, no more than the 64 inputs that repeat one token, so it is vacuous\./);
  assert.match(said, /about √64 = 8 times their average\. Take it off a query, and about 7 averages are left/);
  assert.match(said, /at best 14\.9671\s%/);
  assert.match(said, /proves 77\.8655\s%\.$/);
  proof.published = '10000';
  assert.doesNotMatch(svdLesson(grid, facts.v), /vacuous/);
});
