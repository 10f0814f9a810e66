// The address: what it says is read back, and what it cannot say is told, and becomes the default.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import './typescript.mjs';

const { EXERCISE, FIELDS, hashOf, looksOf, note, OWN_FILE, PROJECTED, READ, refusal, PROVE, STRATEGY, TASK, tellUnknown, usualLooks, WEIGHTS, WORKERS } = await import('../../www/app/address.ts');
const { K, MaxGallery, namedBy, SEED } = await import('../../www/tasks/max-of-k/gallery.ts');
const { groupOperations } = await import('../../www/tasks/group-operations/task.ts');
const { FIRST } = await import('../../www/tasks/first.ts');
const manifest = JSON.parse(await readFile(new URL('../../www/models/max-of-k/manifest.json', import.meta.url), 'utf8'));
const gallery = new MaxGallery(manifest);

/** Whole numbers below a limit, the same in every run (splitmix32). */
function random(seed) {
  return (limit) => {
    seed = (seed + 0x9e3779b9) | 0;
    let z = seed ^ (seed >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) % limit;
  };
}
const below = random(1);
const pick = (list) => list[below(list.length)];

/** Texts that a strategy could be, in an address that someone wrote. */
const PIECES = ['cubic', 'EUPU-max-diff--attn-mean-query+diff--attn-err-svd', '%', '%2', '%zz', '%C3%28', '&', '=', '#', '+', ' ', '"', '<b>', '\u0000', '\ud800', 'é', '𝕏', '__proto__', 'constructor', '-0', '1e3', '٣', '0x4', '4.0', ' 4', '9'.repeat(400)];
const noise = () => Array.from({ length: below(6) }, () => pick(PIECES)).join('');

/** What an address says after #, and what is told of it. */
function read(hash) {
  const problems = [];
  const tell = (problem) => problems.push(problem);
  const address = { search: '', hash };
  const k = K.read(address, gallery, tell);
  const seed = SEED.read(address, { gallery, k }, tell);
  const strategy = STRATEGY.read(address, undefined, tell);
  const looks = looksOf(address, RANGES, tell);
  tellUnknown(address, RANGES, tell);
  return { k, seed, strategy, looks, problems };
}
/** Every field of how things are shown, its default and values that it can have. */
const LOOKS = {
  view: ['strategies', 'why', 'try', 'weights', 'distribution', 'method', 'table'],
  zoom: ['crowd', 'all'],
  scale: ['accuracy', 'missing', 'unexplained', 'ratio'],
  with: ['', '4-50', '4-50,10-104,20-7'],
  spread: ['0', '1'],
  budget: [null, 1, 1e60, 2_200_000, 8.51e11, 3.4101e41, 1341413.5],
  vs: ['', 'cubic', 'EUPU-max-diff--attn-mean-query+diff--attn-err-svd', 'best-within-2300000', 'cubic@4-50'],
  family: ['', 'Low-rank QK & EU', 'Published, all classes'],
  tags: ['', 'Direct path:mean query', 'Direct path:SVD query;Error of attention:four factors, recursive'],
  name: ['', ' SVD ', '%=&#+;é𝕏"'],
  only: ['all', 'frontier'],
  without: ['', 'cubic', 'quadratic QK & EU,low-rank QK'],
  over: ['', 'largest>=10;last:linear', 'copies:1,1/3,0.5,2;worst=cell'],
  case: ['', '63,12', '0,0'],
  smaller: ['', '0', '3'],
  patterns: ['lost', 'decided'],
  tokens: ['', '12,5,63,7', '0'],
  matrix: ['', 'EVOU'],
  samples: ['', 'anytime;0.001;1000', 'bernstein;1e-6;20;cubic;my seed; é'],
  sort: ['proof', '-proof', 'least', '-least', 'most', '-most', 'inputs', '-inputs', 'flops', '-flops', 'dimension', '-dimension', 'size', '-size', 'time', '-time', 'frontier', '-frontier'],
  hide: ['', 'views', 'picker,claim,figure,slider,views,report,foot'],
};
/** What a task says of addresses. */
const RANGES = { views: LOOKS.view, fields: ['k', 'seed'], ways: undefined };
const USUAL = Object.fromEntries(Object.entries(LOOKS).map(([name, [first]]) => [name, first]));

