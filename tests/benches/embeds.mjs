// Measures how soon an embed is there: bytes, time to its figure and to its first live proof, cold
// and at 10 Mbit/s.
//
//   node tests/benches/embeds.mjs      measures the present dist/ (one to three minutes), and prints a table in Markdown
//
// Seconds are the least and the median of five runs, each with an empty cache.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { launch } from '../e2e/harness.mjs';
import { root } from '../e2e/known.mjs';

const ROUNDS = 5;
/**
 * Bytes a second, and milliseconds to the host and back: the cable of a household, as developers
 * simulate it.
 */
const SLOW = { offline: false, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8, latency: 40 };
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };

/** Posts, by their addresses. */
const pages = new Map();
/** Files of dist/ with brotli, as hosts send them, below /proofs/. */
const packed = new Map();
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const page = pages.get(pathname);
  if (page) return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  if (!pathname.startsWith('/proofs/')) return response.writeHead(404).end();
  const path = join(root, 'dist', pathname.slice('/proofs/'.length));
  if (!packed.has(path)) packed.set(path, brotliCompressSync(readFileSync(path)));
  const headers = {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    'content-encoding': 'br',
    'cache-control': 'no-store',
  };
  return response.writeHead(200, headers).end(packed.get(path));
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${server.address().port}/`;

const wrap = (body) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>A post</title><link rel="icon" href="data:,"><body>${body}</body></html>`;
const widget = readFileSync(join(root, 'dist/embed/widget.html'), 'utf8');
pages.set(
  '/element',
  wrap('<script type="module" src="/proofs/embed/compact-proofs.js"></script><compact-proofs start="load"></compact-proofs>'),
);
pages.set(
  '/waits',
  wrap('<script type="module" src="/proofs/embed/compact-proofs.js"></script><compact-proofs start="touch"></compact-proofs>'),
);
pages.set('/anywidget', wrap(`<div></div><script type="module">
  const traits = { start: 'load' };
  const model = { get: (name) => traits[name], set() {}, save_changes() {}, on() {}, off() {} };
  (await import('/proofs/embed/anywidget.js')).default.render({ model, el: document.querySelector('div') });
</script>`));
pages.set(
  '/pasted',
  wrap(
    '<script>const pasted = decodeURIComponent(`TEXT`);const frame = document.createElement("iframe");frame.setAttribute("sandbox", "allow-scripts");frame.width = 640;frame.height = 420;frame.srcdoc = pasted;document.body.append(frame)</script>',
  ).replace('TEXT', () => encodeURIComponent(widget.replace('"switches":{}', '"switches":{"start":"load"}'))),
);

/**
 * Each has a name, an address, and the address of the same that waits to be touched, for its bytes
 * before that.
 */
const CASES = [
  ['element', 'element', 'waits'],
  ['frame', 'proofs/embed/frame.html?start=load', 'proofs/embed/frame.html?start=touch'],
  ['single file, from a host', 'proofs/embed/widget.html?start=load', 'proofs/embed/widget.html?start=touch'],
  ['single file, pasted into a post', 'pasted', undefined],
  ['module for notebooks and MyST', 'anywidget', undefined],
];

const browser = await launch();

/**
 * Opens an address with an empty cache; returns seconds to the figure and to the first live proof,
 * and bytes.
 */
async function once(address, network, waits) {
  const context = await browser.newContext({ viewport: { width: 700, height: 900 } });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    let bytes = 0;
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    if (network) await devtools.send('Network.emulateNetworkConditions', network);
    // When each thing happened, since the document of the page began.
    await page.addInitScript(() => {
      globalThis.seen = {};
      const began = performance.timeOrigin;
      const note = (name) => (globalThis.seen[name] ??= (performance.timeOrigin + performance.now() - began) / 1e3);
      addEventListener('proofresult', ({ detail }) => detail.live && note('proof'));
      const look = () => {
        const canvas = document.querySelector('compact-proofs')?.shadowRoot?.querySelector('canvas');
        if (
          canvas?.width > 300 &&
          canvas
            .getContext('2d')
            .getImageData(0, 0, canvas.width, canvas.height)
            .data.some((each) => each)
        )
          return note('figure');
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    const start = Date.now();
    await page.goto(url + address);
    const frame = () => page.frames().at(-1);
    for (const wanted of waits ? ['figure'] : ['figure', 'proof']) {
      for (let seen; seen === undefined; ) {
        seen = await frame().evaluate((name) => globalThis.seen?.[name], wanted).catch(() => undefined);
        if (Date.now() - start > 60_000) throw new Error(`${address}: no ${wanted} in a minute`);
        if (seen === undefined) await new Promise((done) => setTimeout(done, 20));
      }
    }
    const inner = await frame().evaluate(() => ({ ...globalThis.seen, began: performance.timeOrigin }));
    // A frame begins after its page.
    const late = (inner.began - (await page.evaluate(() => performance.timeOrigin))) / 1e3;
    return { figure: inner.figure + late, proof: inner.proof + late, bytes };
  } finally {
    await context.close();
  }
}

/** The least, and the median. */
const span = (all) => [0, Math.floor(all.length / 2)].map((i) => all.toSorted((a, b) => a - b)[i].toFixed(1)).join(', ');
const kilo = (bytes) => `${Math.round(bytes / 1e3)} KB`;
console.log('| | fetched until touched, until proven | figure | first proof | figure at 10 Mbit/s | first proof at 10 Mbit/s |');
console.log('|---|---|---|---|---|---|');
for (const [name, address, waiting] of CASES) {
  const [plain, slow] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    plain.push(await once(address, undefined));
    slow.push(await once(address, SLOW));
  }
  const first = waiting === undefined ? '–' : kilo((await once(waiting, undefined, true)).bytes);
  const times = [plain, slow].flatMap((all) => ['figure', 'proof'].map((what) => span(all.map((each) => each[what]))));
  console.log(`| ${name} | ${first}, ${kilo(Math.max(...plain.map(({ bytes }) => bytes)))} | ${times.join(' | ')} |`);
}
await browser.close();
server.close();
