// The views of group operations: what they say of known networks, by pointer, keys and menus.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fixture, host, loaded, open, scenario, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

const panel = (page) => page.getByRole('tabpanel');
const GROUPS = '?task=group-operations';
const at = (model, view, strategy) => `${GROUPS}#model=${model}&view=${view}${strategy ? `&strategy=${strategy}` : ''}`;
const says = (page, pattern) => panel(page).getByText(pattern).first().waitFor();
const saidOf = (page, title) =>
  panel(page)
    .locator('section', { has: page.getByRole('heading', { name: title, exact: true }) })
    .locator('.said')
    .first();

/** Opens a network of the oracle, and a view of it. */
async function look(page, name, view, strategy) {
  await open(page, fixture(`group_operations/${name}.safetensors`));
  await page.evaluate((to) => { location.hash += to; }, `&view=${view}${strategy ? `&strategy=${strategy}` : ''}`);
}

scenario(
  'why: an S5 network shows which inputs its irrep proof misses, and where the margin goes',
  async (page) => {
    await look(page, 'S5_s1', 'why', 'irrep');
    await says(page, '14,400 of 14,400 inputs are answered right; the proof covers 14,391.');
    await says(
      page,
      'The input of which the proof shows least is x = 119, y = 110: a margin of −0.6773 logits. “What neurons write” takes most of it away, 3.968.',
    );
    await says(page, /\(4,1\): 37 neurons take all 25 pairs of points/);
    await says(page, /\(4,1\): 9 neurons leave 16 of 25 pairs of points without a neuron\. The double sum is incomplete\./);
    const row = panel(page).getByRole('row', { name: /^What the proof shows/ });
    assert.deepEqual(await row.getByRole('cell').allTextContents(), ['1.442', '−0.6773']);
  },
  { hash: GROUPS },
);

