// Tests certificates in the page: their download, their independent check, and reading them again.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  alert, ALL, asShipped, CENTRED, counts, drop, fixture, give, heading, host, loaded, open, progress, prove, row, rows, runAll,
  says, settled, shipped, text,
} from './actions.mjs';
import { violations } from './harness.mjs';

const save = (page) => page.getByRole('button', { name: 'Download certificate' });
const check = (page) => page.getByRole('button', { name: 'Check independently' });
/** The text about the independent check. */
const verdict = (page) => page.locator('#details .verdict');
const ACCEPTED = /^Accepted: an independent program of about \d+ lines re-derived at least [\d,]+ right inputs\.$/;
/** Waits until the independent check has accepted the certificate. */
const accepted = (page) => verdict(page).getByText(ACCEPTED).waitFor();
const ROUNDING = new RegExp(
  '^Holds for exact real arithmetic: every comparison leaves room for float64 rounding, ' +
    '\\d\\.\\d\\d\\s×\\s10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+ logits here; (no input is|1 input is|[\\d,]+ inputs are) lost to it\\.$',
);

/** Chooses a proof and downloads its certificate; returns the file's name, text and fields. */
async function certificate(page, strategy) {
  await row(page, strategy).click();
  const [download] = await Promise.all([page.waitForEvent('download'), save(page).click()]);
  const content = readFileSync(await download.path(), 'utf8');
  return { name: download.suggestedFilename(), content, said: JSON.parse(content) };
}

const { file, sha256 } = shipped.facts;
/** The module of the independent checker. */
const CHECKER = /check_bg-[\w-]+\.wasm$/;

asShipped('every kind of proof has a certificate, which the independent checker accepts, and states its loss to rounding', async (page) => {
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await settled(page);
  const found = await counts(page, true);
  for (const strategy of ['brute-force', 'cubic', CENTRED, 'exact', 'best-within-2500000']) {
    const { name, said } = await certificate(page, strategy);
    assert.equal(name, `max4_v64_s123.${strategy}.certificate.json`);
    const fields = [said.certificate, said.task, said.sha256, said.v, said.n, said.strategy];
    assert.deepEqual(fields, [1, 'max-of-k', sha256, 64, 4, strategy]);
    assert.equal(said.correct, found[strategy]);
    assert.equal(
      said.theorem,
      'Of the 16777216 sequences of length 4 over 64 tokens, the one-layer transformer whose weights file has the SHA-256 ' +
        `${sha256} answers at least ${said.correct} with their largest token: in exact real arithmetic, its logit at the last ` +
        'position exceeds every other.',
    );
    assert.match(await text(page.locator('#details .rounding')), ROUNDING);
  }
  assert.ok(!asked.some((url) => CHECKER.test(url) || /check-worker/.test(url)), 'the checker is not fetched before the first check');
  for (const strategy of ['cubic', CENTRED, 'exact']) {
    await row(page, strategy).click();
    assert.equal(await text(verdict(page)), '');
    await check(page).click();
    await accepted(page);
    const derived = BigInt((await text(verdict(page))).match(/least ([\d,]+)/)[1].replaceAll(',', ''));
    assert.ok(derived >= BigInt(found[strategy]) && derived <= BigInt(found['brute-force']), `${derived}`);
  }
  assert.equal(asked.filter((url) => CHECKER.test(url)).length, 1);
  await row(page, 'brute-force').click();
  assert.equal(await text(verdict(page)), '', 'a verdict is about one proof');
  await row(page, 'cubic').click();
  await accepted(page);
});

