// The teacher's page as a person uses it: a set, its link, a class of thirty that hands in, and
// packages in a learning platform.
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import decodeQR from 'qr/decode.js';
import { unzipSync } from 'fflate';
import '../unit/typescript.mjs';
import { DEADLINE, host, root, scenario, until } from './actions.mjs';
import { serve, violations, watch } from './harness.mjs';

const { handInCode, readHandIn } = await import('../../www/classes/hand-in.ts');

const button = (page, name) => page.getByRole('button', { name, exact: true });
const link = (page) => page.getByLabel('Link for the class');
const rows = (page) => page.locator('#results tbody tr');
const cells = (page) =>
  rows(page).evaluateAll((all) => all.map((tr) => [...tr.children].map((cell) => cell.innerText.replaceAll(/\s+/g, ' ').trim())));
/** Answers the open exercise with a number, and waits for the verdict. */
async function answer(page, text, verdict = /Solved/) {
  await page.locator('#exercise form').last().getByRole('textbox').fill(text);
  await button(page, 'Check').click();
  await page.locator('#exercise .verdict').getByText(verdict).waitFor();
}

/** What a camera reads from an element. */
async function seen(locator) {
  const { data, width, height } = await locator.page().evaluate(async (png) => {
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    return { data: [...context.getImageData(0, 0, image.width, image.height).data], width: image.width, height: image.height };
  }, (await locator.screenshot()).toString('base64'));
  return decodeQR({ data: Uint8ClampedArray.from(data), width, height });
}

scenario('a lesson of three exercises is made, a class of thirty does it from one link, and the teacher has a table', async (page) => {
  await button(page, 'First lesson').click();
  // By keyboard: the last becomes the first, and the focus stays with it.
  await button(page, 'Move “Which token does it look at?” up').press('Enter');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.locator('.chosen strong').allTextContents(), [
    'Which token does it look at?',
    'Try all inputs',
    'Half the work, half the proof',
  ]);
  // By pointer: it goes back to the end.
  const [from, to] = [await page.locator('.handle').first().boundingBox(), await page.locator('.chosen li').last().boundingBox()];
  await page.mouse.move(from.x + 8, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 8, to.y + to.height - 2, { steps: 4 });
  await page.mouse.up();
  assert.deepEqual(await page.locator('.chosen strong').allTextContents(), [
    'Try all inputs',
    'Half the work, half the proof',
    'Which token does it look at?',
  ]);
  await page.getByText('Edit its texts').first().click();
  await page.getByLabel('Question').first().fill('How many inputs are wrong, please?');
  await page.getByLabel('Note for the class').fill('Until Friday, 18:00');
  await page.getByLabel('Time is recorded').check();
  await page.getByLabel('Explanations at the end').check();
  // It is drawn anew a moment after each change.
  await until(
    'the QR code is the link',
    async () => (await seen(page.locator('.qr svg')).catch(() => '')) === (await link(page).inputValue()),
  );
  assert.match(
    await page.getByLabel('Frame', { exact: true }).inputValue(),
    /^<iframe title="First lesson" src="http[^"]*\?set=S1z[\w-]+" width="100%" height="900" style="[^"]*min-height: 600px"/,
  );
  assert.deepEqual(await violations(page), []);

  const student = await page.context().newPage();
  await student.goto(await link(page).inputValue());
  await student.locator('#exercise').getByText('Until Friday, 18:00').waitFor();
  await student.getByRole('link', { name: 'Try all inputs' }).click();
  await student.getByText('How many inputs are wrong, please?').waitFor();
  await student.locator('#exercise').getByLabel(/How many FLOPs/).fill('50000');
  await button(student, 'Show what happens').click();
  await answer(student, '4262');
  assert.ok(!(await student.locator('footer').isVisible()), 'what the teacher hides is hidden');
  await button(student, 'Hand in…').click();
  await student.getByText(/4262 inputs, solved, 1 try, predicted: 50000, time: \d+ min/).waitFor();
  assert.ok(await button(student, 'Copy it').isDisabled(), 'a name is needed');
  await student.getByLabel('Your name').fill('Emmy Noether');
  assert.deepEqual(await violations(student), []);
  const [handed] = [await student.getByLabel('What you hand in').inputValue()];
  await student.close();

  const honest = readHandIn(new URL(handed).hash.split('=')[1]);
  assert.equal(honest.name, 'Emmy Noether');
  const [one] = honest.attempts;
  const code = (name, change = {}) => handInCode({ ...honest, name, attempts: [{ ...one, ...change }] });
  const many = Array.from({ length: 28 }, (_, i) =>
    code(`Student ${String(i + 1).padStart(2, '0')}`, i % 2 ? { answer: i, score: 0, tries: 2 } : {}),
  );
  const forged = code('Mallory', { answer: 12, score: 1 });
  const damaged = `${many[0].slice(0, 30)}${many[0][30] === 'x' ? 'y' : 'x'}${many[0].slice(31)}`;
  const again = code('emmy noether', { tries: 3 });
  // A link opens the page with what it holds; the others are pasted together, and one is here
  // already.
  await page.evaluate((hash) => (location.hash = hash), new URL(handed).hash);
  await page.getByText('1 hand-in:').waitFor();
  await page.locator('#codes').fill([...many, forged, damaged, again, handed].join('\n'));
  await button(page, 'Add').click();
  await page.getByText('30 added. 1 was here already. 1 damaged or forged:').waitFor();
  await page.locator('.damaged').getByText('This code is damaged').waitFor();
  await page.getByText(/^31 hand-ins of 30 students: 0\.5 of 3 right on average \(17.%\)\. Hardest: /).waitFor();
  const table = await cells(page);
  assert.deepEqual(table[0].slice(0, 3), ['Emmy Noether', '1 of 3', '✓ 4262 inputs 1 try, 1 min Predicted: 50000']);
  assert.match(table[0].at(-1), /handed in 2 times: this is number 1/);
  assert.match(table[1].at(-1), /handed in 2 times: this is number 2/);
  const mallory = table.find(([name]) => name === 'Mallory');
  assert.deepEqual(mallory.slice(1, 3), ['0 of 3', '✗ 12 inputs 1 try, 1 min Predicted: 50000']);
  assert.match(mallory.at(-1), /the code says 100 %, its answer is worth 0 %\. Forged\?/);
  assert.deepEqual(await violations(page), []);
  const [saved] = await Promise.all([page.waitForEvent('download'), button(page, 'Save as CSV').click()]);
  const csv = await readFile(await saved.path(), 'utf8');
  assert.equal(csv.split('\r\n').length, 33);
  assert.match(csv, /\r\nEmmy Noether,1,3,1,4262 inputs,50000,1,0,\d+,/);

  // All of it is here after a reload, until it is cleared.
  await page.reload();
  await page.getByText(/^31 hand-ins of 30 students/).waitFor();
  await button(page, 'Clear all results').click();
  await page.getByText('Nothing is handed in yet.').waitFor();
  assert.equal(await rows(page).count(), 0);
}, { hash: 'teacher.html' });

