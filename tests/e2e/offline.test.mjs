// The page without a network: after one visit, with what was asked for, through a change of the
// page while it is open, and until all that is stored is deleted.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { offline } from '../../.ci/offline.mjs';
import { host, loaded, proven, until } from './actions.mjs';
import { DEADLINE, elsewhere, PLAIN, violations, watch } from './harness.mjs';

const dist = resolve(import.meta.dirname, '../../dist');
/** Another build: its document, a view and a file of models are changed. */
let changed;
before(async () => {
  changed = mkdtempSync(join(tmpdir(), 'changed-'));
  cpSync(dist, changed, { recursive: true });
  const change = (path, from, to) => {
    const text = readFileSync(join(changed, path), 'utf8');
    assert.ok(text.includes(from), `${path}: ${from}`);
    writeFileSync(join(changed, path), text.replace(from, to));
  };
  const view = readdirSync(join(dist, 'assets')).find(
    (file) => file.endsWith('.js') && readFileSync(join(dist, 'assets', file), 'utf8').includes('How each proof works'),
  );
  change('index.html', '<h1>Compact proofs</h1>', '<h1>Compact proofs, changed</h1>');
  change(`assets/${view}`, 'How each proof works', 'Changed: how each proof works');
  change('pages/lessons.html', '</main>', '<p>Changed</p></main>');
  await offline(changed);
});
after(() => rmSync(changed, { recursive: true }));

/** From now on the host has the other build. */
const publish = () => {
  const { server } = host();
  server.spoil = (path) => ({ body: readFileSync(join(changed, path.slice(new URL(server.url).pathname.length) || 'index.html')) });
};

/** Runs `run` in a browser of its own that lets service workers run. */
function offlineTest(name, run, options = {}) {
  test(name, async () => {
    const context = await host().browser.newContext({ ...PLAIN, serviceWorkers: 'allow', ...options });
    const { requests } = watch(context);
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(DEADLINE);
      await page.goto(host().server.url);
      await until('the page is kept', () => held(page));
      await run(page, context);
      assert.deepEqual(elsewhere(requests, host().server.url), []);
    } finally {
      await context.close();
      host().server.spoil = undefined;
    }
  });
}

test('embeds set up no service worker on pages of others', () => {
  const scripts = readdirSync(join(dist, 'embed')).filter((file) => /\.(js|html)$/.test(file));
  assert.ok(scripts.length > 5);
  for (const file of scripts) assert.ok(!readFileSync(join(dist, 'embed', file), 'utf8').includes('serviceWorker'), file);
});

/** Whether the service worker is active and has what the page has used. */
const held = (page) =>
  page.evaluate(async () => {
    const active = (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated';
    const report = performance.getEntriesByType('resource').find(({ name }) => /report-.*js$/.test(name));
    return active && !!(await caches.match(report.name));
  });

/** The builds of which files are cached, and the files that are not those of their build. */
const mixed = (page) =>
  page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('compact-proofs '));
    const strange = [];
    for (const name of names) {
      const cache = await caches.open(name);
      const folder = name.split(' ')[1];
      const { files } = await (await cache.match(`${folder}files.json`)).json();
      for (const { url } of await cache.keys()) {
        const path = url.slice(folder.length) || 'index.html';
        if (path === 'files.json' || path === '?kept') continue;
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await (await cache.match(url)).arrayBuffer()));
        if (files[path] !== `sha256-${btoa(String.fromCharCode(...digest))}`) strange.push(`${name}: ${path}`);
      }
    }
    return { builds: names.length, strange };
  });

const news = (page) => page.locator('.notice').filter({ hasText: /newer version|open once more/ });
const title = (page) => page.locator('h1').textContent();

/** A view that has not arrived, and what the page says then. */
async function missing(page, name) {
  await page.getByRole('tab', { name, exact: true }).click();
  await page.getByRole('alert').getByText(`The view ${name} cannot be shown`).waitFor();
}
const method = (page, pattern) => page.getByRole('tabpanel').getByText(pattern).waitFor();

