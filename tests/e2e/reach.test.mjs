// Whoever uses the page, and however: by keyboard alone, by touch, with forced colours, large text,
// a small or a large window. Tabs are read from the page, so that a new view is tested too.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ALL, asShipped, fixture, heading, host, inHeader, loaded, row, settled, until } from './actions.mjs';
import { coloured, violations } from './harness.mjs';

const panel = (page) => page.getByRole('tabpanel');
const field = (page, name) => new URLSearchParams(new URL(page.url()).hash.slice(1)).get(name);

/** Opens every view in turn; calls `look` with the name of each, once it is here. */
async function eachView(page, look) {
  const tabs = await page.getByRole('tab').all();
  assert.ok(tabs.length >= 4, `${tabs.length} tabs`);
  for (const tab of tabs) {
    await tab.click();
    await here(page, tab);
    await look(await tab.textContent());
  }
}
/** Waits until the view of a tab is in the page, and has no more to fetch. */
async function here(page, tab) {
  const id = await tab.getAttribute('id');
  await until(`the view of ${id}`, () =>
    page.evaluate((label) => {
      const shown = document.querySelector('[role=tabpanel]');
      return shown.getAttribute('aria-labelledby') === label && shown.textContent.length > 150;
    }, id),
  );
  await page.waitForLoadState('networkidle');
}

/**
 * Fails if something sticks out of the window, or if the words of two controls lie on each other.
 */
async function fits(page, what) {
  const { wide, over } = await page.evaluate(() => {
    const isScrolled = (element) => {
      for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
        if (getComputedStyle(box).overflowX !== 'visible') return true;
      return false;
    };
    const wide = [...document.querySelectorAll('body *')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !isScrolled(element))
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map(({ tagName, id, className }) => `${tagName}#${id}.${className}`);
    // The marks of the figure may lie on each other: a click then lists them.
    const controls = [...document.querySelectorAll('button, select, input:not(.unseen), label.button, summary')]
      .filter(
        (control) => control.checkVisibility({ visibilityProperty: true }) && !control.closest('#marks, .absent') && !isScrolled(control),
      )
      .map((control) => [control, control.getBoundingClientRect()]);
    const over = controls.flatMap(([a, p], i) =>
      controls.slice(i + 1).flatMap(([b, q]) => {
        const meet = p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1;
        return meet && !a.contains(b) && !b.contains(a) ? [`${a.outerHTML.slice(0, 80)} and ${b.outerHTML.slice(0, 80)}`] : [];
      }),
    );
    if (document.documentElement.scrollWidth > innerWidth) wide.push(`the page: ${document.documentElement.scrollWidth}`);
    return { wide, over };
  });
  assert.deepEqual(wide, [], `${what}: wider than the window`);
  assert.deepEqual(over, [], `${what}: on each other`);
}

const SIZES = {
  'large window': { viewport: { width: 2560, height: 1440 } },
  'zoom of 400 %': { viewport: { width: 320, height: 225 }, deviceScaleFactor: 4 },
  'text of 200 %': { viewport: { width: 1280, height: 900 }, text: '200%' },
  'text of 200 % on a telephone': { viewport: { width: 390, height: 844 }, text: '200%' },
};
for (const [name, { text, ...options }] of Object.entries(SIZES)) {
  asShipped(
    `${name}: nothing is wider than the window, or on top of another`,
    async (page) => {
      await settled(page);
      await row(page, 'cubic').click();
      if (text) await page.evaluate((size) => { document.documentElement.style.fontSize = size; }, text);
      await eachView(page, (view) => fits(page, `${name}, ${view}`));
    },
    options,
  );
}

