// Bounds with coins: drawn in the view, and told from proofs in the claim, the figure, the table,
// what is saved, and the address.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { asShipped, complete, give, settled, shipped, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

const panel = (page) => page.getByRole('tabpanel');
const claim = (page) => text(page.locator('#claim'));
const counter = (page) => text(panel(page).locator('.counter'));
const draw = (page) => panel(page).getByRole('button', { name: 'Draw', exact: true });
const marks = (page) => page.locator('#marks [data-mark]').evaluateAll((all) => all.map((mark) => [mark.dataset.mark, mark.getAttribute('aria-label')]));
const USUAL = 'clopper-pearson;0.001;500';
const WITH_COINS = /^Right on at least [\d.]+\s% of all 16,777,216 inputs, with probability at least 99\.9\s% over the coins, in [\d.]+\sM steps\.$/;

asShipped(
  'samples become a bound with coins, with its risk, in claim, figure, table, file and address; proofs stay what they are',
  async (page) => {
    await settled(page);
    // The estimate comes by itself; it is a point and no proof.
    await until('the estimate', async () => (await marks(page)).some(([id]) => id === 'mean-field'));
    const before = await claim(page);
    assert.doesNotMatch(before, /coins/);
    await panel(page).getByText('δ is 0, and all that is claimed is proven').waitFor();
    await draw(page).click();
    await until('the claim', async () => WITH_COINS.test(await claim(page)));
    assert.match(await text(page.locator('#against')), /^To the right, “.*” proves as much for certain, in 2\.39\sM steps, 1\.\d+ times as many\. The risk: with a probability of up to 0\.1\s% \(1 in 1,000\) the coins mislead/);
    assert.match(await counter(page), /^500 of 500 drawn: \d+ right, \d+ wrong\.$/);
    assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('samples'), USUAL);
    await panel(page).getByText('δ spent on this model, all draws together: 0.001.').waitFor();
    const said = await claim(page);

    // The figure names its kind; the legend says what that is worth.
    await page.locator('#legend').getByText('With coins: holds with probability at least 1 − δ').waitFor();
    await page.locator('#legend').getByText('Estimate: guarantees nothing').waitFor();
    assert.ok((await marks(page)).some(([id, name]) => id === USUAL && name.includes('with probability at least')));
    // A proof that is chosen is claimed as before, and the mark leads back.
    await page.locator('#marks [data-mark="cubic"]').press('Enter');
    await until('the proof', async () => !/coins/.test(await claim(page)));
    await page.locator('#marks [data-mark^="clopper-pearson"]').press('Enter');
    await until('the samples', async () => (await claim(page)) === said);
    // In the table they stand below all proofs, which are as many as before.
    await complete(page);
    const rows = await page.locator('#results tr.uncertain').evaluateAll((all) => all.map((tr) => tr.textContent));
    assert.equal(rows.length, 2);
    // Its proof is further right: this is the frontier with coins.
    assert.ok(rows.some((row) => row.includes('yes, with coins')), rows.join());
    assert.ok(rows.some((row) => row.includes('◌')) && rows.some((row) => row.includes('◐')), rows.join());

    // What is saved says of each row how certain it is.
    await panel(page).getByRole('button', { name: /^Export/ }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Save as JSON' }).click()]);
    const saved = JSON.parse(await readFile(await download.path(), 'utf8')).rows;
    const of = (kind) => saved.filter(({ certainty }) => certainty === kind);
    assert.deepEqual([of('pac').length, of('estimate').length, of('proof').length], [1, 1, saved.length - 2]);
    assert.ok(of('proof').some(({ strategy }) => strategy === 'brute-force'));
    assert.equal(of('pac')[0].delta, 0.001);
    assert.ok(of('proof').every(({ delta }) => delta === 0));
    assert.deepEqual(await violations(page), []);

    // Its certificate is drawn again: what it says comes out, and nothing else.
    const [file] = await Promise.all([page.waitForEvent('download'), panel(page).getByRole('button', { name: 'Save the certificate' }).click()]);
    const certificate = await readFile(await file.path(), 'utf8');
    await give(page, 'mine.json', certificate);
    await panel(page).getByText('mine.json holds: the same coins give all that it says.').waitFor();
    await give(page, 'forged.json', certificate.replace(/"right":\d+/, '"right":1'));
    await panel(page).getByText(/^forged\.json does not hold: “right” is 1, expected \d+\.$/).waitFor();

    // So is one with a residual that coins bound; the independent checker derives its count for certain.
    const residual = await readFile(new URL('../fixtures/certificates/max4_v64_s123.residual.json', import.meta.url), 'utf8');
    await give(page, 'residual.json', residual);
    await panel(page).getByText('residual.json holds: the same coins give all that it says.').waitFor();
    await until('its claim', async () => /^Right on at least 84\.68\s% of all 16,777,216 inputs, with probability at least 99\.9\s%/.test(await claim(page)));
    assert.ok((await marks(page)).some(([id]) => id.startsWith('residual-')));
    await panel(page).getByText('δ spent on this model, all draws together: 0.002.').waitFor();
    await panel(page).getByRole('button', { name: 'Check independently' }).click();
    await panel(page).getByText(/^Accepted: an independent program .* re-derived at least [\d,]+ right inputs\.$/).waitFor();
    await give(page, 'other.json', residual.replace('"correct":"14208201"', '"correct":"14208202"'));
    await panel(page).getByText(/^other\.json: the certificate's `correct` is 14208202, expected 14208201/).waitFor();

    // The same address throws the same coins.
    const counted = await counter(page);
    await page.reload();
    await until('the same claim', async () => (await claim(page)) === said);
    assert.equal(await counter(page), counted);
  },
  { hash: '#k=4&seed=123&view=samples' },
);

asShipped(
  'a fixed number may not be stopped at will, the anytime bound may; samples extend a proof; what cannot be drawn is told',
  async (page) => {
    await settled(page);
    await until('the methods', async () => (await panel(page).getByLabel('Method').locator('option').count()) === 5);
    await panel(page).getByLabel('Method').selectOption('clopper-pearson');
    await panel(page).getByLabel('Samples', { exact: true }).fill('1000000');
    await panel(page).getByLabel('Samples', { exact: true }).press('Tab');
    await draw(page).click();
    await until('a count', async () => /^[1-9]/.test(await counter(page)));
    assert.doesNotMatch(await counter(page), /So far/);
    await panel(page).getByRole('button', { name: 'Give up' }).click();
    await panel(page).getByText('this proves nothing. Its δ is spent all the same').waitFor();
    assert.doesNotMatch(await claim(page), /coins/);

    await panel(page).getByLabel('Method').selectOption('anytime');
    await draw(page).click();
    await until('a bound so far', async () => /So far: at least [1-9]/.test(await counter(page)));
    await panel(page).getByRole('button', { name: 'Stop here' }).click();
    await until('the claim', async () => WITH_COINS.test(await claim(page)));
    await panel(page).getByText('δ spent on this model, all draws together: 0.002.').waitFor();

    // From what a proof leaves.
    await panel(page).getByLabel('Method').selectOption('clopper-pearson');
    await panel(page).getByLabel('Start from').selectOption('cubic');
    await panel(page).getByLabel('Samples', { exact: true }).fill('1000');
    await panel(page).getByLabel('Samples', { exact: true }).press('Tab');
    await panel(page).getByText(/The proof covers [\d,]+ of 16,777,216 inputs for certain/).waitFor();
    await draw(page).click();
    await until('more than the proof', async () => {
      const [, percent] = /at least ([\d.]+)\s% of .* with probability/.exec(await claim(page)) ?? [];
      return percent > shipped.outcomes.find(({ strategy }) => strategy === 'cubic').bound * 100;
    });

    // What is out of range is told where it is typed, and in the address.
    await panel(page).getByLabel(/^δ/).fill('0.9');
    await panel(page).getByLabel(/^δ/).press('Tab');
    await panel(page).getByText('δ: expected a number from').waitFor();
    await page.goto(page.url().replace(/#.*/, '#view=samples&samples=anytime;2;10'));
    await page.getByRole('alert').getByText('anytime;2;10').waitFor();
  },
  { hash: '#k=4&seed=123&view=samples' },
);
