// The task of group operations, as a person uses it: from the switch in the header, and by a file.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { cell, complete, fixture, heading, host, json, kept, open, root, row, rows, says, scenario, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

const expected = json(fixture('group_operations/expected.json'));
const PIZZA = 'pizza_p99zdpze5l.pt';
const GROUPS = '?task=group-operations';
const claims = (page, pattern) => page.locator('#claim').getByText(pattern).waitFor();
const slider = (page) => page.locator('#rank');
/** What the slider of ranks says. */
const said = (page) => page.locator('.ranks .said');
const done = (page) => page.locator('#run-state').getByText(/^(\d+) of \1 proofs done$/).waitFor();
/** The module that proves, in this process: certificates are made by it. */
let group;
before(async () => {
  group = await import('../../www/pkg/group.js');
  group.initSync({ module: readFileSync(join(root, 'www/pkg/group_bg.wasm')) });
});
/** A file with the certificate of a proof about weights, which are read as `read` says. */
function certificateOf(bytes, sha256, strategy, read) {
  const model = group.load('model', bytes, read);
  const run = model.run(strategy, [], 0, 1);
  while (run.advance(1000) < 1);
  return { name: `${strategy}.certificate.json`, mimeType: 'application/json', buffer: Buffer.from(run.certificate(sha256 ?? model.facts().sha256)) };
}
/** The safetensors file that the page makes of another one, and its SHA-256. */
async function canonicalOf(path) {
  const files = await import('../../www/pkg/files.js');
  files.initSync({ module: readFileSync(join(root, 'www/pkg/files_bg.wasm')) });
  const weights = new files.Weights('file', readFileSync(path));
  return { canonical: weights.canonical(), sha256: weights.facts().canonical_sha256 };
}
const gallery = (id) => readFileSync(join(root, `www/models/group-operations/${id}.safetensors`));
const drop = (page, ...files) => page.locator('#file').setInputFiles(files);
const param = (page, name) => new URLSearchParams(new URL(page.url()).hash.slice(1)).get(name);

scenario('the switch leads to the other task and back; its menus, the address and reload choose a model', async (page) => {
  const tasks = page.getByRole('navigation', { name: 'Tasks' });
  assert.equal(await text(tasks.locator('[aria-current=page]')), 'Max of K');
  await tasks.getByRole('link', { name: 'Group operations' }).click();
  await claims(page, /^Right on all 576 inputs, proven in [\d,]+ steps\.$/);
  assert.equal(new URL(page.url()).search, GROUPS);
  assert.equal(await text(tasks.locator('[aria-current=page]')), 'Group operations');
  assert.equal(await page.locator('#k').count(), 0, 'the menus are of this task');
  // Its bounds follow from a theorem of Coq.
  const { coq } = json(join(root, 'src/formal/theorems/theorems.json')).find(({ model }) => model === 'S4_s0');
  await row(page, 'brute-force').click();
  await page.getByText('Machine-checked: this bound follows from a theorem of Coq').click();
  assert.equal(await text(page.getByLabel('Theorem in Coq about this network')), coq);
  assert.match(await text(page.getByLabel('Command for Coq').and(page.locator('.theorem pre'))), /www\/models\/group-operations\/S4_s0\.safetensors$/);
  await page.getByLabel('Group', { exact: true }).selectOption('Z31');
  await claims(page, /^Right on all 961 inputs/);
  assert.equal(param(page, 'model'), 'Z31_s0');
  await page.reload();
  await claims(page, /^Right on all 961 inputs/);
  const fetched = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  assert.deepEqual(fetched.filter((name) => /max-of-k|prove_bg/.test(name)), [], 'nothing is fetched for the other task');
  // The claim is shown before the menus are here.
  await until('the menu', async () => (await page.getByLabel('Group', { exact: true }).inputValue()) === 'Z31');
  await page.goBack();
  await claims(page, /^Right on all 576 inputs/);
  await tasks.getByRole('link', { name: 'Max of K' }).click();
  await claims(page, /of all 16,777,216 inputs/);
  await page.getByRole('button', { name: 'Models…' }).click();
});

for (const name of ['S4_s2', 'Z59_s0']) {
  const { correct, total, low_rank_unembed: byRank } = expected[`${name}.safetensors`];
  scenario(
    `every rank of ${name} proves as many inputs as it should, up to its cliff`,
    async (page) => {
      await open(page, fixture(`group_operations/${name}.safetensors`));
      await done(page);
      await complete(page);
      const ranks = (await rows(page).evaluateAll((trs) => trs.map((tr) => tr.dataset.strategy))).flatMap((id) => /^low-rank-unembed-(\d+)$/.exec(id)?.[1] ?? []);
      assert.ok(ranks.length > 5, ranks.join());
      for (const [rank, count] of Object.entries(byRank)) {
        // The table follows the proofs when the page has time.
        const proven = cell(page, `low-rank-unembed-${rank}`, 'Inputs proven right');
        const shown = await until(`rank ${rank} in the table`, async () => /\d/.test(await text(proven)) && text(proven));
        assert.ok(Number(shown.replaceAll(',', '')) >= count, `rank ${rank}: ${shown}, expected ${count}`);
      }
      assert.equal(await text(cell(page, 'brute-force', 'Inputs proven right')), correct.toLocaleString('en'));
      await claims(page, `Right on all ${total.toLocaleString('en')} inputs`);
    },
    { hash: GROUPS },
  );
}

