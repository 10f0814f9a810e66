// Distributions of inputs: what is proven of them, in the view, the claim, the figure and the
// address.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { asShipped, root, row, settled, shipped, text, until } from './actions.mjs';

const panel = (page) => page.getByRole('tabpanel');
const claim = (page) => text(page.locator('#claim'));
const field = (page, name) => new URLSearchParams(new URL(page.url()).hash.slice(1)).get(name);
const note = (page) => page.locator('#over');

/**
 * Inputs of the default model whose largest token is at least `least`, proven and all, by the cases
 * of a proof.
 */
async function proven(strategy, least) {
  const { initSync, Network } = await import(pathToFileURL(join(root, 'www/pkg/explain.js')));
  initSync({ module: readFileSync(join(root, 'www/pkg/explain_bg.wasm')) });
  const network = new Network(shipped.facts.file, readFileSync(join(root, 'www/models/max-of-k', shipped.facts.file)));
  const { v, layers } = network.cases(strategy);
  const sums = { proven: 0n, all: 0n };
  for (const { others, verdict } of layers) {
    for (let m = least; m < v; m++) {
      for (let q = 0; q <= m; q++) {
        if (verdict[m * v + q] === 255) continue;
        const { proven, total } = network.case(strategy, m, q, others);
        [sums.proven, sums.all] = [sums.proven + BigInt(proven), sums.all + BigInt(total)];
      }
    }
  }
  return sums;
}
/** A part of a whole in percent with `digits` decimals, rounded down. */
const percent = ({ proven, all }, digits) => {
  const parts = ((proven * 100n * 10n ** BigInt(digits)) / all).toString().padStart(digits + 1, '0');
  return `${parts.slice(0, -digits)}.${parts.slice(-digits)}`;
};

asShipped(
  'a restriction changes claim, figure, marks and address, exactly; “All inputs alike” undoes it',
  async (page) => {
    await settled(page);
    const before = await claim(page);
    await page.getByLabel('Largest token: from').fill('10');
    await panel(page).getByRole('button', { name: 'Weigh', exact: true }).click();
    const sums = await proven('cubic', 10);
    assert.equal(sums.all, 64n ** 4n - 10n ** 4n);
    await until('the claim', async () => (await claim(page)).includes('largest token is ≥\u00a010'));
    await until('the bound', async () => (await claim(page)).includes(percent(sums, 2)));
    assert.equal(field(page, 'over'), 'largest>=10');
    await until('every proof', async () => !/still to be weighed/.test(await text(note(page))));
    const mark = await page.locator('#marks [data-mark="cubic"]').getAttribute('aria-label');
    assert.ok(mark.includes(percent(sums, 2)), mark);
    // The table follows, and the note says what does not.
    assert.match(await text(note(page)), /Everything else counts all inputs alike/);
    const cell = (title) => text(row(page, 'cubic').locator(`[data-title="${title}"]`));
    await until('the row', async () => (await cell('Accuracy at least')).startsWith(percent(sums, 4)));
    assert.equal(await cell('Inputs proven right'), '–');
    await page.locator('#shown').getByText('accuracies are of inputs whose largest token is ≥\u00a010').waitFor();

    // So do the maps of the view Why, whose parts are shares of the weight.
    await page.getByRole('tab', { name: 'Why' }).click();
    await panel(page).getByText(`${percent(sums, 4).replace(/0+$/, '')}\u00a0% is proven`).waitFor();
    await panel(page).getByText(/^It misses .* of the weight\./).waitFor();
    await page.getByRole('tab', { name: 'Distribution' }).click();

    await page.reload();
    await until('the claim again', async () => (await claim(page)).includes(percent(sums, 2)));
    assert.equal(await page.getByLabel('Largest token: from').inputValue(), '10');
    await note(page).getByRole('button', { name: 'All inputs alike' }).click();
    await until('the claim of before', async () => (await claim(page)) === before);
    await until('the address of before', () => field(page, 'over') === null);
    await note(page).waitFor({ state: 'hidden' });
  },
  { hash: '#k=4&seed=123&view=distribution&strategy=cubic' },
);

asShipped(
  'classes: the table has what is proven of each, and the worst of them can be the claim',
  async (page) => {
    await settled(page);
    const classes = panel(page).locator('table tbody tr');
    await until('a class for each token', async () => (await classes.count()) === 64);
    const cells = await classes.locator('td').allTextContents();
    const found = cells.flatMap((cell, i) => (i % 2 ? [[cells[i - 1], cell].map(parseFloat)] : []));
    assert.equal(found.length, 64);
    for (const [proven, right] of found) assert.ok(proven <= right, `${proven} ${right}`);
    assert.ok(found.some(([proven, right]) => proven < right));
    await panel(page).getByLabel('Classes by').selectOption('copies');
    await until('a class for each number of copies', async () => (await classes.count()) === 4);
    await page.getByLabel('What counts').selectOption('last');
    await panel(page).getByRole('button', { name: 'Weigh', exact: true }).click();
    await until('the worst class', async () => /worst class \(last token \d+\)/.test(await claim(page)));
  },
  { hash: '#k=4&seed=123&view=distribution&strategy=cubic' },
);

asShipped(
  'own weights and tables: exact, and refused in words where they are none',
  async (page) => {
    await settled(page);
    const weigh = panel(page).getByRole('button', { name: 'Weigh', exact: true });
    const said = panel(page).locator('.state').first();
    await page.getByLabel('Copies of the largest: weights').selectOption('own');
    const own = page.getByLabel('Copies of the largest: own weights');
    await own.fill('1, 1/3');
    await weigh.click();
    await until('a refusal', async () => /2 weights by number of copies, expected 4/.test(await text(said)));
    await own.fill('0, 0, 0, 1/3');
    await weigh.click();
    // Left are the 64 inputs of four alike, each as likely; the network is right on those that
    // brute force counts.
    await until('the claim', async () => (await claim(page)).includes('weighted by number of copies (as given)'));
    await page.getByLabel('Copies of the largest: weights').selectOption('');
    await panel(page).getByText('A table of your own').click();
    await page.getByLabel(/^Table: largest token/).fill('largest,last,weight\n63,63,1\n63,0,3');
    await weigh.click();
    await until('the claim', async () => (await claim(page)).includes('a table of largest and last tokens'));
    assert.equal(field(page, 'over'), 'table:63,63,1|63,0,3');
    await page.getByLabel(/^Table: largest token/).fill('63,63,-1');
    await weigh.click();
    await until('a refusal', async () => /`-1` is not a weight/.test(await text(said)));
    // What was weighed before still counts.
    assert.match(await claim(page), /a table of largest and last tokens/);
  },
  { hash: '#k=4&seed=123&view=distribution&strategy=brute-force' },
);

asShipped(
  'a distribution in the address that is none is told, and all inputs count alike',
  async (page) => {
    await page.getByText(/“over=largest>=99”: .*Taken instead: all inputs alike/).waitFor();
    await until('the address', () => field(page, 'over') === null);
    assert.match(await claim(page), /all 16,777,216 inputs/);
  },
  { hash: '#k=4&seed=123&over=largest%3E%3D99', expected: /^$/ },
);
