// The table and the figure of proofs: sorted, filtered, and a choice in one of them shown in the
// other.
import assert from 'node:assert/strict';
import {
  ALL, asShipped, CENTRED, counts, heading, numbers, order, row, settled, shipped, STRATEGIES, text,
} from './actions.mjs';

asShipped('a mark of the plot can be pointed at', async (page) => {
  await settled(page);
  // Only Rust knows where the marks are, so this tries a grid finer than the marks' surroundings.
  const found = await page.locator('#plane').evaluate((plane) => {
    const readings = new Set();
    for (let x = 0; x < plane.clientWidth; x += 12)
      for (let y = 0; y < plane.clientHeight; y += 12) {
        const { left, top } = plane.getBoundingClientRect();
        plane.dispatchEvent(new PointerEvent('pointermove', { clientX: left + x, clientY: top + y }));
        readings.add(document.querySelector('#reading').textContent.split(':')[0]);
      }
    return [...readings];
  });
  assert.ok(found.includes('Cubic') && found.includes('Brute force'), found.join());
});

asShipped('the table can be sorted by any column, and is grouped by class at first', async (page) => {
  await settled(page);
  const groups = () => page.locator('#results .group').count();
  const head = (name) => page.getByRole('columnheader', { name });
  const click = (name) => head(name).getByRole('button').click();
  const first = await order(page);
  assert.deepEqual(first.slice(0, 2), ['brute-force', 'cubic']);
  const kinds = STRATEGIES.map((s) => s.class);
  assert.equal(await groups(), new Set(kinds.filter((kind) => kinds.indexOf(kind) !== kinds.lastIndexOf(kind))).size);
  assert.equal(await head('Proof', { exact: true }).first().getAttribute('aria-sort'), 'ascending');
  for (const [title, sign] of [['Accuracy at least', -1], ['Unexplained dimension', 1]]) {
    await click(title);
    assert.equal(await groups(), 0);
    assert.equal(await head(title).getAttribute('aria-sort'), sign > 0 ? 'ascending' : 'descending');
    if (sign < 0) {
      const shown = await numbers(page, title);
      assert.deepEqual(shown, shown.toSorted((a, b) => b - a));
    }
    assert.equal((await order(page)).at(sign < 0 ? 0 : -1), 'brute-force');
    await click(title);
    // Other proofs are as accurate as brute force, but none has as large an unexplained dimension.
    if (sign < 0) assert.deepEqual(await numbers(page, title), (await numbers(page, title)).toSorted((a, b) => a - b));
    else assert.equal((await order(page))[0], 'brute-force');
  }
  // Proofs without a number come last in both directions.
  for (const way of ['ascending', 'descending']) {
    await click('Proof size');
    assert.equal(await head('Proof size').getAttribute('aria-sort'), way);
    assert.deepEqual((await order(page)).slice(-2).sort(), ['brute-force', 'cubic']);
  }
  await click(/^Proof$/);
  assert.deepEqual(await order(page), first);
});

asShipped('the table can be filtered, counts the shown proofs, and has the frontier of the figure', async (page) => {
  await settled(page);
  const count = (passes) => STRATEGIES.filter(passes).length;
  const shown = (number) => page.getByText(`${number} of ${ALL} proofs shown`, { exact: true }).waitFor();
  const choose = (label, option) => page.getByRole('combobox', { name: label, exact: true }).selectOption(option);
  await shown(ALL);
  await choose('Family', { label: 'Ours (additive)' });
  await shown(count(({ categories }) => categories.includes('Ours (additive)')));
  await page.locator('#results .group').getByText('Ours (additive)').waitFor();
  for (const family of ['Published, all classes', 'Sub-cubic, all classes']) {
    await choose('Family', family);
    await shown(count(({ categories }) => categories.includes(family)));
    assert.equal(await page.getByText('Ours (additive)').count(), 2, 'in the legend and as an option, not in the table');
  }
  // Filters by the tags of CENTRED, one after the other, until it is the only proof left.
  const { tags } = STRATEGIES.find(({ strategy }) => strategy === CENTRED);
  const isTagged = ({ tags }, { name, value }) => tags.some((tag) => tag.name === name && tag.value === value);
  for (const [i, { name, value }] of tags.entries()) {
    await choose(name, value);
    await shown(count((facts) => tags.slice(0, i + 1).every((tag) => isTagged(facts, tag))));
  }
  await shown(1);
  assert.deepEqual(await order(page), [CENTRED]);
  for (const label of ['Family', ...tags.map(({ name }) => name)]) await choose(label, '');
  await page.getByLabel('Name contains').fill('SVD uncentred');
  await shown(count(({ label }) => /svd/i.test(label) && /uncentred/i.test(label)));
  await page.getByLabel('Name contains').fill(CENTRED);
  // CENTRED's identifier is also the start of one that ends with “-recursive”.
  await shown(count(({ strategy }) => strategy.startsWith(CENTRED)));
  await page.getByLabel('Name contains').fill('no such proof');
  await shown(0);
  await page.getByLabel('Name contains').fill('');
  await page.getByLabel('Only the frontier').check();
  const best = await order(page);
  const marks = await page.locator('#marks [data-mark]').evaluateAll((all) => all.map((mark) => mark.dataset.mark));
  assert.deepEqual(marks.sort(), best.toSorted());
  assert.ok((await page.locator('#frontier').getAttribute('aria-label')).includes(`On the frontier: ${best.length} proofs`));
  assert.ok(best.some((s) => s.startsWith('best-within-')) && best.length > 2);
});

