// Bounds against σ₁/σ₂ over the gallery: its marks, its words, its files, and the way to another
// model and back.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { asShipped, settled, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

const { parts, sizes } = JSON.parse(await readFile(new URL('../../www/models/max-of-k/ratios.json', import.meta.url), 'utf8'));
const { models, strategies } = sizes.find(({ k }) => k === 4);
const CUBIC = strategies.indexOf('cubic');
const seedOf = (file) => /_s(\d+)\./.exec(file)[1];
const byRatio = models.toSorted((a, b) => a.ratio - b.ratio);
const marks = (page) => page.locator('.ratios .marks a');
const mark = (page, seed) => page.locator(`.ratios .marks [data-seed="${seed}"]`);
const focused = (page) => page.evaluate(() => document.activeElement.dataset.seed);

for (const colorScheme of ['light', 'dark']) {
  asShipped(
    `a mark for each model where its numbers are, by pointer and keyboard; a click opens it, Back returns; ${colorScheme}`,
    async (page) => {
      await settled(page);
      await page.getByLabel('Up:').selectOption('Bound against σ₁/σ₂, all seeds');
      await until('a mark for each model', async () => (await marks(page).count()) === models.length);
      assert.ok(await page.locator('#frontier').isHidden());
      assert.match(
        await text(page.locator('.ratios')),
        /^.*Cubic: 151 models of K = 4\. Over these, .*Spearman’s rank correlation is [+−]0\.\d\d.*an observation over 151 models, not a proof/s,
      );
      assert.deepEqual(await violations(page, { within: ['section.plot'] }), []);

      // Marks lie in the order of their numbers.
      const places = await marks(page).evaluateAll((all) =>
        all.map((a) => [a.dataset.seed, a.getBoundingClientRect().x, a.getBoundingClientRect().y]),
      );
      const at = new Map(places.map(([seed, x, y]) => [seed, { x, y }]));
      for (const [i, { file, bounds }] of byRatio.entries()) {
        const { x, y } = at.get(seedOf(file));
        const next = byRatio[i + 1];
        if (next) assert.ok(at.get(seedOf(next.file)).x >= x - 0.2, file);
        for (const other of byRatio) if (other.bounds[CUBIC] > bounds[CUBIC]) assert.ok(at.get(seedOf(other.file)).y <= y + 0.2, file);
      }

      // The arrow keys walk from the open model, by ratio and by bound.
      const own = byRatio.findIndex(({ file }) => seedOf(file) === '123');
      await mark(page, '123').focus();
      await page.keyboard.press('ArrowLeft');
      assert.equal(await focused(page), seedOf(byRatio[own - 1].file));
      await page.keyboard.press('End');
      assert.equal(await focused(page), seedOf(byRatio.at(-1).file));
      await page.keyboard.press('ArrowRight');
      assert.equal(await focused(page), seedOf(byRatio.at(-1).file));
      await page.keyboard.press('Home');
      const [{ file, ratio, bounds }] = byRatio;
      const percent = (Math.floor((bounds[CUBIC] / parts) * 1e4) / 100).toFixed(2);
      assert.equal(
        await text(page.locator('.ratios .reading')),
        `Seed ${seedOf(file)}: σ₁/σ₂ is ${ratio.toFixed(1)}, at least ${percent}\u00a0% proven.`,
      );

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page
          .getByRole('button', { name: 'Export: Bounds against σ₁/σ₂ over the gallery' })
          .click()
          .then(() => page.getByRole('menuitem', { name: 'Save as JSON' }).click()),
      ]);
      const { rows } = JSON.parse(await readFile(await download.path(), 'utf8'));
      assert.deepEqual(
        rows,
        models.map((model) => ({
          seed: Number(seedOf(model.file)),
          ratio: model.ratio,
          bound: model.bounds[CUBIC] / parts,
          open: seedOf(model.file) === '123',
        })),
      );

      // By pointer, a click on the canvas at the leftmost mark opens that model; the figure stays,
      // Back returns.
      const box = await mark(page, seedOf(file)).boundingBox();
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      await page.locator('#facts').getByText(file).waitFor();
      await until('the mark of the open model', async () =>
        (await mark(page, seedOf(file)).getAttribute('aria-label')).endsWith('the open model'),
      );
      assert.ok(new URL(page.url()).hash.includes('scale=ratio'));
      await page.goBack();
      await until('the first model', async () => (await mark(page, '123').getAttribute('aria-label')).endsWith('the open model'));
      await page.getByLabel('Up:').selectOption('Proven accuracy');
      await page.locator('#frontier').waitFor();
      assert.ok(await page.locator('.ratios').isHidden());
    },
    { hash: '#k=4&seed=123&strategy=cubic', colorScheme },
  );
}
