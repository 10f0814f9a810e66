// A short path through the page for browsers other than Chrome: exact counts, a file, every view.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WATCH } from './browsers.mjs';
import { DEADLINE, serve } from './harness.mjs';
import { fixture, ORACLE, shipped } from './known.mjs';

/** Adds the test of the short path in the browser that `start` opens. */
export function shortPath(name, start) {
  test(`${name}: exact counts, a file, and every view`, async () => {
    const server = await serve();
    server.spoil = (path, bytes) => (/index-.*js$/.test(path) ? { body: Buffer.concat([Buffer.from(WATCH), bytes]) } : undefined);
    const browser = await start();
    try {
      await walk(browser, server.url);
    } finally {
      await browser.close();
      await server.close();
    }
  });
}

/**
 * Waits until `look`, called in the page with `args`, returns something that is not false, and
 * returns that.
 */
async function until(browser, what, look, ...args) {
  for (const end = Date.now() + DEADLINE; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
    const found = await browser.evaluate(look, ...args);
    if (found) return found;
  }
  const said = await browser.evaluate(() => [
    document.querySelector('#problem').textContent,
    document.querySelector('#run-state').textContent,
  ]);
  assert.fail(`still not: ${what}; the page says: ${said.join(' ')}; ${await browser.problems()}`);
}

async function walk(browser, url) {
  const started = performance.now();
  await browser.goto(url);
  const all = shipped.facts.strategies.length;
  await until(
    browser,
    'all proofs',
    (state) => document.querySelector('#run-state').textContent.startsWith(state),
    `${all} of ${all} proofs done`,
  );
  console.log(`# all proofs after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  for (const { strategy, correct } of shipped.outcomes) await counts(browser, strategy, correct);

  await browser.upload('#file', fixture('formats/state_dict.pt'));
  await until(browser, 'the file', () => document.querySelector('#facts').textContent.includes('state_dict.pt, your file'));
  for (const [strategy, correct] of Object.entries(ORACLE)) await counts(browser, strategy, correct);

  const tabs = await browser.evaluate(() => [...document.querySelectorAll('[role=tab]')].map(({ id }) => id));
  assert.ok(tabs.length >= 4, tabs.join());
  for (const tab of tabs) {
    await browser.click(`#${tab}`);
    await until(browser, `the view of ${tab}`, hasContent, tab);
  }
  // A view that is shown late may take the focus away, so the key is pressed until it has an
  // effect.
  const claim = await browser.evaluate(() => document.querySelector('#claim').textContent);
  const isOther = (before) => document.querySelector('#claim').textContent !== before;
  for (
    const end = Date.now() + DEADLINE;
    Date.now() < end && !(await browser.evaluate(isOther, claim));
    await new Promise((done) => setTimeout(done, 200))
  ) {
    await browser.evaluate(() => document.querySelector('#budget').focus());
    await browser.press('ArrowLeft');
  }
  await until(browser, 'another claim', isOther, claim);

  assert.deepEqual(await browser.problems(), []);
  assert.ok(await browser.evaluate(() => document.querySelector('[role=alert]').hidden));
}

/** Waits until this browser has counted `correct` inputs by a proof. */
const counts = (browser, strategy, correct) =>
  until(browser, `${correct} by ${strategy}`, hasCounted, strategy, correct);

// The functions below run in the page.

function hasCounted(strategy, correct) {
  const row = document.querySelector(`#results [data-strategy="${strategy}"]`);
  if (!row || /waiting|running|shipped/.test(row.textContent)) return false;
  return row.querySelector('[data-title="Inputs proven right"]').textContent.replaceAll(',', '') === correct;
}

function hasContent(tab) {
  const panel = document.querySelector('[role=tabpanel]');
  const isChosen = document.getElementById(tab).getAttribute('aria-selected') === 'true';
  return isChosen && panel.getAttribute('aria-labelledby') === tab && panel.textContent.length > 150 && panel.clientHeight > 100;
}
