// What the address holds: each field in the page, over a reload, Back and Forward; and what it
// hides.
import assert from 'node:assert/strict';
import {
  alert,
  asShipped,
  fixture,
  heading,
  host,
  kept,
  loaded,
  open,
  row,
  rows,
  says,
  settled,
  shipped,
  text,
  until,
} from './actions.mjs';
import { violations } from './harness.mjs';

const fields = (page) => Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.slice(1)));
const shownIn = (page) => page.locator('#shown');
const own = (name) => shipped.outcomes.find(({ strategy }) => strategy === name);
const filtered = (page, label) => page.locator('#filters label').filter({ hasText: new RegExp(`^${label}`) }).locator('select, input');
/** The marks that can be pointed at. */
const marks = (page) => page.locator('#marks [data-mark]');

/** Every field after #, one value of it, and how the page shows it. */
const SHOWN = {
  strategy: ['cubic', (page) => heading(page, 'Cubic')],
  view: ['why', (page) => page.getByRole('tab', { name: 'Why', selected: true }).waitFor()],
  zoom: ['all', (page) => until('the whole range', () => page.getByLabel('Whole range').isChecked())],
  scale: ['missing', (page) => until('the log scale', async () => (await page.getByLabel('Up:').inputValue()) === 'missing')],
  vs: ['brute-force', (page) => until('the comparison', async () => (await page.getByLabel('Other proof').inputValue()) === 'brute-force')],
  family: ['Low-rank QK', (page) => until('the family', async () => (await filtered(page, 'Family').inputValue()) === 'Low-rank QK')],
  tags: [
    'Direct path:mean query;Error of attention:four factors, recursive',
    (page) =>
      until(
        'the tags',
        async () =>
          (await filtered(page, 'Direct path').inputValue()) === 'mean query' &&
          (await filtered(page, 'Error of attention').inputValue()) === 'four factors, recursive',
      ),
  ],
  name: ['uncentred', (page) => until('the name', async () => (await filtered(page, 'Name contains').inputValue()) === 'uncentred')],
  only: ['frontier', (page) => until('the frontier', () => filtered(page, 'Only the frontier').isChecked())],
  without: [
    'cubic,quadratic QK & EU',
    (page) => until('the classes', async () => (await page.locator('#legend input:not(:checked)').count()) === 2),
  ],
  case: ['63,12', (page) => page.getByRole('heading', { name: /^Largest token 63, last token 12/ }).waitFor()],
  smaller: ['2', (page) => page.getByRole('radio', { name: '2', checked: true }).waitFor()],
  sort: ['-least', (page) => page.locator('#results th[aria-sort="descending"]').getByText('Accuracy at least').waitFor()],
  hide: ['foot', (page) => page.locator('footer').waitFor({ state: 'hidden' })],
};
/** What is open within other views than `why`, and how they show it. */
const ELSEWHERE = {
  patterns: [
    'decided',
    { strategy: 'exact', view: 'why' },
    (page) => page.getByRole('radio', { name: 'How cases are decided', checked: true }).waitFor(),
  ],
  tokens: [
    '12,5,63,7',
    { view: 'try' },
    (page) => until('the input', async () => (await page.getByRole('spinbutton', { name: 'Token 3' }).inputValue()) === '63'),
  ],
  matrix: [
    'EUPU',
    { view: 'weights' },
    (page) => until('the matrix', async () => (await page.getByLabel('Matrix').inputValue()) === 'EUPU'),
  ],
  view: [
    'table',
    {},
    (page) =>
      until('the table in view', () =>
        page.locator('#results-title').evaluate((title) => Math.abs(title.getBoundingClientRect().top) < innerHeight / 2),
      ),
  ],
};

