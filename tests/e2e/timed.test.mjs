// What measures time: how soon what is cancelled ends, and how long the page is busy at once. The tests of this file run one
// after the other, with nothing beside them.
import assert from 'node:assert/strict';
import {
  alert,
  ALL,
  allProven,
  button,
  cancelled,
  counts,
  deafen,
  EXPOSED,
  fixture,
  inWorker,
  item,
  loaded,
  longestTask,
  mostProven,
  open,
  ORACLE,
  progress,
  proven,
  rows,
  runAll,
  scenario,
  text,
  underWay,
  until,
  watchTasks,
} from './actions.mjs';

const give = (page, name, content) => page.locator('#file').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) });
const says = (page, pattern) => alert(page).getByText(pattern).waitFor();

scenario(
  'K = 5: brute force is offered, runs, and is cancelled within 100 ms',
  async (page) => {
    await proven(page, 'Cubic');
    await item(page, 'Brute force').getByText(/^Not run yet: it would take at most about .* here\.$/).waitFor();
    await underWay(page, 'Brute force');
    const took = await cancelled(page, 'Brute force');
    assert.ok(took <= 100, `${took} ms`);
    assert.equal(await text(button(page, 'Brute force')), 'Run');
    await button(page, 'Cubic').click();
    await proven(page, 'Cubic');
  },
  { hash: '#k=5&seed=50' },
);

scenario(
  'a worker that does not listen is replaced within 100 ms, and has its model again',
  async (page) => {
    await proven(page, 'Cubic');
    await underWay(page, 'Brute force');
    await deafen(page.workers()[0]);
    const took = await cancelled(page, 'Brute force');
    assert.ok(took <= 100, `${took} ms`);
    await button(page, 'Cubic').click();
    await proven(page, 'Cubic');
    assert.ok(await alert(page).isHidden());
  },
  { hash: '?workers=1#k=5&seed=50' },
);

/** Cancels the queue after some proofs, as soon as ten are done; it is started if it has ended already. */
async function cancelQueue(page) {
  const took = await page.evaluate(
    () =>
      new Promise((done) => {
        const [button, state] = ['#run', '#run-state'].map((id) => document.querySelector(id));
        let start;
        const look = () => {
          if (start === undefined && /^\d{2} of \d+ proofs, \d+ %$/.test(state.textContent)) {
            start = performance.now();
            button.click();
          }
          if (start !== undefined && button.textContent === 'Continue') done(performance.now() - start);
        };
        for (const element of [button, state]) new MutationObserver(look).observe(element, { childList: true, characterData: true, subtree: true });
        if (button.textContent !== 'Cancel') button.click();
        look();
      }),
  );
  assert.ok(took <= 100, `${took} ms`);
  const count = async () => Number((await text(progress(page))).match(/^(\d+) of \d+ proofs done$/)[1]);
  const stopped = await count();
  assert.ok(stopped >= 9 && stopped < ALL, `${stopped}`);
  await page.waitForTimeout(300); // a proof that still ran would end meanwhile
  assert.equal(await count(), stopped, 'nothing runs any more');
}

scenario('the queue is cancelled within 100 ms, and goes on where it was', async (page) => {
  await open(page, fixture('oracle/max4_v64_s123.safetensors'));
  await cancelQueue(page);
  await runAll(page).click();
  await allProven(page);
  assert.equal(await text(runAll(page)), 'Run all again');
  assert.deepEqual(await counts(page), ORACLE);
});

scenario(
  'K = 20: the queue is cancelled within 100 ms, though a proof takes longer',
  async (page) => {
    await loaded(page, 'max20_v64_s50.safetensors');
    await cancelQueue(page);
    await runAll(page).click();
    await button(page, 'Cubic').click(); // goes before the others
    await proven(page, 'Cubic');
    await cancelQueue(page);
  },
  { hash: '#k=20&seed=50' },
);

scenario(
  'a proof that is divided is cancelled within 100 ms, as it runs and as it waits',
  async (page) => {
    await mostProven(page);
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
    // Also cancels workers that do not answer.
    await underWay(page, 'Brute force');
    for (const worker of page.workers()) await deafen(worker);
    await stopped('Brute force');
    await button(page, 'Cubic').click();
    await proven(page, 'Cubic');
    await until('2 workers', () => page.workers().length === 2);
    assert.ok(await alert(page).isHidden());
  },
  { hash: '?workers=2#k=5&seed=50' },
);

scenario(
  'a certificate that takes long to verify is given up within 100 ms, and the page goes on',
  async (page) => {
    await proven(page, 'Cubic');
    await mostProven(page, { timeout: 60_000 });
    // A plan that asks for the finest grid for every output of every cell.
    const [digest, all] = [await text(page.locator('#facts dd').last()), String(64n ** 20n)];
    const theorem = `Of the ${all} sequences of length 20 over 64 tokens, the one-layer transformer whose weights file has the SHA-256 ${digest} answers at least 1 with their largest token: in exact real arithmetic, its logit at the last position exceeds every other.`;
    const method = { count: { tilt: null, bins: 4096, unless_below: 0, dominant: null } };
    const columns = Array.from({ length: 64 }, (_, m) => ({ boxes: { depth: 0, tokens: 4 }, cells: [{ queries: m + 1, method }] }));
    const proof = { version: 1, strategy: 'convolution-4096', v: 64, n: 20, queries: [1], columns };
    const said = { certificate: 1, task: 'max-of-k', theorem, sha256: digest, v: 64, n: 20, strategy: 'convolution-4096', correct: '1', sequences: all, flops: 1e11, proof, cases: null };
    await give(page, 'long.json', JSON.stringify(said));
    await page.getByText('long.json is being verified …').waitFor();
    await page.waitForTimeout(500); // the page does not tell when a worker is in the middle of it
    const took = await page.evaluate(
      () =>
        new Promise((done) => {
          const start = performance.now();
          const status = document.querySelector('#status');
          new MutationObserver(() => /was not verified/.test(status.textContent) && done(performance.now() - start)).observe(status, { childList: true });
          document.querySelector('#run').click();
        }),
    );
    assert.ok(took <= 100, `${took} ms`);
    assert.ok(await alert(page).isHidden());
    assert.equal(await rows(page).count(), ALL);
    await button(page, 'Cubic').click();
    await proven(page, 'Cubic');
    // One that states less than it takes is not worked on for longer than that, one that states too much not at all.
    for (const [name, flops, message] of [
      ['short.json', 1, /^short\.json: .*more than the 1 FLOPs that the certificate states/],
      ['endless.json', 1e15, /^endless\.json: .*more than 2\.7e11 operations, the limit for certificates/],
    ]) {
      await give(page, name, JSON.stringify({ ...said, flops }));
      await says(page, message);
    }
  },
  { hash: '#k=20&seed=50' },
);

/** No task of the page's own has taken 100 ms, since before it was there. */
async function responsive(page) {
  const longest = await longestTask(page);
  console.log(`# longest task ${longest.toFixed(1)} ms`);
  assert.ok(longest > 1 && longest <= 100, `${longest} ms`);
}
/** What keeps the page busiest is a table whose order the results change. */
const byLength = (page) => page.getByRole('columnheader', { name: 'FLOPs' }).getByRole('button').click();

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
      await progress(page).getByText(/^\d+ of \d+ proofs done$/).waitFor({ timeout: 120_000 });
      await responsive(page);
      await mostProven(page);
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
