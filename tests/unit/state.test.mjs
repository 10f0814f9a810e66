// The page's state without a page: which proofs run in which order, what is kept, and which models
// there are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const { Cancelled, Died } = await import('../../www/engine/client.ts');
const { choose } = await import('../../www/engine/schedule.ts');
const { certificateIn } = await import('../../www/state/certificate-file.ts');
const { Certificates, nameOf } = await import('../../www/state/certificates.ts');
const { withSha256 } = await import('../../www/state/gallery.ts');
const { MaxGallery } = await import('../../www/tasks/max-of-k/gallery.ts');
const { maxOfK } = await import('../../www/tasks/max-of-k/task.ts');
const { leaving, MOST_BYTES } = await import('../../www/state/own.ts');
const { passes, strange } = await import('../../www/state/filter.ts');
const { beyond } = await import('../../www/state/ladder.ts');
const { GALLERY, Models, OWN } = await import('../../www/state/model.ts');
const { Queue } = await import('../../www/state/queue.ts');

const strategy = (name, more = {}) => ({
  strategy: name,
  label: name,
  family: 'sub-cubic',
  one_of_many: true,
  options: [],
  visits: null,
  group: 'g',
  flops: 1,
  refused: null,
  ...more,
});
const outcome = (name, more = {}) => ({ strategy: name, correct: '3', total: '4', bound: 0.75, percent: '75', flops: 1, seconds: 0.01, ...more });
const LISTED = [
  strategy('brute-force', { family: 'brute-force', one_of_many: false, visits: '4', group: 'brute-force', flops: 900 }),
  strategy('cubic', { family: 'cubic', one_of_many: false, group: 'cubic', flops: 90 }),
  strategy('b2', { group: 'b', flops: 6 }),
  strategy('a2', { group: 'a', flops: 5 }),
  strategy('b1', { group: 'b', flops: 3 }),
  strategy('a1', { group: 'a', flops: 4 }),
  strategy('never', { group: 'c', flops: 1, refused: 'it is too long' }),
];
const facts = (file, sequences = '4') => {
  const strategies = LISTED.map((each) => (each.visits === null ? each : { ...each, visits: sequences }));
  return { file, sha256: `hash of ${file}`, sequences, strategies };
};
/** Lets everything go on that waits for nothing but promises. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * The state on a pool whose proofs end when the test says so: `ran` are those it was given, in
 * order.
 */
async function page({ shipped = [], sequences = '4', unknown = {} } = {}) {
  const ran = [];
  const asked = [];
  const said = { status: [], problems: [] };
  const pool = {
    load: async ({ file }) => facts(file, sequences),
    ask: async ({ ask }) => (ask === 'logits' ? [] : {}),
    strategy: async (name) => {
      asked.push(name);
      if (!(name in unknown)) throw new Error(`there is no ${name}`);
      return strategy(name, unknown[name]);
    },
    run: ({ strategy: name }, order) =>
      new Promise((resolve, reject) => {
        order.signal.addEventListener('abort', () => reject(new Cancelled()));
        const end = (more) => resolve({ outcome: outcome(name, more), ...(order.certify && { certificate: `that of ${name}` }) });
        ran.push({ name, ...order, end, fail: reject });
      }),
  };
  const view = {
    model() {},
    proof() {},
    looked() {},
    status: (text) => said.status.push(text),
    problem: (text, retry) => said.problems.push({ text, retry }),
  };
  const models = new Models(maxOfK, { facts: facts('default'), outcomes: shipped }, pool, view);
  const queue = new Queue(models, pool, view);
  const open = (file, read = async () => new Uint8Array(1), source = GALLERY) => models.open(file, source, read, () => {});
  const names = () => ran.splice(0).map(({ name }) => name);
  return { models, queue, certificates: new Certificates(models, queue, pool, view), pool, ran, asked, said, open, names };
}