for (const colorScheme of ['light', 'dark']) {
  asShipped(
    `forced colours, ${colorScheme}: figures have the system’s colours, and every word can be read`,
    async (page) => {
      await settled(page);
      await row(page, 'cubic').click();
      const [paper, ...roles] = await colours(page, [
        '--paper',
        '--ink',
        '--soft',
        '--rule',
        '--accent',
        '--ours',
        '--published',
        '--cubic',
        '--brute',
        '--beaten',
        '--unproven',
        '--wrong',
      ]);
      for (const role of roles) assert.ok(contrast(role, paper) >= 3, `${role} on ${paper}`);
      const found = await inkOf(page, '#frontier');
      assert.ok(found.marks > 200, `${found.marks} pixels unlike the paper`);
      assert.deepEqual(found.paper, paper);
      assert.ok((await coloured(page.locator('#frontier'))) > 50);
      await eachView(page, async (view) => {
        assert.deepEqual(await page.evaluate(unreadable), [], view);
        await fits(page, view);
      });
    },
    { forcedColors: 'active', colorScheme },
  );
}

/** The colours that custom properties have in the page, as red, green and blue. */
const colours = (page, names) =>
  page.evaluate((all) => {
    const probe = document.createElement('span');
    document.body.append(probe);
    const found = all.map((name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
    });
    probe.remove();
    return found;
  }, names);

/** The contrast of two colours, as WCAG defines it. */
function contrast(...pair) {
  const linear = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const [dark, bright] = pair.map(light).sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

/**
 * Of a canvas in a screenshot: the colour of its corner, and how many pixels differ much from it.
 */
async function inkOf(page, selector) {
  const png = (await page.locator(selector).screenshot()).toString('base64');
  return page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const all = context.getImageData(0, 0, image.width, image.height).data;
    const paper = [...all.subarray(0, 3)];
    let marks = 0;
    for (let i = 0; i < all.length; i += 4) if (paper.some((c, k) => Math.abs(c - all[i + k]) > 120)) marks++;
    return { paper, marks };
  }, png);
}

/**
 * Runs in the page: texts whose colour is nearly that of Canvas, which forced colours put behind
 * all text.
 */
function unreadable() {
  const probe = document.createElement('span');
  probe.style.color = 'Canvas';
  document.body.append(probe);
  const canvas = getComputedStyle(probe).color;
  probe.remove();
  return [...document.querySelectorAll('body *')]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && getComputedStyle(element).forcedColorAdjust === 'auto')
    .filter((element) => getComputedStyle(element).color === canvas)
    .map((element) => element.outerHTML.slice(0, 100));
}

asShipped(
  'reduced motion: nothing is animated and nothing scrolls smoothly',
  async (page) => {
    await settled(page);
    await eachView(page, async (view) => {
      const moving = await page.evaluate(() => [
        ...document
          .getAnimations()
          .filter(({ playState }) => playState === 'running')
          .map((each) => each.animationName ?? each.transitionProperty),
        ...[...document.querySelectorAll('*')]
          .filter((each) => getComputedStyle(each).scrollBehavior === 'smooth')
          .map(({ tagName }) => tagName),
      ]);
      assert.deepEqual(moving, [], view);
    });
  },
  { reducedMotion: 'reduce' },
);

