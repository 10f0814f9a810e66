// Performs a user's actions on the page and reads what it shows, for the end-to-end tests. A
// scenario is a test in a page of its own.
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { after, before, test } from 'node:test';
import { DEADLINE, elsewhere, launch, PLAIN, serve, until, visited, watch } from './harness.mjs';
import { ALL, ORACLE, shipped } from './known.mjs';

export * from './known.mjs';
export { DEADLINE, until };

let server;
let browser;
/** Pages that were left stay in memory, as they do for people. */
const KEEPING = { ignoreDefaultArgs: ['--disable-back-forward-cache'] };
/** Returns the server and the browser that all tests of a file share. */
export const host = () => ({ server, browser });
before(async () => {
  server = await serve();
  browser = await launch(KEEPING);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

/**
 * Adds a test that runs in a page of its own. It fails if `run` throws, if the page requests
 * anything outside its folder, or if it reports a problem that `expected` does not match. The page
 * is opened with `hash` (which may begin with `?`) after its address, or not at all if `hash` is
 * undefined; `prepare` gets the page before. It is no one's first visit unless `isFirst`. With
 * `windows` it runs in the Chrome that people use, if that is here, too.
 */
export function scenario(name, run, { hash = '', expected = /^$/, prepare = () => {}, isFirst = false, windows = false, ...options } = {}) {
  test(name, async () => {
    const whole = windows ? await launch({ windows, ...KEEPING }) : undefined;
    const context = await (whole ?? browser).newContext({ ...PLAIN, ...options });
    if (!isFirst) await context.addInitScript(visited);
    try {
      const seen = watch(context);
      const page = await context.newPage();
      page.setDefaultTimeout(DEADLINE);
      await prepare(page);
      if (hash !== undefined) await page.goto(server.url + hash);
      await run(page);
      assert.deepEqual(seen.problems.filter((problem) => !expected.test(problem)), []);
      assert.deepEqual(elsewhere(seen.requests, server.url), []);
    } finally {
      await context.close();
      await whole?.close();
      server.spoil = undefined;
    }
  });
}

/**
 * As `scenario`, with a page that shows what is shipped of the first model, and proves only what is
 * asked for. Pages of other tasks prove at once: nothing is shipped of them.
 */
export function asShipped(name, run, { hash = '', ...options } = {}) {
  const isAsked = hash?.startsWith('?task=') === false;
  scenario(name, run, { hash: isAsked ? `?prove=asked${hash.replace(/^\?/, '&')}` : hash, ...options });
}

/** The button called `name` in the header. A narrow window has it in a box, which this opens. */
export async function inHeader(page, name) {
  const box = page.getByRole('button', { name: 'More', exact: true });
  if (await box.isVisible()) await box.press('Enter');
  return page.locator('.bar').getByRole('button', { name, exact: true });
}

/** The rows of all proofs in the table. */
export const rows = (page) => page.locator('#results [data-strategy]');
/** The row of a proof in the table. */
export const row = (page, strategy) => page.locator(`#results [data-strategy="${strategy}"]`);
/** The cell of a proof in the column called `title`. */
export const cell = (page, strategy, title) => row(page, strategy).locator(`[data-title="${title}"]`);
/** The card of the proof called `label`. */
export const item = (page, label) =>
  page.locator('#proofs li').filter({ has: page.getByRole('heading', { name: label, exact: true }) });
/** The button in the card of the proof called `label`. */
export const button = (page, label) => item(page, label).getByRole('button');
export const text = async (locator) => (await locator.textContent()).trim();

/**
 * How to look at a page again and again: by default Playwright does so with every frame, and has
 * the page draw all of them.
 */
const CALMLY = { polling: 100 };
/** Waits until the table has all rows that it announces, as it adds them in batches. */
export const complete = (page) =>
  page.waitForFunction(
    () => {
      const announced = parseInt(document.querySelector('#shown')?.textContent);
      return document.querySelectorAll('#results [data-strategy]').length === announced;
    },
    undefined,
    CALMLY,
  );
/** Returns the table's counts by strategy: of cubic and brute force or, with `all`, of all rows. */
export async function counts(page, all = false) {
  await complete(page);
  const found = await rows(page).evaluateAll((trs) =>
    trs.map((tr) => [tr.dataset.strategy, tr.querySelector('[data-title="Inputs proven right"]').textContent.replaceAll(',', '')]),
  );
  return Object.fromEntries(found.filter(([strategy]) => all || strategy in ORACLE));
}
/** The shipped counts, as `counts` returns them. */
export const shippedAll = Object.fromEntries(shipped.outcomes.map((o) => [o.strategy, o.correct]));
export const shippedCounts = Object.fromEntries(Object.entries(shippedAll).filter(([strategy]) => strategy in ORACLE));
/** Returns the strategies in the order of the table. */
export async function order(page) {
  await complete(page);
  return rows(page).evaluateAll((trs) => trs.map((tr) => tr.dataset.strategy));
}
/** Returns the numbers that a column shows, from the top. */
export async function numbers(page, title) {
  await complete(page);
  return page.locator(`#results [data-title="${title}"]`).evaluateAll((tds) => tds.map((td) => parseFloat(td.textContent)));
}

const PROVEN = /^Proven: at least [\d.]+\s%, in .*\d\s(ms|s)\.( \d.* of \d.* inputs were visited one by one\.)?$/;
/** Waits until this browser has finished the proof called `label`. */
export const proven = (page, label) => item(page, label).getByText(PROVEN).waitFor();
/**
 * Runs a proof, `Cubic` or `Brute force`, and waits until this browser has finished it and the
 * table says so.
 */
export async function prove(page, label) {
  await button(page, label).click();
  await proven(page, label);
  // The table is updated a little later than the cards.
  await cell(page, label.toLowerCase().replace(' ', '-'), 'Time').filter({ hasText: /\d/ }).waitFor({ state: 'attached' });
}
/** Waits until the page shows the facts of the model in `file`. */
export const loaded = (page, file) => page.locator('#facts').getByText(file).waitFor();
/** The box with problems. */
export const alert = (page) => page.getByRole('alert');
/** Waits until the page shows a problem that matches `pattern`. */
export const says = (page, pattern) => alert(page).getByText(pattern).waitFor();
/** Waits until the page shows the details of the proof called `name`. */
export const heading = (page, name) => page.locator('#details').getByRole('heading', { name, exact: true }).waitFor();
/** Runs both, on a page that proves only what is asked for. */
export const proveBoth = async (page) => {
  for (const label of ['Cubic', 'Brute force']) await prove(page, label);
};
/** The text about the progress of all proofs. */
export const progress = (page) => page.locator('#run-state');
/** The button that runs, or cancels, all proofs. */
export const runAll = (page) => page.locator('#run');
/** Runs all proofs; resolves once they run, which the page may show for a moment only. */
export const started = (page) =>
  page.evaluate(
    () =>
      new Promise((done) => {
        const state = document.querySelector('#run-state');
        new MutationObserver(() => /%$/.test(state.textContent) && done()).observe(state, {
          childList: true,
          characterData: true,
          subtree: true,
        });
        document.querySelector('#run').click();
      }),
  );
/**
 * Waits until the table shows the state of the page. The page's own refresh is begun before this
 * is called and goes the same way, a pause, a frame and a task (`coalesce`), so it ends first; then
 * the rows come in batches.
 */
async function refreshed(page) {
  const PAUSE = 100;
  await page.evaluate((pause) => new Promise((done) => setTimeout(() => requestAnimationFrame(() => setTimeout(done)), pause)), PAUSE);
  await complete(page);
}
/** Waits until all proofs are done and the table shows them. */
export async function allProven(page) {
  await progress(page).getByText(`${ALL} of ${ALL} proofs done`).waitFor();
  await refreshed(page);
  const states = await page.locator('#results [data-title="Time"]').allTextContents();
  assert.deepEqual(states.filter((state) => /^$|waiting|running|shipped/.test(state)), []);
}
/**
 * Waits until the page shows the results of all proofs, shipped or its own, and marks can be
 * pointed at.
 */
export async function settled(page) {
  await progress(page).getByText(new RegExp(`^${ALL} (of ${ALL} proofs done|proofs, as shipped with the page)$`)).waitFor();
  // A filter may show no row, and no mark.
  await complete(page);
  await page.waitForFunction(
    () => !document.querySelector('#results tbody tr') || document.querySelector('#plane button'),
    undefined,
    CALMLY,
  );
}

/**
 * Waits until no proof is left to run, for a model with some proofs that cannot run or run only on
 * request. Checks that the page says that of each proof without a count, and that they are few.
 */
export async function mostProven(page, options) {
  await progress(page).getByText(/^\d+ of \d+ proofs done$/).waitFor(options);
  await refreshed(page);
  const uncounted = Object.entries(await counts(page, true)).filter(([, count]) => !/\d/.test(count));
  const left = uncounted.map(([strategy]) => strategy);
  assert.ok(left.length > 0 && left.length < ALL / 10, left.join());
  for (const strategy of left) {
    await row(page, strategy).click();
    await page.locator('#details').getByText(/Cannot be run here|Not run yet/).first().waitFor();
  }
  assert.equal(await text(progress(page)), `${ALL - left.length} of ${ALL} proofs done`);
}

/** Makes a worker stop answering, by an endless loop. */
export async function deafen(worker) {
  await worker.evaluate(() => void setTimeout(() => { for (;;); }));
  const asked = () => {
    const late = new Promise((done) => setTimeout(done, 100, 'no answer'));
    return Promise.race([worker.evaluate(() => true).catch(() => false), late]);
  };
  await until('a worker that does not answer', async () => (await asked()) === 'no answer');
}

/** Opens the file at `path` in the page and waits until it is loaded. */
export async function open(page, path) {
  await page.locator('#file').setInputFiles(path);
  await loaded(page, `${basename(path)}, your file`); // a gallery file with this name is not enough
}

/** The names of the user's files that the browser keeps. */
export const keptFiles = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open('compact-proofs');
        request.onerror = () => reject(request.error);
        // A test that looks before the page has made it must not make it.
        request.onupgradeneeded = () => request.transaction.abort();
        request.onsuccess = () => {
          const all = request.result.transaction('facts').objectStore('facts').getAll();
          all.onsuccess = () => {
            request.result.close();
            resolve(all.result.map(({ file }) => file).sort());
          };
        };
      }).catch(() => []),
  );
