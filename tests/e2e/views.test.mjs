// The views of the instrument: the claim and its slider, the marks of the frontier, and what is
// beside them.
import assert from 'node:assert/strict';
import {
  ALL,
  allProven,
  asShipped,
  CENTRED,
  heading,
  loaded,
  prove,
  row,
  says,
  scenario,
  settled,
  shipped,
  STRATEGIES,
  text,
  until,
} from './actions.mjs';
import { coloured, violations } from './harness.mjs';

const TOTAL = shipped.facts.sequences;
const grouped = (digits) => BigInt(digits).toLocaleString('en');
const outcomeOf = (strategy) => shipped.outcomes.find((outcome) => outcome.strategy === strategy);
const claim = (page) => page.locator('#claim');
const panel = (page) => page.getByRole('tabpanel');
const tab = (page, name) => page.getByRole('tab', { name, exact: true });
const strategyIn = (page) => new URLSearchParams(new URL(page.url()).hash.slice(1)).get('strategy');
/** Whole numbers in a text, digits only. */
const numbersIn = (shown) => shown.match(/\d[\d,]*/g).map((digits) => BigInt(digits.replaceAll(',', '')));

for (const [width, height] of [[1440, 900], [1024, 768], [768, 1024], [390, 844]]) {
  asShipped(
    `the figure and the claim are whole at first sight, ${width} x ${height}`,
    async (page) => {
      await settled(page);
      for (const part of ['#claim', '#frontier', '#budget']) {
        const { x, y, width: w, height: h } = await page.locator(part).boundingBox();
        assert.ok(x >= 0 && y >= 0 && x + w <= width && y + h <= height && h > 10, `${part}: ${x}, ${y}, ${w} x ${h}`);
      }
      assert.ok((await coloured(page.locator('#frontier'))) > 50);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    },
    { viewport: { width, height } },
  );
}

asShipped('the claim starts where there is something to win, and follows the slider', async (page) => {
  await settled(page);
  const slider = page.locator('#budget');
  const start = Number(await slider.inputValue());
  const best = Number(await slider.getAttribute('max'));
  assert.ok(start > 0 && start < best - 1, `${start} of ${best}`);
  const first = await text(claim(page));
  assert.match(first, /^Right on at least \d\d\.\d\d\s% of all 16,777,216 inputs, proven in \d\.\d\d\sM steps\.$/);
  await page
    .locator('#against')
    .getByText(/^Proof: .+\. Trying all of them: 99\.97\s%, but 851,000\sM steps, and nothing understood\.$/)
    .waitFor();
  assert.equal(strategyIn(page), null);
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await until('another claim', async () => (await text(claim(page))) !== first);
  assert.equal(await slider.inputValue(), String(start - 1));
  // The address has the steps, as many as the proof takes.
  const budget = Number(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('budget'));
  const chosen = shipped.outcomes.find(({ flops }) => flops === budget);
  assert.ok(chosen, String(budget));
  assert.ok((await text(claim(page))).includes(chosen.percent.match(/^\d+(\.\d{1,2})?/)[0]));
  await page.keyboard.press('End');
  await page.getByText(/no more to gain/).waitFor();
  assert.match(await text(claim(page)), /^Right on at least 99\.97\s% of all 16,777,216 inputs/);
  await row(page, 'cubic').click();
  await page.locator('#against').getByText(/In as few steps, “.+” proves 99\.97\s%\.$/).waitFor();
  assert.match(await text(page.locator('#budget-said')), /^8\.8\d\sM$/, 'a beaten proof is not called the best');
  await slider.focus();
  await page.keyboard.press('Home');
  await until('the shortest proof', async () => (await slider.inputValue()) === '0');
  await page.reload();
  await until('the shortest proof again', async () => (await slider.inputValue()) === '0');
});

