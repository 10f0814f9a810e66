// Menus of figures and what they save and copy, opened again; the unclipped table; paper.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ALL, asShipped, CENTRED, counts, order, row, settled, shipped, shippedAll, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

const FRONTIER = 'Frontier of bounds against proof lengths';
const permissions = ['clipboard-read', 'clipboard-write'];
const exportOf = (page, title) => page.getByRole('button', { name: `Export: ${title}`, exact: true });
const menu = (page) => page.getByRole('menu');
const tab = (page, name) => page.getByRole('tab', { name, exact: true });
const said = (page, title) => exportOf(page, title).locator('..').getByRole('status');
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

async function pick(page, title, item) {
  await exportOf(page, title).click();
  await menu(page).getByRole('menuitem', { name: item, exact: true }).click();
}

/** Saves a figure and returns the name and the bytes of the file. */
async function saved(page, title, kind) {
  const [download] = await Promise.all([page.waitForEvent('download'), pick(page, title, `Save as ${kind}`)]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}
const savedText = async (...all) => (await saved(...all)).bytes.toString();

/** The rows of the table that a figure shows in its dialog, heads first. */
async function twin(page, title) {
  await pick(page, title, 'Show as a table');
  const dialog = page.getByRole('dialog', { name: title });
  const table = dialog.getByRole('table');
  await table.waitFor();
  const wanted = Number(await table.getAttribute('aria-rowcount'));
  await until('all rows', async () => (await table.locator('tr').count()) === wanted);
  const rows = await table.evaluate((t) => [...t.rows].map((tr) => [...tr.cells].map((cell) => cell.textContent)));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  return rows;
}

/** Reads CSV without line breaks in its fields. */
const csv = (content) =>
  content.trimEnd().split('\r\n').map((line) =>
    [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain),
  );
const tsv = (content) => content.replace(/\r?\n$/, '').split('\n').map((line) => line.split('\t'));

/** How many elements match in an SVG file, parsed as XML; fails if it is none. */
const inSvg = (page, content, selector) =>
  page.evaluate(([xml, sought]) => {
    const parsed = new DOMParser().parseFromString(xml, 'image/svg+xml');
    if (parsed.querySelector('parsererror')) throw new Error(parsed.documentElement.textContent);
    return parsed.querySelectorAll(sought).length;
  }, [content, selector]);

/** Width and height of a PNG file. */
const sizeOf = (bytes) => {
  assert.equal(bytes.subarray(1, 4).toString('latin1'), 'PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
};

asShipped('the frontier is saved as it is drawn: PNG, SVG, and the numbers of its marks', async (page) => {
  await settled(page);
  const png = await saved(page, FRONTIER, 'PNG');
  assert.equal(png.name, 'max4_v64_s123-frontier.png');
  await said(page, FRONTIER).getByText('Saved as max4_v64_s123-frontier.png.').waitFor();

  const svg = await savedText(page, FRONTIER, 'SVG');
  const { width, height } = await page.locator('#frontier').boundingBox();
  const [, wide, high] = /width="(\d+)" height="(\d+)"/.exec(svg).map(Number);
  assert.deepEqual(sizeOf(png.bytes), [2 * wide, 2 * high]);
  assert.ok(wide === Math.round(width) && high > height + 60, 'title and legend are outside of the figure');
  // The title, the model with its claim, and each class beside its mark.
  const texts = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text.replaceAll('&amp;', '&'));
  assert.equal(texts[0], 'Frontier of bounds against proof lengths');
  const claim = await text(page.locator('#claim'));
  assert.ok(
    texts.join(' ').replaceAll(/\s+/g, ' ').includes(`max4_v64_s123.safetensors: ${claim}`.replaceAll(/\s+/g, ' ')),
    texts.join('|'),
  );
  for (const { marker, label } of shipped.facts.classes) assert.equal(texts[texts.lastIndexOf(label) - 1], marker, label);
  assert.equal(await inSvg(page, svg, '.marker'), ALL);
  assert.equal(await page.locator('#marks button').count(), ALL);
  assert.equal(await inSvg(page, svg, 'text'), (svg.match(/<text /g) ?? []).length);
  assert.ok(svg.includes(shipped.facts.sha256) && !/undefined|NaN/.test(svg));

  const content = await savedText(page, FRONTIER, 'JSON');
  const json = JSON.parse(content);
  assert.equal(json.sha256, shipped.facts.sha256);
  assert.equal(json.address, page.url());
  assert.deepEqual(Object.fromEntries(json.rows.map(({ strategy, correct }) => [strategy, correct])), shippedAll);
  for (const { strategy, bound, flops } of shipped.outcomes) {
    const found = json.rows.find((each) => each.strategy === strategy);
    assert.deepEqual([found.bound, found.flops], [bound, flops]);
  }
  assert.equal(await savedText(page, FRONTIER, 'JSON'), content, 'the same view gives the same bytes');

  // A class that is hidden is in no file.
  await page.getByRole('checkbox', { name: 'Cubic', exact: true }).uncheck();
  const fewer = JSON.parse(await savedText(page, FRONTIER, 'JSON')).rows;
  assert.deepEqual(json.rows.filter(({ strategy }) => strategy !== 'cubic'), fewer);
  assert.equal(await inSvg(page, await savedText(page, FRONTIER, 'SVG'), '.marker'), ALL - 1);
});

asShipped('the table is saved and copied as it is shown: same rows, same order, all columns', async (page) => {
  await settled(page);
  await page.locator('#results').getByRole('button', { name: 'FLOPs', exact: true }).click();
  const strategies = await order(page);
  const shown = await counts(page, true);
  const title = 'Table of proofs';
  const table = csv(await savedText(page, title, 'CSV'));
  const [head] = table;
  const at = (name) => head.indexOf(name);
  assert.deepEqual(table.slice(1).map((line) => line[at('Identifier')]), strategies);
  for (const line of table.slice(1)) assert.equal(line[at('Inputs proven right')], shown[line[at('Identifier')]]);
  assert.deepEqual(await twin(page, title), table, 'the page and the file agree');
  await pick(page, title, 'Copy for a spreadsheet (TSV)');
  await said(page, title).getByText(`Copied: ${ALL} rows, separated by tabs.`).waitFor();
  assert.deepEqual(tsv(await clipboard(page)), table);
  await page.evaluate(() => document.querySelector('#filters input[type=search]').focus());
  await page.keyboard.type('brute');
  await until('the row of brute force', async () => (await order(page)).join() === 'brute-force');
  assert.equal(csv(await savedText(page, title, 'CSV')).length, 2);
}, { permissions });

asShipped('rows that are selected are copied as a table, one cell as its text', async (page) => {
  await settled(page);
  await order(page);
  const select = (from, to) =>
    page.evaluate(([a, b]) => {
      const range = document.createRange();
      range.setStart(document.querySelector(a), 0);
      range.setEnd(document.querySelector(b), 1);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }, [from, to]);
  await select('[data-strategy="brute-force"] th', '[data-strategy="cubic"] td:last-child');
  await page.keyboard.press('Control+c');
  const [head, ...lines] = tsv(await clipboard(page));
  const at = (name) => head.indexOf(name);
  const copied = lines.map((line) => [line[at('Identifier')], line[at('Inputs proven right')]]);
  assert.deepEqual(Object.fromEntries(copied), { 'brute-force': shippedAll['brute-force'], cubic: shippedAll.cubic });
  for (const line of lines) assert.equal(line.length, head.length);
  const cell = '[data-strategy="cubic"] [data-title="Accuracy at least"]';
  await select(cell, cell);
  await page.keyboard.press('Control+c');
  assert.match(await clipboard(page), /^96\.0808\s%$/);
}, { permissions });

/** What is there when a view has its numbers. */
const READY = {
  strategies: '.strategy-grid [data-fill]',
  why: '.why strong:has-text("are proven")',
  try: '.try output strong',
  weights: '.weights .summary:has-text("No entry is larger")',
};
const FIGURES = {
  strategies: ['Proofs by the three choices they are made of'],
  why: ['From all inputs to the bound', 'Proven share, case by case'],
  try: ['All logits of this input', 'Attention to each token'],
  weights: ['Weights, entry by entry', 'Singular values', 'Bounds on the error of attention scores'],
};
for (const [view, titles] of Object.entries(FIGURES)) {
  asShipped(
    `every figure of the view ${view} gives files that agree with its table`,
    async (page) => {
      await settled(page);
      await page.locator(READY[view]).first().waitFor();
      for (const title of titles) {
        const table = csv(await savedText(page, title, 'CSV'));
        assert.ok(table.length > 2, title);
        assert.deepEqual(await twin(page, title), table, title);
        const { rows, columns, model } = JSON.parse(await savedText(page, title, 'JSON'));
        assert.equal(model, shipped.facts.file);
        assert.deepEqual([rows.length, columns.length], [table.length - 1, table[0].length]);
        if (/^(Bounds|All|Attention)/.test(title)) continue;
        const [width, height] = sizeOf((await saved(page, title, 'PNG')).bytes);
        assert.ok(width > 100 && height > 100, `${title}: ${width} x ${height}`);
        const svg = await savedText(page, title, 'SVG');
        assert.ok((await inSvg(page, svg, 'text')) > 3);
        assert.ok(svg.includes(`width="${width / 2}" height="${height / 2}"`));
      }
    },
    { hash: `#k=4&seed=123&strategy=${encodeURIComponent(CENTRED)}&view=${view}` },
  );
}

asShipped(
  'exported parts and cases add up to the bound',
  async (page) => {
    await settled(page);
    await page.locator(READY.why).waitFor();
    const of = async (title) => JSON.parse(await savedText(page, title, 'JSON')).rows;
    const sum = (rows, key) => String(rows.reduce((all, each) => all + BigInt(each[key]), 0n));
    const { correct, total } = shipped.outcomes.find(({ strategy }) => strategy === CENTRED);
    const parts = await of('From all inputs to the bound');
    assert.equal(sum(parts, 'inputs'), total);
    assert.equal(parts.find(({ part }) => part === 'Proven').inputs, correct);
    const cases = await of('Proven share, case by case');
    assert.deepEqual([sum(cases, 'proven'), sum(cases, 'total')], [correct, total]);
    assert.ok(cases.every(({ exact }) => exact));
  },
  { hash: `#k=4&seed=123&strategy=${encodeURIComponent(CENTRED)}&view=why` },
);

asShipped('the menu works by keyboard alone and says what it does', async (page) => {
  await settled(page);
  const button = exportOf(page, FRONTIER);
  await button.focus();
  await page.keyboard.press('Enter');
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await until('the first item', async () => (await focused()) === 'Full screen');
  assert.equal(await button.getAttribute('aria-expanded'), 'true');
  assert.deepEqual(await violations(page, { within: ['[role=menu]', 'section.plot'] }), []);
  await page.keyboard.press('ArrowUp');
  assert.equal(await focused(), 'Copy link');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), 'Show as a table');
  await page.keyboard.press('Escape');
  await menu(page).waitFor({ state: 'detached' });
  assert.ok(await button.evaluate((element) => element === document.activeElement));
  assert.equal(await button.getAttribute('aria-expanded'), 'false');
  await page.keyboard.press('Enter');
  await until('the first item', async () => (await focused()) === 'Full screen');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await said(page, FRONTIER).getByText('Copied: the address of what is shown.').waitFor();
  assert.equal(await clipboard(page), page.url());
  await pick(page, FRONTIER, 'Show as a table');
  await page.getByRole('dialog').getByRole('table').waitFor();
  assert.deepEqual(await violations(page, { within: ['dialog[open]'] }), []);
}, { permissions });