/** The fields before #. */
const BEFORE = ['workers', 'prove', 'lang', 'task', 'weights', 'exercise', 'set', 'projected'];

test('the table of fields is what this test knows of it', () => {
  assert.deepEqual(FIELDS.map(({ name }) => name), [...BEFORE, 'own', 'read', 'strategy', ...Object.keys(LOOKS)]);
  assert.deepEqual(FIELDS.filter(({ part }) => part === 'search').map(({ name }) => name), BEFORE);
  assert.deepEqual(looksOf({ search: '', hash: '' }, RANGES, assert.fail), USUAL);
  assert.deepEqual(usualLooks(), USUAL);
});

test('each value of each field is read back, and goes without saying if it is the default', () => {
  for (const [name, values] of Object.entries(LOOKS)) {
    for (const value of values) {
      const looks = { ...USUAL, [name]: value };
      const { hash } = new URL(hashOf({ model: namedBy(4, 123), strategy: null, looks }), 'https://example.org/');
      assert.equal(hash.includes(`&${name}=`), value !== USUAL[name], hash);
      assert.deepEqual(read(hash), { k: 4, seed: 123, strategy: null, looks, problems: [] }, hash);
      assert.equal(hashOf({ model: namedBy(4, 123), looks: read(hash).looks }), hash, 'and once more');
    }
  }
});

test('what is put into an address is read back', () => {
  for (const { k, seed } of manifest.models) {
    const text = pick(PIECES).toWellFormed() + noise().toWellFormed();
    for (const strategy of [null, undefined, text]) {
      // As the browser gives it back: percent-encoded.
      const looks = Object.fromEntries(Object.entries(LOOKS).map(([name, values]) => [name, pick(values)]));
      if (strategy) looks.budget = null;
      const { hash } = new URL(hashOf({ model: namedBy(k, seed), strategy, looks }), 'https://example.org/');
      assert.deepEqual(read(hash), { k, seed, strategy: strategy ?? null, looks, problems: [] }, hash);
    }
  }
});

test('a file of the user’s is named by the start of its SHA-256, instead of a model of the gallery', () => {
  const own = '62262b7be8fb339d';
  const hash = hashOf({ own, strategy: 'cubic', looks: { ...USUAL, view: 'why' } });
  assert.equal(hash, `#own=${own}&strategy=cubic&view=why`);
  const of = (text, tell = assert.fail) => OWN_FILE.read({ search: '', hash: text }, undefined, tell);
  assert.deepEqual([of(hash), of('#k=4'), OWN_FILE.isIn({ search: '', hash }), K.isIn({ search: '', hash })], [own, null, true, false]);
  const told = [];
  for (const wrong of ['', own.slice(1), own.toUpperCase(), `${own}0`, 'weights.npz']) assert.equal(of(`#own=${wrong}`, (text) => told.push(text)), null);
  assert.deepEqual(new Set(told.map((text) => text.replace(/“.*”/, ''))), new Set([' in the address: expected the first 16 digits of the SHA-256 of a file. Taken instead: none.']));
});

test('a budget names the proof: no strategy is written beside it', () => {
  assert.equal(hashOf({ model: namedBy(4, 123), strategy: 'cubic', looks: { ...USUAL, budget: 2e6 } }), '#k=4&seed=123&budget=2000000');
});

