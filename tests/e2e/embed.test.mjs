// Embeds as other sites have them: pages on one port, the program on another.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DEADLINE, launch, serve, until, violations, watch } from './harness.mjs';
import { ALL, root, shipped } from './known.mjs';

let program;
let browser;
let site;
before(async () => {
  [program, browser] = await Promise.all([serve(join(root, 'dist'), '/proofs/', { 'access-control-allow-origin': '*' }), launch()]);
  site = await hosting();
});
after(async () => {
  await browser?.close();
  await program?.close();
  await site?.close();
});

/** A site whose pages are set by the tests; each has a `body` and perhaps a `policy`. */
async function hosting() {
  const pages = {};
  const server = createServer((request, response) => {
    const page = pages[new URL(request.url, 'http://localhost').pathname];
    if (!page) return response.writeHead(404).end();
    const headers = { 'content-type': page.type ?? 'text/html; charset=utf-8', ...(page.policy && { 'content-security-policy': page.policy }) };
    response.writeHead(200, headers).end(page.body);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    pages,
    url: `http://127.0.0.1:${server.address().port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const post = (body) => `<!doctype html><html lang="en"><head><title>A post</title><link rel="icon" href="data:,"></head><body><main><h1>A post</h1>${body}</main></body></html>`;

/**
 * Opens a page of the site in a context of its own; fails if anything is reported, or asked of
 * anyone else.
 */
async function visit(body, run, { policy, allowed = [], ...options } = {}) {
  site.pages['/post'] = { body: post(body), policy };
  const context = await browser.newContext({ viewport: { width: 700, height: 1000 }, ...options });
  try {
    const seen = watch(context);
    const page = await context.newPage();
    page.setDefaultTimeout(DEADLINE);
    await page.goto(`${site.url}post`);
    await run(page, seen);
    assert.deepEqual(seen.problems, []);
    const own = [program.url, site.url, 'blob:', 'data:', 'about:', ...allowed];
    assert.deepEqual(seen.requests.filter((url) => !own.some((start) => url.startsWith(start))), []);
  } finally {
    await context.close();
  }
}

const script = () => `<script type="module" src="${program.url}embed/compact-proofs.js"></script>`;
/** Waits until an embed, in a page or a frame, has proven everything. */
const proven = (at, id = 'compact-proofs') => at.locator(`${id} #run-state`).getByText(`${ALL} of ${ALL} proofs done`).waitFor();
/** What the native program proves of the default model. */
const COUNTS = Object.fromEntries(shipped.outcomes.map(({ strategy, correct }) => [strategy, correct]));
/** Collects the results that embeds tell their page. */
const LISTEN = '<script>window.results = {}; addEventListener("proofresult", ({ detail }) => detail.live && (results[detail.strategy] = detail.correct));</script>';

test('an element from another origin paints what was shipped without WebAssembly, then proves the same counts, under a strict policy', async () => {
  const policy = `default-src 'none'; script-src ${program.url} 'unsafe-inline' 'wasm-unsafe-eval'; connect-src ${program.url}; worker-src blob: ${program.url}; img-src data:`;
  await visit(`${LISTEN}${script()}<compact-proofs start="touch"></compact-proofs>`, async (page, seen) => {
    await page.locator('compact-proofs #claim').getByText(/^Right on at least 97/).waitFor();
    assert.deepEqual(seen.requests.filter((url) => /wasm|worker/.test(url)), []);
    await page.locator('compact-proofs #budget').focus();
    await page.keyboard.press('ArrowRight');
    await proven(page);
    assert.deepEqual(await page.evaluate('results'), COUNTS);
  }, { policy });
});

test('embeds share one pool of workers, take turns with several models, and free it when they go', async () => {
  const two = '<compact-proofs class="one" start="load"></compact-proofs><compact-proofs class="two" start="load"></compact-proofs>';
  const other = '<compact-proofs class="three" model="max4_v64_s50" start="load"></compact-proofs>';
  await visit(`${script()}${two}${other}`, async (page) => {
    for (const id of ['.one', '.two', '.three']) await proven(page, id);
    const claims = await Promise.all(['.one', '.two', '.three'].map((id) => page.locator(`${id} #against`).textContent()));
    assert.equal(claims[0], claims[1]);
    assert.notEqual(claims[0], claims[2]);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    assert.equal(page.workers().length, Math.min(Math.max(cores - 1, 1), 4));
    await page.evaluate(() => document.querySelectorAll('.two, .three').forEach((each) => each.remove()));
    await page.locator('.one #budget').focus();
    await page.keyboard.press('Home');
    await page.evaluate(() => document.querySelector('.one').remove());
    await until('no workers', () => page.workers().length === 0);
  });
});

test('switches change while it is shown; neither styles nor names of the page reach it, nor its own the page', async () => {
  const style = '<style>* { color: red; font-size: 30px; text-transform: uppercase } h2, p, button { display: none } :root { --ink: red; font-size: 40px }</style>';
  await visit(`${style}<p id="claim">Mine</p>${script()}<compact-proofs start="never" theme="light"></compact-proofs>`, async (page) => {
    const embed = page.locator('compact-proofs');
    const claim = embed.locator('#claim');
    await claim.getByText('97').waitFor();
    const styles = () => claim.evaluate((element) => [getComputedStyle(element).color, getComputedStyle(element).fontSize, getComputedStyle(element).textTransform]);
    assert.deepEqual(await styles(), ['rgb(27, 31, 36)', '17px', 'none']);
    const set = (name, value) => embed.evaluate((element, [n, v]) => element.setAttribute(n, v), [name, value]);
    await set('theme', 'dark');
    assert.deepEqual((await styles())[0], 'rgb(232, 234, 237)');
    await set('show', 'claim');
    assert.equal(await embed.locator('canvas').isVisible(), false);
    await set('proof', 'cubic');
    await embed.locator('#against').getByText('Proof: Cubic.').waitFor();
    await set('show', 'everything');
    await embed.getByRole('alert').getByText('show="everything": expected some of claim, plot').waitFor();
    await set('theme', 'light');
    await embed.evaluate((element) => document.body.append(element));
    await set('model', 'max4_v64_s50');
    await set('start', 'load');
    await embed.locator('#run-state').getByText(/\d+ of \d+ proofs done/).waitFor();
    await embed.locator('#against').getByText('Proof: Cubic.').waitFor();
    await embed.evaluate((element) => document.querySelector('main').append(element));
    assert.deepEqual(await violations(page, { rules: { 'color-contrast': { enabled: false } } }), []);
    assert.equal(await page.locator('main > #claim').evaluate((element) => getComputedStyle(element).color), 'rgb(255, 0, 0)');
  });
});

test('an iframe has no inner scroll bar from 340 pixels up, takes the height that it asks for, and keeps to its own files', async () => {
  const frame = (id, switches) => `<iframe id="${id}" title="${id}" src="${program.url}embed/frame.html?${switches}"></iframe>`;
  const listen = `<style>#narrow { width: 340px; height: 480px } #wide { width: 640px; height: 420px } #tall { width: 340px; height: 60px }</style>
    <script>addEventListener('message', ({ data, source }) => {
      const frame = document.querySelector('#tall');
      if (data.type === 'iframe-widget-resize' && source === frame.contentWindow) frame.style.height = data.height + 'px';
    })</script>`;
  await visit(`${listen}${frame('narrow', 'theme=light')}${frame('wide', 'theme=dark')}${frame('tall', 'show=claim,plot,why&start=load')}`, async (page) => {
    for (const id of ['narrow', 'wide', 'tall']) {
      const inside = page.frameLocator(`#${id}`);
      await inside.locator('compact-proofs #claim').getByText('97').waitFor();
      if (id === 'tall') await inside.locator('.of-why canvas').first().waitFor();
      const hidden = () => inside.locator('html').evaluate((element) => [element.scrollWidth - element.clientWidth, element.scrollHeight - element.clientHeight]);
      await until(`${id} fits`, async () => (await hidden()).every((pixels) => pixels <= 0));
      const frame = page.frames().find((each) => each.url().includes(id === 'narrow' ? 'theme=light' : id === 'wide' ? 'theme=dark' : 'why'));
      assert.deepEqual(await violations(frame), [], id);
    }
  });
});

test('weights of the author’s, inside the page, are proven, and what is wrong with others is said', async () => {
  const weights = readFileSync(join(root, 'www/models/max-of-k/max4_v64_s50.safetensors'), 'base64');
  const embeds = `<compact-proofs class="own" start="load" src="data:application/octet-stream;base64,${weights}"></compact-proofs><compact-proofs class="bad" start="load" src="data:text/plain;base64,AAAA"></compact-proofs><compact-proofs class="later" start="never" model="max4_v64_s104"></compact-proofs>`;
  await visit(`${script()}${embeds}`, async (page) => {
    await page.locator('.bad').getByRole('alert').getByText('weights').waitFor();
    await page.locator('.own #run-state').getByText(/\d+ of \d+ proofs done/).waitFor();
    await page.locator('.own #against').getByText('99.9').waitFor();
    await page.locator('.later #claim').getByText('Nothing is proven yet.').waitFor();
    assert.equal(await page.locator('.later #run-state').textContent(), '');
    await page.locator('.later #run').click();
    await page.locator('.later #claim').getByText('Right on').waitFor();
  });
});

/** A single file with these switches, put there as any program can. */
const widget = (switches = {}, file = 'widget.html', others = {}) =>
  readFileSync(join(root, 'dist/embed', file), 'utf8').replace(/(id="compact-proofs-data">)([^<]*)/, (_, place, data) => place + JSON.stringify({ ...JSON.parse(data), switches, ...others }));
/** Puts a single file into a frame as sites for posts do. */
const paste = (page, html) =>
  page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, 'text/html');
    const editor = document.createElement('div');
    editor.innerHTML = parsed.body.innerHTML;
    const frame = document.createElement('iframe');
    frame.title = 'Compact proofs';
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.srcdoc = editor.innerHTML;
    document.querySelector('#place').append(frame);
  }, html);

