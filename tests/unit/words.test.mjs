// Words, marks, the method's numbers and the citation, without a page.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import './typescript.mjs';

const root = resolve(import.meta.dirname, '../..');
const { WORDS } = await import('../../www/views/glossary/words.ts');
const { WORDS: GROUP_WORDS } = await import('../../www/tasks/group-operations/words.ts');
const { WORDS: LAB_WORDS } = await import('../../www/labs/superposition/glossary.ts');
const { WORDS: TRAINING_WORDS } = await import('../../www/labs/training/glossary.ts');
const { termsIn } = await import('../../www/views/glossary/terms.ts');
const { ofBruteForce, ofLowRank } = await import('../../www/tasks/group-operations/views/method/costs.ts');
const { oneRun, ofCubic } = await import('../../www/views/method/costs.ts');
const { bibTeX, claimOf, plainText } = await import('../../www/views/method/cite.ts');
const { svdLesson, svdProof } = await import('../../www/views/strategies/svd.ts');
const { gridOf } = await import('../../www/views/strategies/grid.ts');
const shipped = JSON.parse(readFileSync(join(root, 'www/models/max-of-k/first-paint.json'), 'utf8'));
const { facts, outcomes } = shipped;
const outcomeOf = (strategy) => outcomes.find((outcome) => outcome.strategy === strategy);

const sources = readdirSync(join(root, 'www'), { recursive: true }).filter((path) => /\.ts$/.test(path) && !/^pkg/.test(path));
const GROUPS = 'tasks/group-operations/';
/** Folders with a glossary of their own, and these. */
const OWN = { [GROUPS]: GROUP_WORDS, 'labs/superposition/': LAB_WORDS, 'labs/training/': TRAINING_WORDS };
const folderOf = (path) => Object.keys(OWN).find((folder) => path.startsWith(folder));
const textOf = (path) => readFileSync(join(root, 'www', path), 'utf8');

