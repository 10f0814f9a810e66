// What the page's address can say: any text after # is taken for what it names, and nothing it says breaks the page.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { program } from './harness.mjs';

const www = resolve(import.meta.dirname, '../../www');

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

const { Gallery, hashOf, strategyOf } = await program('gallery.ts');
const manifest = JSON.parse(await readFile(join(www, 'models/max-of-k/manifest.json'), 'utf8'));
const models = new Gallery(manifest);
const below = random(1);
const pick = (list) => list[below(list.length)];

/** Texts that a strategy could be, in an address that someone wrote. */
const PIECES = ['cubic', 'EUPU-max-diff--attn-mean-query+diff--attn-err-svd', '%', '%2', '%zz', '%C3%28', '&', '=', '#', '+', ' ', '"', '<b>', '\u0000', '\ud800', 'é', '𝕏', '__proto__', 'constructor', '-0', '1e3', '٣', '0x4', '4.0', ' 4', '9'.repeat(400)];
const noise = () => Array.from({ length: below(6) }, () => pick(PIECES)).join('');

test('what is put into an address is read back', () => {
  for (const entry of manifest.models) {
    const strategy = pick(PIECES).toWellFormed() + noise().toWellFormed();
    for (const wanted of [null, undefined, strategy]) {
      // As the browser gives it back: percent-encoded.
      const { hash } = new URL(hashOf(entry, wanted), 'https://example.org/');
      assert.deepEqual(models.find(hash), entry, hash);
      assert.equal(strategyOf(hash), wanted ?? null, hash);
    }
  }
});

test('any address is a model, or none, and never an error', () => {
  const known = new Set([...manifest.models, models.default]);
  const keys = ['k', 'seed', 'strategy', 'K', 'k[]', '', '__proto__'];
  const value = () => (below(2) ? noise() : String(pick([pick(manifest.models).k, pick(manifest.models).seed, below(10), -1])));
  let found = 0;
  for (let i = 0; i < 20_000; i++) {
    const parts = Array.from({ length: below(5) }, () => `${pick(keys)}${pick(['=', '', '=='])}${value()}`);
    const hash = pick(['#', '', '##']) + parts.join(pick(['&', '&', '&&', ';']));
    for (const seen of [hash, new URL(hash.startsWith('#') ? hash : `#${hash}`, 'https://example.org/').hash]) {
      const entry = models.find(seen);
      assert.ok(entry === undefined || known.has(entry), `${seen}: ${JSON.stringify(entry)}`);
      found += entry === undefined ? 0 : 1;
      const strategy = strategyOf(seen);
      assert.ok(strategy === null || typeof strategy === 'string', seen);
      // An address that names a model names it by its numbers exactly, as the page writes them.
      const said = new URLSearchParams(seen.slice(1));
      if (entry) {
        for (const key of ['k', 'seed']) assert.ok([null, String(entry[key])].includes(said.get(key)), `${seen}: ${JSON.stringify(entry)}`);
      }
    }
  }
  assert.ok(found > 2_000, `${found} of 40 000 found`);
});