scenario('the sheet has the set and, if asked, right answers from the model; a set of a link can be changed', async (page) => {
  await button(page, 'First lesson').click();
  const code = new URL(await link(page).inputValue()).searchParams.get('set');
  await page.goto(`${host().server.url}teacher.html?set=${code.slice(0, -4)}AAAA`);
  await page.getByRole('alert').getByText('This code is damaged').waitFor();
  await page.evaluate(() => localStorage.clear());
  await page.goto(`${host().server.url}teacher.html?set=${code}`);
  await page.evaluate(() => (window.print = () => (window.printed = true)));
  await button(page, 'Print with answer key').click();
  await page.waitForFunction(() => window.printed);
  await page.emulateMedia({ media: 'print' });
  const sheet = page.locator('#sheet');
  for (const text of [
    'First lesson',
    'Name:',
    '2. Half the work, half the proof',
    'Key, for the teacher',
    '4262 inputs',
    '16,777,216 inputs less 16,772,954 right ones are 4,262 wrong ones.',
  ]) {
    assert.ok(await sheet.getByText(text, { exact: true }).or(sheet.getByText(text)).first().isVisible(), text);
  }
  assert.ok(!(await page.locator('main').isVisible()));
  await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
  const small = await page
    .locator('main :is(button, a, summary, select, input:not(.unseen, [type=checkbox]))')
    .evaluateAll((all) =>
      all.filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 24).map((each) => each.textContent),
    );
  assert.deepEqual(small, []);
  assert.deepEqual(await violations(page), []);
}, { hash: 'teacher.html', viewport: { width: 320, height: 800 } });

