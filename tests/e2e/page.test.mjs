// Tests the page as its users see it: dist/ in a headless Chrome, with the real WebAssembly.
// Models, files and what is shown of them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import {
  alert, ALL, allProven, asShipped, BOTH_SIDES, button, cell, CENTRED, counts, drop, everySequence, fixture, give, heading, item,
  loaded, numbers, open, ORACLE, oracle, progress, prove, proveBoth, proven, row, rows, says, scenario, settled,
  shipped, shippedAll, shippedCounts, text, underWay,
} from './actions.mjs';
import { coloured, violations } from './harness.mjs';

scenario(
  'before any WebAssembly, the shipped frontier and numbers are shown',
  async (page) => {
    await says(page, /_bg-.*\.wasm cannot be fetched/);
    assert.ok((await coloured(page.locator('#frontier'))) > 100);
    assert.match(await page.locator('#frontier').getAttribute('aria-label'), /On the frontier: /);
    await page.locator('#quality').getByText(/^Area/).waitFor();
    assert.deepEqual(await counts(page, true), shippedAll);
    assert.equal(await rows(page).count(), ALL);
    assert.equal(await text(progress(page)), `${ALL} proofs, as shipped with the page`);
    assert.equal(await text(cell(page, 'cubic', 'Time')), 'shipped');
    assert.ok(await button(page, 'Cubic').isDisabled());
  },
  { prepare: (page) => page.route('**/*.wasm', (route) => route.abort()), expected: /wasm|net::ERR_FAILED/ },
);

scenario('the counts that the browser computes for the default model are the shipped ones', async (page) => {
  await allProven(page);
  assert.deepEqual(await counts(page, true), shippedAll);
  assert.equal(await text(page.locator('#sides strong')), BOTH_SIDES);
  assert.ok(await alert(page).isHidden());
  assert.ok((await coloured(page.locator('#frontier'))) > 100);
  const label = await page.locator('#frontier').getAttribute('aria-label');
  assert.match(label, /On the frontier: \d+ proofs, from .* to Best proof within 2\.5·10⁶ FLOPs: at least [\d.]+\s% by/);
  assert.equal(await text(page.locator('#facts dd').last()), shipped.facts.sha256);
});

scenario(
  'a computed count that differs from the shipped one is reported',
  async (page) => {
    await says(page, /this browser counts [\d,]+ of [\d,]+ inputs, but the results shipped with the page say 7\./);
  },
  {
    prepare: (page) =>
      page.route('**/models/max-of-k/first-paint.json', async (route) => {
        const response = await route.fetch();
        const cubic = shipped.outcomes.find((o) => o.strategy === 'cubic').correct;
        const body = (await response.text()).replaceAll(`"correct":"${cubic}"`, '"correct":"7"');
        await route.fulfill({ response, body });
      }),
  },
);

asShipped('every format of one model gives the same two counts', async (page) => {
  for (const folder of ['formats', 'oracle']) {
    const files = readdirSync(fixture(folder)).filter((name) => folder === 'formats' || name === 'max4_v64_s123.safetensors');
    for (const file of files) {
      await open(page, fixture(`${folder}/${file}`));
      await proveBoth(page);
      const found = await counts(page);
      // Half precision rounds the weights, which makes another model with nearly equal counts.
      if (!file.includes('f16')) assert.deepEqual(found, ORACLE, file);
      else for (const label in ORACLE) assert.ok(Math.abs(found[label] / ORACLE[label] - 1) < 0.01, `${file}: ${found[label]}`);
      assert.ok(await alert(page).isHidden());
    }
  }
});

asShipped('training checkpoints of every kind are read, and one without a transformer is refused', async (page) => {
  const found = [];
  for (const file of readdirSync(fixture('formats_extra')).filter((name) => name !== 'non_transformer.pt')) {
    await open(page, fixture(`formats_extra/${file}`));
    await proveBoth(page);
    found.push(await counts(page));
  }
  for (const other of found) assert.deepEqual(other, found[0]);
  await page.locator('#file').setInputFiles(fixture('formats_extra/non_transformer.pt'));
  await says(page, /^non_transformer\.pt: tensor `embed\.W_E` is missing: expected .* found `bias`, `weight`$/);
});

asShipped(
  'modules load from a host that does not know the media type of .wasm',
  async (page) => {
    await proveBoth(page);
    assert.deepEqual(await counts(page), shippedCounts);
  },
  {
    prepare: (page) =>
      page.route('**/*.wasm', async (route) => route.fulfill({ response: await route.fetch(), contentType: 'application/octet-stream' })),
  },
);