for (const isAllowed of [true, false]) {
  asShipped(
    `a figure fills the ${isAllowed ? 'screen' : 'window, where the screen is not allowed'}, is drawn anew and goes back`,
    async (page) => {
      await settled(page);
      const box = () => page.locator('#frontier').evaluate((canvas) => [canvas.clientWidth, canvas.width]);
      const [before] = await box();
      await pick(page, FRONTIER, 'Full screen');
      await until('a larger figure', async () => (await box())[0] > before * 1.5);
      await until('a figure drawn as large', async () => (await box())[0] === (await box())[1]);
      if (isAllowed) await page.evaluate(() => document.exitFullscreen());
      else await page.keyboard.press('Escape');
      await until('the former size', async () => (await box())[0] === before);
      assert.equal(await page.locator('section.plot #frontier').count(), 1);
      assert.ok(await exportOf(page, FRONTIER).evaluate((element) => element === document.activeElement));
    },
    {
      prepare: (page) =>
        isAllowed || page.addInitScript(() => (Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('not here')))),
    },
  );
}

for (const width of [1440, 768, 390]) {
  asShipped(
    `the table is unclipped, with all columns, ${width} pixels wide`,
    async (page) => {
      await settled(page);
      const strategies = await order(page);
      const seen = await page.locator('#whole-table').evaluate((box) => {
        const clipped = [];
        for (let parent = box; parent; parent = parent.parentElement)
          if (
            parent.scrollHeight > parent.clientHeight + 1 &&
            parent !== document.documentElement &&
            getComputedStyle(parent).overflowY !== 'visible'
          )
            clipped.push(parent.id);
        const isIn = (cell) => {
          const { left, right, width, height } = cell.getBoundingClientRect();
          return left >= 0 && right <= innerWidth && width > 0 && height > 0;
        };
        return { clipped, rows: [...box.querySelectorAll('[data-strategy]')].map((tr) => [...tr.cells].filter(isIn).length) };
      });
      assert.deepEqual(seen, { clipped: [], rows: strategies.map(() => 9) });
      assert.deepEqual(await violations(page, { within: ['#whole-table'] }), []);
    },
    { viewport: { width, height: 900 } },
  );
}