asShipped('every mark can be reached by keyboard', async (page) => {
  await settled(page);
  const focused = () => page.evaluate(() => document.activeElement.dataset.mark);
  const press = async (key, times) => {
    for (let i = 0; i < times; i++) await page.keyboard.press(key);
  };
  await page.locator('#marks [tabindex="0"]').focus();
  await press('ArrowUp', ALL); // the first one stays
  const first = await focused();
  await page.evaluate(() => {
    globalThis.met = [];
    document.addEventListener('focusin', ({ target }) => globalThis.met.push(target.dataset.mark));
  });
  await press('ArrowDown', ALL);
  const met = await page.evaluate(() => globalThis.met);
  assert.equal(new Set([first, ...met]).size, ALL);
  // The frontier: each press of the right arrow proves more.
  await page.keyboard.press('Home');
  const front = [await focused()];
  for (let before; before !== (before = await focused()); ) {
    await page.keyboard.press('ArrowRight');
    if ((await focused()) !== front.at(-1)) front.push(await focused());
  }
  assert.deepEqual(front, shipped.metrics.frontier);
  await page.keyboard.press('Enter');
  await until('the choice', () => strategyIn(page) === front.at(-1));
});

for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
  asShipped(
    `every mark can be reached by pointer, ${viewport.width} pixels`,
    async (page) => {
      await settled(page);
      // A click where a mark is chooses it, or lists it among its neighbours.
      const reached = await page.evaluate(async () => {
        const plane = document.querySelector('#plane');
        const stack = document.querySelector('#stack');
        const found = new Set();
        for (const { dataset, style } of document.querySelectorAll('#marks [data-mark]')) {
          const [x, y] = style.transform.match(/[\d.]+/g).map(Number);
          const { left, top } = plane.getBoundingClientRect();
          plane.dispatchEvent(new MouseEvent('click', { clientX: left + x, clientY: top + y, detail: 1, bubbles: true }));
          const listed = stack.hidden ? [] : [...stack.querySelectorAll('[data-strategy]')].map((item) => item.dataset.strategy);
          if (listed.includes(dataset.mark) || document.querySelector('#marks [aria-pressed=true]')?.dataset.mark === dataset.mark)
            found.add(dataset.mark);
        }
        return found.size;
      });
      assert.equal(reached, ALL);
    },
    { viewport },
  );
}

asShipped('classes that are hidden leave the figure, and so do proofs that a filter leaves out', async (page) => {
  await settled(page);
  const marks = page.locator('#marks [data-mark]');
  assert.equal(await marks.count(), ALL);
  const { classes } = shipped.facts;
  const { label, class: kind } = classes.at(-1);
  const ofClass = STRATEGIES.filter((each) => each.class === kind).length;
  const box = page.locator('#legend').getByRole('checkbox', { name: label, exact: true });
  await box.uncheck();
  await until('fewer marks', async () => (await marks.count()) === ALL - ofClass);
  await box.check();
  await page.getByLabel('Name contains').fill(CENTRED);
  const named = STRATEGIES.filter(({ strategy }) => strategy.startsWith(CENTRED)).length;
  await until('the marks of one name', async () => (await marks.count()) === named);
});

asShipped('the grid of strategies has the bound of each, and chooses', async (page) => {
  await settled(page);
  const cells = panel(page).locator('[role=gridcell][data-strategy]');
  await cells.first().waitFor();
  const shown = await cells.evaluateAll((all) => all.map((cell) => [cell.dataset.strategy, cell.textContent.trim()]));
  assert.equal(shown.length, STRATEGIES.filter(({ family }) => family === 'sub-cubic').length);
  for (const [strategy, number] of shown) {
    const { percent } = outcomeOf(strategy);
    assert.ok(Number(percent) - Number(number) >= 0 && Number(percent) - Number(number) < 1, `${strategy}: ${number} for ${percent}`);
  }
  await panel(page).locator(`[data-strategy="${CENTRED}"]`).click();
  await until('the choice', () => strategyIn(page) === CENTRED);
  await panel(page).getByText(/^What one change gains$/).waitFor();
  await until('what a change gains', async () => (await panel(page).locator('.changes button').count()) > 0);
});