asShipped(
  'a link with every field is shown, survives a reload, and the page writes the same link again',
  async (page) => {
    const wanted = { k: '4', seed: '123', ...Object.fromEntries(Object.entries(SHOWN).map(([name, [value]]) => [name, value])) };
    await page.goto(`${host().server.url}?prove=asked#${new URLSearchParams(wanted)}`);
    for (let i = 0; i < 2; i++) {
      await settled(page);
      for (const [, show] of Object.values(SHOWN)) await show(page);
      assert.deepEqual(fields(page), wanted);
      assert.ok(await alert(page).isHidden());
      await page.reload();
    }
    // Each field alone, and away again by Back.
    for (const [name, [value, show]] of Object.entries(SHOWN)) {
      const hash = `#${new URLSearchParams({ k: '4', seed: '123', ...(['vs', 'case', 'smaller'].includes(name) && { strategy: 'cubic', view: 'why' }), [name]: value })}`;
      await page.evaluate((to) => { location.hash = to; }, hash);
      await show(page);
      assert.equal(new URL(page.url()).hash, hash);
    }
    await page.goBack();
    await SHOWN.sort[1](page);
    await page.locator('footer').waitFor();
    await page.goForward();
    await SHOWN.hide[1](page);
    await until('all classes', async () => (await page.locator('#legend input:not(:checked)').count()) === 0);
    for (const [name, [value, others, show]] of Object.entries(ELSEWHERE)) {
      const hash = `#${new URLSearchParams({ k: '4', seed: '123', ...others, [name]: value })}`;
      await page.evaluate((to) => { location.hash = to; }, hash);
      await show(page);
      assert.equal(new URL(page.url()).hash, hash);
      await page.reload();
      await show(page);
      assert.equal(new URL(page.url()).hash, hash);
    }
  },
  { hash: undefined },
);

asShipped(
  'a budget lands on the best proof within it, of whichever model, and the slider writes it',
  async (page) => {
    await settled(page);
    const best = shipped.outcomes.filter(({ flops }) => flops <= 2e6).reduce((a, b) => (BigInt(b.correct) > BigInt(a.correct) ? b : a));
    const label = (strategy) => shipped.facts.strategies.find((facts) => facts.strategy === strategy).label;
    await page.locator('#against').getByText(`Proof: ${label(best.strategy)}.`).waitFor();
    await page.locator('#claim').getByText(best.percent.slice(0, 5)).waitFor();
    assert.ok((await page.title()).toLowerCase().startsWith(label(best.strategy).toLowerCase()));
    await page.getByLabel('K', { exact: true }).selectOption('5');
    await loaded(page, /^max5_/);
    assert.deepEqual(fields(page), { k: '5', seed: '123', budget: '2000000' });
    await page.goBack();
    await loaded(page, /^max4_/);
    await page.locator('#budget').focus();
    await page.keyboard.press('End');
    await page.locator('#budget-said').getByText(/no more to gain/).waitFor();
    const { budget } = fields(page);
    assert.match(budget, /^10+$/);
    await page.reload();
    await page.locator('#budget-said').getByText(/no more to gain/).waitFor();
    assert.deepEqual(fields(page), { k: '4', seed: '123', budget });
    // Who chooses a proof wants that one.
    await settled(page);
    await row(page, 'cubic').click();
    assert.deepEqual(fields(page), { k: '4', seed: '123', strategy: 'cubic' });
    await page.evaluate(() => { location.hash = '#k=4&seed=123&strategy=cubic&budget=2000000'; });
    await says(page, '“budget” in the address is left out: “strategy” names the proof.');
    assert.deepEqual(fields(page), { k: '4', seed: '123', strategy: 'cubic' });
  },
  { hash: '#k=4&seed=123&budget=2000000' },
);

asShipped('what a person opens within a view is in the address, and Back closes it', async (page) => {
  await settled(page);
  await page.getByRole('tab', { name: 'Weights' }).click();
  await page.locator('#weights-matrix:enabled').waitFor();
  const second = await page.locator('#weights-matrix option').nth(1).getAttribute('value');
  await page.getByLabel('Matrix').selectOption(second);
  const is = (looks) =>
    until(JSON.stringify(looks), () => JSON.stringify(fields(page)) === JSON.stringify({ k: '4', seed: '123', ...looks }));
  await is({ view: 'weights', matrix: second });
  await page.getByRole('tab', { name: 'Try' }).click();
  await page.getByRole('button', { name: 'Raise token 2' }).click();
  await until('the input', async () => /^\d+(,\d+){3}$/.test(fields(page).tokens));
  await page.getByRole('tab', { name: 'Table' }).click();
  await page.locator('#results').getByRole('button', { name: 'FLOPs' }).click();
  const { tokens } = fields(page);
  await is({ view: 'table', tokens, matrix: second, sort: 'flops' });
  await page.goBack();
  await page.goBack();
  await is({ view: 'try', tokens, matrix: second });
  await page.goBack();
  await is({ view: 'try', matrix: second });
  // Another K has other inputs.
  await page.goForward();
  await is({ view: 'try', tokens, matrix: second });
  await page.getByLabel('K', { exact: true }).selectOption('5');
  await loaded(page, /^max5_/);
  assert.deepEqual(fields(page), { k: '5', seed: '123', view: 'try', matrix: second });
});

