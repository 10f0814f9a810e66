// Whether the proven network is the one that its owner has: assumptions, accuracy, logits, and the logits that a file states.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { alert, bothProven, fixture, item, json, loaded, mostProven, open, scenario, shipped, text } from './actions.mjs';
import { violations } from './harness.mjs';

const section = (page) => page.locator('#network');
const field = (page) => page.getByLabel('Another input');
const said = (page) => page.locator('#typed-said');
const items = (page) => page.locator('#examples > li');
const says = (page, pattern) => section(page).getByText(pattern).waitFor();

const MODEL = 'oracle/max4_v64_s123.safetensors';
/** What TransformerLens computed for the model `max4_v64_s123`. */
const RECORDED = json(fixture('transformer_lens_logits.json')).models.max4_v64_s123;

/** The model's file with metadata. */
function saved(metadata) {
  const bytes = readFileSync(fixture(MODEL));
  const length = Number(bytes.readBigUInt64LE());
  const header = { ...JSON.parse(bytes.subarray(8, 8 + length)), __metadata__: metadata };
  const text = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([start, text, bytes.subarray(8 + length)]);
}

const give = (page, name, buffer) => page.locator('#file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });

/** The logits of an item, as numbers. */
const logitsOf = async (item) => JSON.parse(await item.locator('code').textContent());

scenario('of a file of the user’s it is said what is assumed of its network, how often that is right, and what its logits are', async (page) => {
  await loaded(page, shipped.facts.file);
  assert.equal(await section(page).evaluate((details) => details.open), false, 'a model of the page is what it is');
  await open(page, fixture(MODEL));
  assert.ok(await section(page).evaluate((details) => details.open));
  await says(page, /^One layer, one head, no layer norm \(not even one folded into the weights\), .*√32.*weights applied as x·W\.$/);
  await bothProven(page);
  await says(page, 'It is right on exactly 16,773,070 of 16,777,216 inputs (99.9752 %, rounded down).');
  assert.equal(await text(page.locator('#python')), 'print(model(torch.tensor([[0, 1, 2, 3]]))[0, -1].tolist())');
  assert.equal(await items(page).count(), 4);
  assert.equal(await text(items(page).first().locator('strong')), '0,1,2,3 → 5, wrong');
  assert.match(await text(items(page).first().locator('p')), /^Largest logits: 19\.3479833 \(output 5\), 18\.2987357 \(output 6\), /);
  assert.equal((await logitsOf(items(page).first())).length, 64);
  assert.deepEqual(await violations(page), []);
});

scenario('the logits of an input that is typed are those that TransformerLens computes; what is no input is refused beside it', async (page) => {
  await open(page, fixture(MODEL));
  for (const { tokens, logits } of RECORDED) {
    await field(page).fill(tokens.join(', '));
    await field(page).press('Enter');
    await said(page).getByText(new RegExp(`^${tokens.join(',')} → \\d+, (right|wrong)$`)).waitFor();
    const found = await logitsOf(items(page).first());
    // Recorded with seven digits, computed in float32.
    for (const [o, logit] of logits.entries()) assert.ok(Math.abs(found[o] - logit) < 1e-3, `${tokens}, output ${o}: ${found[o]}, expected ${logit}`);
  }
  const before = await items(page).count();
  for (const [input, problem] of [
    ['', '`` is not a token; expected 4 tokens from 0 to 63, separated by commas'],
    ['3,1,2', '3 tokens; expected 4 tokens'],
    ['3,1,2,64', '64 is not in the vocabulary; expected'],
    ['3,1,2,<b>0</b>', '`<b>0</b>` is not a token; expected'],
  ]) {
    await field(page).fill(input);
    await page.getByRole('button', { name: 'Show its logits' }).click();
    await said(page).getByText(problem).waitFor();
    assert.equal(await field(page).getAttribute('aria-invalid'), 'true');
    assert.ok(await field(page).evaluate((input) => input === document.activeElement));
  }
  assert.equal(await items(page).count(), before);
  await field(page).fill('[3, 1, 2, 0]');
  await field(page).press('Enter');
  await said(page).getByText('3,1,2,0 → ').waitFor();
  assert.equal(await field(page).getAttribute('aria-invalid'), null);
});

scenario('logits that a file gives of itself: those of its network are told, those of another refuse it, and so does what is no list of logits', async (page) => {
  const config = JSON.stringify({ n_layers: 1, n_heads: 1, d_model: 32, d_head: 32, n_ctx: 4, d_vocab: 64, attn_only: true, normalization_type: null });
  await give(page, 'mine.safetensors', saved({ config, logits: JSON.stringify(RECORDED) }));
  await loaded(page, 'mine.safetensors, your file');
  await says(page, /^The file's own logits, of \d inputs, are this network's: they differ by no more than rounding in float32 explains, \d(\.\d)?e-\d at most\.$/);
  for (const [term, start] of [['Config', '{"n_layers":1'], ['Logits', '[{"tokens":']]) {
    const shown = await text(page.locator('#facts div').filter({ has: page.locator('dt', { hasText: term }) }).locator('dd'));
    assert.ok(shown.startsWith(start) && shown.length < 60 && shown.endsWith('…'), shown);
  }

  const other = RECORDED.map(({ tokens, logits }) => ({ tokens, logits: logits.map((logit) => 1.01 * logit) }));
  for (const [name, logits, problem] of [
    ['other.safetensors', JSON.stringify(other), /the file's own logits for [\d,]+ say -?[\d.]+ for output \d+, the network of this theorem gives -?[\d.]+, .*the saved network is another function \(layer norm\?/],
    ['none.safetensors', '{"tokens":[]}', /metadata `logits`: invalid type: map, expected a sequence .* as Python's `json\.dumps` writes it/],
    ['deep.safetensors', '['.repeat(100_000), /metadata `logits`: /],
    ['nan.safetensors', '[{"tokens":[0,0,0,0],"logits":[NaN]}]', /metadata `logits`: expected value/],
  ]) {
    await give(page, name, saved({ logits }));
    await alert(page).getByText(problem).waitFor();
    assert.ok((await text(alert(page))).startsWith(`${name}: `));
    assert.ok(await alert(page).evaluate((box) => box.getBoundingClientRect().bottom <= innerHeight), 'in view, whatever is open below');
    await loaded(page, 'mine.safetensors, your file');
    await page.getByRole('button', { name: 'Dismiss' }).click();
  }
});

scenario(
  'where inputs are too many to be counted, some are drawn until a proof knows the count',
  async (page) => {
    await loaded(page, 'max20');
    await page.getByText('Is this your network?').click();
    await says(page, /^It is right on [\d,]+ of 20,000 inputs drawn at random: with 95\s% confidence, on 9\d\.\d\d\s% to (9\d|100)\.\d\d\s% of all\. That is no proof\.$/);
    await mostProven(page, { timeout: 120_000 });
    assert.equal(await items(page).count(), 4);
  },
  { hash: '#k=20&seed=104' },
);

for (const [width, colorScheme] of [
  [1440, 'light'],
  [1440, 'dark'],
  [320, 'light'],
  [320, 'dark'],
]) {
  scenario(
    `the section about the network fits ${width} pixels, ${colorScheme}`,
    async (page) => {
      await open(page, fixture(MODEL));
      await bothProven(page);
      await items(page).first().locator('summary').click();
      const [content, box] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= box, `${content} pixels in ${box}`);
      assert.deepEqual(await violations(page), []);
      if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${width}-${colorScheme}.png`, fullPage: false });
    },
    { viewport: { width, height: 1000 }, colorScheme },
  );
}
