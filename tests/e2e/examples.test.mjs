// The examples in dist/examples/, as their readers have them.
import assert from 'node:assert/strict';
import { ALL, scenario, shippedAll, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

/** Collects the live results that embeds tell their page, by their proofs. */
const listen = (page) =>
  page.addInitScript(() => {
    globalThis.results = {};
    addEventListener('proofresult', ({ detail }) => detail.live && (globalThis.results[detail.strategy] = detail.correct));
  });
/** Waits until the figure in `place` has proven everything, and checks every count. */
async function counted(page, place) {
  await page.locator(`${place} #run-state`).getByText(`${ALL} of ${ALL} proofs done`).waitFor();
  assert.deepEqual(await page.evaluate('results'), shippedAll);
}
/** How many pixels a page is wider than its window. */
const over = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, prepare: listen };

/** Drags the thumb of the slider in `place`, from `from` to `to` of its width, with a finger. */
async function drag(page, place, from, to) {
  const slider = page.locator(`${place} #budget`);
  await slider.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await slider.boundingBox();
  const finger = await page.context().newCDPSession(page);
  const touch = (type, part) =>
    finger.send('Input.dispatchTouchEvent', { type, touchPoints: part === undefined ? [] : [{ x: x + width * part, y: y + height / 2 }] });
  await touch('touchStart', from);
  for (let step = 1; step <= 4; step++) await touch('touchMove', from + ((to - from) * step) / 4);
  await touch('touchEnd');
}

scenario('post: on a phone, a reader sees the claim, proves it, and moves it with a finger', async (page) => {
  const claim = page.locator('figure.frontier #claim');
  await claim.getByText('Right on at least 97.78').waitFor();
  await page.locator('figure.frontier').scrollIntoViewIfNeeded();
  await counted(page, 'figure.frontier');
  const last = await page.locator('figure.frontier #budget').evaluate(({ value, max }) => value / max);
  await drag(page, 'figure.frontier', last, 0.3);
  await until('another claim', async () => !/97\.78/.test(await text(claim)));
  await drag(page, 'figure.frontier', 0.3, 1);
  await claim.getByText(/Right on at least 99\.97.*2\.39/).waitFor();
  // What the text says of the map and of inputs.
  const why = page.locator('figure.why');
  await why.scrollIntoViewIfNeeded();
  for (const number of ['657,530', '4,262', '653,268', '654,845']) await why.locator('.of-why').getByText(number).first().waitFor();
  const tried = page.locator('figure.try');
  await tried.scrollIntoViewIfNeeded();
  await tried.getByRole('button', { name: 'a wrong answer' }).click();
  await tried.getByText('The network gets this input wrong.').waitFor();
  await tried.getByText('The chosen proof does not guarantee this input.').waitFor();
  assert.equal(await over(page), 0);
  assert.deepEqual(await violations(page), []);
}, { hash: 'examples/post/index.html', ...phone });

scenario('slides: keys turn them, but not inside a figure; each figure starts with its slide', async (page) => {
  const shown = () => page.locator('main > section:visible').evaluateAll((all) => all.map(({ id }) => id).join());
  const press = async (key, slide) => {
    await page.keyboard.press(key);
    await until(`${key} shows ${slide}`, async () => (await shown()) === slide);
  };
  assert.equal(await shown(), 'title');
  assert.deepEqual(await page.evaluate('results'), {});
  await press('ArrowLeft', 'title');
  await press('ArrowRight', 'frontier');
  await counted(page, '#frontier');
  const [claim, slider] = [page.locator('#frontier #claim'), page.locator('#frontier #budget')];
  const before = await text(claim);
  await slider.focus();
  await press('ArrowLeft', 'frontier');
  await until('another claim', async () => (await text(claim)) !== before);
  await page.getByRole('button', { name: 'Next' }).click();
  await until('the title of the slide', async () => (await page.title()) === 'What makes a proof short');
  await press('ArrowRight', 'try');
  await page.locator('#try .of-try output').getByText(/^\d+$/).waitFor();
  await page.setViewportSize({ width: 340, height: 700 });
  assert.equal(await over(page), 0);
  assert.deepEqual(await violations(page), []);
  await press('End', 'end');
  await page.goBack();
  await until('the slide before', async () => (await shown()) === 'try');
  assert.equal(await page.locator('#at').textContent(), '4 of 5');
}, { hash: 'examples/slides/index.html', prepare: listen });