asShipped(
  'one filter: what the figure hides, the slider, the claim and the table leave out, and above the figure it is said',
  async (page) => {
    await settled(page);
    const shown = shipped.facts.strategies.filter((facts) => facts.class !== 'additive (ours)' && facts.strategy !== 'brute-force');
    const results = shown.map(({ strategy }) => own(strategy)).filter((outcome) => outcome);
    await until('the rows', async () => (await rows(page).count()) === shown.length);
    assert.equal(await marks(page).count(), shown.length);
    await page
      .getByText(`${shown.length} of ${shipped.facts.strategies.length} proofs are shown, without Ours (additive), Brute force.`)
      .waitFor();
    // The frontier is that of what is shown: on the slider, every proof that no other of them
    // beats.
    const ladder = results.filter(
      ({ flops, bound }) =>
        !results.some((other) => (other.flops <= flops && other.bound > bound) || (other.flops < flops && other.bound === bound)),
    );
    assert.equal(await page.locator('#budget').getAttribute('max'), String(new Set(ladder.map(({ bound }) => bound)).size));
    await page.locator('#budget').focus();
    await page.keyboard.press('End');
    await page.locator('#claim').getByText(own('cubic').percent.slice(0, 5)).waitFor();
    await page.getByLabel('Name contains').fill('no such name');
    await page.locator('#claim').getByText('No proof that is shown claims anything').waitFor();
    assert.ok(await page.locator('#budget').isDisabled());
    await page.getByRole('button', { name: 'Show all' }).click();
    await until('all rows', async () => (await rows(page).count()) === shipped.facts.strategies.length);
    assert.ok(await page.locator('#filtered').isHidden());
  },
  { hash: '#k=4&seed=123&without=additive+%28ours%29%2Cbrute+force' },
);

asShipped('what the model does not have is told and left out of the address', async (page) => {
  await settled(page);
  const wrong = {
    vs: 'magic',
    family: 'Nobody',
    tags: 'Direct path:none',
    without: 'cubic,square',
    case: '64,1',
    smaller: '4',
    tokens: '1,2,3',
    matrix: 'XYZ',
  };
  await page.evaluate((to) => { location.hash = to; }, `#${new URLSearchParams({ k: '4', seed: '123', view: 'weights', ...wrong })}`);
  for (const [name, value] of Object.entries(wrong)) await says(page, `“${name}=${value}” in the address: expected `);
  await until('a plain address', () => JSON.stringify(fields(page)) === JSON.stringify({ k: '4', seed: '123', view: 'weights' }));
  assert.equal(await text(shownIn(page)), `${shipped.facts.strategies.length} of ${shipped.facts.strategies.length} proofs shown`);
  // A proof that no model lists can be compared with.
  await page.evaluate(() => { location.hash = '#k=4&seed=123&strategy=cubic&view=why&vs=best-within-2300000'; });
  await until('the comparison', async () => (await page.getByLabel('Other proof').inputValue()) === 'best-within-2300000');
  await page.getByText(/inputs are proven by “Best proof within/).waitFor();
});

