// What is checked of embeds in a page of someone else's, and what the documentation says to paste
// there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until, violations, watch } from '../harness.mjs';
import { root, shipped } from '../known.mjs';

const README = readFileSync(join(root, 'www/embed/README.md'), 'utf8');
/** The first text to paste under a heading of the documentation, for a program at `url`. */
export function snippetOf(heading, url) {
  const [, text] = new RegExp(`^## ${heading}\\n(?:(?!^## ).*\\n)*?\`\`\`\\w*\\n([^]*?)^\`\`\``, 'm').exec(README) ?? [];
  if (!text) throw new Error(`www/embed/README.md: no text to paste under ## ${heading}`);
  return text.replaceAll('https://YOUR.SITE/', url);
}

const COUNTS = Object.fromEntries(shipped.outcomes.map(({ strategy, correct }) => [strategy, correct]));
const INK = { light: 'rgb(27, 31, 36)', dark: 'rgb(232, 234, 237)' };

/** Where embeds are: in the page, or each in a frame. */
export const INSIDE = (page, i) => page.locator('compact-proofs').nth(i);
export const FRAMED = (page, i) => page.frameLocator('iframe').nth(i).locator('compact-proofs');

/**
 * What is checked of a `page` with two embeds, light and dark: they are `at(page, i)` and go by
 * `remove(page)`, as its `host` says; what was `seen` may begin with `own` addresses only.
 */
export const CHECKS = [
  ['is painted', async ({ embeds }) => {
    for (const embed of embeds) await embed.locator('#claim').getByText('Right on at least 97.78').waitFor();
  }],
  ['has its theme', async ({ embeds }) => {
    const inks = embeds.map((embed) => embed.locator('#claim').evaluate((claim) => getComputedStyle(claim).color));
    assert.deepEqual(await Promise.all(inks), [INK.light, INK.dark]);
  }],
  ['proves what is known, two at once', async ({ page, embeds }) => {
    for (const embed of embeds) {
      await embed.scrollIntoViewIfNeeded();
      await embed.locator('#run-state').getByText(/^\d{2,} of \d+ proofs/).waitFor(); // ten or more are done
    }
    const all = await Promise.all(page.frames().map((each) => each.evaluate('results')));
    const told = all.flatMap((results) => Object.entries(results));
    assert.ok(told.length >= 10, `${told.length} results`);
    for (const [strategy, correct] of told) assert.equal(correct, COUNTS[strategy], strategy);
  }],
  ['moves its claim by the keys', async ({ page, embeds: [embed] }) => {
    await embed.locator('#budget').focus();
    await page.keyboard.press('Home');
    await embed.locator('#claim').getByText('97.78').waitFor({ state: 'detached' });
  }],
  ['fits 340 pixels', async ({ page }) => {
    await page.setViewportSize({ width: 340, height: 800 });
    for (const each of page.frames()) {
      const hidden = () => each.evaluate((isFrame) => {
        const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
        return Math.max(scrollWidth - clientWidth, isFrame ? scrollHeight - clientHeight : 0);
      }, each !== page.mainFrame());
      await until(`${each.url().slice(0, 80)} fits`, async () => (await hidden()) <= 0);
    }
  }],
  ['is accessible', async ({ page, host }) => {
    const documents = host.at === FRAMED ? page.frames().slice(1) : page.frames();
    for (const each of documents) {
      await each.evaluate('delete globalThis.define'); // else axe takes a page's loader of modules for its own
      assert.deepEqual(await violations(each), []);
    }
  }],
  ['is removed with its workers', async ({ page, host }) => {
    assert.ok(page.workers().length > 0);
    await host.remove(page);
    await until('no workers', () => page.workers().length === 0);
  }],
  ['asks for its own files only, and has no problems', async ({ seen, own }) => {
    const all = [...own, 'blob:', 'data:', 'about:'];
    assert.deepEqual(seen.requests.filter((url) => !all.some((start) => url.startsWith(start))), []);
    assert.deepEqual(seen.problems, []);
  }],
];

/**
 * Opens `address` in a context of its own, lets `prepare` do what a person does there first, and
 * runs `checks`.
 */
export async function examine(t, checks, { browser, host, address, own, prepare = () => {}, viewport = { width: 700, height: 1000 } }) {
  const context = await browser.newContext({ viewport });
  try {
    const seen = watch(context);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.addInitScript(() => {
      globalThis.results = {};
      addEventListener('proofresult', ({ detail }) => detail.live && (globalThis.results[detail.strategy] = detail.correct));
    });
    await page.goto(address);
    await prepare(page);
    const embeds = [0, 1].map((i) => host.at(page, i));
    for (const [name, check] of checks) await t.test(name, () => check({ page, embeds, seen, host, own }));
  } finally {
    await context.close();
  }
}