asShipped(
  'by touch: the slider, a stack of marks, every tab, at 390 pixels',
  async (page) => {
    await settled(page);
    const slider = page.locator('#budget');
    const { x, y, width, height } = await slider.boundingBox();
    assert.ok(height >= 24, `${height} px`);
    const claim = await page.locator('#claim').textContent();
    await page.touchscreen.tap(x + width * 0.25, y + height / 2);
    await until('another claim', async () => (await page.locator('#claim').textContent()) !== claim);
    assert.ok(field(page, 'strategy') ?? field(page, 'budget'));
    // A place where several marks are within reach of one finger.
    const place = await page.evaluate(() => {
      const spots = [...document.querySelectorAll('#marks [data-mark]')].map(({ style }) => style.transform.match(/[\d.]+/g).map(Number));
      const near = ([a, b]) => spots.filter(([c, d]) => Math.hypot(a - c, b - d) < 10).length;
      const [left, top] = spots.sort((a, b) => near(b) - near(a))[0];
      return { left, top, count: near([left, top]) };
    });
    assert.ok(place.count > 1, `${place.count} marks`);
    const plane = await page.locator('#plane').boundingBox();
    await page.touchscreen.tap(plane.x + place.left, plane.y + place.top);
    await page.locator('#stack').waitFor();
    const items = page.locator('#stack [data-strategy]');
    assert.ok((await items.count()) >= place.count);
    const wanted = await items.last().getAttribute('data-strategy');
    await items.last().tap();
    await until('the choice', () => field(page, 'strategy') === wanted);
    assert.ok(await page.locator('#stack').isHidden());
    for (const tab of await page.getByRole('tab').all()) {
      const box = await tab.boundingBox();
      assert.ok(box.height >= 24 && box.width >= 24);
      await tab.tap();
      await here(page, tab);
    }
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button, select, summary, input:not(.unseen)')]
        .filter((control) => control.checkVisibility({ visibilityProperty: true }) && !control.closest('#marks'))
        .filter((control) => {
          const { width, height } = (control.labels?.[0]?.contains(control) ? control.labels[0] : control).getBoundingClientRect();
          return !control.matches('.link, [type=radio], [type=checkbox]') && Math.min(width, height) < 23.5;
        })
        .map((control) => `${control.outerHTML.slice(0, 100)} ${JSON.stringify(control.getBoundingClientRect())}`),
    );
    assert.deepEqual(small, []);
  },
  { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
);

asShipped(
  'a narrow window has a box for what its header has no room for: by touch, by keyboard, and without popovers',
  async (page) => {
    await settled(page);
    const more = page.locator('#more-open');
    const boxed = page.locator('#more :is(button, label, a)');
    const focused = () => page.evaluate(() => document.activeElement.id);
    assert.ok(!(await boxed.first().isVisible()));
    assert.ok((await page.locator('.bar').boundingBox()).height < 130, 'three rows');
    await more.tap();
    assert.equal(await boxed.count(), 6);
    for (const each of await boxed.all()) assert.ok((await each.boundingBox()).height >= 24);
    assert.deepEqual(await violations(page, { within: ['.bar'] }), []);
    await page.touchscreen.tap(40, 600);
    await until('closed by a tap beside it', async () => !(await boxed.first().isVisible()));
    await more.focus();
    for (const key of ['Enter', 'Tab', 'Escape']) {
      await page.keyboard.press(key);
      if (key === 'Tab') assert.equal(await focused(), 'models');
    }
    await until('closed by Escape', async () => (await focused()) === 'more-open');
    await (await inHeader(page, 'Exercises')).tap();
    await page.locator('#exercise').getByRole('button', { name: 'Close' }).click();
    await until('the focus is back', async () => (await focused()) === 'more-open');
    await more.tap();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByText('Open a file…').tap()]);
    await chooser.setFiles(fixture('formats/weights.npz'));
    await loaded(page, 'weights.npz, your file');
    await more.tap();
    await page.getByRole('link', { name: 'Deutsch' }).tap();
    await page.getByRole('button', { name: 'Mehr' }).waitFor();
    // An older browser shows the box in the header.
    host().server.spoil = (path, whole) =>
      path.endsWith('.css') ? { body: whole.toString().replaceAll(':popover-open', ':unheard-of') } : undefined;
    await page.reload();
    await boxed.first().waitFor();
    assert.ok(await more.isHidden());
    await fits(page, 'without popovers');
  },
  { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
);

