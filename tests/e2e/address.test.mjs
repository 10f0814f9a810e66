// Tests the address, the history, the title and the layout as a user follows links and opens files.
import assert from 'node:assert/strict';
import {
  alert,
  allProven,
  asShipped,
  fixture,
  heading,
  host,
  kept,
  loaded,
  mostProven,
  open,
  progress,
  row,
  scenario,
  settled,
  shipped,
  text,
  until,
} from './actions.mjs';

const UPLOAD = fixture('formats/weights.npz');
/** The part of the address after the page's folder and the part that asks for few proofs. */
const address = (page) => page.url().slice(`${host().server.url}?prove=asked`.length);
const goTo = (page, hash) => page.evaluate((to) => { location.hash = to; }, hash);
/** Waits until the address's hash is `wanted`. */
const becomes = (page, wanted) => page.waitForFunction((to) => location.hash === to, wanted);

asShipped('a link to a model takes precedence over the user’s file, even while either loads; a reload restores the file', async (page) => {
  await open(page, UPLOAD);
  await kept(page, 'weights.npz');
  await page.reload();
  await loaded(page, 'weights.npz, your file');
  // The link is followed while the stored file is being opened, before the gallery has arrived.
  let arrive;
  const later = new Promise((resolve) => (arrive = resolve));
  await page.route('**/manifest.json', async (route) => {
    await later;
    await route.continue();
  });
  await page.reload();
  await page.waitForFunction(() =>
    ['#status', '#facts'].some((part) => document.querySelector(part)?.textContent.includes('weights.npz')),
  );
  await goTo(page, '#k=5&seed=50&strategy=cubic');
  await loaded(page, 'weights.npz, your file');
  arrive();
  await loaded(page, 'max5_v64_s50.safetensors, gallery');
  await heading(page, 'Cubic');
  assert.equal(address(page), '#k=5&seed=50&strategy=cubic');
  await page.reload();
  await loaded(page, 'max5_v64_s50.safetensors, gallery');
  assert.equal(address(page), '#k=5&seed=50&strategy=cubic');
  await page.goBack();
  await loaded(page, 'weights.npz, your file');
  // A link with another search part reloads the page.
  await page.goto(`${host().server.url}?prove=asked&workers=1#k=4&seed=50`);
  await loaded(page, 'max4_v64_s50.safetensors, gallery');
});

asShipped('links to proofs that no model lists work, and a link with an unknown identifier is reported', async (page) => {
  await settled(page);
  await goTo(page, '#k=4&seed=123&strategy=best-within-2300000');
  await heading(page, 'Best proof within 2.3·10⁶ FLOPs');
  assert.equal(address(page), '#k=4&seed=123&strategy=best-within-2300000');
  for (const unknown of ['magic', 'certificate-1', 'best-within-x']) {
    await goTo(page, `#k=4&seed=123&strategy=${unknown}`);
    const refusal = `“strategy=${unknown}” in the address: expected the identifier of a proof of this model. Taken instead: none.`;
    await alert(page).getByText(refusal).waitFor();
    await becomes(page, '#k=4&seed=123');
    await heading(page, 'No proof is chosen');
  }
  // The same with a fresh page and another model.
  await page.goto('about:blank');
  await page.goto(`${host().server.url}?prove=asked#k=5&seed=50&strategy=magic`);
  await alert(page).getByText('“strategy=magic” in the address').waitFor();
  await becomes(page, '#k=5&seed=50');
  await goTo(page, '#k=4&seed=123&strategy=cubic&theme=dark');
  await alert(page)
    .getByText('“theme” in the address is left out: after # it has k, seed, own, read, strategy, view, zoom, scale,')
    .waitFor();
  await heading(page, 'Cubic');
  await becomes(page, '#k=4&seed=123&strategy=cubic');
  await goTo(page, '#k=4&seed=50');
  await loaded(page, 'max4_v64_s50.safetensors, gallery');
  assert.ok(await alert(page).isHidden(), 'the next link has no such mistake');
});

scenario(
  'a number of workers out of range is reported',
  async (page) => {
    await alert(page).getByText(/^“workers=99” in the address: expected a whole number from 1 to 16\. Taken instead: \d\.$/).waitFor();
    await loaded(page, `${shipped.facts.file}, gallery`);
  },
  { hash: '?workers=99' },
);

asShipped('the title names the model and the chosen proof, and the menus’ section names the user’s file', async (page) => {
  const titled = (title) => until(`the title ${title}`, async () => title.test(await page.title()));
  const file = shipped.facts.file.replace('.', '\\.');
  await loaded(page, `${shipped.facts.file}, gallery`);
  await titled(new RegExp(`^${file} · Compact proofs$`));
  await row(page, 'cubic').click();
  await titled(new RegExp(`^Cubic · ${file} · Compact proofs$`));
  assert.ok(await page.locator('#own').isHidden());
  await open(page, UPLOAD);
  await titled(/^Cubic · weights\.npz · Compact proofs$/);
  assert.equal(await text(page.locator('.picker #own')), 'weights.npz');
  await page.getByLabel('K', { exact: true }).selectOption('5');
  await loaded(page, /^max5_/);
  await titled(/^Cubic · max5_v64_s\d+\.safetensors · Compact proofs$/);
  assert.ok(await page.locator('#own').isHidden());
});

/** Largest allowed sum of layout shifts (share of the window that moved, times distance). */
const MOST_SHIFT = 0.05;
// With K = 10 the accuracy is between two bounds, which takes most words where there is least room.
for (const [width, k] of [[320, 10], [768, 5], [1280, 5]]) {
  scenario(
    `nothing moves while results come in, ${width} pixels wide${k === 10 ? ', and K = 10 has two bounds' : ''}`,
    async (page) => {
      const shift = async (what) => {
        const sum = await page.evaluate(() => globalThis.shifts.splice(0).reduce((a, b) => a + b, 0));
        console.log(`# layout shift ${sum.toFixed(3)} ${what}`);
        assert.ok(sum < MOST_SHIFT, `${sum} ${what}`);
      };
      await allProven(page);
      assert.ok(await page.evaluate(() => PerformanceObserver.supportedEntryTypes.includes('layout-shift')));
      await shift('at load');
      await goTo(page, `#k=${k}&seed=50`);
      await loaded(page, `max${k}_v64_s50.safetensors, gallery`);
      await page.locator('#sides').getByText('Its accuracy is proven').waitFor();
      await progress(page).getByText(/^\d+ of \d+ proofs done$/).waitFor();
      await shift('when K changes');
      if (k < 10) return;
      await mostProven(page);
      const headline = page.locator('#sides strong').getByText(/^Its accuracy is proven to lie between 99\.\d{4}\s% and 99\.\d{4}\s%\.$/);
      const [low, high] = (await text(headline)).match(/\d+\.\d+/g).map(Number);
      assert.ok(low < high && high - low < 0.2, `${low} to ${high}`);
      await page.locator('#sides').getByText(/From below by “.+” \(.* FLOPs\), from above by “.+”/).waitFor();
    },
    {
      viewport: { width, height: 900 },
      prepare: (page) =>
        page.addInitScript(() => {
          globalThis.shifts = [];
          const note = (list) => globalThis.shifts.push(...list.getEntries().map(({ value }) => value));
          new PerformanceObserver(note).observe({ type: 'layout-shift', buffered: true });
        }),
    },
  );
}
