// A sweep over the whole gallery, dropped on the page: the spread of every proof, a selection by
// brushing, and the way to an outlier by its hash.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fixture, loaded, root, scenario, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

const SWEEP = `${root}/www/models/max-of-k/sweep.csv`;
const lines = (await readFile(SWEEP, 'utf8')).split('\n');
const cubic = lines.map((line) => line.split(',')).filter((row) => row[2] === '4' && row[6] === 'cubic');
const byBound = cubic.map((row) => ({ file: row[1].split('/').at(-1), bound: Number(row[10]) })).sort((a, b) => a.bound - b.bound);
const view = (page) => page.locator('section.sweep');
const models = (page) => view(page).locator('tbody th');
const chosen = (page) => view(page).getByText(/models are selected/);

scenario('a sweep that is dropped: every proof, a brush, outliers, a table, and models by hash', async (page) => {
  await page.locator('#status').waitFor({ state: 'attached' });
  await page.locator('#file').setInputFiles(SWEEP);
  await view(page).waitFor();
  assert.equal(await text(view(page).getByRole('heading', { level: 2 })), 'sweep.csv: 211 models, 24,376 proofs');
  assert.ok(await view(page).getByRole('heading', { level: 2 }).evaluate((heading) => heading === document.activeElement));

  // A proof by the menu, or by its row of the map.
  const names = await view(page).getByLabel('Proof', { exact: true }).locator('option').allTextContents();
  assert.equal(names.length, 116);
  await view(page).getByLabel('Proof', { exact: true }).selectOption(names.find((name) => name.endsWith(': cubic')));
  const percent = (bound) => `${(Math.floor(bound * 1e6) / 1e4).toFixed(4)}\u00a0%`;
  const said = await text(view(page).locator('.reading'));
  assert.ok(said.startsWith(`cubic: least ${percent(byBound[0].bound)}, `) && said.includes(`median ${percent(byBound[75].bound)}`), said);
  assert.match(await text(chosen(page)), /^151 of 151 models are selected; the 50 lowest are listed\.$/);
  assert.deepEqual(await models(page).allTextContents(), byBound.slice(0, 50).map(({ file }) => file));
  await until('both figures', () => view(page).locator('canvas').evaluateAll((all) => all.every((canvas) => canvas.width > 300)));
  assert.deepEqual(await violations(page), []);

  // The brush, by pointer: the two lowest bars; then by keyboard, one more.
  const bars = view(page).locator('canvas.bars');
  await bars.scrollIntoViewIfNeeded();
  const { x, y } = await bars.boundingBox();
  await page.mouse.move(x + 200, y + 14);
  await page.mouse.down();
  await page.mouse.move(x + 200, y + 40);
  await page.mouse.up();
  const count = async () => parseInt(await text(chosen(page)));
  const brushed = await count();
  assert.ok(brushed >= 2 && brushed < 75, `${brushed}`);
  assert.deepEqual(await models(page).allTextContents(), byBound.slice(0, Math.min(50, brushed)).map(({ file }) => file));
  await view(page).getByLabel('Selected bounds, to').focus();
  await page.keyboard.press('ArrowRight');
  assert.ok((await count()) > brushed);
  await view(page).getByRole('button', { name: 'Select outliers' }).click();
  assert.equal(await text(models(page).first()), byBound[0].file);

  // The table beside the map, as a file.
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('button', { name: 'Export: Spread of every proof' })
      .click()
      .then(() => page.getByRole('menuitem', { name: 'Save as JSON' }).click()),
  ]);
  const { rows } = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.deepEqual(
    rows.find(({ strategy }) => strategy === 'cubic'),
    {
      strategy: 'cubic',
      models: 151,
      ...Object.fromEntries(
        ['least', 'lower_quartile', 'median', 'upper_quartile', 'most'].map((name, i) => [name, byBound[Math.floor((i * 150) / 4)].bound]),
      ),
      flops: Number(cubic[0][11]),
    },
  );

  // The outlier is in the gallery: it opens with the proof in question, and the sweep stays.
  await view(page).getByRole('button', { name: `Open ${byBound[0].file}` }).click();
  await loaded(page, `${byBound[0].file}, gallery`);
  assert.ok(new URL(page.url()).hash.includes('strategy=cubic'));
  assert.ok(await view(page).isVisible());
  await view(page).getByRole('button', { name: 'Close' }).click();
  assert.equal(await view(page).count(), 0);
});

scenario(
  'a model of the user’s opens by its hash once it is at hand; damaged sweeps and other tables are refused',
  async (page) => {
    await page.locator('#status').waitFor();
    const own = fixture('oracle/max4_v64_s123.safetensors');
    const hash = 'f'.repeat(64);
    const give = (name, content) => page.locator('#file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256').update(await readFile(own)).digest('hex');
    const row = (of, file) => `max-of-k,${of},${file},4,cubic,0.5,100,\n`;
    const made = `task,sha256,file,k,strategy,bound,flops,problem\n${row(sha256, 'mine.safetensors')}${row(hash, 'theirs.safetensors')},,cut.pt,,,,,cut short\n`;
    await give('mine.csv', made);
    await view(page).getByText('Files that are no networks: 1').waitFor();
    await view(page).getByRole('button', { name: 'Open theirs.safetensors' }).click();
    await view(page).getByText('not at hand: drop its weights on the page').waitFor();
    await page.locator('#file').setInputFiles(own);
    await loaded(page, 'max4_v64_s123.safetensors, your file');
    await view(page).getByRole('button', { name: 'Open mine.safetensors' }).click();
    await until('the model', () => page.url().includes('strategy=cubic'));
    await give('cut.csv', made.slice(0, -5));
    await page.getByRole('alert').getByText(/cut\.csv: The sweep is cut short/).waitFor();
    await give('other.csv', 'a,b\n1,2\n');
    await page.getByRole('alert').getByText(/other\.csv/).waitFor();
    assert.equal(await view(page).count(), 1, 'the sweep before stays');
  },
  { viewport: { width: 320, height: 700 } },
);
