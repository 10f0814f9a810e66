// Actions of a person on the page and readings of what it shows, for the end-to-end tests.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { elsewhere, launch, serve, watch } from './harness.mjs';

export const root = resolve(import.meta.dirname, '../..');
export const fixture = (path) => join(root, 'tests/fixtures', path);
export const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
export const shipped = json(join(root, 'www/models/max-of-k/first-paint.json'));
export const oracle = json(fixture('oracle/max4_v64_s123.json'));
export const ORACLE = { 'brute-force': oracle.brute_force_correct, cubic: oracle.cubic_correct };
/** A sub-cubic strategy. */
export const CENTRED = 'EUPU-mean-query+max-diff--attn-mean-query+diff--attn-err-max-diff-subproduct';
/** The strategies that a model lists. */
export const STRATEGIES = shipped.facts.strategies;
export const ALL = STRATEGIES.length;

let server;
let browser;
/** The host and the browser of this file's tests. */
export const host = () => ({ server, browser });
before(async () => {
  server = await serve();
  browser = await launch({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
});
after(async () => {
  await browser?.close();
  await server?.close();
});

/**
 * Runs a test on a page of its own. Fails if the page sent a request to another origin, or reported a problem that `expected`
 * does not match.
 */
export function scenario(name, run, { hash = '', expected = /^$/, prepare = () => {}, ...options } = {}) {
  test(name, async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    try {
      const seen = watch(context);
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      await prepare(page);
      if (hash !== undefined) await page.goto(server.url + hash);
      await run(page);
      assert.deepEqual(seen.problems.filter((problem) => !expected.test(problem)), []);
      assert.deepEqual(elsewhere(seen.requests, server.url), []);
    } finally {
      await context.close();
      server.spoil = undefined;
    }
  });
}

export const rows = (page) => page.locator('#results [data-strategy]');
export const row = (page, strategy) => page.locator(`#results [data-strategy="${strategy}"]`);
export const cell = (page, strategy, title) => row(page, strategy).locator(`[data-title="${title}"]`);
export const item = (page, label) => page.locator('#proofs li').filter({ has: page.getByRole('heading', { name: label, exact: true }) });
export const button = (page, label) => item(page, label).getByRole('button');
export const text = async (locator) => (await locator.textContent()).trim();

/** The table's counts by strategy, digits only: for cubic and brute force, or with `all` for every row. */
export async function counts(page, all = false) {
  const found = await rows(page).evaluateAll((trs) =>
    trs.map((tr) => [tr.dataset.strategy, tr.querySelector('[data-title="Inputs proven right"]').textContent.replaceAll(',', '')]),
  );
  return Object.fromEntries(found.filter(([strategy]) => all || strategy in ORACLE));
}
export const shippedAll = Object.fromEntries(shipped.outcomes.map((o) => [o.strategy, o.correct]));
export const shippedCounts = Object.fromEntries(Object.entries(shippedAll).filter(([strategy]) => strategy in ORACLE));
/** Waits until the table has as many rows as it announces: they are added in batches. */
const complete = (page) =>
  page.waitForFunction(() => document.querySelectorAll('#results [data-strategy]').length === parseInt(document.querySelector('#shown').textContent));
/** The strategies in the order of the table. */
export async function order(page) {
  await complete(page);
  return rows(page).evaluateAll((trs) => trs.map((tr) => tr.dataset.strategy));
}
/** A column's numbers as they are shown, from the top. */
export async function numbers(page, title) {
  await complete(page);
  return page.locator(`#results [data-title="${title}"]`).evaluateAll((tds) => tds.map((td) => parseFloat(td.textContent)));
}

/** Waits until this browser has finished the proof called `label`. */
export const proven = (page, label) => item(page, label).getByText(/^Proven: at least [\d.]+\s%, in .*\d\s(ms|s)\.( \d.* of \d.* sequences were visited one by one\.)?$/).waitFor();
export const loaded = (page, file) => page.locator('#facts').getByText(file).waitFor();
export const alert = (page) => page.getByRole('alert');
export async function bothProven(page) {
  await proven(page, 'Cubic');
  await proven(page, 'Brute force');
  // The table is updated a little later than the cards.
  await page.waitForFunction(() => !/waiting|running|shipped/.test(document.querySelector('#results [data-strategy=brute-force]').textContent));
}
export const progress = (page) => page.locator('#run-state');
export const runAll = (page) => page.locator('#run');
/** Waits until all proofs are done, and the table says so. */
export async function allProven(page) {
  await progress(page).getByText(`${ALL} of ${ALL} proofs done`).waitFor();
  await page.waitForFunction(() => !/waiting|running|shipped/.test(document.querySelector('#results').textContent));
}
/** Waits until nothing is left to run, for a model with some proofs that cannot run; checks that the page says why for each. */
export async function mostProven(page, options) {
  await progress(page).getByText(/^\d+ of \d+ proofs done$/).waitFor(options);
  await page.waitForFunction(() => !/waiting|running|shipped/.test(document.querySelector('#results').textContent));
  const left = Object.entries(await counts(page, true)).filter(([, count]) => !/\d/.test(count)).map(([strategy]) => strategy);
  assert.ok(left.length > 0 && left.length < ALL / 10, left.join());
  for (const strategy of left) {
    await row(page, strategy).click();
    await page.locator('#details').getByText(/Cannot be run here|Not run yet/).first().waitFor();
  }
  assert.equal(await text(progress(page)), `${ALL - left.length} of ${ALL} proofs done`);
}

/** Makes a worker stop answering: it runs an endless loop from now on. */
export async function deafen(worker) {
  await worker.evaluate(() => void setTimeout(() => { for (;;); }));
  const asked = () => Promise.race([worker.evaluate(() => true).catch(() => false), new Promise((done) => setTimeout(done, 100, 'no answer'))]);
  await until('a worker that does not answer', async () => (await asked()) === 'no answer');
}

/** Waits until `condition` returns a truthy value, and returns it; fails after 20 seconds with a message that names `what`. */
export async function until(what, condition) {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((done) => setTimeout(done, 20))) {
    const found = await condition();
    if (found) return found;
  }
  assert.fail(`still not: ${what}`);
}

