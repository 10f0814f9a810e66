// Checks that the files in dist/ are within their budgets of bytes, compressed with brotli.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';
import { allProven, host, proven, scenario, shipped } from './actions.mjs';
import { watch } from './harness.mjs';

const KB = 1000;
/** Budget of everything that the page fetches before its first live proof is done. */
const FIRST_VIEW = 300 * KB;
/** Budget of the document, its scripts and its style. */
const SHELL = 32 * KB;
/**
 * Budgets of the modules that are fetched later. `files` is the largest: it reads the user's
 * checkpoints in all formats and verifies certificates of all tasks. `explain` has the searches and
 * verifiers of every family of strategies: it says which cases a proof decides, and how, also of
 * proofs that are built, of weighted inputs, and of networks that something is taken out of.
 * `group` proves the second task, `insight` tells why, `samples` bounds accuracies with coins,
 * `training` trains and fine-tunes.
 */
const LATER = { superposition: 150 * KB, plot: 90 * KB, files: 490 * KB, check: 132 * KB, explain: 310 * KB, group: 150 * KB, insight: 215 * KB, samples: 150 * KB, training: 150 * KB };
/** Budget of each other script, and of the checker that is extracted from Coq, a program. */
const SCRIPT = 12 * KB;
const PROVEN_CHECKER = 100 * KB;

const dist = resolve(import.meta.dirname, '../../dist');
const assets = readdirSync(join(dist, 'assets'));
const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
const sent = (path) => brotliCompressSync(readFileSync(join(dist, path)), { params }).length;

/** Returns the path of the asset `name`-HASH.`extension`; fails unless there is exactly one. */
function asset(name, extension) {
  const found = assets.filter((file) => file.replace(/-[\w-]{8}\./, '.') === `${name}.${extension}`);
  assert.equal(found.length, 1, `${name}.${extension} among ${assets.join(', ')}`);
  return `assets/${found[0]}`;
}

/**
 * The names of the scripts that the document loads: its own, and what that shares with views that
 * are fetched later.
 */
const SCRIPTS = [...readFileSync(join(dist, 'index.html'), 'utf8').matchAll(/assets\/([\w-]+)-[\w-]{8}\.js/g)].map(([, name]) => name);

const within = (what, bytes, budget) => assert.ok(bytes <= budget, `${what}: ${bytes} bytes with brotli, at most ${budget} are allowed`);

for (const [name, budget] of Object.entries(LATER)) {
  test(`the module ${name} is within its budget`, () => within(name, sent(asset(`${name}_bg`, 'wasm')), budget));
}

test('the document with its script and style, and every other script, are within their budgets', () => {
  const parts = [...SCRIPTS.map((name) => asset(name, 'js')), asset('index', 'css'), 'early.js', 'index.html'];
  within('the shell', parts.map(sent).reduce((sum, bytes) => sum + bytes), SHELL);
  const scripts = assets.filter((file) => /\.js$/.test(file) && !parts.includes(`assets/${file}`));
  for (const file of scripts) within(file, sent(`assets/${file}`), file.startsWith('proven-checker') ? PROVEN_CHECKER : SCRIPT);
});

test('an embed paints within 60 KB, and the single file has at most 500 KB as it is', () => {
  const imported = importedBy('compact-proofs.js');
  within('an embed before it is touched', [...imported, 'max-of-k/first-paint.json'].map((file) => sent(`embed/${file}`)).reduce((sum, bytes) => sum + bytes), 60 * KB);
  for (const file of ['widget.html', 'group-operations/widget.html']) {
    const bytes = statSync(join(dist, 'embed', file)).size;
    assert.ok(bytes <= 500 * KB, `${file}: ${bytes} bytes`);
  }
});

/** A script of the embeds, and those that it imports at once. */
function importedBy(file, found = new Set([file])) {
  const text = readFileSync(join(dist, 'embed', file), 'utf8');
  for (const [, name] of text.matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g)) if (!found.has(name)) importedBy(name, found.add(name));
  return [...found];
}

scenario(
  'the page fetches only what its first view needs, within its budget, and the plotter after the first live proof',
  async (page) => {
    const { requests } = watch(page.context());
    await page.goto(host().server.url);
    await proven(page, 'Cubic');
    await allProven(page);
    const folder = new URL(host().server.url).pathname.length;
    const fetched = [...new Set(requests.map((url) => new URL(url).pathname.slice(folder)))];
    const plain = (path) => path.replace(/-[\w-]{8}\./, '.');
    const data = ['first-paint.json', 'manifest.json', shipped.facts.file].map((file) => `models/max-of-k/${file}`);
    const needed = ['', 'early.js', ...SCRIPTS.map((name) => `assets/${name}.js`), 'assets/index.css', 'assets/worker.js', 'assets/prove_bg.wasm', ...data];
    const first = fetched.filter((path) => needed.includes(plain(path)));
    assert.deepEqual(first.map(plain).sort(), needed.sort());
    // Whatever else the page fetches comes after the prover.
    const others = fetched.filter((path) => !first.includes(path));
    assert.ok(others.map(plain).includes('assets/plot_bg.wasm'));
    const prover = fetched.findIndex((path) => plain(path) === 'assets/prove_bg.wasm');
    for (const path of others) assert.ok(fetched.indexOf(path) > prover, path);
    within('the first view', first.map((path) => sent(path || 'index.html')).reduce((sum, bytes) => sum + bytes), FIRST_VIEW);
  },
  { hash: undefined },
);
