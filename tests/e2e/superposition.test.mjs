// The lab of superposition as a person uses it: train, pause, step, compare, look closer, check a
// certificate.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { give, host, scenario, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

const state = (page) => page.locator('.superposition > .state');
const stepOf = async (page) => Number(/first seed: step (\d+)/.exec(await text(state(page)))?.[1]);

scenario(
  'dictionaries train, pause and go on step by step; their proofs are compared, and a certificate is checked',
  async (page) => {
    await state(page).filter({ hasText: 'Dictionaries of the first seed: step' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    const step = page.getByRole('button', { name: '10 steps', exact: true });
    // At first, what was on its way when it was paused may arrive as well.
    await until('a click makes ten steps', async () => {
      const before = await stepOf(page);
      await step.click();
      await until('more steps', async () => (await stepOf(page)) > before);
      return (await stepOf(page)) - before === 10;
    });
    assert.equal(await page.locator('.tile').count(), 5, 'the network, and a dictionary of each penalty');
    await page.getByRole('button', { name: 'Reset' }).click();
    assert.equal(await page.locator('.tile:visible').count(), 0);

    await state(page).filter({ hasText: 'Trains 16 dictionaries' }).waitFor();
    await page.getByText('More settings').click();
    await page.getByLabel('Steps of training').fill('150');
    await page.getByLabel('Steps of training').press('Tab');
    await page.getByRole('button', { name: 'Train four autoencoders' }).click();
    await state(page).filter({ hasText: '16 dictionaries are trained and proven' }).waitFor();
    await page.locator('.verdict').filter({ hasText: /At equal error .* leaves the shortest proof: [\d.,]+\sM? ?steps/ }).waitFor();
    await page.locator('.claimed').filter({ hasText: 'The literature expects that the product beats L1. Here it' }).waitFor();
    assert.ok(page.url().includes('#features=6&hidden=2&latents=6&steps=150&seeds=1'));

    await page.getByRole('button', { name: /^L1 at strength 1:/ }).click();
    await page.getByRole('heading', { name: 'L1 at strength 1, seed 0' }).waitFor();
    await page.locator('.maps canvas').first().waitFor();
    const certified = async (proof) =>
      Number((await text(page.getByRole('row', { name: proof }).getByRole('cell').first())).replace(/\D/g, ''));
    assert.ok((await certified(/^by sums/)) <= (await certified(/^brute force/)), 'nothing is certified that the network gets wrong');
    await page.getByRole('button', { name: 'Check it' }).click();
    await page.locator('.proofs-of-it .state').filter({ hasText: 'Accepted: of 1,000 tokens at least' }).waitFor();
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save certificate' }).click()]);
    const certificate = await readFile(await saved.path(), 'utf8');
    await page
      .locator('.superposition input[type=file]')
      .setInputFiles({ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(certificate) });
    await page.getByText('mine.json: Accepted: of 1,000 tokens at least').waitFor();
    await page.getByText('What is proven, and how long').click();
    await page.getByRole('row', { name: /TinyStories/ }).waitFor();
    assert.deepEqual(await violations(page), []);

    // On the page of proofs it leads to the lab, which checks it.
    await page.goto(`${host().server.url}?prove=asked`);
    await give(page, 'mine.json', certificate);
    await page.getByRole('button', { name: 'Open it in Superposition' }).click();
    await page.getByText('mine.json: Accepted: of 1,000 tokens at least').waitFor();
  },
  { hash: 'labs.html?lab=superposition#features=6&hidden=2&latents=6&steps=20000&seeds=1', viewport: { width: 390, height: 844 } },
);

scenario(
  'a link to settings trains them; what is out of range is said and clamped',
  async (page) => {
    await page.locator('#message').filter({ hasText: '“hidden=99” in the address' }).waitFor();
    await state(page).filter({ hasText: '4 dictionaries are trained and proven' }).waitFor();
    await page.locator('.verdict').filter({ hasText: 'of 2 seeds' }).waitFor();
    const marks = page.locator('.spots button');
    assert.equal(await marks.count(), 8, 'a mark for each prefix of each dictionary');
    await marks.first().focus();
    await page.keyboard.press('End');
    assert.match(await text(page.locator('.reading')), /^tanh, the first \d+ latents: .* of the variance is left/);

    // Each prefix is proven, and has its own maps and certificates.
    await page.getByLabel('Tokens whose answer is certified').check();
    await page.getByRole('button', { name: /^L1, the first 4 latents: [\d.]+\s% of the tokens certified/ }).click();
    await page.getByRole('heading', { name: 'L1, the first 4 latents, seed 0' }).waitFor();
    await page.getByText('Proven of the hidden vectors: their mean squared distance').waitFor();
    await page.getByRole('button', { name: 'Check it' }).click();
    await page.locator('.proofs-of-it .state').filter({ hasText: 'Accepted: of 1,000 tokens at least' }).waitFor();
  },
  { hash: 'labs.html?lab=superposition#kind=matryoshka&features=8&hidden=99&latents=8&steps=60&seeds=2&penalties=l1,tanh' },
);
