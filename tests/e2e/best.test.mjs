// Proofs that a person asks for: the best within some FLOPs, the shortest of a bound; and what a
// proof says from both sides.
import assert from 'node:assert/strict';
import {
  alert, ALL, asShipped, BOTH_SIDES, button, cell, CENTRED, counts, everySequence, give, heading, item, loaded, prove, proven,
  row, rows, says, settled, shipped, text,
} from './actions.mjs';
import { violations } from './harness.mjs';

/** Uses the control that asks for the best proof. */
const best = {
  within: async (page, flops) => {
    await page.getByLabel('FLOPs at most').fill(flops);
    await page.keyboard.press('Enter');
  },
  of: async (page, percent) => {
    await page.getByLabel('Accuracy at least, in percent').fill(percent);
    await page.getByRole('button', { name: 'Best proof', exact: true }).click();
  },
  said: (page, pattern) => page.locator('#best-said').getByText(pattern).waitFor(),
};

/** Returns the steps of the chosen proof, each a list of its name, its cases, inputs and FLOPs. */
const steps = (page) =>
  page.locator('#details .steps tbody tr').evaluateAll((trs) => {
    const cells = (tr) => [...tr.children].map((cell) => cell.textContent.replaceAll(',', ''));
    return trs.map(cells);
  });

asShipped('the best proof within a budget gets a row and a mark, and the page shows its parts', async (page) => {
  await settled(page);
  const label = 'Best proof within 2.3·10⁶ FLOPs';
  await best.within(page, '2.3e6');
  await best.said(page, /^Best proof within 2\.3·10⁶ FLOPs: at least [\d.]+\s% .*proven with 2\.\d\d\sM FLOPs\. ?$/);
  await heading(page, label);
  await row(page, 'best-within-2300000').locator('[data-title="Inputs proven right"]').getByText(/\d/).waitFor();
  assert.equal(await rows(page).count(), ALL + 1);
  assert.ok(await row(page, 'best-within-2300000').getByRole('radio').isChecked());
  assert.match(await page.locator('#frontier').getAttribute('aria-label'), new RegExp(`Ringed: ${label}: at least`));
  assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('strategy'), 'best-within-2300000');
  // The parts add up to the proof's count, and its FLOPs are within the budget.
  const found = await steps(page);
  assert.ok(found.length > 0 && /^Decided in blocks/.test(found[0][0]), JSON.stringify(found));
  const sum = found.reduce((total, [, , correct]) => total + BigInt(correct), 0n);
  assert.equal(String(sum), (await counts(page, true))['best-within-2300000']);
  const flops = await text(cell(page, 'best-within-2300000', 'FLOPs'));
  assert.ok(Number(flops.match(/^([\d.]+)\sM$/)[1]) <= 2.3, flops);
  // The same budget in any notation chooses this proof and adds none.
  for (const again of ['2,300,000', '2300000', ' 2.3·10⁶ FLOPs', '2.3 x 10^6']) {
    await row(page, 'cubic').click();
    await best.within(page, again);
    await heading(page, label);
    assert.equal(await rows(page).count(), ALL + 1);
  }
  // The budget of a listed proof adds none either.
  await best.within(page, '5e8');
  await heading(page, 'Best proof within 5·10⁸ FLOPs');
  assert.equal(await rows(page).count(), ALL + 1);
  // The address keeps the proof, though the model does not list it.
  await best.within(page, '2.3e6');
  await heading(page, label);
  await page.reload();
  await heading(page, label);
  await page.locator('#details .steps tbody tr').first().waitFor();
});

