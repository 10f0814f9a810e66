// The list of models: the gallery by accuracy, and the user's own files; and files that the address
// names.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import {
  alert,
  asShipped,
  DEADLINE,
  fixture,
  heading,
  host,
  inHeader,
  json,
  kept,
  keptFiles,
  loaded,
  open,
  oracle,
  prove,
  root,
  says,
  scenario,
  settled,
  shipped,
  text,
  until,
} from './actions.mjs';
import { violations } from './harness.mjs';

const accuracies = json(`${root}/www/models/max-of-k/accuracies.json`);
const UPLOAD = fixture('oracle/max4_v64_s123.safetensors');
const idOf = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
const dialog = (page) => page.getByRole('dialog', { name: 'Models' });
const openList = async (page) => {
  await (await inHeader(page, 'Models…')).click();
  await dialog(page).getByText(/^\d+ models\./).waitFor();
};
const seeds = (page) => dialog(page).locator('tbody th').allTextContents();

asShipped('the list has every seed with its accuracy, and picks the best, the median, the worst, or any', async (page) => {
  await settled(page);
  await openList(page);
  const of4 = Object.entries(accuracies).filter(([file]) => file.startsWith('max4_'));
  const seedOf = ([file]) => /_s(\d+)/.exec(file)[1];
  const order = of4.sort((a, b) => Number(b[1][0]) - Number(a[1][0]) || seedOf(a) - seedOf(b));
  assert.deepEqual(await seeds(page), order.map(seedOf));
  const shownIn = await dialog(page).locator('tbody td').allTextContents();
  assert.deepEqual(shownIn, order.map(([, [least]]) => `${least}\u00a0%`), 'counted, as the sweep has it');
  const exact = shipped.outcomes.find(({ strategy }) => strategy === 'brute-force').percent;
  assert.equal(accuracies[shipped.facts.file][0], exact);
  await dialog(page).getByRole('button', { name: 'Seed', exact: true }).click();
  assert.deepEqual(await seeds(page), order.map(seedOf).sort((a, b) => a - b));
  assert.equal(await dialog(page).locator('[aria-sort=ascending]').textContent(), 'Seed');
  await dialog(page).getByRole('button', { name: 'Seed', exact: true }).click();
  assert.deepEqual(await seeds(page), order.map(seedOf).sort((a, b) => b - a));
  assert.deepEqual(await dialog(page).locator('tbody [aria-current]').allTextContents(), ['123']);
  for (const [name, [file]] of [[/^Best/, order[0]], [/^Median/, order[75]], [/^Worst/, order.at(-1)]]) {
    await dialog(page).getByRole('button', { name }).click();
    await loaded(page, `${file}, gallery`);
    assert.ok(await dialog(page).isHidden());
    await openList(page);
    assert.equal(await text(dialog(page).locator('tbody [aria-current]')), seedOf([file]));
  }
  // Proven from both sides where all inputs are too many to count.
  await dialog(page).getByLabel('K, tokens of an input').selectOption('20');
  await dialog(page).getByText('20 models. Right answers, as far as is proven').waitFor();
  const [first] = await dialog(page).locator('tbody td').allTextContents();
  assert.match(first, /^\d\d\.\d{4} to \d\d\.\d{4}\s%$/);
  await dialog(page).getByRole('button', { name: 'Random' }).click();
  await loaded(page, /^max20_.*, gallery/);
  // Back undoes each of them.
  for (const [file] of [order.at(-1), order[75], order[0]]) {
    await page.goBack();
    await loaded(page, `${file}, gallery`);
  }
});

asShipped('the list works by keyboard: it takes the focus, Escape closes it, and the focus comes back', async (page) => {
  await settled(page);
  await page.locator('#models').focus();
  await page.keyboard.press('Enter');
  await dialog(page).getByText(/^\d+ models\./).waitFor();
  assert.ok(await dialog(page).evaluate((element) => element.contains(document.activeElement)));
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement.id), 'models');
  await page.keyboard.press('Enter');
  await dialog(page).getByRole('button', { name: 'Worst' }).focus();
  await page.keyboard.press('Enter');
  await loaded(page, /^max4_v64_s(?!123).*, gallery/);
});

for (const [colorScheme, width] of [['light', 1440], ['dark', 390], ['light', 320]]) {
  asShipped(
    `the list of models: no accessibility violations and nothing wider than the window, ${colorScheme}, ${width} pixels`,
    async (page) => {
      await open(page, UPLOAD);
      await kept(page, 'max4_v64_s123.safetensors');
      await openList(page);
      await dialog(page).getByRole('button', { name: /^Remove max4/ }).waitFor();
      assert.deepEqual(await violations(page, { within: ['dialog[open]'] }), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      assert.ok(await dialog(page).evaluate((element) => element.scrollWidth <= element.clientWidth));
      const small = await dialog(page)
        .locator('button, select, input')
        .evaluateAll((all) => all.filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 24).length);
      assert.equal(small, 0);
    },
    { colorScheme, viewport: { width, height: 800 } },
  );
}

