// The view "why": the opened case follows the number of smaller tokens, and what the legend shows
// is in the map.
import assert from 'node:assert/strict';
import { asShipped, settled, until } from './actions.mjs';

const panel = (page) => page.getByRole('tabpanel');
const DIFF = 'EUPU-max-diff-exact--attn-mean-query+diff--attn-err-max-diff-subproduct-recursive';
const link = (strategy) => `#k=4&seed=123&view=why&strategy=${encodeURIComponent(strategy)}`;

async function openCase(page, m, q) {
  await panel(page).getByLabel('Largest', { exact: true }).fill(String(m));
  await panel(page).getByLabel('Last', { exact: true }).fill(String(q));
  await panel(page).getByRole('button', { name: 'Open case' }).click();
}

asShipped(
  'why: an opened case comes back where it has inputs again',
  async (page) => {
    await settled(page);
    const opened = panel(page).locator('.opened:not(.stale)');
    const layer = (name) => panel(page).locator('.layers').getByLabel(name, { exact: true }).check();
    await layer('any number');
    await openCase(page, 39, 17);
    await opened.getByRole('heading', { name: /^Largest token 39, last token 17/ }).waitFor();
    await layer('0');
    await opened.getByText('There is no such input.').waitFor();
    for (const others of [3, 1, 2]) {
      await layer(String(others));
      await opened
        .getByRole('heading', { name: `Largest token 39, last token 17, ${others === 1 ? '1 token is' : `${others} tokens are`} smaller` })
        .waitFor();
      if (others === 3) await opened.getByText('1,323 of 4,563 inputs are proven').waitFor();
    }
    await layer('0');
    await opened.getByText('There is no such input.').waitFor();
    await layer('any number');
    await opened.getByRole('heading', { name: /^Largest token 39, last token 17/ }).waitFor();
  },
  { hash: link(DIFF) },
);

asShipped(
  'why: figure and slider stay beside the map that is read, which follows the slider, and end with the view',
  async (page) => {
    await settled(page);
    const map = page.locator('.why .map .cells').first();
    const isInSight = async (part) => {
      const { y, height } = await part.boundingBox();
      return y >= 0 && y + height <= page.viewportSize().height;
    };
    const areInSight = async () => (await isInSight(map)) && (await isInSight(page.locator('#budget')));
    for (const viewport of [{ width: 1440, height: 900 }, { width: 1024, height: 768 }]) {
      await page.setViewportSize(viewport);
      // Again and again: what is above the map may still arrive.
      await until('map and slider in sight', async () => {
        await map.evaluate((element) => element.scrollIntoView({ block: 'center' }));
        return areInSight();
      });
    }
    const before = await page.locator('.why').textContent();
    await page.locator('#budget').press('ArrowLeft');
    await until('another map', async () => (await page.locator('.why').textContent()) !== before);
    await until('map and slider in sight', areInSight);
    await page.locator('.model').evaluate((element) => element.scrollIntoView({ block: 'end' }));
    const { y, height } = await page.locator('#beside').boundingBox();
    assert.ok(y + height <= (await page.locator('.model').boundingBox()).y, 'nothing lies on what is below');
    await page.setViewportSize({ width: 390, height: 844 });
    await map.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    assert.ok((await page.locator('#beside').boundingBox()).y < -300, 'in one column it scrolls away');
  },
  { hash: '#k=4&seed=123&strategy=cubic&view=why' },
);

asShipped(
  'why: no two verdicts of a legend look alike, and none like a cell without inputs',
  async (page) => {
    await settled(page);
    for (const strategy of [DIFF, 'cubic', 'exact']) {
      await page.evaluate((to) => { location.hash = to; }, link(strategy));
      const swatches = () =>
        panel(page)
          .locator('.verdicts li')
          .evaluateAll((items) => items.map((item) => [item.querySelector('strong').textContent, item.querySelector('svg').innerHTML]));
      const has = { [DIFF]: /direct path/, cubic: /harmless/, exact: /wrong/i }[strategy];
      await until('the legend', async () => (await swatches()).some(([label]) => has.test(label)));
      const looks = await swatches();
      assert.equal(new Set(looks.map(([, look]) => look)).size, looks.length, JSON.stringify(looks));
      assert.ok(looks.every(([, look]) => look), JSON.stringify(looks));
      assert.equal(looks.at(-1)[0], 'No such input');
    }
  },
  { hash: link(DIFF) },
);

