// Proofs of one's own, in the view Strategies: built, proven live, named, saved, linked; hostile
// directions.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { asShipped, complete, host, row, settled, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

const LISTED = 'EUPU-max-diff-exact--attn-mean-query+diff--attn-err-max-diff-exact';
/** What the program proves natively of the default model with rank 3, see `tests/built.rs`. */
const NATIVE = '14619151';

const form = (page) => page.locator('.builder form').first();
const field = (page, label) =>
  page.locator('.builder label').filter({ has: page.getByText(label, { exact: true }) }).locator('select, input, textarea');
const result = (page) => page.locator('.builder .result');
const said = (page) => page.locator('.builder form .said').first();
const prove = (page) => page.locator('.builder').getByRole('button', { name: 'Prove', exact: true });
const address = (page) => page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('strategy'));
/** The count in the table, once it is there. */
const counted = (page, strategy) =>
  until(`a count of ${strategy}`, async () => {
    await complete(page);
    const found = await row(page, strategy).locator('[data-title="Inputs proven right"]').allTextContents();
    return /\d/.test(found[0] ?? '') && found[0].trim().replaceAll(',', '');
  });

/** Opens the form. */
async function openForm(page) {
  await settled(page);
  await page.locator('.build > summary').click();
  await form(page).waitFor();
}

/** Chooses rank 3 of exact row differences. */
async function rankThree(page) {
  await field(page, 'Rank of attention scores').selectOption('3');
  await field(page, 'Error bound').selectOption('exact row differences');
  await field(page, 'Direct path').selectOption('exact differences');
  await field(page, 'Centred attention').selectOption('yes');
}

asShipped('a proof is built and proven live, with the native count; its link brings it back', async (page) => {
  await openForm(page);
  await rankThree(page);
  await prove(page).click();
  const strategy = `rank-3-svd--${LISTED}`;
  assert.equal(await counted(page, strategy), NATIVE);
  await result(page).getByText(/^Exact differences · centred · exact row differences · rank 3 by SVD: at least [\d.]+\s%/).waitFor();
  await page
    .locator('.compared')
    .getByText(/^Against the listed proof nearest to it, .*: \+[\d.]+ points of accuracy for \+[\d.]+\s% steps\./)
    .waitFor();
  assert.equal(await address(page), strategy);
  // It is chosen, and a mark of the figure.
  await page.locator(`#plane [data-mark="${strategy}"]`).waitFor({ state: 'attached' });
  await page.locator('#details').getByText(strategy).first().waitFor();

  const other = await page.context().newPage();
  await other.goto(`${host().server.url}?prove=asked${await page.evaluate(() => location.hash)}`);
  assert.equal(await counted(other, strategy), NATIVE);
  await until('the form of the linked proof', () =>
    field(other, 'Rank of attention scores')
      .inputValue()
      .then((rank) => rank === '3')
      .catch(() => false),
  );
  assert.equal(await field(other, 'Error bound').inputValue(), 'exact row differences');
});

asShipped('ranks, gaps and ways to find directions are in the identifier', async (page) => {
  await openForm(page);
  await rankThree(page);
  await field(page, 'Directions').selectOption('query');
  await field(page, 'Gaps').selectOption('same');
  await field(page, 'Gap').fill('two');
  await prove(page).click();
  await said(page).getByText('“two” is no gap: write a whole number').waitFor();
  assert.ok(
    await field(page, 'Gap').evaluate((input) => input === document.activeElement && input.getAttribute('aria-invalid') === 'true'),
  );
  await field(page, 'Gap').fill('2');
  await prove(page).click();
  assert.match(await counted(page, `rank-3-query--${LISTED}--gap-2`), /^\d+$/);
});

asShipped('own numbers are proven by a certificate, kept, renamed, opened again and removed', async (page) => {
  await openForm(page);
  await rankThree(page);
  await field(page, 'Directions').selectOption('given');
  await page.getByRole('button', { name: 'Fill in those of SVD, to edit' }).click();
  const queries = field(page, 'Query directions, a number for each token');
  await until('numbers', async () => (await queries.inputValue()).split(/\s+/).length === 3 * 64);
  await prove(page).click();
  await counted(page, 'certificate-1');
  await result(page).getByText(/rank 3 with given directions, from a certificate: at least/).waitFor();
  const bound = await text(result(page));

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.builder').getByRole('button', { name: 'Download certificate' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), `max4_v64_s123.rank-3-given--${LISTED}.certificate.json`);
  const certificate = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.equal(certificate.proof.low_rank.several.queries.length, 3);
  assert.equal(certificate.proof.strategy, certificate.strategy);

  await field(page, 'Name').fill('mine');
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await page.getByText('Kept as “mine” in this browser.').waitFor();
  await page.reload();
  await openForm(page);
  await page.getByRole('button', { name: 'mine', exact: true }).click();
  await result(page).getByText(/from a certificate: at least/).waitFor();
  assert.equal((await text(result(page))).replace(/ It is on.*/, ''), bound.replace(/ It is on.*/, ''));
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByLabel('New name of mine').fill('ours');
  await page.keyboard.press('Enter');
  await page.getByText('“mine” is now called “ours”.').waitFor();
  await page.getByRole('button', { name: 'Remove ours' }).click();
  await page.getByText('“ours” is forgotten.').waitFor();
  assert.equal(await page.locator('.kept li').count(), 0);
});

asShipped('a hostile direction is answered in plain words', async (page) => {
  await openForm(page);
  await field(page, 'Directions').selectOption('given');
  const [queries, keys] = ['Query', 'Key'].map((side) => field(page, `${side} directions, a number for each token`));
  const good = Array(64).fill('1').join(' ');
  for (const [written, says] of [
    [`NaN ${good}`, 'Number 1 of the query directions is “NaN”: write numbers like 0.25'],
    ['1, 2, 3', 'The query directions are 3 numbers, expected 64: one number for each of 64 tokens.'],
    ['1e999', '“1e999”, is too large for a computer’s numbers'.replace('’', "'")],
  ]) {
    await queries.fill(written);
    await keys.fill(good);
    await prove(page).click();
    await said(page).getByText(says).waitFor();
    assert.equal(await queries.getAttribute('aria-invalid'), 'true');
  }
  // Numbers of any size are directions, though useless ones: whatever they are, the proof holds.
  await queries.fill(Array(64).fill('1e308').join(' '));
  await prove(page).click();
  await counted(page, 'certificate-1');
});

asShipped(
  'a link to a proof whose directions are in a certificate says so',
  (page) => page.locator('#best-said').getByText(/has directions that someone gave/).waitFor(),
  { hash: `#strategy=rank-2-given--${encodeURIComponent(LISTED)}` },
);

for (const [colorScheme, width] of [['light', 1280], ['dark', 320]]) {
  asShipped(
    `the form passes axe and fits, ${colorScheme}, ${width} px`,
    async (page) => {
      await openForm(page);
      await field(page, 'Directions').selectOption('given');
      await prove(page).click();
      await said(page).getByText('0 numbers').waitFor();
      assert.deepEqual(await violations(page, { within: ['[role=tabpanel]'] }), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      const small = await page
        .locator('.builder :is(button, select, input, textarea)')
        .evaluateAll((all) => all.filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 24).length);
      assert.equal(small, 0);
    },
    { colorScheme, viewport: { width, height: 800 } },
  );
}