test('any address names a model of the gallery, and whatever it does not name is told', () => {
  const keys = ['k', 'seed', 'strategy', ...Object.keys(LOOKS), 'K', 'k[]', '', '__proto__'];
  const value = () => (below(2) ? noise() : String(pick([pick(manifest.models).k, pick(manifest.models).seed, below(10), -1, ...Object.values(LOOKS).flat()])));
  let right = 0;
  for (let i = 0; i < 20_000; i++) {
    const parts = Array.from({ length: below(5) }, () => `${pick(keys)}${pick(['=', '', '=='])}${value()}`);
    const hash = pick(['#', '', '##']) + parts.join(pick(['&', '&', '&&', ';']));
    for (const seen of [hash, new URL(hash.startsWith('#') ? hash : `#${hash}`, 'https://example.org/').hash]) {
      const { k, seed, strategy, looks, problems } = read(seen);
      assert.ok(gallery.find(k, seed), `${seen}: K = ${k}, seed ${seed}`);
      const said = new URLSearchParams(seen.slice(1));
      const isMeant = (name, value) => !said.has(name) || (said.get(name) !== '' && said.get(name) === String(value ?? '')) || (name === 'budget' && value !== null && Number(said.get(name)) === value);
      const isAll = isMeant('k', k) && isMeant('seed', seed) && (strategy !== null || !said.has('strategy')) && isMeant('strategy', strategy) && Object.entries(looks).every(([name, value]) => isMeant(name, value));
      for (const name of ['view', 'zoom', 'scale', 'only', 'patterns', 'sort']) assert.ok(LOOKS[name].includes(looks[name]), seen);
      assert.ok(looks.budget === null || (looks.budget >= 1 && looks.budget <= 1e60), seen);
      assert.ok(looks.hide.split(',').every((part) => part === '' || LOOKS.hide[2].split(',').includes(part)), seen);
      const isKnown = [...said.keys()].every((name) => ['k', 'seed', 'own', 'strategy', ...Object.keys(LOOKS)].includes(name));
      assert.equal(problems.length === 0, isAll && isKnown, `${seen}: ${problems}`);
      for (const problem of problems) assert.ok(problem.length < 400, problem);
      right += problems.length ? 0 : 1;
    }
  }
  assert.ok(right > 1_000 && right < 39_000, `${right} of 40 000 are right`);
});

test('what is beyond a range becomes the end of it, and of a list the known part is kept; both are told', () => {
  const of = (hash) => {
    const { looks, problems } = read(hash);
    return [Object.fromEntries(Object.entries(looks).filter(([name, value]) => value !== USUAL[name])), problems];
  };
  assert.deepEqual(of('#budget=0'), [{ budget: 1 }, ['“budget=0” in the address: expected a number from 1 to 1e+60. Taken instead: 1.']]);
  assert.deepEqual(of('#budget=1e99'), [{ budget: 1e60 }, ['“budget=1e99” in the address: expected a number from 1 to 1e+60. Taken instead: 1e+60.']]);
  assert.deepEqual(of('#budget=2.2e6'), [{ budget: 2_200_000 }, []]);
  for (const budget of ['-1', 'many', '0x10', 'Infinity', 'NaN', '1e', '']) {
    assert.deepEqual(of(`#budget=${budget}`), [{}, [`“budget=${budget}” in the address: expected a number from 1 to 1e+60. Taken instead: none.`]]);
  }
  const parts = 'expected some of picker, claim, figure, slider, views, report, foot, separated by commas.';
  assert.deepEqual(of('#hide=views,ads,report'), [{ hide: 'views,report' }, [`“hide=views,ads,report” in the address: ${parts} Taken instead: views,report.`]]);
  assert.deepEqual(of('#hide=ads'), [{}, [`“hide=ads” in the address: ${parts} Taken instead: none.`]]);
  assert.deepEqual(of('#hide=views,picker,views'), [{ hide: 'picker,views' }, []]);
  const [looks, [problem]] = of(`#name=${'x'.repeat(401)}`);
  assert.deepEqual(looks, {});
  assert.match(problem, /^“name=x{75}…” in the address: expected a part of a name\. Taken instead: none\.$/);
  assert.equal(refusal('vs', 'magic'), '“vs=magic” in the address: expected the identifier of a proof, or such as cubic@4-50 of another model. Taken instead: none.');
});