scenario('a public transformer, opened on the page of the other task, is proven right on all inputs by a far shorter proof', async (page) => {
  await page.locator('#file').setInputFiles(fixture(`group_operations/${PIZZA}`));
  await page.waitForURL(/task=group-operations/);
  await claims(page, /^Right on all 3,481 inputs, proven in 6[\d.]+\u00a0M steps\.$/);
  await page.getByText('From R = 6 on, all inputs are proven. With one fewer, nothing is.').waitFor();
  const own = param(page, 'own');
  assert.match(own, /^[0-9a-f]{16}$/);
  // What no tensor says is shown, the likeliest first, and can be changed.
  await done(page);
  const ways = page.getByLabel('Read it as');
  assert.match(await ways.evaluate((select) => select.selectedOptions[0].textContent), /3,481 of 3,481 right$/);
  assert.ok((await ways.locator('option').count()) > 1);
  await ways.selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Read it so' }).click();
  await page.locator('#network').getByText('constant attention of 1/2 to each token, one vocabulary for both tokens.').first().waitFor();
  await claims(page, /^Right on all 3,481 inputs/);
  await until('the other way', async () => (await ways.inputValue()) === '1');
  await page.reload();
  await claims(page, /^Right on all 3,481 inputs/);
  assert.equal(param(page, 'own'), own);
  // One step undoes the choice of how to read it, the next one leads back. The browser may have
  // kept that page, which then does not load. The step is taken later: a page that goes away
  // answers nothing.
  await page.evaluate(() => void setTimeout(() => history.go(-2)));
  await until('the first page is back', () => new URL(page.url()).search === '');
  await claims(page, /of all 16,777,216 inputs/);
});

scenario(
  'the slider of ranks moves by keys, falls off its cliff, and says so in claim and address',
  async (page) => {
    await done(page);
    await page.getByRole('tab', { name: 'Strategies' }).waitFor();
    const at = () => slider(page).inputValue();
    await until('the slider is on the cliff', async () => /proven right on 576 of 576/.test(await said(page).textContent()));
    const cliff = Number(await at());
    await slider(page).focus();
    await page.keyboard.press('ArrowLeft');
    await claims(page, 'Right on at least 0.00\u00a0% of all 576 inputs');
    assert.equal(param(page, 'strategy'), `low-rank-unembed-${cliff - 1}`);
    assert.match(await said(page).textContent(), new RegExp(`^Rank ${cliff - 1}: proven right on 0 of 576 inputs`));
    await page.keyboard.press('ArrowRight');
    await claims(page, 'Right on all 576 inputs');
    assert.equal(await at(), String(cliff));
    await row(page, 'brute-force').click();
    await claims(page, 'Right on all 576 inputs, proven in 1.');
  },
  { hash: GROUPS },
);

for (const colorScheme of ['light', 'dark']) {
  scenario(
    `the page of the second task is accessible and fits 320 px, ${colorScheme}`,
    async (page) => {
      await done(page);
      await until('the view is there', () => page.locator('.ranks canvas').isVisible());
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
      assert.deepEqual(await violations(page), []);
    },
    { hash: GROUPS, colorScheme, viewport: { width: 320, height: 640 } },
  );
}

test('an address with an unknown task shows the first one, and says so', async () => {
  const page = await host().browser.newPage();
  await page.goto(`${host().server.url}?task=chess`);
  await page.getByRole('alert').getByText('“task=chess” in the address: expected one of max-of-k, group-operations. Taken instead: max-of-k.').waitFor();
  await page.close();
});

scenario(
  'the independent checker accepts certificates of every family, of a gallery model and of a user\'s file',
  async (page) => {
    const accepted = async (strategy) => {
      await row(page, strategy).click();
      await page.getByRole('button', { name: 'Check independently' }).click();
      await page.locator('#details .verdict').getByText(/^Accepted: an independent program/).waitFor();
    };
    await done(page);
    await complete(page);
    for (const strategy of ['brute-force', 'irrep-linear', 'irrep-abs', 'low-rank-unembed-10']) await accepted(strategy);
    await open(page, fixture(`group_operations/${PIZZA}`));
    await done(page);
    await complete(page);
    await accepted('low-rank-unembed-6');
  },
  { hash: GROUPS },
);

