// The Share dialog: what it copies, saves and previews, and what it makes, pasted into pages of
// another site.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { asShipped, DEADLINE, host, inHeader, open, scenario, until } from './actions.mjs';
import { serve, violations, watch } from './harness.mjs';
import { ALL, root, shipped } from './known.mjs';

const permissions = ['clipboard-read', 'clipboard-write'];
const dialog = (page) => page.getByRole('dialog', { name: 'Share' });
const text = (page, title) => dialog(page).getByRole('textbox', { name: title, exact: true });
const preview = (page) => dialog(page).getByRole('region', { name: 'Preview' }).locator('compact-proofs');
const box = (page, name) => dialog(page).getByRole('checkbox', { name, exact: true });
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());
/** Waits until the page knows which models there are: a link names one. */
const ready = (page) => page.waitForFunction(() => !document.querySelector('#seed').disabled);
const openDialog = async (page) => {
  await (await inHeader(page, 'Share…')).click();
  await dialog(page).waitFor();
};
/** Texts that are copied, by the names of their buttons. */
const COPIED = {
  link: 'Link',
  frame: 'Frame',
  element: 'Element',
  'MyST directive': 'MyST and Jupyter Book',
  'notebook cell': 'Notebook',
  Markdown: 'Markdown with a picture',
  picture: 'Picture',
  BibTeX: 'BibTeX',
  'CITATION.cff': 'CITATION.cff',
  citation: 'Plain text',
};

asShipped('every button copies its text and says so; check boxes change the texts and the preview', async (page) => {
  await ready(page);
  await openDialog(page);
  for (const [name, title] of Object.entries(COPIED)) {
    const button = dialog(page).getByRole('button', { name: `Copy ${name}`, exact: true });
    const said = await button.elementHandle();
    assert.equal(await button.getAttribute('aria-live'), 'polite');
    await button.click();
    await until(`${name} is copied`, async () => (await said.textContent()) === 'Copied');
    assert.equal(await clipboard(page), await text(page, title).inputValue());
  }

  await preview(page).locator('#claim').getByText('97.78').waitFor();
  await box(page, 'Slider').uncheck();
  await box(page, 'Why').check();
  await dialog(page).getByLabel('Colours').selectOption('dark');
  await dialog(page).getByLabel('340 px').check();
  assert.match(await text(page, 'Element').inputValue(), /show="claim,plot,why" theme="dark" style="max-width: 340px"/);
  assert.match(await text(page, 'Frame').inputValue(), /show=claim,plot,why&amp;theme=dark" width="340" height="480"/);
  await preview(page).locator('.of-why canvas').first().waitFor();
  assert.equal(await preview(page).locator('#budget').isVisible(), false);
  assert.equal((await preview(page).boundingBox()).width, 340);
  assert.equal(await preview(page).locator('.embed').evaluate((element) => getComputedStyle(element).backgroundColor), 'rgb(21, 24, 28)');
  await dialog(page).getByLabel('Width in pixels').fill('420');
  await dialog(page).getByLabel('Width in pixels').press('Enter');
  await until('another width', async () => (await preview(page).boundingBox()).width === 420);
  assert.deepEqual(await violations(page, { within: ['dialog[open]'] }), []);
}, { permissions, hash: '#k=4&seed=123&hide=figure,views,report' });

asShipped('the texts hold what is shown; keys alone open, use and close the dialog, and the preview frees its workers', async (page) => {
  await ready(page);
  const workers = () => page.workers().filter((worker) => worker.url().includes('/embed/')).length;
  await page.getByRole('button', { name: 'Share…' }).focus();
  await page.keyboard.press('Enter');
  await dialog(page).waitFor();
  assert.match(
    await text(page, 'Element').inputValue(),
    /model="max4_v64_s123" proof="cubic" vs="brute-force" show="claim,plot,slider,why" style/,
  );
  assert.equal(await text(page, 'Link').inputValue(), page.url());
  assert.ok(page.url().includes('over=') && (await dialog(page).getByText('all inputs count alike').isVisible()));
  await box(page, 'Claim').focus();
  await page.keyboard.press('Space');
  assert.match(await text(page, 'Element').inputValue(), /show="plot,slider,why"/);
  await until('the preview proves', workers);
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement.id), 'share');
  await until('the preview’s workers end', () => workers() === 0);
}, { hash: '#k=4&seed=123&strategy=cubic&vs=brute-force&view=why&over=largest%3E%3D10' });