test('what is out of range is told with the range and what is taken instead', () => {
  assert.deepEqual(read('#k=7&seed=x&sed=50&strategy='), {
    k: 4,
    seed: 123,
    strategy: null,
    looks: USUAL,
    problems: [
      '“k=7” in the address: expected one of 4, 5, 10, 20. Taken instead: 4.',
      '“seed=x” in the address: expected a seed that the menu has for K = 4. Taken instead: 123.',
      '“strategy=” in the address: expected the identifier of a proof of this model. Taken instead: none.',
      '“sed” in the address is left out: after # it has k, seed, own, read, strategy, ' + `${Object.keys(LOOKS).join(', ')}.`,
    ],
  });
  assert.deepEqual(read('#k=10'), { k: 10, seed: gallery.seeds(10)[0], strategy: null, looks: USUAL, problems: [] });
  assert.deepEqual(read(''), { k: 4, seed: 123, strategy: null, looks: USUAL, problems: [] });
  assert.match(STRATEGY.refusal('x'.repeat(400), undefined), /^“strategy=x{71}…” in the address/);
});

test('one worker for each core but one, at least 1 and at most 4, or as many as the address says', () => {
  const problems = [];
  const workers = (cores, search) => WORKERS.read({ search, hash: '' }, { cores }, (problem) => problems.push(problem));
  assert.deepEqual([1, 2, 3, 4, 5, 6, 64].map((cores) => workers(cores, '')), [1, 1, 2, 3, 4, 4, 4]);
  const asked = ['?workers=1', '?workers=2', '?a=b&workers=9', '?workers=10', '?workers=16'].map((search) => workers(4, search));
  assert.deepEqual(asked, [1, 2, 9, 10, 16]);
  assert.deepEqual(problems, []);
  for (const nonsense of ['0', '17', '99', '-1', '', '1.5', '2e0', '02', ' 2', '100', 'all', '٣']) {
    assert.equal(workers(4, `?workers=${encodeURIComponent(nonsense)}`), 3, nonsense);
    assert.deepEqual(problems.splice(0), [`“workers=${nonsense}” in the address: expected a whole number from 1 to 16. Taken instead: 3.`]);
  }
});

test('proofs run unasked, or only when they are asked for', () => {
  const problems = [];
  const of = (search) => PROVE.read({ search, hash: '' }, undefined, (problem) => problems.push(problem));
  assert.deepEqual(['', '?prove=all', '?a=b&prove=asked'].map(of), ['all', 'all', 'asked']);
  assert.deepEqual(problems, []);
  assert.equal(of('?prove=never'), 'all');
  assert.deepEqual(problems, ['“prove=never” in the address: expected one of all, asked. Taken instead: all.']);
});

test('an address without a task is of the first one, and one with another is told of', () => {
  const problems = [];
  const task = (search) => TASK.read({ search, hash: '' }, { tasks: ['first', 'second'] }, (problem) => problems.push(problem));
  assert.deepEqual(['', '?workers=2', '?task=second', '?task=first'].map(task), ['first', 'first', 'second', 'first']);
  assert.deepEqual(problems, []);
  assert.equal(task('?task=third'), 'first');
  assert.deepEqual(problems, ['“task=third” in the address: expected one of first, second. Taken instead: first.']);
});

test('a way to read a file goes into the address as its task writes it, and back', () => {
  const { reads: ways } = groupOperations;
  const range = { ...RANGES, ways };
  for (const [text, way] of [
    ['half,shared', { attention: 'half', vocabulary: 'shared' }],
    ['softmax,halves,2,A5xZ2', { attention: 'softmax', vocabulary: 'halves', instance: 2, group: 'A5xZ2' }],
    ['Z59', { group: 'Z59' }],
  ]) {
    assert.deepEqual(READ.read({ search: '', hash: `#read=${text}` }, range, assert.fail), way);
    assert.equal(ways.written(way), text);
    assert.equal(new URLSearchParams(hashOf({ own: '0123456789abcdef', read: text }).slice(1)).get('read'), text);
  }
  assert.equal(ways.written({ instance: 0, cayley: [[0]] }), '');
  assert.deepEqual([ways.kept({ cayley: [[0]], instance: 1 }), ways.kept({ instance: 1 })], [{ cayley: [[0]] }, undefined]);
  for (const text of ['third', 'one,one', 'one,half', '1,2', '']) {
    const problems = [];
    assert.equal(READ.read({ search: '', hash: `#read=${text}` }, range, (problem) => problems.push(problem)), undefined);
    assert.match(problems.join(), new RegExp(`^“read=${text}” in the address: expected how a file is read, .*: none\\.$`));
  }
  const told = [];
  READ.read({ search: '', hash: '#read=one' }, RANGES, (problem) => told.push(problem));
  assert.match(told.join(), /files of this task are read in one way/);
});

