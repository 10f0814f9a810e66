// Words that explain themselves, marks of numbers, the method, citations, and what a newcomer has
// to find in the views.
import assert from 'node:assert/strict';
import { allProven, asShipped, button, CENTRED, everySequence, host, inHeader, scenario, settled, shipped, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

const panel = (page) => page.getByRole('tabpanel');
const box = (page) => page.locator('#word-said');
const words = (page) => page.locator('.word:not(.kind)');
const outcomeOf = (strategy) => shipped.outcomes.find((outcome) => outcome.strategy === strategy);
const grouped = (digits) => BigInt(digits).toLocaleString('en');

/** Presses a word by keyboard and by pointer, and closes its box in every way. */
async function explains(page) {
  await settled(page);
  const button = page.locator('footer [data-word="unexplained dimension"]');
  await button.focus();
  await page.keyboard.press('Enter');
  await box(page).getByText('How many numbers a proof has to treat as arbitrary.').waitFor();
  assert.equal(await button.getAttribute('aria-expanded'), 'true');
  assert.ok(await box(page).evaluate((element) => element === document.activeElement));
  const { x, y, width, height } = await box(page).boundingBox();
  const size = page.viewportSize();
  assert.ok(x >= 0 && x + width <= size.width && y >= 0 && y + height <= size.height, `${x}, ${y}, ${width} x ${height}`);
  assert.deepEqual(await violations(page, { within: ['#word-said', 'footer'] }), []);
  await page.keyboard.press('Escape');
  await until('the box to close', async () => !(await box(page).isVisible()));
  assert.ok(await button.evaluate((element) => element === document.activeElement), 'the focus is back');
  assert.equal(await button.getAttribute('aria-expanded'), 'false');
  // Pressed again it closes, and another word takes its place.
  await button.click();
  await box(page).waitFor();
  await button.click();
  await until('the box to close', async () => !(await box(page).isVisible()));
  await button.click();
  await page.locator('footer [data-word=baseline]').click();
  await box(page).getByText('What one gets without understanding').waitFor();
  await page.locator('#status').click({ position: { x: 2, y: 2 }, force: true });
  await until('the box to close', async () => !(await box(page).isVisible()));
  await page.locator('footer [data-word=frontier]').click();
  await box(page).getByRole('button', { name: 'See it in “Strategies”' }).click();
  await until('the view', async () => (await page.getByRole('tab', { name: 'Strategies' }).getAttribute('aria-selected')) === 'true');
}

asShipped('a word says what it means, by keyboard and by pointer', explains, { hash: '#k=4&seed=123&view=try' });
asShipped('a word says what it means, 320 pixels', explains, { hash: '#k=4&seed=123&view=try', viewport: { width: 320, height: 700 }, hasTouch: true });
asShipped('a word says what it means where there are no popovers', explains, {
  hash: '#k=4&seed=123&view=try',
  prepare: (page) => page.addInitScript(() => delete HTMLElement.prototype.showPopover),
});

asShipped('a word whose explanation does not arrive can be pressed again', async (page) => {
  await settled(page);
  let isLost = true;
  await page.route(/glossary-.*js$/, (route) => (isLost ? route.abort() : route.continue()));
  await page.locator('footer [data-word=tie]').click();
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
  isLost = false;
}, { expected: /glossary|ERR_FAILED/ });

asShipped('each word is a button once in a section', async (page) => {
  await settled(page);
  for (const name of ['Strategies', 'Why', 'Try', 'Weights', 'Method']) {
    await page.getByRole('tab', { name, exact: true }).click();
    await until(`words in ${name}`, async () => (await panel(page).locator('.word').count()) > 0);
    await page.waitForLoadState('networkidle');
    const twice = await words(page).evaluateAll((all) => {
      const seen = new Map();
      return all.flatMap((word) => {
        const section = word.closest('section, #details, footer p, .parts > div') ?? document.body;
        const list = seen.get(section) ?? seen.set(section, new Set()).get(section);
        const name = word.dataset.word;
        const isSecond = list.has(name);
        list.add(name);
        return isSecond ? [`${section.className || section.id}: ${name}`] : [];
      });
    });
    assert.deepEqual(twice, [], name);
  }
});

for (const [task, terms] of Object.entries({
  'max-of-k': { strategies: 'SVD', why: 'case', try: 'logit', weights: 'QK', samples: 'coins', distribution: 'last token', method: 'room for rounding', table: 'bound' },
  'group-operations': { strategies: 'rank', why: 'ideal margin', neurons: 'neuron', weights: 'irrep', samples: 'coins', try: 'element', method: 'circuit' },
})) {
  asShipped(
    `every view of ${task} lists its words and symbols, and says what they mean`,
    async (page) => {
      await page.locator('#terms summary').click();
      for (const [view, term] of Object.entries(terms)) {
        await page.locator(`#tab-${view}`).click();
        const button = page.locator(`#terms [data-word="${term}"]`);
        await button.click();
        await box(page).locator('strong').filter({ hasText: new RegExp(`^${term}$`, 'i') }).waitFor();
        await page.keyboard.press('Escape');
      }
      assert.equal(await page.getByRole('tab').count(), Object.keys(terms).length);
      assert.deepEqual(await violations(page, { within: ['#terms'] }), []);
    },
    { hash: `?task=${task}${task === 'max-of-k' ? '&prove=asked' : ''}`, viewport: { width: 320, height: 700 } },
  );
}

asShipped(
  'the method of groups has the numbers of the model: where the proof appears, and why there',
  async (page) => {
    await panel(page).getByRole('heading', { name: 'Irreps: ideal neurons' }).waitFor();
    for (const sentence of ['of the n² = 24² = 576 inputs', 'From R = 14 on, all inputs are proven.', 'together 1 + 4 + 9, which is just that.', 'proves 576 of 576 inputs here']) await panel(page).getByText(sentence).first().waitFor();
    const sum = panel(page).getByRole('table', { name: 'Brute force' }).getByRole('row', { name: /^Together/ });
    assert.match(await text(sum), /1,867,761$/);
    await panel(page).getByText('S₄ is none of them.').waitFor();
    await page.goto(`${host().server.url}?task=group-operations#model=Z31_s0&view=method`);
    const waves = panel(page).getByRole('table', { name: 'How well the neurons integrate, by frequency' });
    await waves.waitFor();
    assert.equal(await waves.locator('tbody tr').count(), 4);
    assert.deepEqual(await violations(page, { within: ['[role=tabpanel]'] }), []);
  },
  { hash: '?task=group-operations#model=S4_s0&view=method' },
);

scenario(
  'strategies say why SVD alone is vacuous',
  async (page) => {
    await allProven(page);
    const lesson = panel(page).locator('p').filter({ hasText: 'As published, SVD alone' });
    await lesson.waitFor();
    const said = await text(lesson);
    assert.match(said, /^\?\spublished As published/);
    assert.match(said, /the published formula claims 56 of 16,777,216 inputs, no more than the 64 inputs that repeat one token, so it is vacuous\./);
    assert.match(said, /about √64 = 8 times their average\. Take it off a query, and about 7 averages are left/);
    assert.match(said, /the same direction proves 77\.8655\s%\.$/);
  },
  { hash: '#k=4&seed=123&view=strategies' },
);

const ANSWERED = {
  'max-of-k': [
    [/SVD alone/, 'strategies', /^Why is SVD alone vacuous\?$/],
    [/network get wrong/, 'try', /^Find me$/],
    [/cubic proof lose/, 'why', /^From all inputs to the bound$/],
    [/prove more/, 'why', /^Why not more\?$/],
    [/recursive error/, 'weights', /^Why is the recursive error 60 times the exact one\?$/],
    [/be trusted/, 'method', /^Who checks the theorem$/],
  ],
  'group-operations': [
    [/how few numbers/, 'strategies', /^Strategies$/],
    [/at one rank/, 'method', /^Low rank/],
    [/margin of an input/, 'why', /^Why$/],
    [/neurons do/, 'neurons', /^Neurons$/],
    [/irreps hold/, 'method', /^Irreps: ideal neurons$/],
  ],
};
for (const [task, answered] of Object.entries(ANSWERED)) {
  scenario(
    `questions to begin with lead to their answers, ${task}`,
    async (page) => {
      if (task === 'max-of-k') await allProven(page);
      const box = page.locator('#questions');
      await box.locator('summary').press('Enter');
      await box.getByRole('button').first().waitFor();
      assert.equal(await box.getByRole('button').count(), answered.length);
      assert.deepEqual(await violations(page, { within: ['#questions'] }), []);
      for (const [question, view, title] of answered) {
        await box.getByRole('button', { name: question }).press('Enter');
        const place = () =>
          page.evaluate(() => {
            const { top, bottom } = document.activeElement.getBoundingClientRect();
            const open = document.querySelector('[role=tab][aria-selected=true]').id;
            return { open, said: document.activeElement.textContent, isSeen: top > -1 && bottom < innerHeight + 1 };
          });
        await until(`${title}`, async () => {
          const { open, said, isSeen } = await place();
          return open === `tab-${view}` && title.test(said) && isSeen;
        });
      }
    },
    { hash: task === 'max-of-k' ? '' : `?task=${task}`, viewport: { width: 390, height: 844 } },
  );
}

asShipped(
  'weights say why the recursive error is sixty times the exact one',
  async (page) => {
    await settled(page);
    await panel(page).getByRole('heading', { name: 'Why is the recursive error 60 times the exact one?' }).waitFor();
    const said = await text(panel(page).getByText(/^What is left of attention is a product/));
    for (const number of ['cancel: 1.632.', 'it adds up 32 numbers', 'that gives 4.645, 2.8 times as much', 'enters the next one: 98.73.']) assert.ok(said.includes(number), said);
  },
  { hash: '#k=4&seed=123&view=weights' },
);

asShipped(
  'why says where the cubic proof loses its four percent, and opens the case',
  async (page) => {
    await settled(page);
    const said = await text(panel(page).getByText(/^It misses 657,530 inputs, 3\.9192\s% of all\./));
    assert.equal(657_530n, BigInt(shipped.facts.sequences) - BigInt(outcomeOf('cubic').correct));
    assert.match(said, /4,262 are answered wrong, so no proof can cover them; 653,268 are answered right, and lost to this proof\./);
    assert.match(said, /Most are “Tokens that are not proven harmless”, 626,178 of them \(95\.2318\s%\): some token/);
    assert.match(said, /In 654,845 of them \(99\.5916\s%\), 3 tokens are smaller: the largest token stands there once only/);
    await panel(page).getByRole('button', { name: 'Open the case that misses most: largest token 50, last token 50' }).click();
    await panel(page).locator('.opened').getByRole('heading', { name: /^Largest token 50, last token 50/ }).waitFor();
    await page.evaluate(() => { location.hash = '#k=4&seed=123&view=why&strategy=exact'; });
    await panel(page).getByText(/All of these are answered wrong: no proof can cover them\./).waitFor();
  },
  { hash: '#k=4&seed=123&view=why&strategy=cubic' },
);

asShipped(
  'the method has the numbers of the model and of the chosen proof, and leads to the views',
  async (page) => {
    await settled(page);
    for (const sentence of [
      'of the v⁴ = 64⁴ = 16,777,216 inputs',
      'One run takes 50,698 FLOPs',
      `“Cubic” proves ${grouped(outcomeOf('cubic').correct)} of 16,777,216 inputs here`,
      'The network is right on 653,268 more, which this proof misses.',
      'the first singular value is 831.3 times the second',
      `proves ${grouped(outcomeOf(CENTRED).correct)} of 16,777,216 inputs here`,
      `Its gaps leave out ${grouped(outcomeOf(CENTRED).left_out)} inputs`,
    ]) await panel(page).getByText(sentence).first().waitFor();
    const sum = panel(page).getByRole('table', { name: 'The cubic proof' }).getByRole('row', { name: /^Together/ });
    assert.match(await text(sum), /8,824,582$/);
    assert.equal(await panel(page).getByRole('table', { name: 'The same proof with each attention error' }).locator('tbody tr').count(), 10);
    const commands = await text(panel(page).getByLabel('Commands'));
    assert.match(commands, new RegExp(`compact-proofs verify max4_v64_s123\\.safetensors --strategy '${CENTRED.replaceAll('+', '\\+')}' --json`));
    await panel(page).getByRole('button', { name: 'Where it loses them' }).click();
    await panel(page).getByText('16,119,686 are proven').waitFor();
    assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('strategy'), 'cubic');
  },
  { hash: `#k=4&seed=123&view=method&strategy=${encodeURIComponent(CENTRED)}` },
);