asShipped('the page finds the shortest proof of a bound, or says that there is none', async (page) => {
  await settled(page);
  await best.of(page, '99');
  await best.said(page, /^Shortest proof of 99 %: at least 99\.\d{4}\s%/);
  assert.ok(await page.getByLabel('At least', { exact: true }).isChecked(), 'writing into a field chooses it');
  await heading(page, 'Shortest proof of 99 %');
  await page.locator('#details .steps tbody tr').first().waitFor(); // the steps are shown a little later
  assert.ok((await steps(page)).length > 0);
  await best.of(page, '99.9999');
  const none = new RegExp(
    'No proof found reaches 99\\.9999\\s%: this is the highest found\\. ' +
      'None can: at most 99\\.9746\\s% of all inputs are answered right\\.',
  );
  await best.said(page, none);
  await page.locator('#details').getByText(none).waitFor();
  assert.ok(await row(page, 'best-of-999999').isVisible());
  await page.getByRole('button', { name: 'Show what it does' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'details');
  await page.locator('#details .steps').waitFor();
  assert.deepEqual(await violations(page, { within: ['#best-proof', '#details'] }), []);
});

asShipped('wrong or impossible requests for a proof are reported beside the field', async (page) => {
  await settled(page);
  const flops = page.getByLabel('FLOPs at most');
  const percent = page.getByLabel('Accuracy at least, in percent');
  const wrong = [
    [best.within, flops, 'many', /^“many” is not a number of FLOPs: write 2\.5e6, say/],
    [best.within, flops, '', /^The field is empty; it wants a number of FLOPs/],
    [best.within, flops, '-5', /^“-5” is not a number/],
    [best.within, flops, '0', /^A proof takes at least 1 FLOP/],
    [best.within, flops, '1e400', /^“1e400” is too large/],
    [best.of, percent, 'all', /^“all” is not an accuracy in percent: write 99\.9, say\.$/],
    [best.of, percent, '101', /^No network is right on more than 100 %/],
    [best.of, percent, '99.99999', /^At most four decimals/],
  ];
  for (const [ask, field, input, message] of wrong) {
    await ask(page, input);
    await best.said(page, message);
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.ok(await field.evaluate((f) => f === document.activeElement));
    assert.equal(await page.locator('#best-proof [aria-invalid]').count(), 1);
  }
  assert.deepEqual(await violations(page, { within: ['#best-proof'] }), []);
  await best.within(page, '1000');
  await best.said(page, /^Cannot be run here: a proof of at most 1·10³ FLOPs is too short: .* takes [\d,]+ already\.$/);
  assert.equal(await page.locator('#best-proof [aria-invalid]').count(), 0);
  assert.equal(await rows(page).count(), ALL);
  assert.ok(await alert(page).isHidden());
  await best.of(page, '99,5 %');
  await heading(page, 'Shortest proof of 99.5 %');
});

asShipped('the page states both a lower and an upper bound, of the model and of a proof', async (page) => {
  await settled(page);
  assert.equal(await text(page.locator('#sides strong')), BOTH_SIDES);
  await row(page, 'convolution-256').click();
  const { percent, percent_above } = shipped.outcomes.find((o) => o.strategy === 'convolution-256');
  assert.notEqual(percent, percent_above);
  const both = await text(page.locator('#details .two-sided').first());
  const bounds = `at least ${percent}\u00a0% and at most ${percent_above}\u00a0%`;
  assert.ok(both.startsWith(`It proves that ${bounds} of all inputs are answered right; the upper bound takes `), both);
  assert.equal(await text(cell(page, 'convolution-256', 'Accuracy at most')), `${percent_above}\u00a0%`);
  assert.equal(await text(cell(page, 'cubic', 'Accuracy at most')), '–');
  await row(page, 'cubic').click();
  assert.equal(await page.locator('#details .two-sided:visible').count(), 0);
  assert.ok(await page.locator('#details .steps').isHidden());
});

asShipped(
  'a long search for the best proof can be cancelled',
  async (page) => {
    await loaded(page, 'max20_v64_s50.safetensors');
    await best.within(page, '6e8');
    await heading(page, 'Best proof within 6·10⁸ FLOPs');
    await page.locator('#best-proof').getByRole('button', { name: 'Cancel' }).click();
    await best.said(page, 'Best proof within 6·10⁸ FLOPs: Cancelled.');
    assert.equal(await text(page.locator('#best')), 'Best proof');
    await page.locator('#details .state').getByText('Cancelled.').waitFor();
  },
  { hash: '#k=20&seed=50' },
);

asShipped('the page says how many sequences brute force has visited, which are all of them on request', async (page) => {
  await prove(page, 'Brute force');
  const state = item(page, 'Brute force').locator('.state');
  const visited = async () => {
    const shown = (await text(state)).match(/\. (\d.*) of (\d.*) inputs were visited/)?.slice(1);
    return shown?.map((count) => Number(count.replace(/\D/g, '')));
  };
  const [some, all] = await visited();
  assert.ok(some < all / 10 && all === 64 ** 4, `${some} of ${all}`);
  const pruned = await counts(page);
  await everySequence(page);
  await button(page, 'Brute force').click();
  await item(page, 'Brute force').getByText(/ (\d.*\d) of \1 inputs were visited/).waitFor();
  assert.deepEqual(await visited(), [all, all]);
  assert.deepEqual(await counts(page), pruned);
});

for (const hash of ['', '#k=20&seed=50']) {
  asShipped(
    `nothing is wider than 320 pixels ${hash}`,
    async (page) => {
      await prove(page, 'Cubic');
      await row(page, CENTRED).click();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
      await best.within(page, '4e6');
      await page.locator('#details .steps tbody tr').first().waitFor();
      for (const part of ['#best-proof', '#details', '#details .steps'])
        assert.ok(await page.locator(part).evaluate((e) => e.scrollWidth <= e.clientWidth && e.getBoundingClientRect().right <= 308), part);
      await give(page, `${'long'.repeat(30)}.png`, Buffer.from('89504e47', 'hex'));
      await says(page, 'longlong');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
      assert.equal(await page.locator('#whole-table').evaluate((box) => box.scrollWidth - box.clientWidth), 0);
      assert.deepEqual(await violations(page, { within: ['#best-proof', '#details', '[role=alert]'] }), []);
    },
    { hash, viewport: { width: 320, height: 640 } },
  );
}
