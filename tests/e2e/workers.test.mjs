// Tests several workers at once: their number changes no result, and the death of one is repaired.
import assert from 'node:assert/strict';
import {
  alert, ALL, allProven, asShipped, button, complete, counts, fixture, host, inWorker, item, open, progress, prove, proven, rows, runAll,
  scenario, settled, shippedCounts, text, until,
} from './actions.mjs';

/** Returns all that the table shows about each proof, except its time, by strategy. */
const results = (page) =>
  rows(page).evaluateAll((trs) => {
    const cells = (tr) => [...tr.querySelectorAll('[data-title]:not([data-title="Time"])')];
    const shown = (tr) => cells(tr).map((td) => `${td.dataset.title}: ${td.textContent}`);
    return Object.fromEntries(trs.map((tr) => [tr.dataset.strategy, shown(tr)]));
  });

/** Waits until the page has `number` workers; stopped ones disappear a moment later. */
async function workersOf(page, number) {
  await until(`${number} workers`, () => page.workers().length === number);
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
    const hasCount = (cells) => /: [\d,]+$/.test(cells[2]);
    for (const of of Object.values(found[0])) assert.equal(Object.values(of).filter(hasCount).length, ALL);
    assert.deepEqual(found[1], found[0]);
  },
  { hash: '?workers=1' },
);

/** Makes the next step of a proof in `worker` trap: the clock that each step reads throws. */
const trap = (worker) =>
  worker.evaluate(() => {
    performance.now = () => { throw new WebAssembly.RuntimeError('unreachable'); };
  });
const death = { expected: /unreachable|Uncaught/ };

asShipped(
  'a worker that dies fails its proof and nothing else',
  async (page) => {
    await settled(page);
    await prove(page, 'Brute force'); // both workers count a part of it
    await workersOf(page, 2);
    await trap(page.workers()[1]);
    await runAll(page).click();
    await alert(page).getByText(/^The worker stopped\. It was restarted; your model is still loaded\. The reason: .*unreachable/).waitFor();
    await progress(page).getByText(`${ALL - 1} of ${ALL} proofs done, 1 failed`).waitFor();
    await workersOf(page, 2);
    const again = page.locator('#results').getByRole('button', { name: 'Try again' });
    assert.equal(await again.count(), 1, 'in the row of the proof that failed');
    await again.click();
    await allProven(page);
    assert.equal(await again.count(), 0);
    assert.deepEqual(await counts(page), shippedCounts);
    // If a worker dies while it counts a part of a proof, the whole proof fails.
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
  'if every worker dies, the queue stops, and can be continued',
  async (page) => {
    await alert(page).getByText(/^The worker stopped\. /).waitFor();
    await page.waitForFunction(() => document.querySelector('#run')?.textContent === 'Run');
    await page.waitForFunction(() => !/^$|waiting|running/.test(document.querySelector('#results')?.textContent ?? ''));
    await complete(page);
    const states = await page.locator('#results [data-title="Time"]').allTextContents();
    const failed = states.filter((state) => state === 'failed').length;
    assert.ok(failed >= 2 && failed <= 4, `${failed}`);
    assert.equal(states.filter((state) => state === 'cancelled').length, ALL - failed);
    host().server.spoil = undefined;
    // Workers that had been restarted before still run the spoilt program, and die again.
    const ends = () => page.waitForFunction(() => document.querySelector('#run')?.textContent !== 'Cancel');
    await runAll(page).click();
    await ends();
    if ((await text(runAll(page))) !== 'Run all again') await runAll(page).click();
    await allProven(page);
  },
  {
    ...death,
    hash: '?workers=2',
    prepare: inWorker("performance.now = () => { throw new WebAssembly.RuntimeError('unreachable'); };"),
  },
);

scenario(
  'another model replaces one that several workers are proving',
  async (page) => {
    await progress(page).getByText(/^\d+ of \d+ proofs, [1-9]\d* %$/).waitFor();
    await open(page, fixture('biased_v7_n3.safetensors'));
    await allProven(page);
    await workersOf(page, 3);
    assert.ok(await alert(page).isHidden());
  },
  { hash: '?workers=3#k=20&seed=50' },
);