asShipped(
  'why: the parts add up to all inputs, and a case gives inputs to try',
  async (page) => {
    await settled(page);
    for (const strategy of ['cubic', CENTRED, 'exact', 'brute-force']) {
      await page.evaluate((to) => { location.hash = `#k=4&seed=123&strategy=${encodeURIComponent(to)}&view=why`; }, strategy);
      const { correct } = outcomeOf(strategy);
      await panel(page).getByText(`${grouped(correct)} are proven`).waitFor();
      await panel(page).getByText(/^As a table/).first().click();
      const rows = await panel(page)
        .locator('details table tbody tr')
        .evaluateAll((trs) => trs.map((tr) => [...tr.children].map((cell) => cell.textContent)));
      const inputs = rows.map((cells) => numbersIn(cells.find((cell) => /^[\d,]+$/.test(cell)) ?? '0')[0]);
      // All inputs, what is lost, and what is proven.
      const parts = inputs.filter((_, i) => !/^All inputs/.test(rows[i][0]));
      assert.equal(parts.reduce((sum, part) => sum + part, 0n), BigInt(TOTAL), `${strategy}: ${JSON.stringify(rows)}`);
      assert.ok(parts.includes(BigInt(correct)), strategy);
      await panel(page).getByText(/^As a table/).first().click();
    }
    await page.evaluate(() => { location.hash = '#k=4&seed=123&strategy=cubic&view=why'; });
    await panel(page).getByText(`${grouped(outcomeOf('cubic').correct)} are proven`).waitFor();
    await panel(page).getByLabel('Largest', { exact: true }).fill('40');
    await panel(page).getByLabel('Last', { exact: true }).fill('20');
    await panel(page).getByRole('button', { name: 'Open case' }).click();
    await panel(page).locator('.opened').getByRole('button', { name: /proven input/i }).first().click();
    await panel(page).getByText(/covers this input/).waitFor();
    assert.equal(await tab(page, 'Try').getAttribute('aria-selected'), 'true');
    assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('view'), 'try');
  },
  { hash: '#k=4&seed=123&view=why' },
);

asShipped(
  'try: an input is answered as it is typed, and wrong ones are found',
  async (page) => {
    await settled(page);
    const field = (i) => panel(page).getByRole('textbox').or(panel(page).getByRole('spinbutton')).nth(i);
    await field(0).waitFor();
    for (const [i, token] of [17, 52, 3, 41].entries()) await field(i).fill(String(token));
    await panel(page).locator('output').getByText(/52\s*✓\s*right/).waitFor();
    await panel(page).getByRole('button', { name: 'a wrong answer' }).click();
    await panel(page).locator('output').getByText(/wrong/).waitFor();
    await panel(page).getByText(/does not guarantee this input/).waitFor();
    await panel(page).getByRole('button', { name: 'the smallest margin' }).click();
    await panel(page).locator('#try-said').getByText(/^Of all 16,777,216 inputs this one is the most wrong/).waitFor();
    await field(0).fill('64');
    await panel(page).getByText(/from 0 to 63/).first().waitFor();
  },
  { hash: '#k=4&seed=123&view=try&strategy=cubic' },
);

asShipped(
  'weights: matrices, their singular values, and the errors of attention',
  async (page) => {
    await settled(page);
    const choice = panel(page).getByLabel('Matrix');
    await until('matrices', async () => (await choice.locator('option').count()) >= 4);
    for (const label of await choice.locator('option').allTextContents()) {
      await choice.selectOption({ label });
      await until(`the picture of ${label}`, async () => (await coloured(panel(page).locator('canvas').first())) > 50);
    }
    await panel(page).getByText(/the first singular value is [\d.]+ times the second/).waitFor();
    assert.ok((await panel(page).locator('table tbody tr').count()) > 5);
    assert.equal(await panel(page).locator('[role=alert]').textContent(), '');
  },
  { hash: '#k=4&seed=123&view=weights' },
);