asShipped('the accuracies do not arrive: the list says so, has the user’s models, and fetches them again', async (page) => {
  host().server.spoil = (path) => (/accuracies/.test(path) ? { status: 500, body: '' } : undefined);
  await settled(page);
  await page.getByRole('button', { name: 'Models…' }).click();
  await dialog(page).getByText(/accuracies\.json cannot be fetched \(HTTP 500\)/).waitFor();
  await dialog(page).getByText('None yet. A file that you open is kept in this browser, and is not sent anywhere.').waitFor();
  host().server.spoil = undefined;
  await dialog(page).getByRole('button', { name: 'Try again' }).click();
  await dialog(page).getByText(/^151 models\./).waitFor();
}, { expected: /500/ });

asShipped('own models are kept, named, opened, removed, and brought back; closing the tab keeps them', async (page) => {
  await open(page, UPLOAD);
  await kept(page, 'max4_v64_s123.safetensors');
  await open(page, fixture('formats/weights.npz'));
  await kept(page, 'weights.npz');
  await openList(page);
  const names = () => dialog(page).locator('.own-models input').evaluateAll((all) => all.map(({ value }) => value));
  await until('both', async () => (await names()).length === 2);
  assert.deepEqual(await names(), ['weights.npz', 'max4_v64_s123.safetensors'], 'the last one first');
  assert.equal(await dialog(page).locator('.own-models [aria-current]').getAttribute('aria-label'), 'Open weights.npz');
  const name = dialog(page).getByLabel('Name of weights.npz');
  await name.fill('From NumPy');
  await name.press('Enter');
  await dialog(page).getByText('weights.npz is called “From NumPy”.').waitFor();
  await dialog(page).getByRole('button', { name: 'Open max4_v64_s123.safetensors' }).click();
  await loaded(page, 'max4_v64_s123.safetensors, your file');
  await page.goBack();
  await loaded(page, 'weights.npz, your file');
  // Another tab of the same browser, after this one is closed.
  const other = await page.context().newPage();
  other.setDefaultTimeout(DEADLINE);
  await page.close();
  await other.goto(`${host().server.url}?prove=asked`);
  await loaded(other, `${shipped.facts.file}, gallery`);
  await openList(other);
  await dialog(other).getByRole('button', { name: 'Open From NumPy' }).click();
  await loaded(other, 'weights.npz, your file');
  await openList(other);
  await dialog(other).getByRole('button', { name: 'Remove From NumPy' }).click();
  await dialog(other).getByText('“From NumPy” is removed.').waitFor();
  assert.deepEqual(await keptFiles(other), ['max4_v64_s123.safetensors']);
  await dialog(other).getByRole('button', { name: 'Undo' }).click();
  await dialog(other).getByText('“From NumPy” is back.').waitFor();
  await dialog(other).getByRole('button', { name: 'Open From NumPy' }).waitFor();
  await dialog(other).getByRole('button', { name: 'Remove all' }).click();
  await dialog(other).getByText('2 files are removed.').waitFor();
  assert.deepEqual(await keptFiles(other), []);
  assert.equal(await text(dialog(other).getByRole('button', { name: 'Undo' })), 'Undo');
  await other.keyboard.press('Escape');
  // What was removed is not found again, which is said.
  await other.reload();
  await says(other, /“own=[0-9a-f]{16}” in the address is a file that this browser does not keep\./);
});

asShipped('files that were opened longest ago leave when there is no room, which is said', async (page) => {
  await open(page, UPLOAD);
  await kept(page, 'max4_v64_s123.safetensors');
  // What fills the room was opened before.
  await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open('compact-proofs');
        request.onsuccess = () => {
          const transaction = request.result.transaction(['facts', 'bytes'], 'readwrite');
          for (const [i, size] of [2 ** 25, 2 ** 25 - 40_000].entries()) {
            const id = String(i).repeat(16);
            transaction.objectStore('facts').put({ id, file: `old-${i}.pt`, name: `Old ${i}`, size, used: i });
            transaction.objectStore('bytes').put(new ArrayBuffer(8), id);
          }
          transaction.oncomplete = () => (request.result.close(), resolve());
          transaction.onabort = () => reject(transaction.error);
        };
      }),
  );
  await open(page, fixture('formats/weights.npz'));
  await says(page, 'To keep weights.npz, this browser has let go of “Old 0”: your files take 64.0 MiB at most.');
  await until('room', async () => (await keptFiles(page)).join() === 'max4_v64_s123.safetensors,old-1.pt,weights.npz');
});

/** What a link says of the file at `path`, from the page's folder on. */
const link = (address, hash = '') => `?prove=asked&weights=${encodeURIComponent(address)}${hash}`;
const OWN = 'models/max-of-k/max5_v64_s50.safetensors';
const ID = idOf(readFileSync(`${root}/www/${OWN}`));