test('every word that is a button has an entry', () => {
  for (const folder of [undefined, ...Object.keys(OWN)]) {
    const texts = sources.filter((path) => folderOf(path) === folder).map(textOf);
    const named = texts.flatMap((text) => [...text.matchAll(/\b(?:word|term)\('([^']+)'/g)].map(([, name]) => name));
    // Marks of numbers, and the lists of terms that are words.
    named.push(...texts.flatMap((text) => [...text.matchAll(/\bkind\('([^']+)'/g)].map(([, name]) => name)));
    const lists = texts.flatMap((text) => [...text.matchAll(/new Map<string, Word>\(\[([^;]*)\]\)/g)].map(([, list]) => list));
    assert.equal(lists.length, folder ? 0 : 2);
    named.push(...lists.flatMap((list) => [...list.matchAll(/, '([^']+)'\]/g)].map(([, name]) => name)));
    const html = folder ? [] : ['index.html', 'www/views/report/report.html'].map((file) => readFileSync(join(root, file), 'utf8'));
    named.push(...html.flatMap((text) => [...text.matchAll(/data-word="([^"]+)"/g)].map(([, name]) => name)));
    assert.ok(named.length > 5, folder);
    assert.deepEqual(named.filter((name) => !(name in { ...WORDS, ...OWN[folder] })), [], 'words without an entry');
  }
});

/** Signs that need no glossary: what everybody knows, and names of programs, files and places. */
const PLAIN =
  /^(π|[A-Z]?[KM]B|CSV|HTML|JSON|PDF|PNG|SVG|CORS|VS|CITATION|NeurIPS|SIAM|EOF|BT|ET|FEFF|RG|LARGEST|OCaml|[A-Z][a-z]+[A-Z]\w*)$/;

test('every symbol in the texts of a view has an entry in the glossary of its task', () => {
  const found = new Set();
  for (const path of sources.filter(
    (path) => /^(views|tasks\/[\w-]+|labs\/(superposition|training))\//.test(path) && !/glossary|words\.ts|share\/|cite\.ts/.test(path),
  )) {
    const code = textOf(path)
      .replace(/^import .*$/gm, '')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/(^|\s)\/\/.*$/gm, '');
    const literals = [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)].map(([, quoted, template]) =>
      (quoted ?? template).replace(/\$\{[^}]*\}/g, ' '),
    );
    for (const literal of literals) {
      for (const [symbol] of literal.matchAll(/\p{Script=Greek}[₀-₉]*\u0304?|‖|(?<![\w-])[A-Z]{2,}[a-zA-Z]*(?![\w-])|[A-Za-z]′/gu)) {
        if (PLAIN.test(symbol)) continue;
        found.add(symbol);
        assert.notDeepEqual(termsIn(symbol, OWN[folderOf(path)] ?? {}), [], `${symbol} in ${path}: ${literal.slice(0, 80)}`);
      }
    }
  }
  assert.ok(found.size > 20, [...found].join());
});

/** Words that a student need not know, in the texts of views or in the names of proofs. */
const TECHNICAL = {
  'max-of-k':
    'attention, softmax, logit, margin, vacuous, faithful, distribution, interval, quartile, outlier, Chernoff, convolution, bins, branch and bound, singular values, rank, baseline, frontier, slack, seed, query, key, vocabulary',
  'group-operations':
    'attention, softmax, logit, margin, embedding, unembedding, MLP, ReLU, irreps, representation, circuit, orbits, phases, frequency, wave, amplitude, integral, quadrature, kinks, Cauchy, rank, group',
};

test('every technical word has an entry in the glossary of its task', () => {
  for (const [task, words] of Object.entries(TECHNICAL))
    for (const word of words.split(', '))
      assert.notDeepEqual(termsIn(word, task === 'max-of-k' ? {} : GROUP_WORDS), [], `${word}, ${task}`);
});

test('terms are found by name and symbol, each by itself, and mean in a task what they mean there', () => {
  assert.deepEqual(termsIn('lead ≥ approx[q, m] − b_q', {}), ['largest token', 'last token', 'attention error']);
  assert.deepEqual(termsIn('no rank, and no franking', {}), ['rank']);
  assert.deepEqual(termsIn('‖U − AB‖', GROUP_WORDS).sort(), ['length of a list', 'neuron', 'unembedding']);
  assert.ok(!termsIn('γ', GROUP_WORDS).includes('relative error'));
  assert.ok(termsIn('γ', {}).includes('relative error'));
});

test('every entry is a sentence or two, short enough to be read where it stands', () => {
  for (const [name, { says }] of [WORDS, ...Object.values(OWN)].flatMap(Object.entries)) {
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

test('the steps of proofs about groups add up, and no part is negative, for every network that was proven', () => {
  const folder = join(root, 'www/models/group-operations');
  const { models } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  for (const { id, order, neurons } of models) {
    const { outcomes } = JSON.parse(readFileSync(join(folder, 'results', `${id}.json`), 'utf8'));
    const shape = { order, neurons, outputs: order };
    for (const { strategy, flops } of outcomes) {
      const rank = /^low-rank-unembed-(\d+)$/.exec(strategy)?.[1];
      const parts = strategy === 'brute-force' ? ofBruteForce(shape, flops) : rank ? ofLowRank(shape, Number(rank), flops) : undefined;
      if (!parts) continue;
      assert.equal(parts.reduce((sum, part) => sum + part.flops, 0), flops);
      assert.ok(parts.every((part) => part.flops > 0), `${id}, ${strategy}: ${JSON.stringify(parts)}`);
      assert.ok(parts.at(-1).flops < 0.6 * flops, `${id}, ${strategy}: most of it has no name`);
    }
  }
});

const cited = (strategy) => ({
  facts,
  proof: strategy && { label: 'Cubic', strategy, outcome: outcomeOf(strategy) },
  version: '1.2.3',
  address: 'https://example.org/p/#k=4&seed=123&strategy=cubic',
  year: 2026,
});

test('a citation has the exact fraction, the file by its hash, the proof, and the address', () => {
  assert.match(
    claimOf(cited('cubic')),
    /^at least 16,119,686\/16,777,216 of all inputs \(96\.0808\s%, rounded down\) answered right by max4_v64_s123\.safetensors \(SHA-256 [0-9a-f]{64}\), proven by “Cubic” \(cubic\) in 8,824,582 FLOPs$/,
  );
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
  const proofs = facts.strategies.map((each) => ({
    facts: each,
    job: { state: 'idle' },
    outcome: outcomeOf(each.strategy),
    shipped: false,
    frontier: false,
  }));
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