export async function open(page, path) {
  await page.locator('#file').setInputFiles(path);
  await loaded(page, `${basename(path)}, your file`); // the gallery has files of the same names
}

/** Drops files on the page; `files` holds pairs of name and content: an array of bytes, or a number of zero bytes. */
export const drop = (page, files) =>
  page.evaluate((all) => {
    const dataTransfer = new DataTransfer();
    for (const [name, bytes] of all) dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
    const fire = (type) => document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    fire('dragenter');
    const overlay = document.querySelector('#drop').checkVisibility();
    fire('drop');
    return [overlay, document.querySelector('#drop').checkVisibility()];
  }, files);

/** Has brute force visit every sequence. */
export const everySequence = (page) => item(page, 'Brute force').getByLabel('Visit every sequence').check();

/** Clicks Cancel and returns the milliseconds until the page says Cancelled, measured inside the page. */
export const cancelled = (page, label) =>
  item(page, label).evaluate(
    (li) =>
      new Promise((done) => {
        const start = performance.now();
        const look = () => /^Cancelled/.test(li.querySelector('.state').textContent) && done(performance.now() - start);
        new MutationObserver(look).observe(li, { subtree: true, childList: true, characterData: true });
        li.querySelector('button').click();
      }),
  );

/** Lets the proof run until it has made some progress. */
export async function underWay(page, label) {
  // Without this, brute force decides by prefixes and ends at once.
  if (label === 'Brute force') await everySequence(page);
  await button(page, label).click();
  await page.waitForFunction((bar) => bar.value > 0, await item(page, label).locator('progress').elementHandle());
}

/** Records the tasks of all threads until `longestTask` is called. */
export const watchTasks = (page) => browser.startTracing(page, { categories: ['-*', 'toplevel', 'blink.user_timing'] });
/**
 * Returns the longest task of the page's main thread, in milliseconds of processor time. Elapsed time, which a
 * PerformanceObserver reports, would also count the time that a busy machine gives to other programs.
 */
export async function longestTask(page) {
  await page.evaluate(() => performance.mark('this page'));
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const { pid, tid } = traceEvents.find(({ name }) => name === 'this page');
  const tasks = traceEvents.filter((event) => event.name === 'ThreadControllerImpl::RunTask' && event.pid === pid && event.tid === tid);
  return Math.max(...tasks.map(({ tdur }) => (tdur ?? 0) / 1e3));
}

/** Puts a line before the worker's program. */
export const inWorker = (line) => () =>
  (server.spoil = (path, bytes) => (/worker-.*js$/.test(path) ? { body: Buffer.concat([Buffer.from(`${line}\n`), bytes]) } : undefined));

/** A line for `inWorker`: keeps the memories of the worker's modules in its global `memories`. */
export const EXPOSED =
  'const make = WebAssembly.instantiate; WebAssembly.instantiate = async (...all) => { const made = await make(...all); (self.memories ??= []).push((made.instance ?? made).exports.memory); return made; };';