test('who asks for the loaded model waits for the one that was picked last', async () => {
  const { models, open } = await page();
  const files = [];
  const model = models.loaded().then(({ facts: { file } }) => files.push(file));
  await settled();
  assert.deepEqual(files, [], 'nothing is picked yet');
  let arrive;
  const first = open('first', () => new Promise((resolve) => (arrive = resolve)));
  const second = open('second');
  arrive(new Uint8Array(1));
  assert.deepEqual(await Promise.all([first, second]), ['late', 'open']);
  await model;
  assert.deepEqual(files, ['second']);
});

test('who asks for the loaded model hears when the first file cannot be loaded', async () => {
  const { models, open } = await page();
  await open('first', () => Promise.reject(new Error('no network')));
  await assert.rejects(models.loaded(), /^Error: default was not loaded\.$/);
  await open('first');
  assert.equal((await models.loaded()).facts.file, 'first');
});

test('proofs that are alone in their class run first, then group by group, the shortest first', async () => {
  const { open, queue, names } = await page();
  assert.equal(await open('default'), 'open');
  queue.runAll();
  assert.deepEqual(names(), ['cubic', 'brute-force', 'b1', 'b2', 'a1', 'a2'], 'and what is refused does not run');
});

test('what is left runs; once nothing is left, everything runs again', async () => {
  const { open, models, queue, ran, names } = await page();
  await open('default');
  queue.runAll();
  const [cubic, brute] = ran;
  cubic.end();
  brute.fail(new Error('it is Monday'));
  await settled();
  assert.equal(models.find('cubic').outcome.correct, '3');
  assert.deepEqual(models.find('brute-force').job, { state: 'failed', why: 'it is Monday' });
  assert.deepEqual(queue.progress, { done: 1, due: 6, share: 1 / 6, busy: true });
  queue.cancelAll();
  await settled();
  assert.deepEqual(models.current.proofs.map(({ job }) => job.state), ['failed', 'idle', 'cancelled', 'cancelled', 'cancelled', 'cancelled', 'idle']);
  assert.ok(!queue.progress.busy);
  names();
  queue.runAll();
  for (const { name, end } of [...ran]) {
    assert.notEqual(name, 'cubic');
    end();
  }
  assert.equal(names().length, 5);
  await settled();
  assert.deepEqual(queue.progress, { done: 6, due: 6, share: 1, busy: false });
  queue.runAll();
  assert.equal(names().length, 6);
});

test('a proof that is asked for again takes the place of its former run, whose end changes nothing', async () => {
  const { open, models, queue, ran } = await page();
  await open('default');
  const proof = models.find('cubic');
  queue.run(proof);
  queue.run(proof);
  const [former, latter] = ran;
  assert.ok(former.signal.aborted && !latter.signal.aborted && latter.asked);
  former.progress(0.9, 1);
  await settled();
  assert.equal(proof.job.state, 'queued');
  latter.progress(0.5, 7);
  assert.deepEqual([proof.job.done, proof.job.elapsed], [0.5, 7]);
  latter.end();
  await settled();
  assert.equal(proof.job.state, 'idle');
});

test('after two crashes in a row all is stopped; a proof that ends in between lets it go on', async () => {
  for (const between of [false, true]) {
    const { open, models, queue, ran } = await page();
    await open('default');
    queue.runAll();
    ran[0].fail(new Died('boom'));
    await settled();
    assert.deepEqual(models.find('cubic').job, { state: 'failed', why: 'the worker stopped' });
    assert.ok(queue.progress.busy, 'one crash stops nothing else');
    if (between) ran[2].end();
    await settled();
    ran[1].fail(new Died('boom'));
    await settled();
    assert.equal(queue.progress.busy, between);
  }
});