asShipped(
  'the box “Cite” names the page’s state, and copies it',
  async (page) => {
    await settled(page);
    const cited = await text(panel(page).getByLabel('Plain text'));
    assert.match(cited, /version \d+\.\d+\.\d+, \d{4}\. http\S+#k=4&seed=123&strategy=cubic&view=method\nat least 16,119,686\/16,777,216 of all inputs \(96\.0808\s%, rounded down\)/);
    assert.ok(cited.includes(shipped.facts.sha256));
    const copy = panel(page).getByRole('button', { name: 'Copy BibTeX' });
    await copy.click();
    await panel(page).getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied.replaceAll('\r', ''), await panel(page).getByLabel('BibTeX').textContent());
    // Another proof, another citation, with its own address.
    await page.evaluate(() => { location.hash = '#k=4&seed=123&strategy=exact&view=method'; });
    await panel(page).getByLabel('Plain text').getByText(/strategy=exact&view=method\s+exactly 16,772,954\/16,777,216/).waitFor();
  },
  { hash: '#k=4&seed=123&view=method&strategy=cubic', permissions: ['clipboard-read', 'clipboard-write'] },
);

asShipped('marks tell exact, proven, estimated and published apart', async (page) => {
  await settled(page);
  await page.locator('#sides .kind.exact').getByText('= exact').waitFor();
  await page.locator('#details .kind.proven').getByText('≥ proven').waitFor();
  await page.getByRole('button', { name: 'Compare with the published formula' }).click();
  await page.locator('#details .kind.published').getByText('? published').waitFor();
  await page.locator('#details').getByText(/Published, not sound: claims/).waitFor();
  await panel(page).locator('.kind.estimated').first().click();
  await box(page).getByText(/no theorem\. Marked ≈\./).waitFor();
}, { hash: `#k=4&seed=123&view=weights&strategy=${encodeURIComponent(CENTRED)}` });

