// The task of group operations, as a person uses it: from the switch in the header, and by a file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cell, complete, fixture, host, json, open, row, rows, scenario, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

const expected = json(fixture('group_operations/expected.json'));
const PIZZA = 'pizza_p99zdpze5l.pt';
const GROUPS = '?task=group-operations';
const claims = (page, pattern) => page.locator('#claim').getByText(pattern).waitFor();
const slider = (page) => page.locator('#rank');
/** What the slider of ranks says. */
const said = (page) => page.locator('.ranks .said');
const done = (page) => page.locator('#run-state').getByText(/^(\d+) of \1 proofs done$/).waitFor();
const param = (page, name) => new URLSearchParams(new URL(page.url()).hash.slice(1)).get(name);

scenario('the switch leads to the other task and back; its menus, the address and reload choose a model', async (page) => {
  const tasks = page.getByRole('navigation', { name: 'Tasks' });
  assert.equal(await text(tasks.locator('[aria-current=page]')), 'Max of K');
  await tasks.getByRole('link', { name: 'Group operations' }).click();
  await claims(page, /^Right on all 576 inputs, proven in [\d,]+ steps\.$/);
  assert.equal(new URL(page.url()).search, GROUPS);
  assert.equal(await text(tasks.locator('[aria-current=page]')), 'Group operations');
  assert.equal(await page.locator('#k').count(), 0, 'the menus are of this task');
  await page.getByLabel('Group', { exact: true }).selectOption('Z31');
  await claims(page, /^Right on all 961 inputs/);
  assert.equal(param(page, 'model'), 'Z31_s0');
  await page.reload();
  await claims(page, /^Right on all 961 inputs/);
  assert.equal(await page.getByLabel('Group', { exact: true }).inputValue(), 'Z31');
  await page.goBack();
  await claims(page, /^Right on all 576 inputs/);
  await tasks.getByRole('link', { name: 'Max of K' }).click();
  await claims(page, /of all 16,777,216 inputs/);
  await page.getByRole('button', { name: 'Models…' }).click();
});

for (const name of ['S4_s2', 'Z59_s0']) {
  const { correct, total, low_rank_unembed: byRank } = expected[`${name}.safetensors`];
  scenario(
    `every rank of ${name} proves as many inputs as it should, up to its cliff`,
    async (page) => {
      await open(page, fixture(`group_operations/${name}.safetensors`));
      await done(page);
      await complete(page);
      const ranks = (await rows(page).evaluateAll((trs) => trs.map((tr) => tr.dataset.strategy))).flatMap((id) => /^low-rank-unembed-(\d+)$/.exec(id)?.[1] ?? []);
      assert.ok(ranks.length > 5, ranks.join());
      for (const [rank, count] of Object.entries(byRank)) {
        const shown = await text(cell(page, `low-rank-unembed-${rank}`, 'Inputs proven right'));
        assert.ok(Number(shown.replaceAll(',', '')) >= count, `rank ${rank}: ${shown}, expected ${count}`);
      }
      assert.equal(await text(cell(page, 'brute-force', 'Inputs proven right')), correct.toLocaleString('en'));
      await claims(page, `Right on all ${total.toLocaleString('en')} inputs`);
    },
    { hash: GROUPS },
  );
}

scenario('a public transformer, opened on the page of the other task, is proven right on all inputs by a far shorter proof', async (page) => {
  await page.locator('#file').setInputFiles(fixture(`group_operations/${PIZZA}`));
  await page.waitForURL(/task=group-operations/);
  await claims(page, /^Right on all 3,481 inputs, proven in 6[\d.]+\u00a0M steps\.$/);
  await page.getByText('From R = 6 on, all inputs are proven. With one fewer, nothing is.').waitFor();
  const own = param(page, 'own');
  assert.match(own, /^[0-9a-f]{16}$/);
  // What no tensor says is shown, the likeliest first, and can be changed.
  await done(page);
  const ways = page.getByLabel('Read it as');
  assert.match(await ways.evaluate((select) => select.selectedOptions[0].textContent), /3,481 of 3,481 right$/);
  assert.ok((await ways.locator('option').count()) > 1);
  await ways.selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Read it so' }).click();
  await page.locator('#network').getByText('constant attention of 1/2 to each token, one vocabulary for both tokens.').first().waitFor();
  await claims(page, /^Right on all 3,481 inputs/);
  assert.equal(await ways.inputValue(), '1');
  await page.reload();
  await claims(page, /^Right on all 3,481 inputs/);
  assert.equal(param(page, 'own'), own);
  // The browser may have kept the page, which then does not load.
  await page.evaluate(() => history.back());
  await until('the first page is back', () => new URL(page.url()).search === '');
  await claims(page, /of all 16,777,216 inputs/);
});

scenario(
  'the slider of ranks moves by keys, falls off its cliff, and says so in claim and address',
  async (page) => {
    await done(page);
    await page.getByRole('tab', { name: 'Strategies' }).waitFor();
    const at = () => slider(page).inputValue();
    await until('the slider is on the cliff', async () => /proven right on 576 of 576/.test(await said(page).textContent()));
    const cliff = Number(await at());
    await slider(page).focus();
    await page.keyboard.press('ArrowLeft');
    await claims(page, 'Right on at least 0.00\u00a0% of all 576 inputs');
    assert.equal(param(page, 'strategy'), `low-rank-unembed-${cliff - 1}`);
    assert.match(await said(page).textContent(), new RegExp(`^Rank ${cliff - 1}: proven right on 0 of 576 inputs`));
    await page.keyboard.press('ArrowRight');
    await claims(page, 'Right on all 576 inputs');
    assert.equal(await at(), String(cliff));
    await row(page, 'brute-force').click();
    await claims(page, 'Right on all 576 inputs, proven in 1.');
    await page.getByRole('button', { name: 'Share…' }).click();
    await page.getByText('Embeds show models of Max of K only, as yet.').waitFor();
  },
  { hash: GROUPS },
);

for (const colorScheme of ['light', 'dark']) {
  scenario(
    `the page of the second task is accessible and fits 320 px, ${colorScheme}`,
    async (page) => {
      await done(page);
      await until('the view is there', () => page.locator('.ranks canvas').isVisible());
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
      assert.deepEqual(await violations(page), []);
    },
    { hash: GROUPS, colorScheme, viewport: { width: 320, height: 640 } },
  );
}

test('an address with an unknown task shows the first one, and says so', async () => {
  const page = await host().browser.newPage();
  await page.goto(`${host().server.url}?task=chess`);
  await page.getByRole('alert').getByText('“task=chess” in the address: expected one of max-of-k, group-operations. Taken instead: max-of-k.').waitFor();
  await page.close();
});

scenario(
  'the independent checker accepts certificates of every family, of a gallery model and of a user\'s file',
  async (page) => {
    const accepted = async (strategy) => {
      await row(page, strategy).click();
      await page.getByRole('button', { name: 'Check independently' }).click();
      await page.locator('#details .verdict').getByText(/^Accepted: an independent program/).waitFor();
    };
    await done(page);
    await complete(page);
    for (const strategy of ['brute-force', 'irrep-linear', 'irrep-abs', 'low-rank-unembed-10']) await accepted(strategy);
    await open(page, fixture(`group_operations/${PIZZA}`));
    await done(page);
    await complete(page);
    await accepted('low-rank-unembed-6');
  },
  { hash: GROUPS },
);