scenario(
  'why: keys move over the map, Enter tries the input, and the menu has its numbers',
  async (page) => {
    await look(page, 'S4_s0', 'why', 'irrep');
    await says(page, '576 of 576 inputs are answered right; the proof covers 576. The smallest margin is 7.132');
    const cell = panel(page).getByRole('gridcell');
    await cell.focus();
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await says(page, /^x = 1, y = 2: the answer should be \d+\. It is, by 7\.\d+ logits/);
    await panel(page).getByRole('button', { name: 'Export: All inputs' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Save as CSV' }).click();
    const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
    assert.equal(lines.length, 577);
    assert.match(lines[0], /^x,y,Right answer,Margin \(logits\)/);
    assert.ok(lines.slice(1).every((line) => line.endsWith(',yes,yes')));
    await cell.focus();
    await page.keyboard.press('Enter');
    await until('the view try', async () => (await panel(page).getByLabel('y', { exact: true }).inputValue().catch(() => '')) === '2');
    await says(page, /^Answer \d+ ✓ right\./);
  },
  { hash: GROUPS },
);

scenario(
  'neurons: boxes under the curve, the frequency and the neuron that are chosen',
  async (page) => {
    await look(page, 'Z31_s0', 'neurons');
    await says(page, '250 neurons have 5 frequencies; 6 write next to nothing.');
    await says(page, 'Of frequency 12, 46 boxes sum to 0.7003. The integral is 0.6667: an error of 0.0336.');
    await panel(page).getByLabel('Frequency', { exact: true }).selectOption('11');
    await says(page, /^Of frequency 11, 72 boxes sum to/);
    // x + y = z: the integral is at its largest; further on it is not.
    await panel(page).getByLabel('x', { exact: true }).fill('5');
    await panel(page).getByLabel('z', { exact: true }).fill('5');
    await says(page, /The integral is 0\.6667/);
    await panel(page).getByLabel('z', { exact: true }).fill('6');
    await says(page, /The integral is −0\.4/);
    await panel(page).getByLabel('Neuron', { exact: true }).fill('213');
    await says(page, 'Reads of x, neuron 213. All but 0.6 % of it is ideal.');
    assert.equal(await panel(page).getByLabel('Frequency', { exact: true }).inputValue(), '12', 'its frequency');
    const errors = panel(page).getByRole('table', { name: 'Frequencies' }).getByRole('row', { name: /^7/ });
    assert.deepEqual((await errors.getByRole('cell').allTextContents()).slice(0, 5), ['15', '5.7\u00a0%', '0.01473', '0.8523', '1.8185']);
  },
  { hash: GROUPS },
);

scenario(
  'neurons: the points of S4 are a tetrahedron, and all pairs have neurons',
  async (page) => {
    await look(page, 'S4_s0', 'neurons');
    await says(page, /^27 neurons are moved copies of each other, in 2 circuits/);
    assert.match(
      await text(saidOf(page, 'Points of x')),
      /^4 points in 3 dimensions; 6 elements of the group leave a point where it is\.$/,
    );
    assert.match(await text(saidOf(page, 'Pairs of points')), /^16 of 16 pairs have neurons; their weights are from 1\.000 to 1\.000\.$/);
    await panel(page).getByLabel('Circuit', { exact: true }).selectOption('1');
    await until('the sign', async () => /^2 points in 1 dimension;/.test(await text(saidOf(page, 'Points of x'))));
  },
  { hash: GROUPS },
);

scenario(
  'weights: neurons of Z31 use one frequency each',
  async (page) => {
    await look(page, 'Z31_s0', 'weights');
    await says(
      page,
      /^Rows: 0 is constant, 1 is frequency 7, 2 is frequency 11, 3 is frequency 12, 4 is frequency 14, 5 is frequency 15\./,
    );
    await panel(page).getByLabel('Weights', { exact: true }).selectOption('out');
    await says(page, /^U: what neurons write to z\. No entry is larger than/);
    await panel(page).getByLabel('Rows', { exact: true }).selectOption('elements');
  },
  { hash: GROUPS },
);

scenario(
  'try: an input that is typed, and inputs that are found',
  async (page) => {
    await look(page, 'Z31_s0', 'try', 'low-rank-unembed-9');
    await says(page, 'Answer 0 ✓ right. The logit of 0 is 15.75 above that of 11, the largest other one.');
    await says(page, '✓ The chosen proof covers this input: it shows a margin of at least 13.28.');
    await panel(page).getByRole('button', { name: 'Smallest margin' }).click();
    await says(page, 'Found: x = 9, y = 10.');
    await says(page, /^Answer 19 ✓ right\. The logit of 19 is 11\.91 above/);
    await panel(page).getByRole('button', { name: 'A wrong answer' }).click();
    await says(page, 'There is none: every input is answered right.');
    await panel(page).getByLabel('x', { exact: true }).fill('31');
    await says(page, 'Type two whole numbers from 0 to 30.');
  },
  { hash: GROUPS },
);

for (const colorScheme of ['light', 'dark']) {
  scenario(
    `the views of groups are accessible and fit 320 px, ${colorScheme}`,
    async (page) => {
      let within; // the whole page, then the views in it
      for (const [model, view] of [
        ['S4_s0', 'why'],
        ['S4_s0', 'neurons'],
        ['Z31_s0', 'neurons'],
        ['Z31_s0', 'weights'],
        ['Z31_s0', 'try'],
      ]) {
        await page.evaluate(
          (to) => {
            location.hash = to;
          },
          new URL(at(model, view, 'low-rank-unembed-9'), host().server.url).hash,
        );
        await loaded(page, `${model}.safetensors`);
        await page.locator(`[role=tabpanel][aria-labelledby=tab-${view}]`).waitFor();
        await until('something said', async () => (await panel(page).locator('.said').allTextContents()).some(Boolean));
        assert.deepEqual(await violations(page, { within }), [], `${view} of ${model}`);
        within = ['[role=tablist]', '[role=tabpanel]'];
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, `${view} of ${model}`);
      }
    },
    { hash: GROUPS, colorScheme, viewport: { width: 320, height: 800 } },
  );
}