asShipped('a certificate that is dropped is verified, listed, drawn, and can be checked independently', async (page) => {
  await settled(page);
  const { name, content } = await certificate(page, 'cubic');
  const before = await counts(page, true);
  await drop(page, [[name, [...Buffer.from(content)]]]);
  await heading(page, 'Cubic, from a certificate');
  assert.match(await text(page.locator('#status')), /^max4_v64_s123\.cubic\.certificate\.json holds: at least 96\.\d{4}\s% proven\.$/);
  await page.locator('#details').getByText(/^From the certificate max4_v64_s123\.cubic\.certificate\.json, verified in .*s\.$/).waitFor();
  assert.ok(await alert(page).isHidden());
  await row(page, 'certificate-1').waitFor(); // the table follows the heading
  assert.deepEqual(await counts(page, true), { ...before, 'certificate-1': before.cubic });
  assert.match(await page.locator('#frontier').getAttribute('aria-label'), /Ringed: Cubic, from a certificate: at least/);
  assert.equal(new URL(page.url()).hash, '#k=4&seed=123', 'the address cannot name it');
  assert.ok(await save(page).isHidden());
  await check(page).click();
  await accepted(page);
  // The same file, opened by the dialog, chooses the listed proof. A different file adds a proof.
  await row(page, 'cubic').click();
  await heading(page, 'Cubic');
  await give(page, name, content);
  await heading(page, 'Cubic, from a certificate');
  await rows(page).nth(ALL).waitFor(); // the table follows the heading
  assert.equal(await rows(page).count(), ALL + 1);
  await row(page, 'cubic').click();
  await give(page, name, content.replace(/\}\s*$/, '}\n\n'));
  await row(page, 'certificate-2').waitFor();
  // Proofs from certificates are not run again.
  await runAll(page).click();
  await progress(page).getByText(`${ALL + 2} of ${ALL + 2} proofs done`).waitFor();
  assert.deepEqual(await violations(page), []);
});

asShipped('a certificate of a proof that the model does not list', async (page) => {
  await settled(page);
  await page.getByLabel('FLOPs at most').fill('2.3e6');
  await page.keyboard.press('Enter');
  await heading(page, 'Best proof within 2.3·10⁶ FLOPs');
  await row(page, 'best-within-2300000').locator('[data-title="Inputs proven right"]').getByText(/\d/).waitFor();
  const { name, content } = await certificate(page, 'best-within-2300000');
  await page.goto('about:blank');
  await page.goto(`${host().server.url}?prove=asked`);
  await settled(page);
  await give(page, name, content);
  await heading(page, 'Best proof within 2.3·10⁶ FLOPs, from a certificate');
  await rows(page).nth(ALL).waitFor(); // the table follows the heading
  assert.equal(await rows(page).count(), ALL + 1);
});

