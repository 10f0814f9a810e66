// Seven kinds of pages that this project has never seen, each with two embeds that are pasted as www/embed/README.md says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from './actions.mjs';
import { launch, serve, violations, watch } from './harness.mjs';
import { ALL, root, shipped } from './known.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');
const README = read('www/embed/README.md');
/** The first text to paste under a heading of the documentation. */
function snippet(heading) {
  const [, text] = new RegExp(`^## ${heading}\\n(?:(?!^## ).*\\n)*?\`\`\`\\w*\\n([^]*?)^\`\`\``, 'm').exec(README) ?? [];
  if (!text) throw new Error(`www/embed/README.md: no text to paste under ## ${heading}`);
  return text.replaceAll('https://YOUR.SITE/', program.url);
}
const COUNTS = Object.fromEntries(shipped.outcomes.map(({ strategy, correct }) => [strategy, correct]));
const INK = { light: 'rgb(27, 31, 36)', dark: 'rgb(232, 234, 237)' };

const element = (theme) => snippet('The element').replace('<compact-proofs', `<compact-proofs theme="${theme}"`);
const frame = (theme) => snippet('A frame').replace('html?', `html?theme=${theme}&amp;`);
const traits = (theme) => JSON.stringify({ ...JSON.parse(/^\{.*\}$/m.exec(snippet('MyST'))[0]), theme });
// The page decodes it, because a script cannot hold the text of another.
const file = (theme) => encodeURIComponent(read('dist/embed/widget.html').replace('"switches":{}', `"switches":{"theme":"${theme}"}`));

const INSIDE = (page, i) => page.locator('compact-proofs').nth(i);
const FRAMED = (page, i) => page.frameLocator('iframe').nth(i).locator('compact-proofs');
const removed = (selector) => (page) => page.evaluate((each) => document.querySelectorAll(each).forEach((one) => one.remove()), selector);
const left = (page) => page.evaluate(() => globalThis.leave());

/**
 * Each has a page of `hosts/`, what is pasted into it (`embed`), where the embeds then are (`at`), how they go (`remove`), and
 * whether they ask the program's site for anything (`asks`).
 */
const HOSTS = [
  { name: 'plain page with the documented policy', page: 'plain.html', embed: element, at: INSIDE, remove: removed('compact-proofs'), asks: true, policy: () => snippet('Content-Security-Policy') },
  { name: 'frame with the height that it asks for', page: 'frame.html', embed: frame, at: FRAMED, remove: removed('iframe'), asks: true },
  { name: 'one file in a sandbox, as on LessWrong', page: 'srcdoc.html', embed: file, at: FRAMED, remove: removed('iframe'), asks: false },
  { name: 'MyST, by the contract of its themes', page: 'myst.html', embed: traits, at: INSIDE, remove: left, asks: false },
  { name: 'Jupyter, by the contract of anywidget', page: 'jupyter.html', embed: traits, at: INSIDE, remove: left, asks: false },
  { name: 'Ghost with a theme that styles everything', page: 'ghost.html', embed: element, at: INSIDE, remove: removed('compact-proofs'), asks: true },
  { name: 'Quarto with another library of elements', page: 'quarto.html', embed: element, at: INSIDE, remove: removed('compact-proofs'), asks: true },
];

/** What is checked of each: of a `page`, its two `embeds`, and what was `seen` of it. */
const CHECKS = [
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
      await embed.locator('#run-state').getByText(`${ALL} of ${ALL} proofs done`).waitFor();
    }
    const all = await Promise.all(page.frames().map((each) => each.evaluate('results')));
    const told = all.filter((results) => Object.keys(results).length);
    assert.ok(told.length > 0);
    for (const results of told) assert.deepEqual(results, COUNTS);
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
    for (const each of documents) assert.deepEqual(await violations(each), []);
  }],
  ['is removed with its workers', async ({ page, host }) => {
    assert.ok(page.workers().length > 0);
    await host.remove(page);
    await until('no workers', () => page.workers().length === 0);
  }],
  ['asks for its own files only, and has no problems', async ({ seen, host }) => {
    const own = [site.url, 'blob:', 'data:', 'about:', ...(host.asks ? [program.url] : [])];
    assert.deepEqual(seen.requests.filter((url) => !own.some((start) => url.startsWith(start))), []);
    assert.deepEqual(seen.problems, []);
  }],
];

let program;
let browser;
let site;
before(async () => {
  [program, browser, site] = await Promise.all([serve(join(root, 'dist'), '/proofs/', { 'access-control-allow-origin': '*' }), launch(), hosting()]);
});
after(async () => {
  await browser?.close();
  await program?.close();
  await site?.close();
});

/** Serves the pages with what is pasted, and a copy of the module, as sites of MyST have one. */
async function hosting() {
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    if (path === '/copy/anywidget.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(read('dist/embed/anywidget.js'));
    const host = HOSTS.find(({ page }) => page === basename(path));
    if (!host) return response.writeHead(404).end();
    const policy = host.policy && `default-src 'none'; img-src data:; ${host.policy().trim()}`;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...(policy && { 'content-security-policy': policy }) });
    const pasted = (html, place, theme) => html.replace(`<!-- ${place} -->`, () => host.embed(theme));
    return response.end(pasted(pasted(read(`tests/e2e/hosts/${host.page}`), 'one', 'light'), 'two', 'dark'));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

for (const host of HOSTS) {
  test(host.name, async (t) => {
    const context = await browser.newContext({ viewport: { width: 700, height: 1000 } });
    try {
      const seen = watch(context);
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      await page.addInitScript(() => {
        globalThis.results = {};
        addEventListener('proofresult', ({ detail }) => detail.live && (globalThis.results[detail.strategy] = detail.correct));
      });
      await page.goto(site.url + host.page);
      const embeds = [0, 1].map((i) => host.at(page, i));
      for (const [name, check] of CHECKS) await t.test(name, () => check({ page, embeds, seen, host }));
    } finally {
      await context.close();
    }
  });
}
