// The lab of training: a small network is trained, fine-tuned and kept; a training is cancelled; a
// link trains again.
import assert from 'node:assert/strict';
import { host, scenario, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

const button = (page, name) => page.getByRole('button', { name, exact: true });
const tableOf = (page, name) => page.getByRole('region', { name, exact: true });
const open = (page, hash) => page.goto(`${host().server.url}labs.html?lab=training#${hash}`);
/** Waits until the lab says something, and what it was. */
const says = (page, what) => page.locator('#status').filter({ hasText: what }).waitFor();

/** The SHA-256 of what a button saves. */
async function saved(page) {
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Save the network').click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

scenario(
  'a network is trained, fine-tuned, compared and opened, and its link trains it again',
  async (page) => {
    await open(page, 'k=2&steps=40&tuning=30');
    await button(page, 'Train').click();
    await says(page, 'The network answers');
    assert.equal(await tableOf(page, 'Networks on the way').locator('tbody tr').count(), 10);
    const first = await saved(page);
    assert.equal(first.name, 'max2_v64_s123.safetensors');
    await button(page, 'Fine-tune the trained network').click();
    await says(page, 'This is another network');
    assert.match(await text(tableOf(page, 'Before and after')), /Accuracy.*Quadratic QK & EU.*Cubic.*σ₁\/σ₂.*Weights moved by/s);
    await button(page, 'Put noise into the weights').click();
    await says(page, 'The networks with noise are proven.');
    assert.equal(await tableOf(page, 'Noise in the weights').locator('tbody tr').count(), 5);
    assert.deepEqual(await violations(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');
    const tuned = await saved(page);
    assert.ok(!tuned.bytes.equals(first.bytes));

    const link = await page.evaluate(() => location.href);
    assert.match(link, /#do=both&k=2&steps=40&tuning=30$/);
    const again = await page.context().newPage();
    await again.goto(link);
    await says(again, 'This is another network');
    assert.ok((await saved(again)).bytes.equals(tuned.bytes), 'equal bytes');
    await button(again, 'Open it among all proofs').click();
    await again.waitForURL(/index\.html#own=/);
    await again.getByText('max2_v64_s123_tuned.safetensors').first().waitFor();
  },
  { hash: undefined, viewport: { width: 320, height: 700 } },
);

scenario(
  'a network for a group is trained and opened, with the proofs of its task',
  async (page) => {
    await open(page, 'seed=3');
    await page.getByLabel('Task').selectOption('Product in a group');
    await page.getByLabel('Group', { exact: true }).selectOption({ value: 'S3' });
    const steps = page.getByRole('spinbutton', { name: 'Steps' });
    assert.equal(await steps.inputValue(), '4000', 'as its recipe has');
    await steps.fill('400');
    await button(page, 'Train').click();
    await says(page, 'The network answers 100.0000');
    const table = await text(tableOf(page, 'Networks on the way'));
    assert.match(table, /Accuracy.*Ours \(low-rank unembedding\)/s);
    assert.match(await page.evaluate(() => location.hash), /do=train&task=group&group=S3&seed=3&steps=400/);
    await page.getByText('Words and symbols here').click();
    await button(page, 'area').click();
    await page.getByText('How high and how far to the left').waitFor();
    assert.deepEqual(await violations(page), []);
    assert.equal((await saved(page)).name, 'S3_s3.safetensors');
    // Addition is proven as an integral, too.
    await page.getByLabel('Task').selectOption('Addition modulo n');
    await page.getByLabel('Modulo').fill('7');
    await steps.fill('300');
    await button(page, 'Train').click();
    const said = /Error of the integral, proven.*≤ 0\.\d{3} at frequency [1-3]; [1-3] in all/s;
    await until('a proven integral', async () => said.test(await text(tableOf(page, 'Networks on the way'))));
    await button(page, 'Open it among all proofs').click();
    await page.waitForURL(/index\.html#own=/);
    await page.getByText('Z7_s3.safetensors').first().waitFor();
  },
  { hash: undefined, viewport: { width: 390, height: 800 } },
);

scenario(
  'a training is paused and cancelled at once, and another can start',
  async (page) => {
    await open(page, 'steps=20000');
    await button(page, 'Train').click();
    await page.getByText(/^Step \d+ of 20,000/).waitFor();
    await button(page, 'Pause').click();
    await button(page, 'Go on').waitFor();
    let [seen, reads] = ['', 0];
    const where = () => text(page.locator('.where'));
    await until('a standstill', async () => {
      const now = await where();
      [seen, reads] = [now, now === seen ? reads + 1 : 0];
      return reads === 10;
    });
    await button(page, 'Go on').click();
    await until('a step', async () => (await where()) !== seen);
    const waited = await page.evaluate(async () => {
      const cancel = [...document.querySelectorAll('button')].find((each) => each.textContent === 'Cancel');
      const start = performance.now();
      cancel.click();
      while (!cancel.disabled) await new Promise((resolve) => setTimeout(resolve, 5));
      return performance.now() - start;
    });
    assert.ok(waited < 100, `${waited} ms`);
    await until('a button', () => button(page, 'Train').isEnabled());
  },
  { hash: undefined },
);
