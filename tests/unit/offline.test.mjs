// Which files of a build an address and a pattern mean, without a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const { addressOf, expand, pathIn, prefixOf } = await import('../../www/offline/files.ts');
const scope = 'https://host/some/path/';

test('an address is a path of the page’s folder, or lies elsewhere', () => {
  assert.equal(pathIn(scope, `${scope}assets/a-12345678.js`), 'assets/a-12345678.js');
  assert.equal(pathIn(scope, `${scope}?set=x#k=4`), 'index.html');
  assert.equal(pathIn(scope, `${scope}embed/`), 'embed/index.html');
  assert.equal(pathIn(scope, `${scope}a%20b.html`), 'a b.html');
  for (const other of [
    'https://host/some/',
    'https://host/some/pathology/',
    'https://other/some/path/',
    `${scope}%ff`,
    'blob:https://host/some/path/x',
    'data:,x',
  ])
    assert.equal(pathIn(scope, other), undefined, other);
});

test('a document of a folder is fetched by its folder, since hosts redirect from its name', () => {
  assert.equal(addressOf(scope, 'index.html'), scope);
  assert.equal(addressOf(scope, 'embed/index.html'), `${scope}embed/`);
  assert.equal(addressOf(scope, 'pages/a b.html'), `${scope}pages/a%20b.html`);
  for (const path of ['index.html', 'a/index.html', 'a b.html', 'x/y.js']) assert.equal(pathIn(scope, addressOf(scope, path)), path);
});

test('a pattern names the files of one folder, and nothing by accident', () => {
  const list = {
    files: Object.fromEntries(['index.html', 'a/b.js', 'a/c.json', 'a/d/e.js', 'aXb', 'x+y.js'].map((path) => [path, 'sha256-'])),
  };
  assert.deepEqual(expand(['a/*'], list), ['a/b.js', 'a/c.json']);
  assert.deepEqual(expand(['*/*.js', 'index.html', 'absent.html'], list), ['index.html', 'a/b.js']);
  assert.deepEqual(expand(['a.b', 'x+y.js'], list), ['x+y.js']);
  assert.deepEqual(expand([], list), []);
});

test('caches of a page in a folder are not those of a page in a folder within', () => {
  assert.ok(!prefixOf(`${scope}within/`).startsWith(prefixOf(scope)));
  assert.ok(!`${prefixOf(scope)}x`.startsWith(prefixOf('https://host/some/')));
});
