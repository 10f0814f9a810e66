// Several workers at once: who does what, that their number changes no result, and what they cost the page.
import assert from 'node:assert/strict';
import {
  alert,
  ALL,
  allProven,
  button,
  cancelled,
  counts,
  EXPOSED,
  fixture,
  host,
  inWorker,
  item,
  loaded,
  longestTask,
  open,
  progress,
  proven,
  rows,
  runAll,
  scenario,
  shippedCounts,
  text,
  underWay,
  watchTasks,
} from './actions.mjs';

/** No task of the page's own has taken 100 ms, since before it was there. */
async function responsive(page) {
  const longest = await longestTask(page);
  console.log(`# longest task ${longest.toFixed(1)} ms`);
  assert.ok(longest > 1 && longest <= 100, `${longest} ms`);
}
/** What keeps the page busiest is a table whose order the results change. */
const byLength = (page) => page.getByRole('columnheader', { name: 'FLOPs' }).getByRole('button').click();

/** All that the table shows of each proof, but how long it took. */
const results = (page) =>
  rows(page).evaluateAll((trs) =>
    Object.fromEntries(
      trs.map((tr) => [tr.dataset.strategy, [...tr.querySelectorAll('[data-title]')].flatMap((td) => (td.dataset.title === 'Time' ? [] : [`${td.dataset.title}: ${td.textContent}`]))]),
    ),
  );

/** Waits until the page has so many workers; those that were stopped take a moment to go. */
async function workersOf(page, number) {
  for (let i = 0; i < 100 && page.workers().length !== number; i++) await page.waitForTimeout(20);
  assert.equal(page.workers().length, number);
}

scenario(
  'every result is the same with 1 worker and with 3',
  async (page) => {
    const found = [];
    for (const [workers, said] of [[1, 'by 1 worker'], [3, 'by up to 3 workers']]) {
      if (workers > 1) await page.goto(`${host().server.url}?workers=${workers}`);
      await page.getByText(said, { exact: true }).waitFor();
      await allProven(page);
      const ofK4 = await results(page);
      await open(page, fixture('biased_v7_n3.safetensors'));
      await allProven(page);
      await workersOf(page, workers);
      found.push({ ofK4, small: await results(page) });
    }
    for (const of of Object.values(found[0])) assert.equal(Object.values(of).filter((cells) => /: [\d,]+$/.test(cells[2])).length, ALL);
    assert.deepEqual(found[1], found[0]);
  },
  { hash: '?workers=1' },
);

scenario(
  'a proof that is divided is cancelled within 100 ms, as it runs and as it waits',
  async (page) => {
    await progress(page).getByText(/^115 of 116 proofs done$/).waitFor();
    const stopped = async (label) => {
      const took = await cancelled(page, label);
      assert.ok(took <= 100, `${took} ms`);
    };
    await underWay(page, 'Brute force');
    await button(page, 'Cubic').click();
    await item(page, 'Cubic').getByText('Waiting for the proofs before it.').waitFor();
    await stopped('Cubic');
    assert.match(await text(item(page, 'Brute force').locator('.state')), /^\d+ %/);
    await stopped('Brute force');
    // Also of workers that do not listen.
    await underWay(page, 'Brute force');
    for (const worker of page.workers()) await worker.evaluate(() => void setTimeout(() => { for (;;); }));
    await page.waitForTimeout(200);
    await stopped('Brute force');
    await button(page, 'Cubic').click();
    await proven(page, 'Cubic');
    await workersOf(page, 2);
    assert.ok(await alert(page).isHidden());
  },
  { hash: '?workers=2#k=5&seed=50' },
);

/** Every step of a proof asks for the time: from now on, the next one of this worker traps. */
const trap = (worker) =>
  worker.evaluate(() => {
    performance.now = () => { throw new WebAssembly.RuntimeError('unreachable'); };
  });
const death = { expected: /unreachable|Uncaught/ };

