// The view "why": the opened case follows the number of smaller tokens, and what the legend shows is in the map.
import assert from 'node:assert/strict';
import { allProven, scenario, until } from './actions.mjs';

const panel = (page) => page.getByRole('tabpanel');
const DIFF = 'EUPU-max-diff-exact--attn-mean-query+diff--attn-err-max-diff-subproduct-recursive';
const link = (strategy) => `#k=4&seed=123&view=why&strategy=${encodeURIComponent(strategy)}`;

async function openCase(page, m, q) {
  await panel(page).getByLabel('Largest', { exact: true }).fill(String(m));
  await panel(page).getByLabel('Last', { exact: true }).fill(String(q));
  await panel(page).getByRole('button', { name: 'Open case' }).click();
}

scenario(
  'why: an opened case comes back where it has inputs again',
  async (page) => {
    await allProven(page);
    const opened = panel(page).locator('.opened:not(.stale)');
    const layer = (name) => panel(page).locator('.layers').getByLabel(name, { exact: true }).check();
    await layer('any number');
    await openCase(page, 39, 17);
    await opened.getByRole('heading', { name: /^Largest token 39, last token 17/ }).waitFor();
    await layer('0');
    await opened.getByText('There is no such input.').waitFor();
    for (const others of [3, 1, 2]) {
      await layer(String(others));
      await opened.getByRole('heading', { name: `Largest token 39, last token 17, ${others === 1 ? '1 token is' : `${others} tokens are`} smaller` }).waitFor();
      if (others === 3) await opened.getByText('1,323 of 4,563 inputs are proven').waitFor();
    }
    await layer('0');
    await opened.getByText('There is no such input.').waitFor();
    await layer('any number');
    await opened.getByRole('heading', { name: /^Largest token 39, last token 17/ }).waitFor();
  },
  { hash: link(DIFF) },
);

scenario(
  'why: no two verdicts of a legend look alike, and none like a cell without inputs',
  async (page) => {
    await allProven(page);
    for (const strategy of [DIFF, 'cubic', 'exact']) {
      await page.evaluate((to) => { location.hash = to; }, link(strategy));
      const swatches = () => panel(page).locator('.verdicts li').evaluateAll((items) => items.map((item) => [item.querySelector('strong').textContent, item.querySelector('svg').innerHTML]));
      const has = { [DIFF]: /direct path/, cubic: /harmless/, exact: /Wrong/ }[strategy];
      await until('the legend', async () => (await swatches()).some(([label]) => has.test(label)));
      const looks = await swatches();
      assert.equal(new Set(looks.map(([, look]) => look)).size, looks.length, JSON.stringify(looks));
      assert.ok(looks.every(([, look]) => look), JSON.stringify(looks));
      assert.equal(looks.at(-1)[0], 'No such input');
    }
  },
  { hash: link(DIFF) },
);