scenario(
  'weights: a part is taken out, estimated, proven anew, and the way back is there; scores are estimates',
  async (page) => {
    await settled(page);
    await panel(page).getByText(/^≈ 0\.99\d+ ± 0\.0/).waitFor();
    await page.locator('#ablate-rank').selectOption('1');
    await panel(page).getByText(/With rank-1 QK, [\d,]+ of 20,000 random inputs are right\. This is an estimate/).waitFor();
    await panel(page).getByRole('button', { name: 'Open it and prove anew' }).click();
    await loaded(page, 'max4_v64_s123 (rank-1 QK).safetensors');
    await allProven(page);
    const beside = panel(page).getByRole('table', { name: 'The network before and after' });
    const cells = (await beside.locator('tbody tr').allTextContents()).map((line) => line.match(/[\d.]+(?=\s%)/g).map(Number));
    assert.equal(cells.length, 2);
    for (const [exact, best] of cells) assert.ok(exact >= best && best > 50, `${exact} ${best}`);
    await panel(page).getByRole('link', { name: 'Back to it' }).click();
    await loaded(page, 'max4_v64_s123.safetensors, gallery');
  },
  { hash: '#k=4&seed=123&view=weights' },
);

asShipped(
  'the address keeps view and axes over a reload and another model, and says what it does not know',
  async (page) => {
    await settled(page);
    await tab(page, 'Why').click();
    await page.getByLabel('Whole range').check();
    await page.locator('#axes select').selectOption('missing');
    const fields = () => Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.slice(1)));
    const looks = { view: 'why', zoom: 'all', scale: 'missing' };
    assert.deepEqual(fields(), { k: '4', seed: '123', ...looks });
    await page.reload();
    await settled(page);
    assert.equal(await tab(page, 'Why').getAttribute('aria-selected'), 'true');
    assert.ok((await page.getByLabel('Whole range').isChecked()) && (await page.locator('#axes select').inputValue()) === 'missing');
    await page.getByLabel('K', { exact: true }).selectOption('5');
    await loaded(page, /^max5_/);
    assert.deepEqual(fields(), { ...fields(), k: '5', ...looks });
    await page.goBack();
    await loaded(page, /^max4_/);
    await page.evaluate(() => { location.hash = '#k=4&seed=123&view=nowhere&scale=log'; });
    await says(
      page,
      '“view=nowhere” in the address: expected one of strategies, why, try, weights, samples, distribution, method, table. Taken instead: strategies.',
    );
    await says(page, '“scale=log” in the address: expected one of accuracy, missing, unexplained, ratio. Taken instead: accuracy.');
  },
  { hash: '#k=4&seed=123' },
);

for (const [colorScheme, width] of [['light', 1440], ['dark', 390], ['light', 320]]) {
  asShipped(
    `every view: no accessibility violations and nothing wider than the window, ${colorScheme}, ${width} pixels`,
    async (page) => {
      await settled(page);
      let within; // the whole page, then the views in it
      for (const view of await page.getByRole('tab').all()) {
        const name = await text(view);
        await view.click();
        // The tab of the table says where that is, below.
        const least = name === 'Table' ? 20 : 200;
        await until(`the view ${name}`, async () => (await panel(page).textContent()).length > least);
        await page.waitForLoadState('networkidle');
        assert.deepEqual(await violations(page, { within }), [], name);
        within = ['[role=tablist]', '[role=tabpanel]'];
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, name);
      }
    },
    { hash: `#k=4&seed=123&strategy=${CENTRED}`, viewport: { width, height: 900 }, colorScheme },
  );
}

asShipped(
  'K = 20 has every view',
  async (page) => {
    await prove(page, 'Cubic');
    for (const name of ['Strategies', 'Why', 'Try', 'Weights', 'Samples', 'Distribution', 'Method']) {
      await tab(page, name).click();
      await until(`the view ${name}`, async () => (await panel(page).textContent()).length > 100);
    }
    await heading(page, 'No proof is chosen');
  },
  { hash: '#k=20&seed=50' },
);
