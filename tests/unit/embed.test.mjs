// Switches of embeds, the single file, and models that take turns with one pool, without a browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import './typescript.mjs';

const root = resolve(import.meta.dirname, '../..');
const { switchesOf, viewsOf, without } = await import('../../www/embed/switches.ts');
const { aboutOf, insideOf, put } = await import('../../www/embed/single.ts');
const { Turns } = await import('../../www/engine/turns.ts');
const shipped = JSON.parse(readFileSync(join(root, 'www/models/max-of-k/first-paint.json'), 'utf8'));

/** The switches of attributes, and what is said of them. */
const read = (attributes) => {
  const told = [];
  return { ...switchesOf((name) => attributes[name] ?? null, (problem) => told.push(problem)), told };
};

test('switches have defaults, take lists in any order, and refuse what is out of range with its range', () => {
  const { told, ...initial } = read({});
  assert.deepEqual(told, []);
  assert.deepEqual(initial, {
    task: '',
    model: '',
    src: '',
    read: '',
    proof: '',
    budget: null,
    vs: '',
    show: ['claim', 'plot', 'slider'],
    hide: [],
    theme: 'auto',
    start: 'visible',
    lang: 'en',
  });
  const some = read({ show: 'try, claim', hide: 'run', model: 'max4_v64_s123.safetensors', budget: '2e6', lang: 'en-GB' });
  assert.deepEqual(
    [some.show, some.hide, some.model, some.budget, some.lang, some.told],
    [['claim', 'try'], ['run'], 'max4_v64_s123', 2e6, 'en', []],
  );
  assert.equal(read({ lang: 'de-AT' }).lang, 'de');
  assert.deepEqual([without(some), viewsOf(some)], [['plot', 'slider', 'run'], ['try']]);
  const bad = read({ show: 'all', theme: 'pink', start: 'now', budget: 'much', model: '../x', lang: 'xx', hide: 'claim', task: '/' });
  assert.equal(bad.told.length, 8);
  assert.deepEqual([bad.show, bad.theme, bad.start, bad.budget, bad.model], [initial.show, 'auto', 'visible', null, '']);
  assert.ok(bad.told.includes('theme="pink": expected one of auto, light, dark.'));
});

test('a single file holds a model as it was given, in one place, whatever its name says', async () => {
  const html = '<p>x</p><script type="application/json" id="compact-proofs-data">{}</script><script id="compact-proofs-boot"></script>';
  const file = '</script><b>$&.safetensors';
  const bytes = readFileSync(join(root, 'www/models/max-of-k', shipped.facts.file));
  const plot = await import('../../www/pkg/plot.js');
  plot.initSync({ module: readFileSync(join(root, 'www/pkg/plot_bg.wasm')) });
  const proofs = shipped.facts.strategies.map((facts) => ({
    facts,
    outcome: shipped.outcomes.find(({ strategy }) => strategy === facts.strategy),
  }));
  const inside = await insideOf(
    { task: { id: 'max-of-k' }, facts: shipped.facts, proofs, network: { file, bytes, read: { attn_scale: 2 } } },
    plot,
    { theme: 'dark' },
  );
  assert.equal(inside.results.facts.sha256, shipped.facts.sha256);
  assert.deepEqual(inside.results.outcomes, shipped.outcomes);
  assert.deepEqual(inside.results.metrics, shipped.metrics);
  const files = await import('../../www/pkg/files.js');
  files.initSync({ module: readFileSync(join(root, 'www/pkg/files_bg.wasm')) });
  const text = files.fill(html, file, bytes, aboutOf(inside));
  const [, data] =
    /^<p>x<\/p><script type="application\/json" id="compact-proofs-data">([^<]*)<\/script><script id="compact-proofs-boot"><\/script>$/.exec(
      text,
    );
  const found = JSON.parse(data);
  assert.deepEqual([found.task, found.file, found.switches, found.read], ['max-of-k', file, { theme: 'dark' }, { attn_scale: 2 }]);
  assert.ok(Buffer.from(found.weights, 'base64').equals(bytes));
  assert.deepEqual(JSON.parse(inflateRawSync(Buffer.from(found.results, 'base64'))), JSON.parse(JSON.stringify(inside.results)));
  assert.throws(() => put(html, 'compact-proofs-index', '[]'), /no place for compact-proofs-index/);
});

/** A pool that writes down what it is asked; `open()` lets everything go on. */
function poolOf(log, refuses = () => false) {
  const works = [];
  return {
    works,
    async load(weights, wanted) {
      if (refuses(weights)) throw new Error(`${weights} is refused`);
      if (wanted()) log.push(`load ${weights}`);
      return { file: weights };
    },
    run: (facts) => new Promise((done) => works.push(() => (log.push(`run ${facts}`), done(facts)))),
    ask: async ({ ask, strategy }) => (log.push(`${ask} ${strategy}`), '1'),
  };
}
const settled = () => new Promise((done) => setTimeout(done));

test('models take turns: all that is asked about one ends before the workers load the next', async () => {
  const log = [];
  const pool = poolOf(log);
  const turns = new Turns(pool);
  const [a, b] = [turns.join(), turns.join()];
  assert.deepEqual(await a.load('A', () => true), { file: 'A' });
  const runs = [a.run('a1'), a.run('a2')];
  await settled();
  const later = [b.load('B', () => true).then(() => b.run('b1'))];
  await settled();
  assert.deepEqual(log, ['load A']);
  pool.works[0]();
  await settled();
  assert.deepEqual(log, ['load A', 'run a1'], 'not B while one of A’s proofs runs');
  pool.works[1]();
  await Promise.all(runs);
  await settled();
  pool.works[2]();
  await Promise.all(later);
  assert.equal(await a.ask({ ask: 'published', strategy: 'p' }), '1');
  assert.deepEqual(log, ['load A', 'run a1', 'run a2', 'load B', 'run b1', 'load A', 'published p']);
});

test('a model that is refused or leaves does not hold up the others', async () => {
  const log = [];
  const pool = poolOf(log, (weights) => weights === 'bad');
  const turns = new Turns(pool);
  const [a, bad, gone, b] = [turns.join(), turns.join(), turns.join(), turns.join()];
  await a.load('A', () => true);
  const run = a.run('a1');
  await settled();
  const refused = assert.rejects(bad.load('bad', () => true), /bad is refused/);
  const left = assert.rejects(gone.load('gone', () => true));
  const loaded = b.load('B', () => true);
  gone.leave();
  await left;
  pool.works[0]();
  await Promise.all([run, refused, loaded]);
  assert.deepEqual(log, ['load A', 'run a1', 'load B']);
});