asShipped('the figure is saved as SVG, as PNG with twice the pixels, and as PDF, in light colours; 320 pixels are enough', async (page) => {
  await openDialog(page);
  const saved = async (kind) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog(page)
        .getByRole('button', { name: `Save ${kind}` })
        .click(),
    ]);
    assert.equal(download.suggestedFilename(), `max4_v64_s123-frontier.${kind.toLowerCase()}`);
    await dialog(page).getByRole('status').getByText(`Saved as ${download.suggestedFilename()}.`).waitFor();
    return readFile(await download.path());
  };
  const svg = (await saved('SVG')).toString();
  assert.ok(svg.includes('#fff') && !svg.includes('#15181c') && svg.includes(shipped.facts.sha256));
  assert.equal(svg.match(/class="marker"/g).length, ALL);
  const png = await saved('PNG');
  assert.equal(png.readUInt32BE(16), 1280);
  const pdf = (await saved('PDF')).toString('latin1');
  assert.match(pdf, /^%PDF-1\.4[^]*\/MediaBox \[0 0 480 [\d.]+\][^]*%%EOF\n$/);
  assert.ok(pdf.includes('(Cubic) Tj') && !/NaN|undefined/.test(pdf));
  const inside = await dialog(page).evaluate((element) => [
    element.scrollWidth - element.clientWidth,
    document.documentElement.scrollWidth - innerWidth,
  ]);
  assert.ok(inside.every((pixels) => pixels <= 0), inside.join());
  const small = await dialog(page)
    .locator('button, select, label')
    .evaluateAll((all) =>
      all
        .filter((each) => each.getRootNode() === document && each.checkVisibility() && each.getBoundingClientRect().height < 24)
        .map((each) => each.textContent),
    );
  assert.deepEqual(small, []);
}, { viewport: { width: 320, height: 700 }, colorScheme: 'dark' });

asShipped('a file of the user’s goes into what can hold it, and the dialog says what cannot', async (page) => {
  await open(page, join(root, 'tests/fixtures/biased_v7_n3.safetensors'));
  await openDialog(page);
  await dialog(page).getByText('A link cannot hold your file').waitFor();
  await dialog(page).getByText('An address cannot hold your file').waitFor();
  assert.equal(await text(page, 'Frame').count(), 0);
  assert.match(await text(page, 'Element').inputValue(), /src="data:application\/octet-stream;base64,/);
  await preview(page).locator('#run-state').getByText(/^(\d+) of \1 proofs done/).waitFor();
});

scenario('the single file of the user’s model is that of the native program, byte for byte, and proves from a disk', async (page) => {
  const fixtures = join(root, 'tests/fixtures');
  const template = await readFile(join(fixtures, 'embed/template.html'));
  await open(page, join(fixtures, 'biased_v7_n3.safetensors'));
  const done = /^(\d+) of \1 proofs done/;
  await page.locator('#run-state').getByText(done).waitFor();
  await openDialog(page);
  const saved = async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog(page).getByRole('button', { name: 'Save single file' }).click(),
    ]);
    await dialog(page).getByText('Saved as widget.html.').waitFor();
    return download;
  };
  await box(page, 'Slider').uncheck();
  await dialog(page).getByLabel('Colours').selectOption('dark');
  host().server.spoil = (path) => (/widget\.html$/.test(path) ? { body: template } : undefined);
  const bytes = await readFile(await (await saved()).path());
  assert.ok(bytes.equals(await readFile(join(fixtures, 'embed/widget.html'))), 'the file of `compact-proofs embed` (tests/cli.rs)');
  host().server.spoil = undefined;
  const context = await host().browser.newContext({ offline: true });
  try {
    const disk = await context.newPage();
    const file = join(root, 'target/shared-widget.html');
    await (await saved()).saveAs(file);
    await disk.goto(`file://${file}`);
    await disk.locator('#run-state').getByText(done).waitFor();
    assert.deepEqual(await disk.locator('#claim').textContent(), await preview(page).locator('#claim').textContent());
  } finally {
    await context.close();
  }
}, { permissions });

test('the element and the frame, pasted into pages of another site, prove the known counts', async () => {
  // Other sites may read the page's files, as on static hosts.
  const program = await serve(join(root, 'dist'), '/proofs/', { 'access-control-allow-origin': '*' });
  let body = '';
  const site = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body));
  await new Promise((listening) => site.listen(0, '127.0.0.1', listening));
  const context = await host().browser.newContext({ viewport: { width: 700, height: 900 } });
  try {
    const seen = watch(context);
    const page = await context.newPage();
    page.setDefaultTimeout(DEADLINE);
    await page.goto(program.url);
    await ready(page);
    await openDialog(page);
    const [element, frame] = [await text(page, 'Element').inputValue(), await text(page, 'Frame').inputValue()];
    const LISTEN =
      '<script>window.results = {}; addEventListener("proofresult", ({ detail }) => detail.live && (results[detail.strategy] = detail.correct));</script>';
    body = `<!doctype html><html lang="en"><title>A post</title><link rel="icon" href="data:,"><h1>A post</h1>${LISTEN}${element}`;
    const known = Object.fromEntries(shipped.outcomes.map(({ strategy, correct }) => [strategy, correct]));
    await page.goto(`http://127.0.0.1:${site.address().port}/`);
    await page.locator('compact-proofs #run-state').getByText(`${ALL} of ${ALL} proofs done`).waitFor();
    assert.deepEqual(await page.evaluate('results'), known);
    body = `<!doctype html><html lang="en"><title>A post</title><link rel="icon" href="data:,"><h1>A post</h1>${frame}`;
    await page.goto(`http://127.0.0.1:${site.address().port}/`);
    const inside = page.frameLocator('iframe');
    await inside.locator('#run-state').getByText(`${ALL} of ${ALL} proofs done`).waitFor();
    await inside.locator('#claim').getByText('97.78').waitFor();
    const fits = () => inside.locator('html').evaluate((html) => html.scrollHeight <= html.clientHeight);
    await until('the frame is as high as it asks for', fits);
    assert.deepEqual(seen.problems, []);
  } finally {
    await context.close();
    await program.close();
    site.closeAllConnections();
    site.close();
  }
});
