// Exercises as a student does them: from the list to a verdict by keyboard alone, what is kept, and
// each form of answer.
import assert from 'node:assert/strict';
import { asShipped, heading, until } from './actions.mjs';
import { violations } from './harness.mjs';

const panel = (page) => page.locator('#exercise');
const verdict = (page) => panel(page).locator('.verdict');
const button = (page, name) => panel(page).getByRole('button', { name, exact: true });
const title = (page, name) => panel(page).getByRole('heading', { level: 2, name }).waitFor();
/** Presses Tab until the focus is on something with this name, as someone without a mouse does. */
async function tabTo(page, name) {
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(
      () => document.activeElement?.textContent || document.activeElement?.getAttribute('aria-label') || document.activeElement?.id || '',
    );
    if (name.test(at)) return;
  }
  assert.fail(`Tab does not reach ${name}`);
}
/** Waits for a verdict that matches. */
const says = (page, pattern) => until(`a verdict like ${pattern}`, async () => pattern.test(await verdict(page).textContent()));
/** Follows a link that names an exercise alone. */
const visit = (page, id) => page.goto(`${page.url().split('?')[0]}?prove=asked&exercise=${id}`);
const check = async (page) => button(page, 'Check').click();

asShipped(
  'a student predicts, answers, reads hints and solves an exercise by keyboard; progress is kept until it is cleared',
  async (page) => {
    await page.locator('#exercises').focus();
    await page.keyboard.press('Enter');
    await title(page, 'Exercises');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'exercise-title');
    assert.equal(await panel(page).locator('.exercises li').count(), 12);
    assert.deepEqual(await violations(page, { within: ['#exercise'] }), []);
    await tabTo(page, /^Try all inputs$/);
    await page.keyboard.press('Enter');
    await title(page, 'Try all inputs');
    assert.match(page.url(), /[?&]exercise=try-all-inputs#k=4&seed=123&strategy=brute-force/);
    await tabTo(page, /^exercise-prediction-1$/);
    await page.keyboard.type('1000');
    await page.keyboard.press('Enter');
    await panel(page)
      .getByText(/^50,700 for one input/)
      .waitFor();
    assert.match(await panel(page).locator('.predicted').textContent(), /You predicted1000 FLOPsWhat happens50,700/);
    await tabTo(page, /^$/); // the field, which its question names
    await page.keyboard.type('16,772,954');
    await page.keyboard.press('Enter');
    await says(page, /^✗ Not yet\. 16,772,954 is how many it gets right, of 16,777,216\..*Computed from max4_v64_s123/);
    await tabTo(page, /^Show hint 1 of 2$/);
    await page.keyboard.press('Enter');
    await panel(page)
      .getByText(/wrong: it has tried everything/)
      .waitFor();
    const field = panel(page).locator('form .answer input').last();
    await field.fill('4262');
    await field.press('Enter');
    await says(page, /^✓ Solved\./);
    await panel(page).getByRole('heading', { name: 'What it shows' }).waitFor();
    await panel(page).getByText('1 of 12 solved').waitFor();
    assert.deepEqual(await violations(page, { within: ['#exercise'] }), []);
    await button(page, 'Next: Half the work, half the proof').press('Enter');
    await title(page, 'Half the work');
    await page.goBack();
    await title(page, 'Try all inputs');
    await page.reload();
    await panel(page).getByText('1 of 12 solved').waitFor();
    assert.match(await panel(page).locator('.predicted').textContent(), /You predicted1000/);
    assert.equal(await panel(page).locator('.hints li').count(), 1);
    await button(page, 'Clear my progress').click();
    await button(page, 'Yes, forget all answers').click();
    await panel(page).getByText('0 of 12 solved').waitFor();
    assert.equal(await panel(page).locator('.predicted dl').count(), 0);
    await button(page, 'Close').press('Enter');
    assert.equal(await panel(page).isVisible(), false);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'exercises');
    assert.doesNotMatch(page.url(), /exercise=/);
  },
);