asShipped('Back, and Ctrl+Z, undo what a person chooses, one choice at a time; Forward and Ctrl+Y do it again', async (page) => {
  await settled(page);
  const count = shipped.facts.strategies.length;
  const steps = [
    [() => row(page, 'cubic').click(), { strategy: 'cubic' }],
    [() => filtered(page, 'Only the frontier').check(), { strategy: 'cubic', only: 'frontier' }],
    [
      () => page.locator('#legend label').filter({ hasText: /Cubic/ }).locator('input').uncheck(),
      { strategy: 'cubic', only: 'frontier', without: 'cubic' },
    ],
    [
      () => filtered(page, 'Name contains').pressSequentially('cell'),
      { strategy: 'cubic', name: 'cell', only: 'frontier', without: 'cubic' },
    ],
    [
      () => page.getByRole('tab', { name: 'Why' }).click(),
      { strategy: 'cubic', view: 'why', name: 'cell', only: 'frontier', without: 'cubic' },
    ],
    [
      () => page.getByLabel('Other proof').selectOption('brute-force'),
      { strategy: 'cubic', view: 'why', vs: 'brute-force', name: 'cell', only: 'frontier', without: 'cubic' },
    ],
  ];
  const is = (looks) =>
    until(
      JSON.stringify(looks),
      () => JSON.stringify(fields(page)) === JSON.stringify(looks.strategy ? { k: '4', seed: '123', ...looks } : {}),
    );
  for (const [act, looks] of steps) {
    await act();
    await is(looks);
  }
  const states = [{}, ...steps.map(([, looks]) => looks)];
  await page.locator('#tab-why').focus();
  for (const looks of states.slice(0, -1).reverse()) {
    await page.keyboard.press('Control+z');
    await is(looks);
  }
  await heading(page, 'No proof is chosen');
  assert.equal(await text(shownIn(page)), `${count} of ${count} proofs shown`);
  assert.equal(await page.locator('#legend input:not(:checked)').count(), 0);
  // There is nothing more to undo: the page stays.
  await page.keyboard.press('Control+z');
  for (const looks of states.slice(1)) {
    await page.keyboard.press('Control+y');
    await is(looks);
  }
  await until('the filter', async () => (await filtered(page, 'Name contains').inputValue()) === 'cell');
  await until('the rows', async () => (await rows(page).count()) < 10);
  // In a field, the keys undo what is typed.
  await filtered(page, 'Name contains').focus();
  await page.keyboard.press('Control+z');
  await heading(page, 'Cubic');
  assert.equal(fields(page).vs, 'brute-force');
});

asShipped('a slider that is dragged is one choice', async (page) => {
  await settled(page);
  const before = await page.evaluate(() => history.length);
  await page.locator('#budget').evaluate((slider) => {
    for (const value of [5, 4, 3, 2]) {
      slider.value = String(value);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
    }
    slider.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await until('a budget', () => 'budget' in fields(page));
  assert.equal(await page.evaluate(() => history.length), before + 1);
  await page.goBack();
  await until('the first view', () => new URL(page.url()).hash === '');
});

asShipped('own files, too: Back and a reload restore what was shown of them', async (page) => {
  await open(page, fixture('formats/weights.npz'));
  await kept(page, 'weights.npz');
  await page.getByRole('tab', { name: 'Try' }).click();
  await row(page, 'cubic').click();
  const { own: id, ...looks } = fields(page);
  assert.match(id, /^[0-9a-f]{16}$/);
  assert.deepEqual(looks, { strategy: 'cubic', view: 'try' });
  await page.reload();
  await loaded(page, 'weights.npz, your file');
  await heading(page, 'Cubic');
  await page.getByRole('tab', { name: 'Try', selected: true }).waitFor();
  await page.goBack();
  await heading(page, 'No proof is chosen');
  await page.goBack();
  await page.getByRole('tab', { name: 'Strategies', selected: true }).waitFor();
  assert.deepEqual(fields(page), { own: id });
});

asShipped(
  'hide= leaves parts out, and a button shows the whole page',
  async (page) => {
    await page.locator('#whole').waitFor();
    for (const part of ['#menus', '#more-open', '.budget', '.views', '.model', '#results', '#facts', 'footer'])
      assert.ok(await page.locator(part).isHidden(), part);
    for (const part of ['#claim', '#frontier']) assert.ok(await page.locator(part).isVisible(), part);
    await until('marks', async () => (await marks(page).count()) > 100);
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 480);
    await page.getByRole('button', { name: 'Show the whole page' }).click();
    for (const part of ['#menus', '#more-open', '.budget', '.views', '.model', '#results', '#facts', 'footer'])
      await page.locator(part).waitFor();
    assert.deepEqual(fields(page), { k: '4', seed: '123' });
    // The figure comes back, too, after it was away.
    await page.evaluate(() => { location.hash = '#k=4&seed=123&hide=figure,report'; });
    await page.locator('#frontier').waitFor({ state: 'hidden' });
    await page.goBack();
    await page.locator('#frontier').waitFor();
    assert.ok(own('cubic') && (await alert(page).isHidden()));
  },
  { hash: '#k=4&seed=123&hide=picker,slider,views,report,foot', viewport: { width: 480, height: 640 } },
);
