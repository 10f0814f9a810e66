// The pages that teach: their links lead somewhere, their numbers are those of the shipped results,
// and they are short to read.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import './typescript.mjs';
import { PAGES, render } from '../../.ci/pages.mjs';

const root = resolve(import.meta.dirname, '../..');
const { EXERCISE, STRATEGY, TASK, looksOf, tellUnknown } = await import('../../www/app/address.ts');
const { groupOperations } = await import('../../www/tasks/group-operations/task.ts');
const exercises = readdirSync(join(root, 'www/exercises')).filter((file) => /^\d\d-/.test(file));
const ids = exercises.map((file) => /^ {2}id: '(.*)',$/m.exec(readFileSync(join(root, 'www/exercises', file), 'utf8'))[1]);
const json = (path) => JSON.parse(readFileSync(join(root, 'www/models', path), 'utf8'));
const first = { 'max-of-k': json('max-of-k/first-paint.json'), [groupOperations.id]: json('group-operations/first-paint.json') };
const source = (task) => ['embed.ts', 'page.ts'].map((file) => readFileSync(join(root, 'www/tasks', task, file), 'utf8')).join('\n');
/** The views and the fields that name a model, as a task's page and its embeds list them. */
const rangesOf = (task) => ({
  views: [...source(task).matchAll(/^ {4}(\w+): \{ label:/gm)].map(([, name]) => name),
  fields: [.../fields: \[(.*)\]/.exec(source(task))[1].matchAll(/'(\w+)'/g)].map(([, name]) => name),
});

const html = Object.fromEntries(PAGES.map((name) => [name, render(name)]));
const links = PAGES.flatMap((page) =>
  [...html[page].matchAll(/href="([^"]+)"/g)].map(([, href]) => ({ page, href: href.replaceAll('&amp;', '&') })),
);
const idsOf = (page) => [...html[page].matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);

test('links between pages lead to a page and a heading of it', () => {
  const between = links.filter(({ href }) => /^[\w-]*(\.html)?(#|$)/.test(href));
  assert.ok(between.length > 20);
  for (const { page, href } of between) {
    const [, name, anchor] = /^([\w-]*)(?:\.html)?(?:#(.*))?$/.exec(href);
    assert.ok(PAGES.includes(name || page), `${page}: ${href}`);
    if (anchor) assert.ok(idsOf(name || page).includes(anchor), `${page}: ${href}`);
  }
  for (const page of PAGES) assert.equal(new Set(idsOf(page)).size, idsOf(page).length, `${page}: a heading twice`);
});

test('links to the instrument are addresses that it understands, of models, proofs and exercises that there are', () => {
  const inside = links.filter(({ href }) => /^\.\.\/($|[?#])/.test(href));
  assert.ok(inside.length > 30);
  for (const { page, href } of inside) {
    const { search, hash } = new URL(href, 'http://host/pages/');
    const said = [];
    const tell = (problem) => said.push(problem);
    const task = TASK.read({ search, hash }, { tasks: Object.keys(first) }, tell);
    const ranges = rangesOf(task);
    looksOf({ search, hash }, ranges, tell);
    tellUnknown({ search, hash }, ranges, tell);
    const fields = new URLSearchParams(hash.slice(1));
    if (fields.has('k'))
      assert.ok(existsSync(join(root, `www/models/max-of-k/max${fields.get('k')}_v64_s${fields.get('seed')}.safetensors`)), href);
    if (fields.has('model')) assert.ok(json('group-operations/manifest.json').models.some(({ id }) => id === fields.get('model')), href);
    const exercise = EXERCISE.read({ search, hash }, undefined, tell);
    if (exercise) assert.ok(ids.includes(exercise), href);
    const strategy = STRATEGY.read({ search, hash }, undefined, tell);
    if (strategy) assert.ok(first[task].facts.strategies.some((each) => each.strategy === strategy), href);
    assert.deepEqual(said, [], `${page}: ${href}`);
  }
  for (const id of ids) assert.ok(inside.some(({ href }) => href.endsWith(`exercise=${id}`)), `no page leads to the exercise ${id}`);
  const documents = links.filter(({ href }) => /^\.\.\/[\w-]+\.html/.test(href));
  assert.ok(documents.length > 0);
  for (const { page, href } of documents) assert.equal(href, '../teacher.html', page);
  assert.ok(existsSync(join(root, 'www/classes/teacher/teacher.html')));
});

/** A number as the page groups its digits. */
const grouped = (n) => BigInt(Math.round(Number(n))).toLocaleString('en');

test('numbers are those of the shipped results', () => {
  const known = new Set(['10,000', '64']);
  for (const { facts, outcomes } of Object.values(first)) {
    const total = BigInt(facts.sequences ?? facts.inputs);
    for (const n of [total, facts.baseline_flops]) known.add(grouped(n));
    for (const { correct, flops, percent } of outcomes) {
      for (const n of [correct, total - BigInt(correct), flops]) known.add(grouped(n));
      known.add(`${percent} %`);
    }
  }
  for (const page of PAGES) {
    const text = readFileSync(join(root, `www/pages/${page}.md`), 'utf8');
    const numbers = text.match(/\d{1,3}(,\d{3})+|\d+\.\d{4} %/g) ?? [];
    assert.deepEqual(numbers.filter((number) => !known.has(number)), [], page);
  }
});

test('sentences are short: at most 32 words, 12 on average', () => {
  for (const page of PAGES) {
    const prose = readFileSync(join(root, `www/pages/${page}.md`), 'utf8')
      .replace(/^(\||#|<!--|>).*$/gm, '')
      .replace(/```[\s\S]*?```/g, '')
      .replace(/\]\([^)]*\)/g, ']');
    const sentences = prose
      .split(/(?<=[.?!:;])[”*)\]]*\s+|\n\n|\n\* |\n\d\. /)
      .map((text) => text.split(/\s+/).filter((word) => /\w/.test(word)))
      .filter(({ length }) => length);
    const longest = sentences.reduce((a, b) => (b.length > a.length ? b : a));
    assert.ok(longest.length <= 32, `${page}: ${longest.length} words: ${longest.join(' ')}`);
    const mean = sentences.reduce((sum, { length }) => sum + length, 0) / sentences.length;
    assert.ok(mean <= 12, `${page}: ${mean}`);
  }
});