const PLATFORM = { 'SCORM 1.2': ['scorm12', 'Scorm12API', 'API'], 'SCORM 2004': ['scorm2004', 'Scorm2004API', 'API_1484_11'] };

test('packages of both versions run in a learning platform: launch, suspend, resume, score, complete', async () => {
  const { server, browser } = host();
  const folder = join(root, 'target/platform');
  await rm(folder, { recursive: true, force: true });
  const context = await browser.newContext({ viewport: { width: 1300, height: 900 } });
  const platform = await serve(folder, '/platform/');
  try {
    const watched = watch(context);
    const page = await context.newPage();
    page.setDefaultTimeout(DEADLINE);
    await page.goto(`${server.url}teacher.html`);
    for (const title of ['Try all inputs', 'Where the proof appears']) await button(page, `Add “${title}”`).click();
    for (const [name, [kind, api, place]] of Object.entries(PLATFORM)) {
      const [saved] = await Promise.all([page.waitForEvent('download'), button(page, `Save ${name} package`).click()]);
      const files = unzipSync(await readFile(await saved.path()));
      for (const [path, bytes] of Object.entries(files)) {
        await mkdir(dirname(join(folder, kind, path)), { recursive: true });
        await writeFile(join(folder, kind, path), bytes);
      }
      const models = Object.keys(files).filter((path) => /safetensors$/.test(path));
      assert.deepEqual(models.sort(), ['models/group-operations/Z31_s0.safetensors', 'models/max-of-k/max4_v64_s123.safetensors']);
      assert.deepEqual(Object.keys(files).filter((path) => /^(embed|pages|package)|teacher/.test(path)), []);
      const faults = (xml) => new DOMParser().parseFromString(xml, 'text/xml').querySelectorAll('parsererror').length;
      assert.equal(await page.evaluate(faults, new TextDecoder().decode(files['imsmanifest.xml'])), 0);
      const min = createRequire(import.meta.url).resolve(`scorm-again/${kind}/min`).replace('/esm/', '/');
      await copyFile(min, join(folder, `${kind}.js`));
      await writeFile(
        join(folder, `${kind}.html`),
        `<!doctype html><html lang="en"><title>Platform</title><link rel="icon" href="data:,"><script src="${kind}.js"></script>
        <script>window.${place} = new ${api}({ logLevel: 5 }); const kept = localStorage.getItem('${kind}'); if (kept) ${place}.loadFromJSON(JSON.parse(kept), 'cmi');</script>
        <iframe title="Lesson" src="${kind}/index.html" width="1250" height="850"></iframe></html>`,
      );
      const values = () => lms.evaluate((at) => JSON.parse(JSON.stringify(window[at].cmi)), place);
      const score = ({ core, score: scaled }) => Number((core?.score ?? scaled).raw);
      const status = ({ core, completion_status }) => core?.lesson_status ?? completion_status;

      const lms = await context.newPage();
      lms.setDefaultTimeout(DEADLINE);
      await lms.goto(`${platform.url}${kind}.html`);
      const lesson = lms.frameLocator('iframe');
      await lesson.getByRole('link', { name: 'Try all inputs' }).click();
      await answer(lesson, '4262');
      await until('the mark is there', async () => score(await values()) === 50);
      const suspended = await values();
      assert.equal(status(suspended), 'incomplete');
      assert.ok(!(await lesson.locator('.picker').isVisible()), 'a package has no other models');

      // Another computer: nothing is in the browser but what the platform gives.
      const { suspend_data } = suspended;
      const begun =
        kind === 'scorm12'
          ? { core: { lesson_status: 'incomplete', entry: 'resume' } }
          : { completion_status: 'incomplete', entry: 'resume' };
      const keep = ([key, cmi]) => {
        localStorage.clear();
        localStorage.setItem(key, cmi);
      };
      await lms.evaluate(keep, [kind, JSON.stringify({ suspend_data, ...begun })]);
      await lms.reload();
      await lesson.getByText('1 of 2 solved').waitFor();
      // It is of another task: the page is opened again, and the visit goes on.
      await lesson.getByRole('link', { name: 'Where the proof appears' }).click();
      await lesson.getByRole('heading', { name: 'Where the proof appears' }).waitFor();
      await answer(lesson, '8');
      await until('all is complete', async () => score(await values()) === 100 && status(await values()) === 'completed');
      await lms.close();
    }
    assert.deepEqual(watched.problems, []);
  } finally {
    await context.close();
    await platform.close();
  }
});