/** Largest allowed sum of layout shifts (share of the window that moved, times distance). */
const MOST_SHIFT = 0.05;
for (const width of [390, 1440]) {
  asShipped(
    `nothing moves when a view is opened, ${width} pixels wide`,
    async (page) => {
      await settled(page);
      await row(page, 'cubic').click();
      await heading(page, 'Cubic');
      await page.evaluate(() => scrollTo(0, 0));
      await page.waitForTimeout(600); // shifts within half a second of a click are the click's
      await page.evaluate(() => globalThis.shifts.splice(0));
      const names = await page.getByRole('tab').evaluateAll((tabs) => tabs.map(({ id }) => id.replace('tab-', '')));
      for (const name of names) {
        // By the address, as shifts that follow a click are not counted.
        await page.evaluate((view) => { location.hash = `#k=4&seed=123&strategy=cubic&view=${view}`; }, name);
        await here(page, page.locator(`#tab-${name}`));
        await page.waitForTimeout(300);
        const sum = await page.evaluate(() => globalThis.shifts.splice(0).reduce((a, b) => a + b, 0));
        console.log(`# layout shift ${sum.toFixed(3)} ${name}`);
        assert.ok(sum < MOST_SHIFT, `${sum} ${name}`);
      }
    },
    {
      viewport: { width, height: 900 },
      prepare: (page) =>
        page.addInitScript(() => {
          globalThis.shifts = [];
          const note = (list) => globalThis.shifts.push(...list.getEntries().map(({ value }) => value));
          new PerformanceObserver(note).observe({ type: 'layout-shift', buffered: true });
        }),
    },
  );
}

/**
 * What the focus is on: how it can be recognised, whether a person sees it, and whether `selector`
 * and `text` describe it.
 */