asShipped('a row and its mark are chosen together, and the address keeps the choice', async (page) => {
  await settled(page);
  const canvas = page.locator('#frontier');
  // A click on the row rings the mark.
  await row(page, CENTRED).locator('td').first().click();
  assert.ok(await row(page, CENTRED).getByRole('radio').isChecked());
  const { label } = shipped.facts.strategies.find((s) => s.strategy === CENTRED);
  assert.equal((await text(page.locator('#details').getByRole('heading'))).toLowerCase(), label);
  assert.match(await canvas.getAttribute('aria-label'), new RegExp(`Ringed: ${label}: at least`));
  await page.locator('#details').getByText(CENTRED, { exact: true }).waitFor();
  const [chosen, exact] = [CENTRED, 'brute-force'].map((s) => shipped.outcomes.find((o) => o.strategy === s));
  const details = await page.locator('#details').textContent();
  assert.ok(details.includes(`${BigInt(chosen.left_out).toLocaleString('en')} inputs`), details);
  const normalised = Math.floor((1e6 * Number(chosen.correct)) / Number(exact.correct)) / 1e4;
  assert.ok(details.replaceAll('\u200b', '').includes(`Of the true accuracy${normalised.toFixed(4)}`), details);
  assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('strategy'), CENTRED);
  // A click on the mark of brute force, found by a grid, chooses its row: in the middle of all
  // points that reach it, as a click is rounded to whole pixels.
  const at = await page.locator('#plane').evaluate((c) => {
    const { left, top } = c.getBoundingClientRect();
    const reached = [];
    for (let x = 0; x < c.clientWidth; x += 10)
      for (let y = 0; y < c.clientHeight; y += 10) {
        c.dispatchEvent(new PointerEvent('pointermove', { clientX: left + x, clientY: top + y }));
        if (/^Brute force:/.test(document.querySelector('#reading').textContent)) reached.push({ x, y });
      }
    const mean = (axis) => reached.reduce((sum, point) => sum + point[axis], 0) / reached.length;
    return { x: mean('x'), y: mean('y') };
  });
  await page.locator('#plane').click({ position: at });
  const listed = page.locator('#stack').getByRole('button', { name: /^Brute force:/ });
  if (await listed.isVisible()) await listed.click();
  assert.ok(await row(page, 'brute-force').getByRole('radio').isChecked());
  assert.equal(await page.locator('#results .selected').count(), 1);
  await page.mouse.move(0, 0);
  await page.getByText(/^Brute force: at least [\d.]+\s% of all inputs/).waitFor();
  // The choice survives a reload and another model.
  await page.reload();
  await heading(page, 'Brute force');
  await page.getByLabel('K', { exact: true }).selectOption('5');
  await page.waitForURL(/#k=5&seed=\d+&strategy=brute-force$/);
  await page.evaluate(() => { location.hash = location.hash.replace('brute-force', 'cubic'); });
  await heading(page, 'Cubic');
});

asShipped(
  'the plot has the resolution of the screen, and is drawn again when size or theme change',
  async (page) => {
    await settled(page);
    const canvas = page.locator('#frontier');
    const size = () => canvas.evaluate((c) => [c.width / c.clientWidth, c.height / c.clientHeight]);
    const image = () => canvas.evaluate((c) => c.toDataURL());
    assert.deepEqual(await size(), [2, 2]);
    const light = await image();
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction((before) => document.querySelector('#frontier').toDataURL() !== before, light);
    await page.setViewportSize({ width: 500, height: 800 });
    await page.waitForFunction(() => {
      const c = document.querySelector('#frontier');
      return c.clientWidth < 500 && c.width === 2 * c.clientWidth;
    });
    assert.deepEqual(await size(), [2, 2]);
  },
  { deviceScaleFactor: 2 },
);
