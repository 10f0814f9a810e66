// What the build of the page's modules relies on.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const read = (path) => readFileSync(resolve(root, path), 'utf8');

test('each crate of the page has its line in the profile web: others are optimised for size', () => {
  const crates = readdirSync(resolve(root, 'src/web')).map((folder) => /^name = "(.*)"$/m.exec(read(`src/web/${folder}/Cargo.toml`))[1]);
  const profile = /^\[profile\.web\.package\]\n((?:.+\n)+)/m.exec(read('Cargo.toml'))[1];
  const lines = profile.trim().split('\n').sort();
  assert.deepEqual(lines, ['compact-proofs', ...crates].map((name) => `${name}.opt-level = 2`).sort());
});
