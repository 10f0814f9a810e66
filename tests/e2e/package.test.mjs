// The package in dist/package as others use it: packed, installed, run in Node, in a Vite bundle
// and in a plain page.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'vite';
import { host, json, root, scenario, shipped, until } from './actions.mjs';
import { elsewhere, serve, watch } from './harness.mjs';

const examples = join(root, 'www/examples/package');
const model = join(root, 'www/models/max-of-k', shipped.facts.file);
const COUNT = shipped.outcomes.find(({ strategy }) => strategy === 'cubic').correct;
const FILES = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json'];
for (const name of ['index', 'program']) FILES.push(`${name}.d.ts`, `${name}.js`);
for (const name of ['files', 'group', 'prove']) FILES.push(`${name}.d.ts`, `${name}.js`, `${name}_bg.wasm`);

/** A folder of someone's who has installed the package. */
const folder = mkdtempSync(join(tmpdir(), 'compact-proofs-package-'));
const run = (program, ...args) => execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
let packed;
before(() => {
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  [packed] = JSON.parse(run('npm', 'pack', '--json', join(root, 'dist/package')));
  run('npm', 'install', '--offline', '--no-audit', '--no-fund', `./${packed.filename}`);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('the archive has the version of the project, and these files only', () => {
  assert.equal(packed.version, json(join(root, 'package.json')).version);
  assert.deepEqual(packed.files.map(({ path }) => path).sort(), FILES.sort());
});

test('Node: the example proves what the page shows, and its certificate is accepted', () => {
  copyFileSync(join(examples, 'node.mjs'), join(folder, 'node.mjs'));
  assert.match(run(process.execPath, 'node.mjs', model), new RegExp(`^${COUNT} of `));
  assert.equal(json(join(folder, 'certificate.json')).correct, COUNT);
});

test('Node: what cannot be proven is said, and a proof is given up on request', async () => {
  const { open } = await import(join(folder, 'node_modules/compact-proofs/index.js'));
  await assert.rejects(open(new Uint8Array(100), 'mine.pt'), /^Error: mine\.pt: the file is nothing but zero bytes/);
  const network = await open(readFileSync(model), 'mine.safetensors');
  await assert.rejects(network.prove('nonsense'), /^Error: no strategy is called `nonsense`/);
  await assert.rejects(network.prove('brute-force', { signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' });
  const { certificate } = await network.prove('best-within-2500000');
  const { correct } = await network.check(certificate);
  await assert.rejects(network.check(certificate.replaceAll(correct, String(BigInt(correct) + 1n))));
  network.free();
});

test('Node: a network for a group is proven by the same program, and its certificate holds for the file as it was read', async () => {
  const { open, prove } = await import(join(folder, 'node_modules/compact-proofs/index.js'));
  const bytes = readFileSync(join(root, 'tests/fixtures/group_operations/pizza_p99zdpze5l.pt'));
  const network = await open(bytes, 'pizza.pt', { attention: 'half' });
  assert.deepEqual(
    [network.task, network.facts.group, network.facts.file, network.facts.format],
    ['group-operations', 'Z59', 'pizza.pt', 'torch (zip)'],
  );
  const { outcome, certificate } = await network.prove('low-rank-unembed-6');
  assert.equal(outcome.correct, '3481');
  assert.match(JSON.parse(certificate).theorem, /constant attention of 1\/2/);
  assert.equal((await network.check(certificate)).correct, '3481');
  network.free();
  await assert.rejects(prove(bytes, 'cubic', { name: 'pizza.pt' }), /unknown strategy `cubic`/);
});

test('types: a program that uses the package is checked by TypeScript', () => {
  const program = `import { open, prove, type Outcome } from 'compact-proofs';
    const outcome: Outcome = (await prove(new Uint8Array(1), 'cubic', { name: 'a.pt', progress: (done: number) => done })).outcome;
    const { facts } = await open(new Uint8Array(1));
    export const bound: number = outcome.bound + facts.strategies.length;`;
  writeFileSync(join(folder, 'typed.ts'), program);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  run(
    process.execPath,
    tsc,
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--lib',
    'es2023,DOM',
    'typed.ts',
  );
});

/** Waits until the example has shown the page’s count. */
const proves = (page) => until('the bound', async () => (await page.locator('output').textContent()).includes(COUNT));

test('a Vite bundle has all that it needs, and proves', async () => {
  const source = join(folder, 'bundle');
  mkdirSync(join(source, 'public'), { recursive: true });
  for (const file of ['bundle.js', 'show.js']) copyFileSync(join(examples, file), join(source, file));
  copyFileSync(model, join(source, 'public', shipped.facts.file));
  const html = readFileSync(join(examples, 'page.html'), 'utf8');
  writeFileSync(join(source, 'index.html'), html.replace('page.js', './bundle.js'));
  await build({ root: source, base: './', configFile: false, logLevel: 'error', build: { target: 'es2022' } });
  const server = await serve(join(source, 'dist'));
  const page = await host().browser.newPage();
  try {
    const { problems, requests } = watch(page);
    await page.goto(server.url);
    await proves(page);
    assert.deepEqual(problems, []);
    assert.deepEqual(elsewhere(requests, server.url), []);
  } finally {
    await page.close();
    await server.close();
  }
});

scenario('a plain page imports the package from its folder', proves, { hash: 'examples/package/page.html' });