test('brute force on many inputs waits for the user, who is told how long it may take', async () => {
  const { open, models, queue, names } = await page({ sequences: String(2n ** 30n) });
  await open('default');
  queue.runAll();
  assert.ok(!names().includes('brute-force'));
  const proof = models.find('brute-force');
  assert.match(queue.estimate(proof), /^at most about \d+\ss$/);
  queue.options.add('every-input');
  assert.match(queue.estimate(proof), /^about \d+\ss$/);
  assert.equal(queue.estimate(models.find('cubic')), undefined);
  queue.run(proof);
  assert.deepEqual(names(), ['brute-force']);
});

test('a proof that the model does not list is asked for once, and is refused if its name is unknown', async () => {
  const { open, models, queue, pool, asked, names } = await page({ unknown: { 'best-1': {}, 'best-2': { refused: 'it is too long' } } });
  await open('default');
  const proof = await queue.ask('best-1');
  assert.equal(models.find('best-1'), proof);
  assert.deepEqual(names(), ['best-1']);
  assert.equal(await queue.ask('best-1'), proof);
  assert.equal((await queue.ask('best-2')).facts.refused, 'it is too long');
  assert.equal(models.find('best-2'), undefined);
  await assert.rejects(queue.ask('worst'), /there is no worst/);
  assert.deepEqual(asked, ['best-1', 'best-2', 'worst']);
  let answer;
  pool.strategy = () => new Promise((resolve) => (answer = resolve));
  const late = queue.ask('best-2');
  await open('other');
  answer(strategy('best-2'));
  assert.equal(await late, undefined, 'the model is gone');
});

test('a shipped result is known at once; one that this browser contradicts is told', async () => {
  const { open, models, queue, ran, said } = await page({ shipped: [outcome('cubic')] });
  assert.ok(models.find('cubic').shipped);
  await open('default');
  assert.equal(queue.progress.done, 0);
  queue.run(models.find('cubic'));
  ran[0].end({ correct: '2' });
  await settled();
  assert.match(said.problems.at(-1).text, /^cubic: this browser counts 2 of 4 inputs, but the results shipped with the page say 3\./);
  assert.equal(queue.progress.done, 1);
});

test('of files that are opened at once the last counts, and a file that cannot be read leaves the model', async () => {
  const { open, models, said } = await page();
  let arrive;
  const early = open('early', () => new Promise((resolve) => (arrive = resolve)));
  assert.equal(await open('late'), 'open');
  arrive(new Uint8Array(1));
  assert.equal(await early, 'late');
  const broken = async () => { throw new Error('cut short'); };
  assert.equal(await open('broken', broken), 'failed');
  assert.equal(typeof said.problems.at(-1).retry, 'function', 'a file of the page may arrive the next time');
  assert.equal(await open('broken', broken, OWN), 'refused');
  assert.deepEqual(said.problems.at(-1), { text: 'cut short', retry: undefined });
  assert.equal(models.current.facts.file, 'late');
  assert.equal(await models.openFile([{ name: 'a' }, { name: 'b' }], () => {}), 'refused');
  assert.equal(await models.openFile([{ name: 'a', size: 64 * 2 ** 20 + 1 }], () => {}), 'refused');
  assert.match(said.problems.at(-1).text, /^a: 64\.0\sMiB, expected at most 64\.0\sMiB\.$/);
});

test('the certificate of a proof is that of a new run, and is asked for once', async () => {
  const { open, models, certificates, ran } = await page();
  await open('default');
  const proof = models.find('cubic');
  const certificate = certificates.of(proof);
  assert.ok(ran[0].certify && ran[0].asked);
  ran[0].end();
  assert.equal(await certificate, 'that of cubic');
  assert.equal(await certificates.of(proof), 'that of cubic');
  assert.equal(ran.length, 1);
  const failing = certificates.of(models.find('a1'));
  ran[1].fail(new Error('no'));
  assert.equal(await failing, undefined);
});

