// Tests the section that helps users see whether the network is theirs: assumptions, accuracy,
// logits, and logits that the file states itself.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { alert, asShipped, fixture, give, json, loaded, open, prove, shipped, text } from './actions.mjs';
import { violations } from './harness.mjs';

const section = (page) => page.locator('#network');
const field = (page) => page.getByLabel('Another input');
/** The message about the input in the field. */
const said = (page) => page.locator('#typed-said');
/** The list of inputs and their logits. */
const items = (page) => page.locator('#examples > li');
/** Waits until the section has a text that matches `pattern`. */
const shows = (page, pattern) => section(page).getByText(pattern).waitFor();

const MODEL = 'oracle/max4_v64_s123.safetensors';
/** Inputs and their logits by TransformerLens for the model `max4_v64_s123`. */
const RECORDED = json(fixture('transformer_lens_logits.json')).models.max4_v64_s123;

/** Returns the model's safetensors file with `metadata`. */
function saved(metadata) {
  const bytes = readFileSync(fixture(MODEL));
  const length = Number(bytes.readBigUInt64LE());
  const header = { ...JSON.parse(bytes.subarray(8, 8 + length)), __metadata__: metadata };
  const text = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([start, text, bytes.subarray(8 + length)]);
}

/** The logits of an item, as numbers. */
const logitsOf = async (item) => JSON.parse(await item.locator('code').textContent());

asShipped('the page says which network it assumes for the user’s file, with its accuracy and its logits', async (page) => {
  await loaded(page, shipped.facts.file);
  assert.equal(await section(page).evaluate((details) => details.open), false, 'the section is closed for gallery models');
  await open(page, fixture(MODEL));
  assert.ok(await section(page).evaluate((details) => details.open));
  await shows(page, /^One layer, one head, no layer norm \(not even one folded into the weights\), .*√32.*weights applied as x·W\.$/);
  await prove(page, 'Brute force');
  await shows(page, 'It is right on exactly 16,773,070 of 16,777,216 inputs (99.9752 %, rounded down).');
  assert.equal(await text(page.locator('#python')), 'print(model(torch.tensor([[0, 1, 2, 3]]))[0, -1].tolist())');
  assert.equal(await items(page).count(), 4);
  assert.equal(await text(items(page).first().locator('strong')), '0,1,2,3 → 5, wrong');
  assert.match(await text(items(page).first().locator('p')), /^Largest logits: 19\.3479833 \(output 5\), 18\.2987357 \(output 6\), /);
  assert.equal((await logitsOf(items(page).first())).length, 64);
  assert.deepEqual(await violations(page, { within: ['#network'] }), []);
});

asShipped('the logits of a typed input are those of TransformerLens, and a wrong input is refused beside the field', async (page) => {
  await open(page, fixture(MODEL));
  for (const { tokens, logits } of RECORDED) {
    await field(page).fill(tokens.join(', '));
    await field(page).press('Enter');
    await said(page).getByText(new RegExp(`^${tokens.join(',')} → \\d+, (right|wrong)$`)).waitFor();
    const found = await logitsOf(items(page).first());
    // The recorded logits have seven digits and were computed in float32.
    for (const [o, logit] of logits.entries()) {
      assert.ok(Math.abs(found[o] - logit) < 1e-3, `${tokens}, output ${o}: ${found[o]}, expected ${logit}`);
    }
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

asShipped('logits in a file: those of its network are confirmed; other logits, and wrong formats, refuse the file', async (page) => {
  const sizes = { n_layers: 1, n_heads: 1, d_model: 32, d_head: 32, n_ctx: 4, d_vocab: 64 };
  const config = JSON.stringify({ ...sizes, attn_only: true, normalization_type: null });
  await give(page, 'mine.safetensors', saved({ config, logits: JSON.stringify(RECORDED) }));
  await loaded(page, 'mine.safetensors, your file');
  await shows(
    page,
    new RegExp(
      "^The file's own logits, of \\d inputs, are this network's: " +
        'they differ by no more than rounding in float32 explains, \\d(\\.\\d)?e-\\d at most\\.$',
    ),
  );
  for (const [term, start] of [['Config', '{"n_layers":1'], ['Logits', '[{"tokens":']]) {
    const shown = await text(page.locator('#facts div').filter({ has: page.locator('dt', { hasText: term }) }).locator('dd'));
    assert.ok(shown.startsWith(start) && shown.length < 60 && shown.endsWith('…'), shown);
  }

  const other = RECORDED.map(({ tokens, logits }) => ({ tokens, logits: logits.map((logit) => 1.01 * logit) }));
  for (const [name, logits, problem] of [
    [
      'other.safetensors',
      JSON.stringify(other),
      new RegExp(
        "the file's own logits for [\\d,]+ say -?[\\d.]+ for output \\d+, the network of this theorem gives -?[\\d.]+, " +
          '.*the saved network is another function \\(layer norm\\?',
      ),
    ],
    [
      'none.safetensors',
      '{"tokens":[]}',
      /metadata `logits`: invalid type: map, expected a sequence .* as Python's `json\.dumps` writes it/,
    ],
    ['deep.safetensors', '['.repeat(100_000), /metadata `logits`: /],
    ['nan.safetensors', '[{"tokens":[0,0,0,0],"logits":[NaN]}]', /metadata `logits`: expected value/],
  ]) {
    await give(page, name, saved({ logits }));
    await alert(page).getByText(problem).waitFor();
    assert.ok((await text(alert(page))).startsWith(`${name}: `));
    assert.ok(await alert(page).evaluate((box) => box.getBoundingClientRect().bottom <= innerHeight), 'the problem is in view');
    await loaded(page, 'mine.safetensors, your file');
    await page.getByRole('button', { name: 'Dismiss' }).click();
  }
});

asShipped(
  'the accuracy of a model with too many inputs to count is estimated from random ones',
  async (page) => {
    await loaded(page, 'max20');
    await page.getByText('Is this your network?').click();
    await shows(
      page,
      new RegExp(
        '^It is right on [\\d,]+ of 20,000 inputs drawn at random: with 95\\s% confidence, ' +
          'on 9\\d\\.\\d\\d\\s% to (9\\d|100)\\.\\d\\d\\s% of all\\. That is no proof\\.$',
      ),
    );
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
  asShipped(
    `the section about the network fits ${width} pixels, ${colorScheme}`,
    async (page) => {
      await open(page, fixture(MODEL));
      await prove(page, 'Brute force');
      await items(page).first().locator('summary').click();
      const [content, box] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= box, `${content} pixels in ${box}`);
      assert.deepEqual(await violations(page, { within: ['#network'] }), []);
      const folder = process.env.SCREENSHOTS;
      if (folder) await page.screenshot({ path: `${folder}/${width}-${colorScheme}.png`, fullPage: false });
    },
    { viewport: { width, height: 1000 }, colorScheme },
  );
}