asShipped(
  'why: the map says how cases of an exact proof are decided, and where the network is wrong',
  async (page) => {
    await settled(page);
    const items = () => panel(page).locator('.verdicts li').allTextContents();
    await panel(page).getByLabel('How cases are decided').check();
    await until('the ways', async () => (await items()).some((text) => text.startsWith('Enumerated')));
    const said = await items();
    const [ways, rest] = [said.slice(0, -2), said.slice(-2)];
    assert.deepEqual(ways.map((text) => text.replace(/ \(.*/, '')), ['Together, in blocks', 'Position by position', 'Enumerated']);
    // All cells, each in one way.
    const cells = ways.map((text) => Number(/\(([\d,]+) cells?\)/.exec(text)[1].replaceAll(',', '')));
    assert.equal(cells.reduce((sum, each) => sum + each, 0), (64 * 65) / 2, ways.join());
    assert.match(rest[0], /^Answered wrong: some inputs of \d+ cells\. No proof can cover them\./);
    // Its cases are told apart by the number of smaller tokens, too: the map of each has its own
    // share.
    await panel(page).locator('.layers').getByLabel('3', { exact: true }).check();
    await openCase(page, 39, 17);
    await panel(page).getByRole('heading', { name: 'Largest token 39, last token 17, 3 tokens are smaller' }).waitFor();
    await panel(page).getByText('4,563 of 4,563 inputs are proven').waitFor();
    // A proof that tries less says of the wrong ones that no proof can cover them, too.
    await page.evaluate((to) => { location.hash = to; }, link('cell'));
    await panel(page).getByText('4,262 are answered wrong, so no proof can cover them').waitFor();
    await panel(page).getByText(/^As a table/).first().click();
    const row = panel(page).locator('details table tbody tr', { hasText: 'Answered wrong' });
    assert.equal(await row.locator('td').first().textContent(), '4,262');
  },
  { hash: link('exact') },
);

asShipped(
  'why: steps of a proof are ranked by what they would gain if they were exact',
  async (page) => {
    await settled(page);
    const terms = panel(page).locator('.what-ifs');
    await terms.getByText('If one step were exact').waitFor();
    const gains = await terms.locator('li .gain').allTextContents();
    const inputs = gains.map((text) => Number(text.replace(/\D/g, '')));
    assert.equal(inputs.length, 5);
    assert.deepEqual(inputs, [...inputs].sort((a, b) => b - a));
    assert.ok(inputs[0] > 1_000_000, gains.join());
    await page.evaluate((to) => { location.hash = to; }, link('cubic'));
    await terms.getByText('No token ruled out').waitFor();
    assert.equal(await terms.locator('li').count(), 3);
    await page.evaluate((to) => { location.hash = to; }, link('exact'));
    await until('no steps', async () => !(await terms.isVisible()));
  },
  { hash: link(DIFF) },
);

asShipped(
  'two models are compared: both maps, their difference, and the address',
  async (page) => {
    await settled(page);
    await panel(page).getByLabel('Other proof').selectOption('cubic');
    // Of this model, that is the chosen proof.
    await until('the other models', async () => (await panel(page).getByLabel('Model to compare with').locator('option').count()) > 10);
    await panel(page).getByLabel('Model to compare with').selectOption('4-50');
    await panel(page).locator('.counts li').nth(1).getByText(/inputs are proven by “cubic, K = 4, seed 50” only/i).waitFor();
    assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('vs'), 'cubic@4-50');
    await page.reload();
    await panel(page).locator('.counts li').nth(1).getByText(/inputs are proven by “cubic, K = 4, seed 50” only/i).waitFor();
    await panel(page).getByLabel('Model to compare with').selectOption('');
    await until('the address', async () => !new URL(page.url()).hash.includes('4-50'));
  },
  { hash: '#k=4&seed=123&view=why&strategy=best-within-2000000' },
);