asShipped('a bad certificate says what is wrong with it, and nothing is lost', async (page) => {
  await settled(page);
  const { content, said } = await certificate(page, 'cubic');
  const before = await counts(page, true);
  const more = String(BigInt(said.correct) + 1n);
  const bad = [
    ['cut.json', content.slice(0, content.length / 2), /^cut\.json is a certificate, but damaged: ./],
    [
      'other.json',
      content.replaceAll(sha256, 'ab'.repeat(32)),
      /^other\.json is about other weights: open the file with the SHA-256 (ab){32}, and then the certificate once more\.$/,
    ],
    ['none.json', '{"certificate": 1}', /^none\.json is about other weights: open the file with the SHA-256 \(the certificate has none\)/],
    ['greedy.json', content.replaceAll(said.correct, more), /^greedy\.json: .{10}/],
    ['fields.json', content.replace('{', '{"extra": 1, '), /^fields\.json: .*extra/],
    ['strategy.json', content.replace('"cubic"', '"magic"'), /^strategy\.json: .*magic/],
    ['version.json', content.replace(/"certificate":\s*1/, '"certificate": 2'), /^version\.json: ./],
    ['theorem.json', content.replace('at least', 'about'), /^theorem\.json: .*theorem/],
  ];
  for (const [name, text, message] of bad) {
    assert.notEqual(text, content, name);
    await give(page, name, text);
    await says(page, message);
    assert.deepEqual(await counts(page, true), before);
    await loaded(page, `${file}, gallery`);
  }
  await prove(page, 'Cubic');
  // If the certificate is about another gallery model, the page offers to open that one.
  await page.getByLabel('K', { exact: true }).selectOption('5');
  await loaded(page, /^max5_/);
  await give(page, 'mine.json', content);
  await says(page, `mine.json is about another model of this page, ${file}.`);
  await page.getByRole('button', { name: `Open ${file}, then this certificate` }).click();
  await loaded(page, `${file}, gallery`);
  await heading(page, 'Cubic, from a certificate');
  assert.ok(await alert(page).isHidden());
  await page.waitForURL(/#k=4&seed=123$/);
  await page.goBack();
  await loaded(page, /^max5_/);
  assert.doesNotMatch(page.url(), /certificate/, 'what it proves is no proof of this model');
});

asShipped('a certificate about the user’s file', async (page) => {
  await open(page, fixture('formats/weights.npz'));
  await prove(page, 'Cubic');
  const { name, content } = await certificate(page, 'cubic');
  assert.equal(name, 'weights.cubic.certificate.json');
  await check(page).click();
  await accepted(page);
  await page.reload();
  await loaded(page, 'weights.npz, your file');
  await give(page, name, content);
  await heading(page, 'Cubic, from a certificate');
});

const SPOIL = { expected: /Failed to load resource|net::ERR_ABORTED|response: 404|Uncaught|boom/ };
/** Returns a `prepare` for `scenario` that replaces the checker by `code`, run for each message. */
const inPlaceOfTheChecker = (code) => () =>
  (host().server.spoil = (path) => (/check-worker.*js$/.test(path) ? { body: `self.onmessage = () => { ${code} };` } : undefined));

asShipped(
  'a certificate that the independent checker rejects, with its reasons',
  async (page) => {
    await settled(page);
    await row(page, 'cubic').click();
    await check(page).click();
    await verdict(page).getByText(/^Rejected:\s+no 0\s+no 1\s+no 2\s+no 3\s+no 4\s+and for 2 more reasons\.$/).waitFor();
    assert.ok((await verdict(page).getAttribute('class')).includes('alarm'));
    assert.deepEqual(await violations(page, { within: ['#details'] }), []);
  },
  {
    prepare: inPlaceOfTheChecker(
      "postMessage({ result: { accepted: false, derived: '0', reasons: [0, 1, 2, 3, 4, 5, 6].map((i) => `no ${i}`) } });",
    ),
  },
);

asShipped(
  'a check that takes long shows its progress, and can be cancelled',
  async (page) => {
    await settled(page);
    await row(page, 'cubic').click();
    await check(page).click();
    await verdict(page).getByText('An independent program checks the certificate …').waitFor();
    await page.waitForFunction(() => document.querySelector('#details progress')?.value === 0.25);
    assert.ok(await save(page).isDisabled());
    assert.deepEqual(await violations(page, { within: ['#details'] }), []);
    const cancel = page.getByRole('button', { name: 'Cancel the check' });
    await cancel.focus();
    await page.keyboard.press('Enter');
    await check(page).waitFor();
    assert.equal(await text(verdict(page)), '');
    assert.ok(await page.locator('#details progress').isHidden());
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Check independently', 'the focus stays');
    assert.ok(await save(page).isEnabled());
  },
  { prepare: inPlaceOfTheChecker('postMessage({ done: 0.25 });') },
);

asShipped(
  'a checker that dies or does not arrive is reported, and the next attempt works',
  async (page) => {
    await settled(page);
    await row(page, 'cubic').click();
    await check(page).click();
    await verdict(page).getByText(/^Not checked: The checker stopped: .*boom/).waitFor();
    const full = "WebAssembly.instantiate = async () => { throw new RangeError('WebAssembly.instantiate(): Out of memory'); };\n";
    const prefixed = (bytes) => ({ body: Buffer.concat([Buffer.from(full), bytes]) });
    host().server.spoil = (path, bytes) => (/check-worker.*js$/.test(path) ? prefixed(bytes) : undefined);
    await check(page).click();
    await verdict(page).getByText(/^Not checked: The checker stopped: RangeError: .*Out of memory$/).waitFor();
    host().server.spoil = (path) => (CHECKER.test(path) ? { status: 404, body: '' } : undefined);
    await page.reload();
    await settled(page);
    await check(page).click();
    await verdict(page).getByText(/^Not checked: .*\/check_bg-[\w-]+\.wasm cannot be fetched \(HTTP 404\)\.$/).waitFor();
    host().server.spoil = undefined;
    await check(page).click();
    await accepted(page);
  },
  { ...SPOIL, prepare: inPlaceOfTheChecker("throw new Error('boom');") },
);

for (const colorScheme of ['light', 'dark']) {
  asShipped(
    `a checked certificate at 320 pixels, ${colorScheme}`,
    async (page) => {
      await settled(page);
      const { name, content } = await certificate(page, 'cubic');
      await give(page, `${'long'.repeat(30)}${name}`, content);
      await heading(page, 'Cubic, from a certificate');
      await check(page).click();
      await accepted(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
      assert.ok(await page.locator('#details').evaluate((e) => e.scrollWidth <= e.clientWidth));
      assert.deepEqual(await violations(page, { within: ['#details'] }), []);
    },
    { colorScheme, viewport: { width: 320, height: 640 } },
  );
}

asShipped('a proof without an outcome offers no certificate', async (page) => {
  await page.getByLabel('K', { exact: true }).selectOption('5');
  await loaded(page, /^max5_/);
  await prove(page, 'Cubic');
  await row(page, 'brute-force').click();
  assert.ok(await save(page).isDisabled());
  assert.ok(await check(page).isDisabled());
});