scenario(
  '?weights= opens a file of the same host, shows what the link says of it, and keeps it for a reload',
  async (page) => {
    await loaded(page, 'max5_v64_s50.safetensors, your file');
    await heading(page, 'Cubic');
    await until('the address of the file', () => new URL(page.url()).hash === `#own=${ID}&strategy=cubic&view=why`);
    assert.equal(await page.getByRole('tab', { name: 'Why' }).getAttribute('aria-selected'), 'true');
    await kept(page, 'max5_v64_s50.safetensors');
    host().server.spoil = (path) => (path.endsWith(OWN) ? { status: 500, body: '' } : undefined);
    await page.reload();
    await loaded(page, 'max5_v64_s50.safetensors, your file');
    assert.ok(await alert(page).isHidden());
    await page.getByLabel('K', { exact: true }).selectOption('4');
    await loaded(page, /^max4_.*, gallery/);
    await page.reload();
    await loaded(page, /^max4_.*, gallery/);
  },
  { hash: link(OWN, '#strategy=cubic&view=why') },
);

for (const [what, address, spoilt, said] of [
  ['a file that is not there', 'models/none.pt', undefined, /none\.pt cannot be fetched from 127\.0\.0\.1:\d+ \(HTTP 404\)\./],
  [
    'a page in its place',
    OWN,
    { type: 'text/html', body: '<!doctype html><title>404</title>' },
    /max5_v64_s50\.safetensors: 127\.0\.0\.1:\d+ answered with a web page\. Link to the file itself\./,
  ],
  ['a file that is no model', 'models/max-of-k/manifest.json', undefined, /manifest\.json: /],
  [
    'no web address',
    'javascript:alert(1)',
    undefined,
    '“weights=javascript:alert(1)” in the address is not the address of a file: it has to begin with http or https.',
  ],
  ['a file that is too large', OWN, { body: Buffer.alloc(2 ** 26 + 1) }, 'max5_v64_s50.safetensors: expected at most 64.0 MiB.'],
]) {
  scenario(
    `?weights= with ${what}: that is said, and the default model opens`,
    async (page) => {
      await says(page, said);
      await loaded(page, `${shipped.facts.file}, gallery`);
      await settled(page);
      assert.equal(new URL(page.url()).hash, '');
    },
    {
      hash: link(address),
      expected: /40[34]|ERR_ABORTED/,
      prepare: () => (host().server.spoil = (path) => (spoilt && path.endsWith(address) ? spoilt : undefined)),
    },
  );
}

/** Serves `answer` on another host while `use` runs, which gets its origin. */
async function beside(answer, use) {
  const server = createServer((_, response) => response.writeHead(200, { 'access-control-allow-origin': '*' }).end(answer()));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

scenario('?weights= of another host is not asked: the page says why, and offers the download', async (page) => {
  let asked = 0;
  await beside(() => { asked++; }, async (origin) => {
    await page.goto(host().server.url + link(`${origin}/some/weights.pt?raw=1`));
    await says(
      page,
      `weights.pt is at ${new URL(origin).host}, and this page asks only its own host, so that nobody else learns what you look at. Download the file, then drop it here.`,
    );
    await page.getByRole('button', { name: 'Download weights.pt' }).waitFor();
    await loaded(page, `${shipped.facts.file}, gallery`);
    assert.equal(asked, 0);
  });
}, { hash: undefined });

scenario('?weights= of a slow host can be cancelled', async (page) => {
  let arrive;
  const later = new Promise((resolve) => (arrive = resolve));
  await page.route(({ pathname }) => pathname.endsWith('_s50.safetensors'), async (route) => {
    await later;
    await route.abort().catch(() => {});
  });
  await page.goto(host().server.url + link(OWN));
  await says(page, /max5_v64_s50\.safetensors is being fetched from 127\.0\.0\.1:\d+ …/);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await loaded(page, `${shipped.facts.file}, gallery`);
  assert.ok(await alert(page).isHidden());
  arrive();
}, { hash: undefined, expected: /ERR_FAILED/ });

scenario('a host that allows others in its policy has the page ask them', async (page) => {
  const bytes = readFileSync(UPLOAD);
  await beside(() => bytes, async (origin) => {
    host().server.spoil = (path, body) =>
      path.endsWith('/')
        ? {
            type: 'text/html; charset=utf-8',
            body: Buffer.from(String(body).replace("connect-src 'self'", `connect-src 'self' ${origin}`)),
          }
        : undefined;
    // The scenario's own check forbids other origins: this page is in a context of its own.
    const context = await page.context().browser().newContext();
    try {
      const other = await context.newPage();
      other.setDefaultTimeout(DEADLINE);
      await other.goto(host().server.url + link(`${origin}/linked.safetensors`));
      await loaded(other, 'linked.safetensors, your file');
      await prove(other, 'Brute force');
      await other.locator('#how-right').getByText(Number(oracle.brute_force_correct).toLocaleString('en')).waitFor();
    } finally {
      await context.close();
    }
  });
}, { hash: undefined });
