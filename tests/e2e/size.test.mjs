// What a visitor downloads of dist/ has a budget: bytes, as a host with brotli sends them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';
import { allProven, host, proven, scenario, shipped } from './actions.mjs';
import { watch } from './harness.mjs';

const KB = 1000;
/** Everything that a first view fetches until its first live proof is done. */
const FIRST_VIEW = 300 * KB;
/** The page itself: its document, script and style. */
const SHELL = 32 * KB;
/**
 * Modules that a first view does not wait for: what people bring is read by `files`, which looks at everything that a checkpoint
 * of PyTorch, NumPy, JSON or TransformerLens may say of its network, and verifies certificates.
 */
const LATER = { plot: 60 * KB, files: 400 * KB, check: 125 * KB };
/** A script that is loaded later, and those of workers. */
const SCRIPT = 12 * KB;

const dist = resolve(import.meta.dirname, '../../dist');
const assets = readdirSync(join(dist, 'assets'));
const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
const sent = (path) => brotliCompressSync(readFileSync(join(dist, path)), { params }).length;

/** The one file called `name` and `extension`, with any hash between. */
function asset(name, extension) {
  const found = assets.filter((file) => file.replace(/-[\w-]{8}\./, '.') === `${name}.${extension}`);
  assert.equal(found.length, 1, `${name}.${extension} among ${assets.join(', ')}`);
  return `assets/${found[0]}`;
}

const within = (what, bytes, budget) => assert.ok(bytes <= budget, `${what}: ${bytes} bytes with brotli, at most ${budget} are allowed`);

for (const [name, budget] of Object.entries(LATER)) {
  test(`the module ${name} is within its budget`, () => within(name, sent(asset(`${name}_bg`, 'wasm')), budget));
}

test('document, script and style of the page are within their budget, and so is every other script', () => {
  const parts = [asset('index', 'js'), asset('index', 'css'), 'index.html'];
  within('the shell', parts.map(sent).reduce((sum, bytes) => sum + bytes), SHELL);
  for (const file of assets.filter((file) => /\.js$/.test(file) && !parts.includes(`assets/${file}`))) within(file, sent(`assets/${file}`), SCRIPT);
});

scenario(
  'a first view fetches what it needs and nothing else, within its budget; figures come after the first live proof',
  async (page) => {
    const { requests } = watch(page.context());
    await page.goto(host().server.url);
    await proven(page, 'Cubic');
    await allProven(page);
    const folder = new URL(host().server.url).pathname.length;
    const fetched = [...new Set(requests.map((url) => new URL(url).pathname.slice(folder)))];
    const plain = (path) => path.replace(/-[\w-]{8}\./, '.');
    const data = ['first-paint.json', 'manifest.json', shipped.facts.file].map((file) => `models/max-of-k/${file}`);
    const needed = ['', 'assets/index.js', 'assets/index.css', 'assets/worker.js', 'assets/prove_bg.wasm', ...data];
    const later = ['assets/plot.js', 'assets/plot_bg.wasm'];
    assert.deepEqual(fetched.map(plain).sort(), [...needed, ...later].sort());
    const first = fetched.filter((path) => needed.includes(plain(path)));
    assert.ok(fetched.findIndex((path) => later.includes(plain(path))) > fetched.findIndex((path) => /prove/.test(path)));
    within('the first view', first.map((path) => sent(path || 'index.html')).reduce((sum, bytes) => sum + bytes), FIRST_VIEW);
  },
  { hash: undefined },
);
