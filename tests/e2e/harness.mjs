// Serves dist/ as a static host does, starts a headless Chrome and observes pages, for the
// end-to-end tests.
import { createReadStream, existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const root = resolve(import.meta.dirname, '../..');
const types = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};
/** The first is Chrome without windows, whose pages take a third less of a processor. */
const chromes = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Serves `folder` at http://127.0.0.1:PORT`base`, with the headers of a plain static host, and
 * answers 404 for all other paths. `headers` come with every file.
 *
 * To simulate faults, set the property `spoil` of the result to a function. It gets the path of a
 * request and the bytes of the file, and returns undefined or changes to the response: another
 * `status`, `type` or `body`, or `cut`, the number of bytes after which the connection ends.
 */
export async function serve(folder = join(root, 'dist'), base = '/some/sub/path/', headers = {}) {
  const host = { spoil: undefined };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const file = join(folder, path.startsWith(base) ? path.slice(base.length) || 'index.html' : 'not-under-the-base');
    const found = file.startsWith(folder) && (await stat(file).then((s) => s.isFile(), () => false));
    if (!found) return response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    const type = types[extname(file)] ?? 'application/octet-stream';
    const whole = host.spoil && (await readFile(file));
    const spoilt = host.spoil?.(path, whole);
    if (!spoilt) {
      response.writeHead(200, { 'content-type': type, ...headers });
      return createReadStream(file).pipe(response);
    }
    const body = spoilt.body ?? whole;
    response.writeHead(spoilt.status ?? 200, {
      'content-type': spoilt.type ?? type,
      'content-length': Buffer.byteLength(body),
      ...headers,
    });
    if (spoilt.cut === undefined) return response.end(body);
    return response.write(body.subarray(0, spoilt.cut), () => setTimeout(() => response.destroy(), 50));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return Object.assign(host, {
    url: `http://127.0.0.1:${server.address().port}${base}`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
}

/**
 * What Chrome is started without. Its own buttons and menus are pages, too: each new window started
 * one, which took a fifth of the processor time of a short test. Chrome heeds one list only, so
 * that this one repeats Playwright's.
 */
const WITHOUT = [
  ...['InitialWebUI', 'PreloadTopChromeWebUI', 'WebUIReloadButton'],
  ...['WebUIOmniboxPopup', 'WebUIOmniboxFullPopup', 'WebUIOmniboxAimPopup'],
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable'],
  ...['LensOverlay', 'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect'],
  ...['OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch'],
];

/**
 * Starts the browser that the variable HEADLESS or CHROME names, or else the Chrome of this
 * machine. `windows` is for what Chrome without windows does not have, such as the memory of pages
 * that were left.
 */
export function launch({ windows = false, ...options } = {}) {
  const found = chromes.filter(existsSync);
  const executablePath = (!windows && process.env.HEADLESS) || process.env.CHROME || found[windows && found.length > 1 ? 1 : 0];
  if (!executablePath) throw new Error('no Chrome found: name one in the variable CHROME');
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
  args.push('--disable-background-networking', '--disable-component-update', '--disable-sync');
  args.push(`--disable-features=${WITHOUT}`);
  return chromium.launch({ executablePath, headless: true, ...options, args: [...args, ...(options.args ?? [])] });
}

/**
 * Watches a page or a context; call it before the first `goto`. Returns two lists that grow:
 * `problems`, with console errors, uncaught errors, failed requests and responses with a status of
 * 400 or more, and `requests`, with every URL that the page or its workers request.
 */
export function watch(target) {
  const seen = { problems: [], requests: [] };
  target.on('console', (m) => m.type() === 'error' && seen.problems.push(`console: ${m.text()}`));
  target.on('pageerror', (e) => seen.problems.push(`page: ${e}`));
  target.on('weberror', (e) => seen.problems.push(`page: ${e.error()}`)); // a context's name for pageerror
  target.on('request', (r) => seen.requests.push(r.url()));
  // A reload or another page aborts requests, which is no failure.
  const left = ({ errorText }) => errorText === 'net::ERR_ABORTED';
  target.on('requestfailed', (r) => left(r.failure() ?? {}) || seen.problems.push(`request: ${r.url()} ${r.failure()?.errorText}`));
  target.on('response', (r) => r.status() >= 400 && seen.problems.push(`response: ${r.status()} ${r.url()}`));
  return seen;
}

/** Returns the requests for URLs outside the page's folder `url`, except blob: and data: URLs. */
export const elsewhere = (requests, url) => requests.filter((r) => !r.startsWith(url) && !/^(blob|data):/.test(r));

/**
 * Options of a context. Only `offline.test.mjs` lets service workers run: elsewhere they would
 * answer in place of the server.
 */
export const PLAIN = { viewport: { width: 1280, height: 900 }, serviceWorkers: 'block' };

/** Runs in a page: it has been here before, and offers no tour. */
export const visited = () => {
  try {
    localStorage.setItem('compact-proofs.tour', 'offered');
  } catch {
    // A frame without storage offers none.
  }
};

/** Opens the page in a new context; returns the page, the context and the lists of `watch`. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ ...PLAIN, ...options });
  await context.addInitScript(visited);
  const seen = watch(context);
  const page = await context.newPage();
  await page.goto(url);
  return { page, context, ...seen };
}

/**
 * Returns axe-core's accessibility violations: the rule and the selectors of the elements. `within`
 * has the selectors of the parts to look at, for what has changed since the whole page was looked
 * at, which takes more than a second.
 */
export async function violations(page, { within, ...options } = {}) {
  // The page's Content-Security-Policy blocks scripts in the document, but not `evaluate`.
  if (!(await page.evaluate(() => 'axe' in globalThis))) {
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  }
  const { violations: found } = await page.evaluate(
    ([parts, o]) => globalThis.axe.run(parts ? { include: parts } : document, { resultTypes: ['violations'], ...o }),
    [within, options],
  );
  return found.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
}

/** Counts the coloured pixels, neither grey nor white, in a screenshot of an element. */
export async function coloured(locator) {
  const png = (await locator.screenshot()).toString('base64');
  return locator.page().evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const d = context.getImageData(0, 0, image.width, image.height).data;
    let n = 0;
    for (let i = 0; i < d.length; i += 4) {
      const rgb = d.subarray(i, i + 3);
      if (Math.max(...rgb) - Math.min(...rgb) > 60) n++;
    }
    return n;
  }, png);
}

/**
 * Longest time in milliseconds to wait for anything: a deadline costs nothing while tests pass, and
 * slow machines reach short ones.
 */
export const DEADLINE = 120_000;

/**
 * Waits until `condition` returns a truthy value, and returns that. Fails after `longest`
 * milliseconds with a message that names `what`.
 */
export async function until(what, condition, longest = DEADLINE) {
  for (const end = Date.now() + longest; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
    const found = await condition();
    if (found) return found;
  }
  throw new Error(`still not: ${what}`);
}