const focus = (page, selector = '*', text = '') =>
  page.evaluate(([wanted, words]) => {
    const element = document.activeElement;
    // A field for files is hidden; its label stands for it.
    const seen = element.matches('.unseen') ? element.nextElementSibling : element;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(seen);
    const { left, top, right, bottom, width, height } = seen.getBoundingClientRect();
    const [x, y] = [(Math.max(left, 0) + Math.min(right, innerWidth)) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2];
    const above = document.elementFromPoint(x, y);
    return {
      name: element.outerHTML.slice(0, 120),
      isThere: element.matches(wanted) && `${element.textContent} ${element.ariaLabel}`.includes(words),
      isMarked: (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none',
      isInside: right > 0 && bottom > 0 && left < innerWidth && top < innerHeight && width > 0 && height > 0,
      // Marks let the pointer through to the figure.
      isOnTop: Boolean(
        element.closest('#marks') || (above && (seen.contains(above) || above.contains(seen) || above.closest('label')?.contains(seen))),
      ),
    };
  }, [selector, text]);

/**
 * Presses Tab until the focus is on what `selector` and `text` describe; every stop before must be
 * seen.
 */
async function tabTo(page, selector, text = '') {
  const stops = [];
  while (stops.length < 250) {
    await page.keyboard.press('Tab');
    let at = await focus(page, selector, text);
    stops.push(at.name);
    // After the last stop comes the window itself.
    if (at.name.startsWith('<body')) continue;
    // The window scrolls to what has the focus a frame later, and again if rows are still put in.
    const isSeen = () => at.isMarked && at.isInside && at.isOnTop;
    for (let i = 0; i < 20 && !isSeen(); i++) {
      await page.waitForTimeout(50);
      at = await focus(page, selector, text);
    }
    assert.ok(isSeen(), JSON.stringify(at));
    if (at.isThere) return stops;
  }
  assert.fail(`Tab does not come to ${selector} ${text}: ${stops.slice(-5).join('; ')}`);
}

asShipped(
  'text of 200 % enlarges the text of figures, too, when it is chosen as well as before',
  async (page) => {
    await settled(page);
    /** The sizes of text that was drawn last on the frontier, in CSS pixels. */
    const sizes = () => page.evaluate(() => [...new Set(globalThis.drawn.frontier)]);
    await until('labels of the usual size', async () => JSON.stringify(await sizes()) === '[12]');
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    // As far as the figure has room: labels twice as large in 600 pixels, not in 320.
    await until('larger labels', async () => (await sizes()).every((size) => size > 23.5 && size < 24.5));
    await page.setViewportSize({ width: 390, height: 844 });
    await until('labels that fit', async () => (await sizes()).every((size) => size > 12.5 && size < 16));
  },
  {
    viewport: { width: 1440, height: 900 },
    prepare: (page) =>
      page.addInitScript(() => {
        globalThis.drawn = {};
        const { fillText, setTransform } = CanvasRenderingContext2D.prototype;
        // Each drawing of a figure sets a transformation first.
        CanvasRenderingContext2D.prototype.setTransform = function (...args) {
          globalThis.drawn[this.canvas.id] = [];
          return setTransform.apply(this, args);
        };
        CanvasRenderingContext2D.prototype.fillText = function (...args) {
          const { a, b } = this.getTransform();
          globalThis.drawn[this.canvas.id]?.push(
            Math.round((10 * parseFloat(this.font.match(/([\d.]+)px/)[1]) * Math.hypot(a, b)) / devicePixelRatio) / 10,
          );
          return fillText.apply(this, args);
        };
      }),
  },
);

asShipped('by keyboard alone: a whole session, with a focus that is always seen', async (page) => {
  await settled(page);
  const key = (name) => page.keyboard.press(name);
  const claim = () => page.locator('#claim').textContent();

  // The frontier, one proof after another, and one of them chosen.
  await tabTo(page, '#marks [data-mark]');
  const mark = () => page.evaluate(() => document.activeElement.dataset.mark);
  await key('Home');
  const first = await mark();
  await key('ArrowRight');
  assert.notEqual(await mark(), first);
  for (let i = 0; i < ALL && (await mark()) !== 'cubic'; i++) await key('ArrowDown');
  assert.ok((await focus(page)).isMarked);
  await key('Enter');
  await until('the choice', () => field(page, 'strategy') === 'cubic');
  const before = await claim();

  // The slider, there and back.
  await tabTo(page, '#budget');
  await key('ArrowLeft');
  await until('another claim', async () => (await claim()) !== before);
  await page.keyboard.press('Shift+Tab');
  await until('the marks', async () => (await mark()) !== undefined);
  for (const way of ['Home', ...Array(ALL).fill('ArrowDown')]) if ((await mark()) !== 'cubic') await key(way);
  await key('Enter');
  await until('the choice', () => field(page, 'strategy') === 'cubic');

  // Every view; then a case in one, and its input in another.
  await tabTo(page, '[role=tab]');
  const tabs = await page.getByRole('tab').count();
  for (let i = 0; i < tabs; i++) {
    const open = page.getByRole('tab', { selected: true });
    await here(page, open);
    assert.ok((await open.evaluate((tab) => tab === document.activeElement)) && (await focus(page)).isMarked);
    await key('ArrowRight');
  }
  for (let i = 0; i < tabs && field(page, 'view') !== 'why'; i++) await key('ArrowRight');
  await panel(page).getByText(/are proven$/).waitFor();
  await tabTo(page, '[role=tabpanel] input[type=number]');
  await page.keyboard.type('40');
  await key('Tab');
  await page.keyboard.type('20');
  await tabTo(page, '[role=tabpanel] button', 'Open case');
  await key('Enter');
  await panel(page).locator('.opened').getByRole('button', { name: /proven input/i }).first().waitFor();
  await tabTo(page, '.opened button', 'roven input');
  await key('Enter');
  await panel(page).getByText(/covers this input/).waitFor();

  // Tokens, typed.
  for (const token of ['17', '52', '3', '41']) {
    await tabTo(page, '[role=tabpanel] input[type=text]');
    await page.keyboard.type(token);
  }
  await panel(page).locator('output').getByText(/52\s*✓\s*right/).waitFor();

  // A certificate, the table filtered and sorted.
  await tabTo(page, '#filters input', '');
  await page.keyboard.type('c');
  await until('fewer rows', async () => parseInt(await page.locator('#shown').textContent()) < ALL);
  const saved = page.waitForEvent('download');
  await tabTo(page, '#details button', 'certificate');
  await key('Enter');
  const certificate = JSON.parse(await readFile(await (await saved).path(), 'utf8'));
  assert.equal(certificate.strategy, 'cubic');
  await tabTo(page, '#results th button', 'FLOPs');
  await key('Enter');
  await page.locator('#results th[aria-sort=ascending], #results th[aria-sort=descending]').getByText('FLOPs').waitFor();

  // Past the last stop the first comes again; another model is chosen there.
  await tabTo(page, '#k');
  await key('5');
  await loaded(page, /^max5_/);
});