scenario('a certificate opens the page of its task and the model that it is about, and is verified there; a damaged one is not', async (page) => {
  const certificate = certificateOf(gallery('S4_s1'), undefined, 'irrep-linear');
  await claims(page, /of all 16,777,216 inputs/);
  await drop(page, certificate);
  await says(page, 'irrep-linear.certificate.json is about S4_s1.safetensors, a model of the task Group operations.');
  await page.getByRole('button', { name: 'Open it in Group operations' }).click();
  await heading(page, 'Irreps, linear, from a certificate');
  assert.deepEqual([new URL(page.url()).search, param(page, 'model')], [GROUPS, 'S4_s1']);
  await page.locator('#reading').getByText(/Of the 576 pairs x, y of elements of the group S4, the network whose weights file has the SHA-256 \w{64} answers at least 576/).waitFor();
  const damaged = { ...certificate, buffer: Buffer.from(certificate.buffer.toString().replaceAll('576', '577')) };
  await drop(page, damaged);
  await says(page, /^irrep-linear\.certificate\.json: the certificate's `total` is 577, expected 576/);
  await drop(page, certificateOf(gallery('S4_s3'), undefined, 'brute-force'));
  await page.getByRole('button', { name: 'Open S4_s3.safetensors, then this certificate' }).click();
  await heading(page, 'Brute force, from a certificate');
  assert.equal(param(page, 'model'), 'S4_s3');
});

scenario(
  'how a file is read goes into the address, also as its certificate says it: reload and Back keep it',
  async (page) => {
    await drop(page, fixture(`group_operations/${PIZZA}`));
    await claims(page, /^Right on all 3,481 inputs/);
    assert.equal(param(page, 'read'), null);
    const { canonical, sha256 } = await canonicalOf(fixture(`group_operations/${PIZZA}`));
    await drop(page, certificateOf(canonical, sha256, 'low-rank-unembed-6', { attention: 'half' }));
    await heading(page, 'Low-rank unembedding, rank 6, from a certificate');
    const isHalf = () => page.locator('#network').getByText('constant attention of 1/2 to each token, one vocabulary for both tokens.').first().waitFor();
    await isHalf();
    assert.equal(param(page, 'read'), 'half,shared');
    await page.reload();
    await claims(page, /^Right on all 3,481 inputs/);
    await isHalf();
    // All ways are offered, also those that are not taken.
    const ways = page.getByLabel('Read it as');
    await until('both ways', async () => (await ways.locator('option').count()) > 1);
    await ways.selectOption({ index: 0 });
    await page.getByRole('button', { name: 'Read it so' }).click();
    await until('it is in the address', () => param(page, 'read') === 'one,shared');
    await page.goBack();
    await until('it is as before', async () => param(page, 'read') === 'half,shared' && (await ways.inputValue()) === '1');
  },
  { hash: GROUPS },
);

scenario(
  'a group without a name is given by its table: before, with or after the network, and the browser keeps it',
  async (page) => {
    // The labels of the network are moved by one, so that no group has its answers.
    const bytes = readFileSync(fixture('group_operations/S4_s2.safetensors'));
    const header = bytes.readBigUInt64LE();
    const moved = Buffer.from(bytes.toString('latin1').replace('"group":"S4"', '"other":"S4"'), 'latin1');
    const columns = bytes.subarray(8 + Number(header) + 12384);
    for (let row = 0; row < 64; row++) for (let z = 0; z < 24; z++) columns.copy(moved, 8 + Number(header) + 12384 + 4 * (24 * row + ((z + 1) % 24)), 4 * (24 * row + z), 4 * (24 * row + z) + 4);
    const file = { name: 'moved.safetensors', mimeType: '', buffer: moved };
    const table = (change = (z) => z) => ({ name: 'z24.csv', mimeType: 'text/csv', buffer: Buffer.from(Array.from({ length: 24 }, (_, x) => Array.from({ length: 24 }, (_, y) => change((x + y) % 24, x, y)).join()).join('\n')) });
    await done(page);
    await drop(page, file);
    await says(page, /no group was found whose operation the network computes.*give its Cayley table/);
    await drop(page, table((z, x, y) => (x === 3 && y === 5 ? 30 : z)));
    await says(page, 'z24.csv: row 3, column 5, counted from 0, is 30, which is none of the elements 0 to 23');
    await drop(page, file);
    await says(page, /no group was found/);
    await drop(page, table());
    const given = () => page.locator('#network').getByText('The group is the one whose Cayley table is given.').waitFor();
    await given();
    // The shortest proof of all that is proven may be exact, or not.
    await claims(page, /^Right on (exactly \d+|at least [\d.]+\s%) of all 576 inputs/);
    await kept(page, 'moved.safetensors');
    await page.reload();
    await given();
  },
  { hash: GROUPS },
);

test('a link shows claim and figure of its model before the program that proves has arrived, and moves nothing', async () => {
  const page = await host().browser.newPage();
  let arrive;
  const arrived = new Promise((resolve) => (arrive = resolve));
  await page.route('**/*.wasm', async (route) => {
    await arrived;
    await route.continue();
  });
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shift += entry.hadRecentInput ? 0 : entry.value))).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(`${host().server.url}${GROUPS}#model=Z31_s0`);
  await claims(page, /^Right on all 961 inputs/);
  await until('the figure is drawn', () => page.locator('#frontier').evaluate((canvas) => canvas.width > 0 && canvas.parentElement.classList.contains('recorded')));
  arrive();
  await done(page);
  assert.ok((await page.evaluate('shift')) < 0.05, `moved by ${await page.evaluate('shift')}`);
  await page.close();
});