test('a certificate about other weights is not verified', async () => {
  const { open, certificates, said } = await page();
  await open('default');
  const other = { file: 'c.json', text: '{}', sha256: 'ab'.repeat(32) };
  assert.ok(certificates.isAbout({ ...other, sha256: 'hash of default' }) && !certificates.isAbout(other));
  assert.equal(await certificates.adopt(other), undefined);
  assert.equal(said.problems.at(-1).text, `c.json is about other weights: open the file with the SHA-256 ${'ab'.repeat(32)}, and then the certificate once more.`);
});

test('certificates are told from weights', async () => {
  const read = (name, text, most = 1000) => certificateIn(new File([text], name), most);
  assert.deepEqual(await read('c.json', '{"certificate": 1, "sha256": "ab"}'), { file: 'c.json', text: '{"certificate": 1, "sha256": "ab"}', task: '', sha256: 'ab' });
  assert.equal((await read('c.json', '{"certificate": 2, "task": "group-operations"}')).task, 'group-operations');
  assert.deepEqual(await Promise.all([4, 5].map(async (version) => (await read('c.json', `{"certificate": ${version}}`)).coins)), ['inputs', 'residual']);
  assert.equal((await read('c.JSON', '{"certificate": 1, "sha256": 7}')).sha256, '');
  for (const [name, text, most] of [['c.pt', '{"certificate": 1}'], ['c.json', '{"weights": 1}'], ['c.json', '["certificate"]'], ['c.json', '{"certificate": 1}', 5], ['c.json', '{"a": "certificate"']]) {
    assert.equal(await read(name, text, most), undefined, `${name}: ${text}`);
  }
  await assert.rejects(read('c.json', '{"certificate": 1'), /^Error: c\.json is a certificate, but damaged: ./);
  assert.equal(nameOf('max4_v64_s123.safetensors', 'cubic'), 'max4_v64_s123.cubic.certificate.json');
});

test('files that were opened longest ago leave for another, as few as make room', () => {
  const kept = (id, used, size) => ({ id, file: id, name: id, size, used });
  const [a, b, c] = [kept('a', 3, MOST_BYTES / 2), kept('b', 1, MOST_BYTES / 4), kept('c', 2, MOST_BYTES / 8)];
  const all = [a, b, c];
  assert.deepEqual(leaving(all, MOST_BYTES / 8), []);
  assert.deepEqual(leaving(all, MOST_BYTES / 8 + 1), [b]);
  assert.deepEqual(leaving(all, MOST_BYTES / 2), [b, c]);
  assert.deepEqual(leaving(all, MOST_BYTES), [b, c, a]);
  assert.deepEqual([leaving([], MOST_BYTES), all], [[], [a, b, c]]);
});

test('a filter asks for a family, for what proofs are made of, for words of a name, for the frontier, and hides classes', () => {
  const none = { family: '', tags: '', name: '', only: 'all', without: '' };
  const tag = (name, value) => ({ name, value });
  const proof = (strategy, label, of, frontier, ...tags) => ({ frontier, facts: { strategy, label, class: of, categories: ['All', of], tags } });
  const proofs = [
    proof('cubic', 'Cubic', 'cubic', true),
    proof('mq-svd', 'two factors · mean query', 'low-rank', false, tag('Path', 'mean query'), tag('Error', 'two, at most')),
    proof('svd-svd', 'two factors · SVD query', 'low-rank', true, tag('Path', 'SVD query'), tag('Error', 'two, at most')),
  ];
  const shown = (filter) => proofs.filter(passes({ ...none, ...filter })).map(({ facts }) => facts.strategy);
  assert.deepEqual(shown({}), ['cubic', 'mq-svd', 'svd-svd']);
  assert.deepEqual(shown({ family: 'low-rank' }), ['mq-svd', 'svd-svd']);
  assert.deepEqual(shown({ family: 'All', only: 'frontier' }), ['cubic', 'svd-svd']);
  assert.deepEqual(shown({ tags: 'Error:two, at most' }), ['mq-svd', 'svd-svd']);
  assert.deepEqual(shown({ tags: 'Error:two, at most;Path:SVD query' }), ['svd-svd']);
  assert.deepEqual(shown({ name: ' Query  two ' }), ['mq-svd', 'svd-svd'], 'words in any order');
  assert.deepEqual(shown({ name: 'mq-' }), ['mq-svd'], 'or a part of the identifier');
  assert.deepEqual(shown({ without: 'low-rank,unknown' }), ['cubic']);
  const model = { facts: { classes: [{ class: 'cubic' }, { class: 'low-rank' }], strategies: proofs.map(({ facts }) => facts) } };
  assert.deepEqual(strange({ ...none, family: 'All', tags: 'Path:mean query', without: 'cubic' }, model), []);
  assert.deepEqual(strange({ ...none, family: 'all', tags: 'Path:mean query;Path:no', without: 'cubic,no' }, model), ['family', 'tags', 'without']);
});