offlineTest(
  'opens without a network after one visit, keeps what is asked for, and keeps it through a change of the page',
  async (page, context) => {
    const { url } = host().server;
    const devtools = await context.newCDPSession(page);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    assert.deepEqual(
      installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'),
      [],
    );
    await context.setOffline(true);
    await page.reload();
    await proven(page, 'Cubic');
    await missing(page, 'Method');
    await context.setOffline(false);
    // One of the exercises compares models of the gallery: all of these are kept.
    await page.goto(`${url}?prove=asked&exercise=where-it-looks`);
    await page.getByRole('button', { name: 'Keep these exercises for use without a network' }).click();
    await page.getByText('Kept: this opens without a network.').waitFor();
    publish();
    // Another visit finds the change, and still has this build, all of it.
    const other = await context.newPage();
    await other.goto(`${url}?prove=asked#view=method`);
    await news(page).getByText('A newer version of this page is here.').waitFor();
    assert.deepEqual(await violations(page), []);
    assert.equal(await title(other), 'Compact proofs');
    await method(other, /^How each proof works/);
    assert.deepEqual(await mixed(page), { builds: 2, strange: [] });
    await news(page).getByRole('button', { name: 'Open it now' }).click();
    await news(page).getByText('This page is open once more. Close it there first.').waitFor();
    await other.close();
    await news(page).getByRole('button', { name: 'Open it now' }).click();
    await until('the newer version', async () => (await title(page).catch(() => '')) === 'Compact proofs, changed');
    await context.setOffline(true);
    await page.goto(`${url}pages/lessons.html`);
    await page.getByText('Changed').waitFor();
    await page.goto(`${url}?prove=asked#k=4&seed=104&view=method`);
    await until('the model', async () => (await page.title()).includes('max4_v64_s104.safetensors'));
    await method(page, /^Changed: how each proof works/);
    await page.goto(`${url}?exercise=where-it-looks`);
    await page.getByRole('heading', { name: 'Which token does it look at?' }).waitFor();
    assert.deepEqual(await mixed(page), { builds: 1, strange: [] });
  },
);

offlineTest(
  'what an open page has not fetched before a change is missing rather than mixed; all that is stored is deleted in one go',
  async (page) => {
    await page.reload(); // from now on the service worker answers
    await proven(page, 'Cubic');
    publish();
    await missing(page, 'Method');
    await news(page).getByRole('button', { name: 'Open it now' }).click();
    await until('the newer version', async () => (await title(page).catch(() => '')) === 'Compact proofs, changed');
    await method(page, /^Changed: how each proof works/);

    await page.evaluate(() => {
      localStorage.setItem('compact-proofs.own.x', '[]');
      localStorage.setItem('another page', 'its own');
    });
    await page.setInputFiles('#file', resolve(import.meta.dirname, '../fixtures/biased_v7_n3.safetensors'));
    await loaded(page, 'biased_v7_n3.safetensors');
    const erase = page.getByRole('button', { name: 'Delete what is stored…' });
    const box = page.getByRole('dialog', { name: 'Delete what this page has stored?' });
    await until('the file is kept', () => page.evaluate(async () => (await indexedDB.databases()).length > 0));
    await erase.press('Enter');
    await box.getByText('2 entries of names, answers and settings').waitFor();
    await box.getByText(/^1 file of yours \(/).waitFor();
    await box.getByText(/^\d+ files of this page, for use without a network$/).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Enter'); // on “Keep it”
    assert.ok(await page.evaluate(() => localStorage.getItem('compact-proofs.own.x')));
    await erase.click();
    await box.getByRole('button', { name: 'Delete all of it' }).click();
    await page.getByText('Deleted. What is open stays until you leave.').waitFor();
    // The page is still open, and what it fetches now is not kept again.
    await page.evaluate(async () => (await fetch('models/max-of-k/ratios.json')).text());
    const left = await page.evaluate(async () => ({
      caches: await caches.keys(),
      bases: await indexedDB.databases(),
      keys: Object.keys(localStorage),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    }));
    assert.deepEqual(left, { caches: [], bases: [], keys: ['another page'], workers: 0 });
  },
  { viewport: { width: 320, height: 640 } },
);
