// Tests the check by the program that Coq proves correct: what it counts, that it can be stopped,
// and that it is fetched, unchanged, only when it is asked for.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asShipped, fixture, give, heading, loaded, open, row, scenario, settled, shipped, text, until } from './actions.mjs';
import { violations } from './harness.mjs';

const root = resolve(import.meta.dirname, '../..');
const compiled = readFileSync(join(root, 'www/engine/proven-checker.js'), 'utf8');
const list = join(root, 'src/formal/theorems/theorems.json');
/** The theorems that the project ships. */
const theorems = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];

const check = (page) => page.getByRole('button', { name: 'Check with the proven program' });
const cancel = (page) => page.getByRole('button', { name: 'Cancel the proven program' });
const verdict = (page) => page.locator('.proven-check .verdict');
const bar = (page) => page.getByRole('progressbar', { name: 'Progress of the proven program' });
/** The weights of a network with a number that float32 does not hold. */
const FLOAT64 = {
  'embed.W_E': [[0, 0], [0, 0.1]],
  'pos_embed.W_pos': [[0, 0], [0, 0]],
  'blocks.0.attn.W_Q': [[[1], [1]]],
  'blocks.0.attn.W_K': [[[1], [1]]],
  'blocks.0.attn.W_V': [[[1], [1]]],
  'blocks.0.attn.W_O': [[[1, 1]]],
  'unembed.W_U': [[-1, 1], [-1, 1]],
};
/** Waits until the program has counted, and returns what it says. */
async function counted(page) {
  await verdict(page).getByText(/^(Confirmed|Not confirmed|Refuted|Not checked): /).waitFor();
  return text(verdict(page));
}
/** The workers that run the proven program. */
const running = (page) => page.workers().filter((worker) => worker.url().includes('proven-worker'));

asShipped('the proven program is stopped at once, counts exactly, and stands beside its theorem', async (page) => {
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await settled(page);
  await row(page, 'cubic').click();
  await heading(page, 'Cubic');
  // Its style is that of theorems, too.
  assert.ok(!asked.some((url) => /\/proven[^/]*\.js$/.test(url)), 'nothing of it is fetched before it is asked for');
  // A theorem is shown just where there is one.
  const theorem = theorems.find(({ sha256 }) => sha256 === shipped.facts.sha256);
  await until('what theorems there are is known', () => asked.some((url) => /\/theorem-[^/]*\.js$/.test(url)));
  if (theorem) {
    await page.getByText('Machine-checked: this bound follows from a theorem of Coq').click();
    assert.equal(await page.getByLabel('Theorem in Coq about this network').textContent(), theorem.coq);
  } else {
    assert.ok(await page.locator('#details .theorem').isHidden());
  }

  await check(page).click();
  // Counted in turns of the page's event loop, as a busy machine tells no times: a turn is a few
  // milliseconds.
  const turns = await page.evaluate(async () => {
    const turn = () => new Promise((done) => setTimeout(done));
    while (!(document.querySelector('.proven-check progress')?.value > 0)) await turn();
    const button = [...document.querySelectorAll('#details button')].find(({ textContent }) => textContent === 'Cancel the proven program');
    button.click();
    let turns = 0;
    for (; button.textContent !== 'Check with the proven program'; turns++) await turn();
    return turns;
  });
  assert.ok(turns <= 2, `stopped after ${turns} turns`);
  await until('the worker is gone', () => running(page).length === 0);
  assert.ok(await bar(page).isHidden());

  await check(page).click();
  await cancel(page).waitFor();
  assert.equal(await counted(page), 'Confirmed: a program that is proven correct counts exactly 16,772,954 of 16,777,216 inputs right.');
  await until('the worker is gone', () => running(page).length === 0);
  const [program] = asked.filter((url) => /\/proven-checker-[^/]*\.js$/.test(url));
  assert.equal(await (await page.request.get(program)).text(), compiled, 'the program is served as it was compiled');
  // What it has counted is known of every proof of the network.
  await row(page, 'brute-force').click();
  await heading(page, 'Brute force');
  assert.match(await counted(page), /^Confirmed: .* exactly 16,772,954 /);

  await page.getByText('The theorem, and what is trusted').click();
  const statement = await page.getByLabel('Theorem in Coq', { exact: true }).textContent();
  assert.match(statement, /^Theorem steps_correct said begun k claimed :\n {2}opened said = Some begun ->/);
  assert.match(statement, /surely_right p <= Z\.of_nat \(count_correct \(model_of W\)\) <= all - surely_wrong p\.$/);
  const commands = page.getByLabel('Commands', { exact: true }).and(page.locator('.proven-check pre'));
  assert.match(await commands.textContent(), /^npm run formal:extract -- www\/models\/max-of-k\/max4_v64_s123\.safetensors$/m);
  assert.deepEqual(await violations(page, { within: ['#details'] }), []);
  await page.setViewportSize({ width: 320, height: 800 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), 'nothing is wider than a small window');
});

scenario('the proven program counts the user’s network, and says which it does not take', async (page) => {
  await open(page, fixture('unsound/mean_diff_v4_n2.safetensors'));
  await row(page, 'brute-force').click();
  await check(page).click();
  assert.equal(await counted(page), 'Confirmed: a program that is proven correct counts exactly 7 of 16 inputs right.');
  await open(page, fixture('biased_v7_n3.safetensors'));
  await page.locator('.proven-check').waitFor({ state: 'hidden' }); // A verdict is about one network.
  await row(page, 'brute-force').click();
  await check(page).click();
  assert.equal(
    await counted(page),
    'Confirmed: a program that is proven correct counts exactly 51 of 343 inputs right. It read the network alone, written anew as a safetensors file.',
  );
  await give(page, 'float64.json', JSON.stringify(FLOAT64));
  await loaded(page, 'float64.json, your file');
  await row(page, 'cubic').click();
  await check(page).click();
  assert.equal(await counted(page), 'Not checked: the proven program reads networks of float32 numbers only, and this one has others.');
});
