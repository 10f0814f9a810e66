// What the examples say: each number is one that the program has found, and each link to the page
// is understood.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import './typescript.mjs';

const root = resolve(import.meta.dirname, '../..');
const { briefly, count, steps } = await import('../../www/ui/format.ts');
const { looksOf, tellUnknown } = await import('../../www/app/address.ts');
const { switchesOf } = await import('../../www/embed/switches.ts');
const { facts, outcomes } = JSON.parse(readFileSync(join(root, 'www/models/max-of-k/first-paint.json'), 'utf8'));
const outcomeOf = (strategy) => outcomes.find((outcome) => outcome.strategy === strategy);
const example = (path) => readFileSync(join(root, 'www/examples', path), 'utf8');
const text = (html) => html.replace(/<(head|pre)\b.*?<\/\1>/gs, '').replace(/<[^>]*>/g, ' ').replaceAll('\u00a0', ' ');
const pages = readdirSync(join(root, 'www/examples'), { recursive: true }).filter((path) => /\.(html|md|ipynb)$/.test(path));

test('the post and the slides say what the program says', () => {
  const [cubic, exact, trying, ours, all] = ['cubic', 'exact', 'brute-force', 'best-within-2000000', 'best-within-2500000'].map(outcomeOf);
  const published = facts.strategies
    .filter(({ published, flops }) => published && flops < cubic.flops)
    .map(({ strategy }) => outcomeOf(strategy));
  const subcubic = published.reduce((best, each) => (each.bound > best.bound ? each : best));
  assert.equal(exact.correct, exact.most_correct);
  assert.equal(all.correct, exact.correct);
  const missed = (outcome) => BigInt(outcome.total) - BigInt(outcome.correct);
  const numbers = new Set(
    [
      ...[facts.n, facts.v - 1, 0, facts.n - 1, facts.parameters, facts.sequences, outcomes.length].map(count),
      ...[
        exact.correct,
        missed(exact),
        missed(cubic),
        missed(cubic) - missed(exact),
        trying.flops,
        Math.floor(trying.flops / all.flops),
      ].map(count),
      ...[subcubic, ours, cubic].map(({ percent }) => briefly(percent)),
      ...[subcubic, ours, all, cubic].map(({ flops }) => steps(flops)),
      '654,845', // by the view Why, as the end-to-end test of the post compares
    ].map((each) => /^[\d.,]+/.exec(each)[0]),
  );
  for (const page of ['post/index.html', 'slides/index.html']) {
    const said = text(example(page)).match(/\d[\d.,]*(?<=\d)/g);
    assert.ok(said.length > 2);
    assert.deepEqual(said.filter((number) => !numbers.has(number)), [], page);
  }
});

test('links to the page and switches of embeds are understood', () => {
  const problems = [];
  const tell = (problem) => problems.push(problem);
  for (const page of pages) {
    const html = example(page);
    for (const [, hash] of html.matchAll(/href="[^"#]*(#k=[^"]*)"/g)) {
      const address = { search: '', hash: hash.replaceAll('&amp;', '&') };
      tellUnknown(address, { fields: ['k', 'seed'] }, tell);
      looksOf(address, { views: ['strategies', 'why', 'try', 'weights', 'distribution', 'method'] }, tell);
    }
    for (const [, tag] of html.matchAll(/<compact-proofs\b([^>]*)>/g)) {
      const attributes = Object.fromEntries([...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
      switchesOf((name) => attributes[name] ?? null, tell);
    }
  }
  assert.deepEqual(problems, []);
});