asShipped('the page says what is wrong with a broken file, and the model stays', async (page) => {
  await open(page, fixture('oracle/max4_v64_s123.safetensors'));
  await proveBoth(page);
  const whole = readFileSync(fixture('oracle/max4_v64_s123.safetensors'));
  const broken = [
    ['truncated.safetensors', whole.subarray(0, whole.length / 2)],
    ['picture.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['ragged.json', Buffer.from('{"embed.W_E": [[1, 2], [3]]}')],
    ['empty.pt', Buffer.alloc(0)],
  ];
  for (const [name, buffer] of broken) {
    await give(page, name, buffer);
    await says(page, new RegExp(`^${name}: .{10}`));
    assert.equal(await text(page.locator('#status')), `${name} was not loaded.`);
    await loaded(page, 'max4_v64_s123.safetensors, your file');
    assert.deepEqual(await counts(page), ORACLE);
  }
  await prove(page, 'Cubic');
  assert.ok(await alert(page).isVisible(), 'the message stays until it is dismissed');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  assert.ok(await alert(page).isHidden());
});

asShipped('files can be dropped anywhere on the page', async (page) => {
  await settled(page);
  const bytes = [...readFileSync(fixture('formats/weights.npz'))];
  assert.deepEqual(await drop(page, [['weights.npz', bytes]]), [true, false]);
  await loaded(page, 'weights.npz, your file');
  await proveBoth(page);
  assert.deepEqual(await counts(page), ORACLE);
  await drop(page, [['a.pt', [1]], ['b.pt', [2]]]);
  await says(page, /^2 files: expected one file/);
  await drop(page, [['large.pt', 64 * 2 ** 20 + 1]]);
  await says(page, /^large\.pt: 64\.0\sMiB, expected at most 64\.0\sMiB/);
  await loaded(page, 'weights.npz, your file');
});

asShipped(
  'K = 20: brute force is refused, the cubic proof runs',
  async (page) => {
    await prove(page, 'Cubic');
    await item(page, 'Brute force').getByText(/^Cannot be run here: .*2\^?\d*/).waitFor();
    assert.ok(await button(page, 'Brute force').isHidden());
    assert.equal((await text(page.locator('#task'))).match(/[\d,]{30,}/)[0].replaceAll(',', ''), String(64n ** 20n));
  },
  { hash: '#k=20&seed=50' },
);

asShipped(
  'another model replaces one that is being proven',
  async (page) => {
    await prove(page, 'Cubic');
    await underWay(page, 'Brute force');
    await open(page, fixture('oracle/max4_v64_s123.safetensors'));
    assert.match(new URL(page.url()).hash, /^#own=[0-9a-f]{16}$/, 'the address does not link to the former model');
    await proveBoth(page);
    assert.deepEqual(await counts(page), ORACLE);
    await page.goBack();
    await loaded(page, 'max5_v64_s50.safetensors, gallery');
    assert.equal(await page.getByLabel('Seed', { exact: true }).inputValue(), '50');
  },
  { hash: '#k=5&seed=50' },
);

const death = { expected: /boom|unreachable|Uncaught/ };

asShipped(
  'a worker that dies is restarted, and the model is kept',
  async (page) => {
    await open(page, fixture('oracle/max4_v64_s123.safetensors'));
    await proveBoth(page);
    await page.workers()[0].evaluate(() => void setTimeout(() => { throw new Error('boom'); }));
    await says(page, /It was restarted; your model is still loaded\..*boom/);
    await loaded(page, 'max4_v64_s123.safetensors, your file');
    await prove(page, 'Cubic');
    assert.deepEqual(await counts(page), ORACLE);
  },
  { ...death, hash: '?workers=1' },
);

asShipped(
  'a proof that traps is reported, and can be run again',
  async (page) => {
    await proveBoth(page);
    // Rust reads the clock between two chunks, so that this error is thrown inside WebAssembly.
    await page.workers()[0].evaluate(() => {
      performance.now = () => { throw new WebAssembly.RuntimeError('unreachable'); };
    });
    await button(page, 'Cubic').click();
    await item(page, 'Cubic').getByText(/^Failed: the worker stopped\. Proven: /).waitFor();
    await says(page, /It was restarted; your model is still loaded\..*unreachable/);
    await prove(page, 'Cubic');
    assert.deepEqual(await counts(page), shippedCounts);
  },
  { ...death, hash: '?workers=1' },
);

asShipped('K and seed can be chosen and survive a reload, and unknown ones are replaced', async (page) => {
  await settled(page);
  await page.getByLabel('K', { exact: true }).selectOption('10');
  await page.waitForURL(/#k=10&seed=\d+$/);
  await page.getByLabel('Seed', { exact: true }).selectOption('50');
  await page.waitForURL(/#k=10&seed=50$/);
  await loaded(page, 'max10_v64_s50.safetensors');
  await page.reload();
  await loaded(page, 'max10_v64_s50.safetensors, gallery');
  assert.equal(await page.getByLabel('K', { exact: true }).inputValue(), '10');
  assert.equal(await page.getByLabel('Seed', { exact: true }).inputValue(), '50');
  // Of two choices at once, the later one takes effect.
  await page.evaluate(() => {
    location.hash = '#k=20&seed=50';
    location.hash = '#k=5&seed=50';
  });
  await loaded(page, 'max5_v64_s50.safetensors, gallery');
  await prove(page, 'Cubic');
  await page.evaluate(() => { location.hash = '#k=7&seed=x'; });
  await says(page, '“k=7” in the address: expected one of 4, 5, 10, 20. Taken instead: 4.');
  await says(page, '“seed=x” in the address: expected a seed that the menu has for K = 4. Taken instead: 123.');
  await loaded(page, shipped.facts.file);
});

asShipped('everything can be reached by keyboard', async (page) => {
  await settled(page);
  const focused = () =>
    page.evaluate(() => {
      const { activeElement: element } = document;
      return element.id || element.getAttribute('aria-describedby') || element.parentElement.id;
    });
  const stops = [];
  while (stops.at(-1) !== 'proof-cubic' && stops.length < 100) {
    await page.keyboard.press('Tab');
    stops.push(await focused());
  }
  const best = ['best-within', 'best-flops', 'best-percent', 'best'];
  const named = [
    'k',
    'seed',
    'file',
    'marks',
    'budget',
    'run',
    'tab-strategies',
    'network',
    ...best,
    'proof-brute-force',
    'every-input',
    'proof-cubic',
  ];
  assert.deepEqual(stops.filter((stop) => named.includes(stop)), named);
  await page.keyboard.press('Enter');
  await proven(page, 'Cubic');
  assert.equal(await focused(), 'proof-cubic', 'the focus stays where it was');
  await page.getByText(/^Cubic: at least [\d.]+\s% of all inputs/).waitFor();
  // All rows of the table are one stop of the Tab key; arrow keys move from proof to proof.
  await row(page, 'brute-force').getByRole('radio').focus();
  await page.keyboard.press('ArrowDown');
  await heading(page, 'Cubic');
  await page.keyboard.press('ArrowDown');
  await heading(page, 'Cell test');
  assert.match(new URL(page.url()).hash, /strategy=cell$/);
  await page.getByLabel('K', { exact: true }).focus();
  await page.keyboard.press('5');
  await page.waitForURL(/#k=5&seed=\d+/);
  await loaded(page, /^max5_/);
  await everySequence(page);
  await button(page, 'Brute force').focus();
  await page.keyboard.press('Enter');
  await item(page, 'Brute force').getByText(/^\d+ %/).waitFor();
  await page.keyboard.press('Enter');
  await item(page, 'Brute force').getByText(/^Cancelled/).waitFor();
});

for (const colorScheme of ['light', 'dark']) {
  asShipped(
    `no accessibility violations, ${colorScheme}`,
    async (page) => {
      await settled(page);
      await row(page, CENTRED).click();
      assert.deepEqual(await violations(page), []);
      await give(page, 'picture.png', Buffer.from('89504e47', 'hex'));
      await says(page, 'picture.png');
      assert.deepEqual(await violations(page, { within: ['[role=alert]', '#status'] }), []);
    },
    { colorScheme },
  );
}

scenario(
  'the sub-cubic proofs of the published model prove at least what the oracle does, and never too much; the published formula is computed on request, and never called a proof',
  async (page) => {
    await open(page, fixture('oracle/max4_v64_s123.safetensors'));
    await allProven(page);
    const found = await counts(page, true);
    assert.equal(Object.keys(found).length, ALL);
    for (const [strategy, { count }] of Object.entries(oracle.subcubic)) {
      assert.ok(BigInt(found[strategy]) >= BigInt(count), `${strategy}: ${found[strategy]} of ${count}`);
      assert.ok(BigInt(found[strategy]) <= BigInt(oracle.brute_force_correct), strategy);
    }
    await page
      .locator('#quality')
      .getByText(/^Area: 0\.\d+, and 0\.\d+ of the published strategies alone\.$/)
      .waitFor();
    assert.deepEqual(await page.locator('.reached dt').allTextContents(), ['50\u00a0%', '90\u00a0%', '99\u00a0%', '99.9\u00a0%']);

    const compare = page.getByRole('button', { name: 'Compare with the published formula' });
    const before = await page.locator('#frontier').evaluate((canvas) => canvas.toDataURL());
    for (const strategy of [CENTRED, Object.keys(oracle.subcubic).at(-1)]) {
      await row(page, strategy).click();
      await compare.click();
      const claim = BigInt(oracle.subcubic[strategy].published_count).toLocaleString('en');
      await page.getByText(`Published, not sound: claims ${claim} inputs`).waitFor();
    }
    await row(page, 'cubic').click();
    assert.ok(await compare.isHidden());
    assert.equal(await page.getByText('not sound').count(), 0);
    // The figure and its description show proofs only. The ring around the chosen proof has moved.
    assert.doesNotMatch(await page.locator('#frontier').getAttribute('aria-label'), /publ/i);
    assert.notEqual(await page.locator('#frontier').evaluate((canvas) => canvas.toDataURL()), before);
  },
);