scenario(
  'a worker that dies takes its proof with it, and nothing else',
  async (page) => {
    // Looked at in every frame: it is over in a third of a second.
    await page.waitForFunction(() => /^\d\d of 116 proofs, \d+\s%$/.test(document.querySelector('#run-state').textContent));
    await trap(page.workers()[1]);
    await alert(page).getByText(/^The worker stopped\. It was restarted; your model is still loaded\. The reason: .*unreachable/).waitFor();
    await progress(page).getByText('115 of 116 proofs done, 1 failed').waitFor();
    await workersOf(page, 2);
    await runAll(page).click();
    await allProven(page);
    assert.deepEqual(await counts(page), shippedCounts);
    // A part of a proof is its proof: the others stop.
    await trap(page.workers()[0]);
    await button(page, 'Brute force').click();
    await item(page, 'Brute force').getByText(/^Failed: the worker stopped\. Proven: /).waitFor();
    await button(page, 'Brute force').click();
    await proven(page, 'Brute force');
    assert.deepEqual(await counts(page), shippedCounts);
  },
  { ...death, hash: '?workers=2' },
);

scenario(
  'where every worker dies, the queue ends, and can be gone on with',
  async (page) => {
    await alert(page).getByText(/^The worker stopped\. /).waitFor();
    await page.waitForFunction(() => document.querySelector('#run').textContent === 'Run');
    await page.waitForFunction(() => !/waiting|running/.test(document.querySelector('#results').textContent));
    const states = await page.locator('#results [data-title="Time"]').allTextContents();
    const failed = states.filter((state) => state === 'failed').length;
    assert.ok(failed >= 2 && failed <= 4, `${failed}`);
    assert.equal(states.filter((state) => state === 'cancelled').length, ALL - failed);
    host().server.spoil = undefined;
    // Workers that were started again before that die once more.
    const ends = () => page.waitForFunction(() => document.querySelector('#run').textContent !== 'Cancel');
    await runAll(page).click();
    await ends();
    if ((await text(runAll(page))) !== 'Run all again') await runAll(page).click();
    await allProven(page);
  },
  { ...death, hash: '?workers=2', prepare: inWorker("performance.now = () => { throw new WebAssembly.RuntimeError('unreachable'); };") },
);

scenario(
  'another model takes the place of one that several workers are at',
  async (page) => {
    await progress(page).getByText(/^\d+ of 116 proofs, [1-9]\d* %$/).waitFor();
    await open(page, fixture('biased_v7_n3.safetensors'));
    await allProven(page);
    await workersOf(page, 3);
    assert.ok(await alert(page).isHidden());
  },
  { hash: '?workers=3#k=20&seed=50' },
);

/** Looks at the whole page's progress as it runs; the shares it showed, in their order. */
const shares = (page) =>
  page.evaluate(
    () =>
      new Promise((done) => {
        const seen = [];
        const state = document.querySelector('#run-state');
        new MutationObserver(() => {
          if (/proofs done/.test(state.textContent)) done(seen);
          else seen.push(Number(/(\d+) %/.exec(state.textContent)[1]));
        }).observe(state, { childList: true });
        document.querySelector('#run').click();
      }),
  );

for (const workers of [1, 2]) {
  scenario(
    `K = 4, ${workers} at work: the page stays responsive, and progress never shrinks`,
    async (page) => {
      await allProven(page);
      const seen = await shares(page);
      assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
      assert.ok(seen.length > 20 && seen[0] === 0 && seen.at(-1) === 99, seen.join());
      await byLength(page);
      await responsive(page);
    },
    { hash: `?workers=${workers}`, prepare: watchTasks },
  );

  scenario(
    `K = 20, ${workers} at work: the page stays responsive, and takes at most 150 MB`,
    async (page) => {
      await loaded(page, 'max20_v64_s50.safetensors, gallery');
      await byLength(page);
      await progress(page).getByText('114 of 116 proofs done').waitFor({ timeout: 120_000 });
      await responsive(page);
      const devtools = await page.context().newCDPSession(page);
      await devtools.send('Performance.enable');
      const { metrics } = await devtools.send('Performance.getMetrics');
      const script = metrics.find(({ name }) => name === 'JSHeapTotalSize').value;
      const modules = await Promise.all(page.workers().map((worker) => worker.evaluate(() => globalThis.memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0))));
      const all = modules.reduce((sum, size) => sum + size, script) / 1e6;
      console.log(`# ${workers} workers: modules ${modules.map((size) => (size / 1e6).toFixed(1))} MB, scripts ${(script / 1e6).toFixed(1)} MB`);
      assert.ok(modules.length === workers && all > 1 && all <= 150, `${all} MB`);
    },
    {
      hash: `?workers=${workers}#k=20&seed=50`,
      prepare: async (page) => {
        inWorker(EXPOSED)();
        await watchTasks(page);
      },
    },
  );
}