asShipped(
  'on paper are the claim, the address, every opened view and the whole table, in light colours',
  async (page) => {
    await settled(page);
    await tab(page, 'Why').click();
    await page.locator(READY.why).waitFor();
    await order(page);
    const state = () =>
      page.evaluate(() => ({
        views: [...document.querySelectorAll('#view > *')].map(({ dataset }) => dataset.view),
        closed: document.querySelectorAll('main details:not([open])').length,
        paper: getComputedStyle(document.body).backgroundColor,
      }));
    const before = await state();
    assert.deepEqual(before.views, ['Why']);
    assert.ok(before.closed > 0 && before.paper !== 'rgb(255, 255, 255)');
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    assert.deepEqual(await state(), { views: ['Strategies', 'Why'], closed: 0, paper: 'rgb(255, 255, 255)' });
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.bar'), '::after').content), `"${page.url()}"`);
    const rows = await page.locator('#results [data-strategy]').evaluateAll((all) => all.filter((tr) => tr.checkVisibility()).length);
    assert.equal(rows, ALL);
    assert.ok(await row(page, 'cubic').locator('td').last().isVisible());
    // The figures are drawn in light colours too: what is written is dark.
    const darkest = await page.locator('#frontier').evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let least = 255;
      for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] === 255) least = Math.min(least, Math.max(data[i], data[i + 1], data[i + 2]));
      return least;
    });
    assert.ok(darkest < 60, `${darkest}`);
    // Paper has more dots than a screen.
    const dense = () =>
      page
        .locator('canvas')
        .evaluateAll((all) => all.filter((canvas) => canvas.clientWidth).map(({ width, clientWidth }) => width / clientWidth));
    assert.ok((await dense()).every((dots) => dots > 2.9), `${await dense()}`);
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    assert.deepEqual(await state(), before);
    assert.ok((await dense()).every((dots) => dots < 1.1), `${await dense()}`);
    const pdf = await page.pdf({ format: 'A4' });
    assert.ok((pdf.toString('latin1').match(/\/Type \/Page\b/g) ?? []).length > 4, 'the table and the views take pages');
    assert.match(await text(page.locator('#claim')), /^Right on at least/);
  },
  { colorScheme: 'dark' },
);

asShipped('a row stays where it is when it is chosen, though its details grow above the table', async (page) => {
  await settled(page);
  await order(page);
  const top = () => row(page, CENTRED).evaluate((tr) => tr.getBoundingClientRect().top);
  await row(page, CENTRED).scrollIntoViewIfNeeded();
  const height = () => page.locator('#details').evaluate((box) => box.offsetHeight);
  const [before, small] = [await top(), await height()];
  await row(page, CENTRED).locator('td').first().click();
  await until('the details', async () => (await height()) > small + 100);
  await page.waitForTimeout(200);
  assert.ok(Math.abs((await top()) - before) < 2, `${before} px, then ${await top()} px`);
});