asShipped(
  'a short link sets the page up; every form of answer is checked on the open model; another task opens its own page',
  async (page) => {
    await title(page, 'Which token does it look at');
    await page.getByRole('tab', { name: 'Try', selected: true }).waitFor();
    const field = panel(page).locator('form .answer input').last();
    await field.fill('63, 1');
    await check(page);
    await says(page, /Not yet\. 2 tokens; expected 4/);
    await field.fill('50 49 49 49');
    await check(page);
    await says(page, /Solved\. On 50, 49, 49, 49, \d/);
    // A proof: the chosen one.
    await visit(page, 'cheapest-above-half');
    await title(page, 'The cheapest proof');
    await check(page);
    await says(page, /50 % of it\. Cubic proves 96\.08/);
    // An order, by buttons that keep the focus.
    await visit(page, 'order-the-errors');
    await title(page, 'Errors that compound');
    assert.equal(await page.locator('.plot').isVisible(), false, 'the figure is hidden for now');
    await panel(page).getByRole('button', { name: 'Move exact attention scores up' }).press('Enter');
    await panel(page).getByText('Exact attention scores: place 2 of 5.').waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Move exact attention scores down');
    await check(page);
    await says(page, /pairs are in the wrong order/);
    assert.deepEqual(await violations(page, { within: ['#exercise'] }), []);
    // A choice, and what nobody has answered.
    await visit(page, 'ablate-and-predict');
    await title(page, 'Take a part out');
    await check(page);
    await says(page, /^Choose one first\.$/);
    await panel(page).getByRole('radio').first().check();
    await check(page);
    await says(page, /Solved\. “No direction of attention is kept”: about 1\d\.\d\d %/);
    // One's own proof, which is kept.
    await page.evaluate(() =>
      location.assign(
        `?prove=asked&exercise=beat-the-frontier#k=4&seed=123&strategy=${encodeURIComponent('rank-4-svd--EUPU-max-diff-exact--attn-mean-query+diff--attn-err-max-diff')}`,
      ),
    );
    await title(page, 'Beat the frontier');
    await until('the proof of the address', async () => /rank.4|4 directions/i.test(await page.title()));
    await check(page);
    await says(page, /Solved\. Your proof proves 85\.59/);
    assert.equal(
      await page.evaluate(() =>
        Object.entries(localStorage).some(([key, value]) => /names|proofs/.test(key + value) && value.includes('Beat the frontier')),
      ),
      true,
    );
    await button(page, 'All exercises').click();
    await panel(page).getByRole('link', { name: 'Where the proof appears' }).click();
    await title(page, 'Where the proof appears');
    assert.match(
      page.url(),
      /[?&]task=group-operations&exercise=rank-of-the-group#model=Z31_s0|[?&]exercise=rank-of-the-group&task=group-operations#model=Z31_s0/,
    );
    await panel(page).locator('form .answer input').last().fill('8');
    await check(page);
    await says(page, /Solved\. Rank 8 proves 961 of 961 inputs\. Rank 7 proves 14\. Frequencies of its neurons: 4,/);
  },
  { hash: '?exercise=where-it-looks' },
);

for (const [width, scheme, size] of [[320, 'dark', '16px'], [1440, 'light', '24px']]) {
  asShipped(
    `projected at ${width} px, nothing overlaps, is cut, or moves as it arrives`,
    async (page) => {
      await title(page, 'Half the work');
      await heading(page, 'Cubic');
      // Everything has its place from the first frame on.
      const shift = await page.evaluate(() => globalThis.shifts.reduce((a, b) => a + b, 0));
      console.log(`# layout shift ${shift.toFixed(3)} at ${width} px`);
      assert.ok(shift < 0.05, `layout shift ${shift}`);
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), size);
      assert.ok(
        await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
        'no sideways scrolling',
      );
      const overlaps = await page.evaluate(() => {
        const box = (selector) =>
          [...document.querySelectorAll(selector)].map((element) => element.getBoundingClientRect()).filter(({ width }) => width);
        const parts = ['.bar', '.claim', '.plot', '.views', '#exercise'].flatMap(box);
        return parts.some((a, i) =>
          parts.slice(i + 1).some((b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1),
        );
      });
      assert.equal(overlaps, false);
      assert.deepEqual(await violations(page), []);
    },
    {
      hash: '?projected&exercise=half-the-work',
      viewport: { width, height: 900 },
      colorScheme: scheme,
      prepare: (page) =>
        page.addInitScript(() => {
          globalThis.shifts = [];
          const note = (list) => globalThis.shifts.push(...list.getEntries().map(({ value }) => value));
          new PerformanceObserver(note).observe({ type: 'layout-shift', buffered: true });
        }),
    },
  );
}
asShipped('an exercise that there is none of shows the list and says so', async (page) => {
  await panel(page).getByText('There is no exercise “nothing” here.').waitFor();
}, { hash: '?exercise=nothing' });
