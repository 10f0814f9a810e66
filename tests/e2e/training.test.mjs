// The lab of training: a small network is trained, fine-tuned and kept; a training is cancelled; a link trains again.
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
    await says(page, 'Trained.');
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
  'a training is cancelled at once, and another can start',
  async (page) => {
    await open(page, 'steps=20000');
    await button(page, 'Train').click();
    await page.getByText(/^Step \d+ of 20000/).waitFor();
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