test('beyond the longest proof of a ladder, a round number of steps is more', () => {
  const ladder = (flops) => [{ outcome: { flops } }];
  assert.deepEqual([1, 9, 10, 851e9, 1e12, 3.41e41].map((flops) => beyond(ladder(flops))), [10, 10, 100, 1e12, 1e13, 1e42]);
});

test('the gallery finds its models by K and seed, and by the SHA-256 of their files', () => {
  const model = (k, seed) => ({ file: `max${k}_s${seed}`, k, seed });
  const models = [model(4, 50), model(4, 123), model(5, 7)];
  const gallery = new MaxGallery({ default: 'max4_s123', models });
  const listed = models.map((each) => ({ ...each, named: { k: String(each.k), seed: String(each.seed) } }));
  assert.deepEqual(gallery.default, listed[1]);
  assert.deepEqual([gallery.sizes, gallery.seeds(4), gallery.seeds(6)], [[4, 5], [50, 123], []]);
  assert.deepEqual([gallery.firstSeed(4), gallery.firstSeed(5)], [123, 7]);
  assert.deepEqual(gallery.find(5, 7), listed[2]);
  assert.equal(gallery.find(5, 50), undefined);
  const hashes = { max4_s50: '12', max4_s123: '13' };
  assert.deepEqual(withSha256(gallery.models, '123', hashes), listed[0]);
  assert.equal(withSha256(gallery.models, '', hashes), undefined);
  assert.throws(() => new MaxGallery({ default: 'none', models }), /the default none is not among its models/);
});

test('a group stays with its worker, what was asked for goes first, and parts go to anyone', () => {
  const waiting = (names) => [...names].map((name) => ({ name, group: /[A-Z]/.test(name) ? undefined : name, asked: /[A-Z]/.test(name) }));
  const at = (...groups) => groups.map((group) => ({ group }));
  const chosen = (names, hands, index) => choose(waiting(names), hands[index], hands)?.name;
  const fresh = at(undefined, undefined);
  assert.equal(chosen('', fresh, 0), undefined);
  assert.equal(chosen('aab', fresh, 0), 'a', 'the first group that there is');
  assert.equal(chosen('aab', at('a', undefined), 1), 'b', 'but not that of another');
  assert.equal(chosen('aab', at('b', undefined), 0), 'b', 'more of the same group');
  assert.equal(chosen('aa', at('a', 'b'), 1), undefined, 'it waits for the one who has it at hand');
  assert.equal(chosen('aab', at('c', 'b'), 0), 'a', 'or else another group');
  assert.equal(chosen('Xab', at('a', 'b'), 0), 'X', 'what was asked for');
  const [asked, more] = [{ group: 'a', asked: true }, { group: 'b', asked: false }];
  assert.equal(choose([asked, more], ...[at('b', 'a')].flatMap((hands) => [hands[0], hands])), more, 'left to the worker that is at it');
  assert.equal(choose([asked, more], ...[at('b', 'c')].flatMap((hands) => [hands[0], hands])), asked);
});
