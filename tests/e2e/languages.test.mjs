// The page in another language: by the browser's wish, by the address, and back; in embeds; and
// without its catalogue.
import assert from 'node:assert/strict';
import { alert, host, says, scenario } from './actions.mjs';
import { violations } from './harness.mjs';

/** Words that only English sentences have. */
const ENGLISH = /\b(the|of|and|with|is|are|proofs?|inputs?|shown|by)\b/gi;
/** What is shown, but for what a model’s file says of itself, for papers, commands and theorems. */
const shownText = (page, selector) =>
  page.evaluate((selector) => {
    const copy = document.querySelector(selector).cloneNode(true);
    for (const other of copy.querySelectorAll('#facts, .cite ul, .cite pre, pre, code, [lang=en], script, style, noscript, textarea'))
      other.remove();
    return [
      copy.textContent,
      ...[...copy.querySelectorAll('[aria-label], [title]')].flatMap((each) => [each.getAttribute('aria-label') ?? '', each.title]),
    ].join('\n');
  }, selector);
const isGerman = async (page, selector) => assert.deepEqual((await shownText(page, selector)).match(ENGLISH) ?? [], [], selector);

scenario(
  'a German browser gets a German page: claim, views, menus, words, problems and numbers; and English is one link away',
  async (page) => {
    await page.locator('#claim').getByText(/^Richtig bei mindestens \d\d,\d\d\u00a0% von allen 16\.777\.216 Eingaben/).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'de');
    for (const name of ['Warum', 'Probieren', 'Gewichte', 'Verteilung', 'Methode', 'Strategien']) {
      await page.getByRole('tab', { name }).click();
      await page.waitForFunction(
        (name) =>
          document.querySelector('#view')?.innerText.length > 100 &&
          document.querySelector('#tabs [aria-selected=true]')?.textContent === name,
        name,
      );
      await isGerman(page, '#view');
    }
    await isGerman(page, 'body');
    assert.deepEqual(await violations(page), []);

    await page.locator('#axes').getByRole('button', { name: /^Exportieren/ }).click();
    await page.getByRole('menuitem', { name: 'Als Tabelle zeigen' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.symbols').getByRole('button', { name: 'Front' }).click();
    await page.getByRole('dialog').getByText('Die Beweise, die kein anderer übertrifft').waitFor();
    await page.keyboard.press('Escape');
    await page.evaluate(() => void (location.hash = '#k=99'));
    await says(page, /„k=99“ in der Adresse: erwartet wird eines von \d/);

    await page.evaluate(() => void (location.hash = '#strategy=cubic'));
    await page.locator('#claim').getByText('96,08').waitFor();
    await page.getByRole('link', { name: 'English' }).click();
    await page.locator('#claim').getByText(/^Right on at least 96\.08\u00a0% of all 16,777,216 inputs/).waitFor();
    assert.match(page.url(), /\?lang=en#.*strategy=cubic/);
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  },
  { locale: 'de-DE' },
);

scenario(
  'exercises and the page for teachers are German in German, with numbers as they are written there',
  async (page) => {
    const { server } = host();
    await page.getByRole('heading', { name: 'Alle Eingaben probieren' }).waitFor();
    await page.locator('#claim').getByText('16.777.216').waitFor();
    const answer = page.locator('#exercise').getByRole('textbox').last();
    await answer.fill('0,5');
    await page.getByRole('button', { name: 'Prüfen', exact: true }).click();
    await page.locator('#exercise').getByText(/Gefragt ist nach einer Anzahl von Eingaben/).waitFor();
    await isGerman(page, '#exercise');
    assert.deepEqual(await violations(page, { runOnly: ['wcag2a', 'wcag2aa'] }), []);
    await page.goto(`${server.url}teacher.html?lang=de`);
    await page.getByRole('button', { name: '„Die halbe Arbeit, der halbe Beweis“ hinzufügen' }).click();
    await page.getByText('1 Übung, ').waitFor();
    await isGerman(page, 'body');
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.title(), 'Für Lehrende · Kompakte Beweise');
  },
  { hash: '?lang=de&exercise=try-all-inputs' },
);

scenario(
  'an embed speaks the language that it is asked for; without the catalogue, a page speaks English and says why',
  async (page) => {
    const { server } = host();
    await page.goto(`${server.url}embed/frame.html?lang=de&start=never`);
    await page
      .getByRole('heading', { name: /^Richtig bei mindestens / })
      .or(page.locator('#claim'))
      .getByText('16.777.216 Eingaben')
      .first()
      .waitFor();
    server.spoil = (path) => (/\/de-[\w-]+\.json$/.test(path) ? { status: 404 } : undefined);
    await page.goto(`${server.url}?lang=de`);
    await alert(page).getByText(/de-.*\.json cannot be fetched/).waitFor();
    await page.locator('#claim').getByText(/^Right on /).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    server.spoil = undefined;
    await alert(page).getByRole('button', { name: 'Try again' }).click();
    await page.locator('#claim').getByText(/^Richtig bei /).waitFor();
  },
  { hash: undefined, expected: /404/ },
);
