// The pages that teach: reached from the instrument and back, read on a telephone and on paper, in
// light and dark.
import assert from 'node:assert/strict';
import { PAGES } from '../../.ci/pages.mjs';
import { host, loaded, row, scenario } from './actions.mjs';
import { violations } from './harness.mjs';

/** What is wider than the window without scrolling by itself. */
const wide = (page) =>
  page.evaluate(() => {
    const isScrolled = (element) => element.closest('pre, .scroller') !== null;
    const over = [...document.querySelectorAll('body *')].filter(
      (element) => !isScrolled(element) && element.getBoundingClientRect().right > innerWidth + 1,
    );
    return [
      ...over.map(({ outerHTML }) => outerHTML.slice(0, 80)),
      ...(document.documentElement.scrollWidth > innerWidth ? ['the page'] : []),
    ];
  });

for (const colorScheme of ['light', 'dark']) {
  scenario(
    `pages that teach, ${colorScheme}: accessible, within every window, whole on paper, without a script`,
    async (page) => {
      for (const name of PAGES) {
        await page.goto(`${host().server.url}pages/${name}.html`);
        for (const width of [320, 1440]) {
          await page.setViewportSize({ width, height: 700 });
          assert.deepEqual(await wide(page), [], `${name}, ${width} px`);
        }
        assert.deepEqual(await violations(page), [], name);
        assert.equal(await page.locator('script').count(), 0);
        await page.emulateMedia({ media: 'print', colorScheme });
        assert.equal(await page.getByRole('navigation').count(), 0);
        const cut = await page.locator('pre').evaluateAll((all) => all.filter((pre) => pre.scrollWidth > pre.clientWidth + 1).length);
        assert.equal(cut, 0, `${name}: lines that paper cuts`);
        assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)', 'paper is light');
        await page.emulateMedia({ media: 'screen', colorScheme });
      }
    },
    { hash: undefined, colorScheme },
  );
}

scenario('the instrument leads to the pages that teach, and they to a proof in it', async (page) => {
  await row(page, 'cubic').waitFor();
  await page.getByRole('link', { name: 'the largest of K tokens' }).click();
  await page.getByRole('heading', { level: 1, name: 'The largest of K tokens' }).waitFor();
  await page.getByRole('link', { name: 'operations of groups' }).first().click();
  await page.getByRole('link', { name: 'this network' }).click();
  await loaded(page, 'S4_s0.safetensors');
  assert.equal(new URL(page.url()).hash.slice(1), 'model=S4_s0&strategy=irrep-linear&view=why');
});