/** Goes through the tour; `press` presses the button with a name. */
async function tour(page, press) {
  await settled(page);
  const box = page.getByRole('region', { name: /^\d of 5: / });
  await (await inHeader(page, 'Tour')).click();
  const seen = [];
  for (const [i, [view, pattern]] of [
    ['try', /reads 4 tokens/],
    ['try', /There are 16,777,216\. Trying all of them takes 851,000\sM steps and gives 99\.97\s%/],
    ['try', /So 96\.08\s% are proven right, in 8\.83\sM steps: a 96,386th of trying all/],
    ['why', /Drag the slider to the left/],
    ['why', /pale cells/],
  ].entries()) {
    await box.getByRole('heading', { name: new RegExp(`^${i + 1} of 5: `) }).waitFor();
    await box.getByText(pattern).waitFor();
    await until('the view', async () => new URLSearchParams(new URL(page.url()).hash.slice(1)).get('view') === view);
    assert.ok(await box.getByRole('heading').evaluate((heading) => heading === document.activeElement));
    assert.equal(await page.locator('.toured').count(), 1);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), page.viewportSize().width);
    if (i === 0) assert.deepEqual(await violations(page), []);
    seen.push(i);
    await press(box, i === 4 ? 'Done' : 'Next');
  }
  await until('the end', async () => (await box.count()) === 0);
  assert.equal(await page.locator('.toured').count(), 0);
  // A narrow window has the button in a box, which is closed.
  assert.equal(await page.evaluate(() => document.activeElement.id), page.viewportSize().width > 480 ? 'tour' : 'more-open');
  // Escape ends it, too, and what it shows is live: the input can be changed meanwhile.
  await (await inHeader(page, 'Tour')).click();
  const field = panel(page).locator('.positions input').first();
  await field.fill('63');
  await panel(page).locator('output').getByText(/63/).waitFor();
  await page.keyboard.press('Escape');
  await until('the end', async () => (await box.count()) === 0);
}
asShipped(
  'the first visit offers the tour, once, and not to who follows a link',
  async (page) => {
    const offer = page.locator('.notice').filter({ hasText: 'New here?' });
    await settled(page);
    await page.waitForLoadState('networkidle');
    assert.equal(await offer.count(), 0, 'a link');
    await page.goto('about:blank');
    await page.goto(`${host().server.url}?prove=asked`);
    await offer.getByRole('button', { name: 'Start the tour' }).press('Enter');
    await page.getByRole('region', { name: '1 of 5: Try it' }).waitFor();
    await page.keyboard.press('Escape');
    await page.goto('about:blank');
    await page.goto(`${host().server.url}?prove=asked`);
    await settled(page);
    await page.waitForLoadState('networkidle');
    assert.equal(await offer.count(), 0, 'once more');
  },
  { isFirst: true, hash: '#k=4&seed=123' },
);

asShipped('the tour goes through the page in five steps', (page) => tour(page, (box, name) => box.getByRole('button', { name, exact: true }).click()));
asShipped(
  'the tour goes by keyboard, 320 pixels, dark',
  (page) =>
    tour(page, async (box, name) => {
      const wanted = box.getByRole('button', { name, exact: true });
      for (let i = 0; i < 4 && !(await wanted.evaluate((button) => button === document.activeElement)); i++) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
    }),
  { viewport: { width: 320, height: 700 }, colorScheme: 'dark' },
);

asShipped(
  'a cancelled proof is tried again by its own button',
  async (page) => {
    const again = page.locator('#details .job').getByRole('button');
    await everySequence(page);
    await button(page, 'Brute force').click();
    await again.getByText('Cancel').click();
    await page.locator('#details').getByText(/^Cancelled\./).waitFor();
    await again.getByText('Try again').click();
    // It takes long enough to say how long.
    await page.locator('#details').getByText(/^\d+ %, about .+ left$/).waitFor();
    await page.locator('#run-workers').getByText(/^by .+, about .+ left$/).waitFor();
    await again.getByText('Cancel').click();
    await again.getByText('Try again').waitFor();
  },
  { hash: '#k=5&seed=50&strategy=brute-force' },
);