test('the single file proves in a sandbox, after an editor has read and written it, asks for nothing and says what the sandbox takes', async () => {
  const listen = `<script>window.results = {}; addEventListener('message', ({ data }) => data.type === 'iframe-widget-resize' && (document.querySelector('iframe').style.height = data.height + 'px'))</script>`;
  const style = '<style>iframe { width: 340px; height: 60px; border: 0 }</style>';
  await visit(`${listen}${style}<div id="place"></div>`, async (page, seen) => {
    const before = seen.requests.length;
    await paste(page, widget());
    const inside = page.frameLocator('iframe');
    await inside.locator('#claim').getByText('97.78').waitFor();
    await inside.getByText('nothing be saved').waitFor();
    await proven(inside);
    await inside.locator('#budget').focus();
    await page.keyboard.press('Home');
    await inside.locator('#claim').getByText('97.78').waitFor({ state: 'detached' });
    const [frame] = page.frames().filter((each) => each !== page.mainFrame());
    await until('the frame is as high as its content', () => frame.evaluate(() => document.documentElement.scrollHeight <= innerHeight && innerHeight > 300));
    assert.equal(await frame.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    assert.deepEqual(seen.requests.slice(before).filter((url) => !/^(about|blob|data):/.test(url)), []);
    const rules = { 'page-has-heading-one': { enabled: true }, 'html-has-lang': { enabled: false }, 'document-title': { enabled: false } };
    assert.deepEqual(await violations(frame, { rules }), []);
    await page.evaluate(() => document.querySelector('iframe').remove());
    await until('no workers', () => page.workers().length === 0);
  });
});

test('the larger single file has the views, too; the smaller one says that it does not', async () => {
  await visit('<style>iframe { width: 640px; height: 420px }</style><div id="place"></div>', async (page) => {
    await paste(page, widget({ show: 'claim,why', start: 'load', theme: 'dark' }, 'widget-views.html'));
    await paste(page, widget({ show: 'claim,why', start: 'load' }));
    const [larger, smaller] = ['first', 'last'].map((which) => page.locator('iframe')[which]().contentFrame());
    await larger.locator('.of-why').getByText('are proven').first().waitFor();
    // Dialogs have the style of the embed.
    await larger.locator('.of-why .word').first().click();
    const paper = (selector) => larger.locator(selector).evaluate((element) => getComputedStyle(element).backgroundColor);
    assert.equal(await paper('#word-said'), await paper('.embed'));
    await smaller.getByRole('alert').getByText('The view why cannot be shown: it is not in this file').waitFor();
  });
});

test('a single file whose results are about other weights says so', async () => {
  const weights = readFileSync(join(root, 'www/models/max-of-k/max4_v64_s50.safetensors'), 'base64');
  await visit('<div id="place"></div>', async (page) => {
    await paste(page, widget({ start: 'load' }, 'widget.html', { weights }));
    await page.frameLocator('iframe').getByRole('alert').getByText(/is not the file that the shipped results are about: its SHA-256 is \w{64}, theirs 62262b7/).waitFor();
  });
});

test('the single file works from a disk, offline, with the counts of the native program', async () => {
  const context = await browser.newContext({ viewport: { width: 640, height: 420 }, offline: true });
  try {
    const seen = watch(context);
    const page = await context.newPage();
    page.setDefaultTimeout(DEADLINE);
    await page.addInitScript(() => {
      window.results = {};
      addEventListener('proofresult', ({ detail }) => detail.live && (window.results[detail.strategy] = detail.correct));
    });
    await page.goto(`file://${join(root, 'dist/embed/widget.html')}?theme=dark`);
    await proven(page);
    assert.deepEqual(await page.evaluate('results'), COUNTS);
    assert.deepEqual(await violations(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight));
    assert.deepEqual(seen.problems, []);
    assert.deepEqual(seen.requests.filter((url) => !/^(file|blob|data):/.test(url)).concat(seen.requests.slice(1).filter((url) => /^file:/.test(url))), []);
  } finally {
    await context.close();
  }
});

test('the module for notebooks keeps the contract of anywidget: traits in, results out, weights as bytes, no other file', async () => {
  await visit('<div id="cell"></div>', async (page, seen) => {
    const text = readFileSync(join(root, 'dist/embed/anywidget.js'), 'utf8');
    const weights = readFileSync(join(root, 'tests/exports/files/tl3.safetensors')).toString('base64');
    const before = seen.requests.length;
    await page.evaluate(
      async ([code, base64]) => {
        const module = await import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const traits = { show: 'claim,plot', start: 'load', weights: new DataView(bytes.buffer) };
        const heard = new Map();
        window.traits = traits;
        window.change = (name, value) => ((traits[name] = value), heard.get(`change:${name}`)());
        const model = {
          get: (name) => traits[name],
          set: (name, value) => (traits[name] = value),
          save_changes: () => (window.saved = (window.saved ?? 0) + 1),
          on: (event, call) => heard.set(event, call),
          off: (event) => heard.delete(event),
        };
        window.remove = await module.default.render({ model, el: document.querySelector('#cell') });
        window.listeners = heard;
      },
      [text, weights],
    );
    await page.waitForFunction(() => Object.keys(window.traits.results ?? {}).length > 10);
    const cubic = await page.evaluate('traits.results.cubic');
    assert.equal(cubic.live, true);
    await page.evaluate(() => window.change('show', 'claim'));
    assert.equal(await page.locator('#cell canvas').isVisible(), false);
    assert.deepEqual(seen.requests.slice(before).filter((url) => !/^(blob|data):/.test(url)), []);
    await page.evaluate('remove()');
    assert.equal(await page.evaluate('listeners.size'), 0);
    await until('no workers', () => page.workers().length === 0);
  });
});

test('a certificate of the author’s is verified and its proof shown; one that does not hold is not', async () => {
  const prove = await import('../../www/pkg/prove.js');
  prove.initSync({ module: readFileSync(join(root, 'www/pkg/prove_bg.wasm')) });
  const { file, sha256 } = shipped.facts;
  const run = prove.load(file, readFileSync(join(root, 'www/models/max-of-k', file)), undefined).run('cubic', [], 0, 1);
  while (run.advance(1000) < 1);
  const text = run.certificate(sha256);
  assert.match(text, new RegExp(COUNTS.cubic));
  const headers = { type: 'application/json' };
  site.pages['/right.certificate.json'] = { body: text, ...headers };
  site.pages['/wrong.certificate.json'] = { body: text.replaceAll(COUNTS.cubic, String(BigInt(COUNTS.cubic) + 1n)), ...headers };
  const embed = (name) => `<compact-proofs class="${name}" start="load" src="${site.url}${name}.certificate.json"></compact-proofs>`;
  await visit(`${script()}${embed('right')}${embed('wrong')}`, async (page) => {
    await page.locator('.right #against').getByText('Cubic, from a certificate').waitFor();
    await page.locator('.wrong').getByRole('alert').getByText('certificate').waitFor();
  });
});

test('weights at an address of another host come by CORS, and a host that does not allow it is named', async () => {
  const own = `<compact-proofs class="own" start="load" show="claim" src="${program.url}models/max-of-k/max4_v64_s50.safetensors"></compact-proofs>`;
  const closed = await serve(join(root, 'dist'));
  site.pages['/post'] = { body: post(`${script()}${own}<compact-proofs class="closed" start="load" src="${closed.url}models/max-of-k/max4_v64_s50.safetensors"></compact-proofs>`) };
  const page = await browser.newPage();
  try {
    await page.goto(`${site.url}post`);
    await page.locator('.closed').getByRole('alert').getByText(/cannot be fetched: .*\(CORS\)/).waitFor();
    await page.locator('.closed').getByRole('button', { name: 'Try again' }).waitFor();
    await page.locator('.own #claim').getByText('Right on').waitFor();
  } finally {
    await page.close();
    await closed.close();
  }
});

test('what an author puts into the element is seen without the program and where that fails, and gives way to the figure', async () => {
  const body = (at) => post(`<script type="module" src="${at}embed/compact-proofs.js"></script><compact-proofs><a href="/elsewhere">The figure as a page</a></compact-proofs>`);
  const page = await browser.newPage();
  const inside = page.getByRole('link', { name: 'The figure as a page' });
  try {
    site.pages['/post'] = { body: body('http://127.0.0.1:9/') };
    await page.goto(`${site.url}post`);
    assert.ok(await inside.isVisible());
    site.pages['/post'] = { body: body(program.url) };
    program.spoil = (path) => (/first-paint/.test(path) ? { status: 500, body: '' } : undefined);
    await page.goto(`${site.url}post`);
    await page.locator('compact-proofs').getByRole('alert').getByText('first-paint.json cannot be fetched (HTTP 500)').waitFor();
    assert.ok(await inside.isVisible());
    program.spoil = undefined;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('compact-proofs #claim').getByText('97').waitFor();
    assert.equal(await inside.isVisible(), false);
  } finally {
    program.spoil = undefined;
    await page.close();
  }
});

test('models of another task are embedded in the same ways, with the views of their task', async () => {
  const switches = 'task="group-operations" show="claim,plot,slider,why,neurons"';
  const elements = `<compact-proofs class="one" start="touch" ${switches}></compact-proofs><compact-proofs class="two" start="load" task="group-operations" model="Z31_s0" show="claim,neurons"></compact-proofs><compact-proofs class="none" task="chess"></compact-proofs>`;
  await visit(`${LISTEN}<div id="place"></div>${script()}${elements}`, async (page) => {
    await page.locator('.one #claim').getByText('Right on all 576 inputs').waitFor();
    await page.locator('.none').getByRole('alert').getByText('task="chess": expected one of max-of-k, group-operations').waitFor();
    await page.locator('.two .of-neurons').getByText('What is proven of the integral').waitFor();
    await page.locator('.one #budget').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('.one .of-why canvas').first().waitFor();
    await page.locator('.one #run-state').getByText(/^(\d+) of \1 proofs done$/).waitFor();
    await page.locator('.one .of-neurons').getByText('Points of x').waitFor();
    assert.equal(await page.locator('.one .more').getAttribute('href').then((href) => href.replace(/&.*/, '')), `${program.url}?task=group-operations#model=S4_s0`);
    assert.deepEqual(await violations(page, { rules: { 'color-contrast': { enabled: false } } }), []);
    await paste(page, widget({ show: 'claim,why', start: 'load' }, 'group-operations/widget-views.html'));
    await paste(page, widget({ start: 'load' }, 'group-operations/widget.html'));
    for (const which of ['first', 'last']) {
      const inside = page.locator('iframe')[which]().contentFrame();
      await inside.locator('#run-state').getByText(/^(\d+) of \1 proofs done$/).waitFor();
      await inside.locator('#claim').getByText('Right on all 576 inputs').waitFor();
    }
    await page.locator('iframe').first().contentFrame().locator('.of-why canvas').first().waitFor();
  });
});

test('an embed that is removed leaves no elements, listeners or workers behind', async () => {
  await visit(script(), async (page) => {
    const devtools = await page.context().newCDPSession(page);
    const once = () =>
      page.evaluate(async () => {
        const element = document.createElement('compact-proofs');
        element.setAttribute('start', 'load');
        element.setAttribute('show', 'claim,plot,slider,why');
        const done = new Promise((resolve) => element.addEventListener('proofsdone', resolve, { once: true }));
        document.querySelector('main').append(element);
        await done;
        while (!element.shadowRoot.querySelector('.of-why canvas')) await new Promise((later) => setTimeout(later, 20));
        element.remove();
      });
    const left = async () => {
      await once();
      await until('no workers', () => page.workers().length === 0);
      await devtools.send('HeapProfiler.collectGarbage');
      const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters');
      return { nodes, jsEventListeners };
    };
    await left(); // the first leaves the program
    const before = await left();
    await until('as much as before', async () => JSON.stringify(await left()) === JSON.stringify(before));
  });
});