/** Waits until the browser keeps the user's file. */
export const kept = (page, file) => until(`${file} is kept`, async () => (await keptFiles(page)).includes(file));

/** Opens a file called `name` with the given content, a string or a buffer, in the page. */
export const give = (page, name, content) =>
  page.locator('#file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });

/**
 * Drops files on the page. `files` has pairs of a name and a content, an array of bytes or a number
 * of zero bytes. Returns whether the page showed the place for files before and after the drop.
 */
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

/** Turns the option on that makes brute force visit every sequence. */
export const everySequence = (page) => item(page, 'Brute force').getByLabel('Visit every sequence').check();

/** Cancels a proof; returns the milliseconds until the page says so, measured in the page. */
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

/** Starts a proof and waits until it has made some progress. */
export async function underWay(page, label) {
  // With pruning, brute force would be done at once.
  if (label === 'Brute force') await everySequence(page);
  await button(page, label).click();
  await page.waitForFunction((bar) => bar.value > 0, await item(page, label).locator('progress').elementHandle());
}

/** Records the tasks of all threads until `longestTask` is called. */
export const watchTasks = (page) => browser.startTracing(page, { categories: ['-*', 'toplevel', 'blink.user_timing'] });
/**
 * Returns the longest task of the page's main thread, in milliseconds of processor time. A
 * PerformanceObserver would report elapsed time, which includes that of other programs.
 */
export async function longestTask(page) {
  await page.evaluate(() => performance.mark('this page'));
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const { pid, tid } = traceEvents.find(({ name }) => name === 'this page');
  const isOurs = (event) => event.pid === pid && event.tid === tid;
  const tasks = traceEvents.filter((event) => event.name === 'ThreadControllerImpl::RunTask' && isOurs(event));
  return Math.max(...tasks.map(({ tdur }) => (tdur ?? 0) / 1e3));
}

/** Returns a `prepare` for `scenario` that puts code before the programs of all workers. */
export const inWorker = (code) => () =>
  (server.spoil = (path, bytes) => (/worker-.*js$/.test(path) ? { body: Buffer.concat([Buffer.from(`${code}\n`), bytes]) } : undefined));

/** Code for `inWorker` that collects the memories of a worker's modules in its `memories`. */
export const EXPOSED = `
  const make = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...all) => {
    const made = await make(...all);
    (self.memories ??= []).push((made.instance ?? made).exports.memory);
    return made;
  };`;
