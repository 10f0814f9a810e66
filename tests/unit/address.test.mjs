// The address: what it says is read back, and what it cannot say is told, and becomes the default.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import './typescript.mjs';

const { FIELDS, hashOf, K, looksOf, ownEntry, SEED, STRATEGY, tellUnknown, WORKERS } = await import('../../www/app/address.ts');
const { Gallery } = await import('../../www/state/gallery.ts');
const manifest = JSON.parse(await readFile(new URL('../../www/models/max-of-k/manifest.json', import.meta.url), 'utf8'));
const gallery = new Gallery(manifest);

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
  const looks = looksOf(address, tell);
  tellUnknown(address, tell);
  return { k, seed, strategy, looks, problems };
}
const USUAL = { view: 'strategies', zoom: 'crowd', scale: 'accuracy' };
const LOOKS = { view: ['strategies', 'why', 'try', 'weights'], zoom: ['crowd', 'all'], scale: ['accuracy', 'missing'] };

test('what is put into an address is read back', () => {
  for (const { k, seed } of manifest.models) {
    const text = pick(PIECES).toWellFormed() + noise().toWellFormed();
    for (const strategy of [null, undefined, text]) {
      // As the browser gives it back: percent-encoded.
      const looks = Object.fromEntries(Object.entries(LOOKS).map(([name, values]) => [name, pick(values)]));
      const { hash } = new URL(hashOf({ k, seed, strategy, looks }), 'https://example.org/');
      assert.deepEqual(read(hash), { k, seed, strategy: strategy ?? null, looks, problems: [] }, hash);
      for (const name of Object.keys(USUAL)) assert.equal(hash.includes(`${name}=`), looks[name] !== USUAL[name] || text.includes(`${name}=`), hash);
    }
  }
});

test('any address names a model of the gallery, and whatever it does not name is told', () => {
  const keys = ['k', 'seed', 'strategy', 'view', 'zoom', 'scale', 'K', 'k[]', '', '__proto__'];
  const value = () => (below(2) ? noise() : String(pick([pick(manifest.models).k, pick(manifest.models).seed, below(10), -1, ...Object.values(LOOKS).flat()])));
  let right = 0;
  for (let i = 0; i < 20_000; i++) {
    const parts = Array.from({ length: below(5) }, () => `${pick(keys)}${pick(['=', '', '=='])}${value()}`);
    const hash = pick(['#', '', '##']) + parts.join(pick(['&', '&', '&&', ';']));
    for (const seen of [hash, new URL(hash.startsWith('#') ? hash : `#${hash}`, 'https://example.org/').hash]) {
      const { k, seed, strategy, looks, problems } = read(seen);
      assert.ok(gallery.find(k, seed), `${seen}: K = ${k}, seed ${seed}`);
      const said = new URLSearchParams(seen.slice(1));
      const isMeant = (name, value) => !said.has(name) || said.get(name) === String(value ?? '');
      const isAll = isMeant('k', k) && isMeant('seed', seed) && (strategy !== null || !said.has('strategy')) && isMeant('strategy', strategy) && Object.entries(looks).every(([name, value]) => isMeant(name, value));
      for (const [name, value] of Object.entries(looks)) assert.ok(LOOKS[name].includes(value), seen);
      const isKnown = [...said.keys()].every((name) => ['k', 'seed', 'strategy', ...Object.keys(LOOKS)].includes(name));
      assert.equal(problems.length === 0, isAll && isKnown, `${seen}: ${problems}`);
      for (const problem of problems) assert.ok(problem.length < 300, problem);
      right += problems.length ? 0 : 1;
    }
  }
  assert.ok(right > 1_000 && right < 39_000, `${right} of 40 000 are right`);
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
      '“sed” in the address is left out: after # it has k, seed, strategy, view, zoom, scale.',
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

test('no two fields have one name', () => {
  assert.equal(new Set(FIELDS.map(({ name }) => name)).size, FIELDS.length);
});

test('a link goes before the file of the user’s that an entry of the history notes', (t) => {
  t.after(() => {
    delete globalThis.history;
    delete globalThis.location;
  });
  const entry = (hash, state) => {
    globalThis.location = { hash };
    globalThis.history = { state };
    return ownEntry();
  };
  assert.deepEqual(entry('', { kept: true, strategy: 'cubic' }), { kept: true, strategy: 'cubic' });
  assert.deepEqual(entry('', { kept: false }), { kept: false, strategy: null });
  assert.equal(entry('#k=5', { kept: true, strategy: 'cubic' }), undefined);
  for (const state of [null, {}, 'kept', { kept: 'yes' }]) assert.equal(entry('', state), undefined);
});