test('a file is told to say how another is read by its name and its beginning', async () => {
  const isIn = (name, text) => groupOperations.reads.isIn(new File([text], name));
  assert.deepEqual(await Promise.all([isIn('t.csv', '0,1'), isIn('t.json', ' [[0, 1], [1, 0]]'), isIn('t.txt', '[[0]]')]), [true, true, true]);
  assert.deepEqual(await Promise.all([isIn('w.json', '{"a": [[0]]}'), isIn('w.safetensors', '[[0]]'), isIn('w.csv', ' '.repeat(5e6))]), [false, false, false]);
});

test('pages and embeds without a task show the first in the list', async () => {
  const list = await readFile(new URL('../../www/tasks/tasks.ts', import.meta.url), 'utf8');
  assert.match(list, new RegExp(`^import \\{ page \\} from './${FIRST}/page.js';$`, 'm'));
});

test('no two fields have one name', () => {
  assert.equal(new Set(FIELDS.map(({ name }) => name)).size, FIELDS.length);
});

test('the search part may name a file to open', () => {
  const of = (search) => WEIGHTS.read({ search, hash: '#weights=no' }, undefined, assert.fail);
  assert.deepEqual(['', '?a=b', '?weights=a.pt', '?workers=2&weights=https%3A%2F%2Fhost%2Fa.pt%3Fb%3Dc'].map(of), [null, null, 'a.pt', 'https://host/a.pt?b=c']);
});

test('a choice is an entry of the history, unless it goes on with the one before; what the page does is none', (t) => {
  t.after(() => {
    delete globalThis.history;
    delete globalThis.location;
  });
  const entries = [['', null]];
  globalThis.location = { hash: '' };
  const write = (isNew) => (state, _, hash) => {
    if (isNew) entries.push([]);
    entries[entries.length - 1] = [hash, state.undoable];
    Object.assign(globalThis.location, { hash });
    globalThis.history.state = state;
  };
  globalThis.history = { state: null, pushState: write(true), replaceState: write(false) };
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const show = (strategy, choice, later = 0) => {
    now += later;
    note({ model: namedBy(4, 123), strategy, looks: USUAL }, choice);
  };
  const at = (strategy, undoable) => [`#k=4&seed=123&strategy=${strategy}`, undoable];
  show('a', undefined, 9_000);
  assert.deepEqual(entries, [at('a', 0)], 'what the page notes by itself replaces the entry');
  show('b', 'proof', 1_000);
  show('c', 'proof', 400);
  show('d', 'proof', 400);
  assert.deepEqual(entries, [at('a', 0), at('d', 1)], 'keys that are held are one choice');
  show('e', 'proof', 501);
  show('f', 'look');
  show('g', 'look');
  show('g', 'look', 9_000);
  assert.deepEqual(entries.slice(2), [at('e', 2), at('f', 3), at('g', 4)]);
  show('h', undefined);
  assert.deepEqual(entries.at(-1), at('h', 4));
});

test('an exercise is named, and large type is on or off', () => {
  const problems = [];
  const of = (field, search) => field.read({ search, hash: '' }, undefined, (problem) => problems.push(problem));
  assert.deepEqual(['', '?exercise=where-it-looks'].map((search) => of(EXERCISE, search)), [null, 'where-it-looks']);
  assert.deepEqual(['', '?projected', '?projected=1', '?projected=0'].map((search) => of(PROJECTED, search)), [false, true, true, false]);
  assert.deepEqual(problems, []);
  assert.deepEqual([of(EXERCISE, '?exercise=<b>'), of(PROJECTED, '?projected=yes')], [null, false]);
  assert.deepEqual(problems, [
    '“exercise=<b>” in the address: expected the name of an exercise, such as try-all-inputs. Taken instead: none.',
    '“projected=yes” in the address: expected 1 or 0. Taken instead: 0.',
  ]);
});
