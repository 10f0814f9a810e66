// Embeds in Firefox and WebKit: the element from another origin, and the single file in a sandbox.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { firefox, WATCH, webkit } from './browsers.mjs';
import { serve, until } from './harness.mjs';
import { root, shipped } from './known.mjs';

const SAID = `<script>addEventListener('proofresult', ({ detail: { strategy, correct } }) => parent.postMessage({ strategy, correct }, '*'))</script>`;
/** Proofs to wait for, two dozen of a hundred. The short path waits for all of them in the page. */
const SOME = 24;
const expected = new Map(shipped.outcomes.map(({ strategy, correct }) => [strategy, correct]));
/** Fails unless the count of each proof is the shipped one. */
const agree = (results) => {
  for (const { strategy, correct } of results) assert.equal(correct, expected.get(strategy), strategy);
};

/** A page with the element, and with the single file in a sandbox; it keeps what they tell. */
function pageOf(program) {
  const widget = readFileSync(join(root, 'dist/embed/widget.html'), 'utf8').replace('</body>', `${SAID}</body>`);
  const srcdoc = widget.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A post</title><link rel="icon" href="data:,"><script>${WATCH}
    window.said = []; window.results = [];
    addEventListener('message', ({ data }) => said.push(data));
    addEventListener('proofresult', ({ detail: { strategy, correct } }) => results.push({ strategy, correct }));
    </script><script type="module" src="${program}embed/compact-proofs.js"></script></head>
    <body><compact-proofs start="load"></compact-proofs>
    <iframe title="Sandbox" sandbox="allow-scripts" width="340" height="480" srcdoc="${srcdoc}"></iframe></body></html>`;
}

for (const open of [firefox, webkit]) {
  test(`the element and the single file prove in ${open.name === 'firefox' ? 'Firefox' : 'WebKit'}`, async () => {
    const program = await serve(join(root, 'dist'), '/proofs/', { 'access-control-allow-origin': '*' });
    const site = createServer((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(pageOf(program.url)),
    );
    await new Promise((listening) => site.listen(0, '127.0.0.1', listening));
    const session = await open();
    try {
      await session.goto(`http://127.0.0.1:${site.address().port}/`);
      const said = () => session.evaluate(() => window.said);
      const results = () => session.evaluate(() => window.results);
      await until('the element has proven some', async () => (await results()).length >= SOME);
      agree(await results());
      const inSandbox = async () => (await said()).filter(({ strategy }) => strategy);
      await until('the single file has proven some', async () => (await inSandbox()).length >= SOME);
      agree(await inSandbox());
      assert.ok((await said()).some(({ type, height }) => type === 'iframe-widget-resize' && height > 300));
      assert.deepEqual(await session.problems(), []);
    } finally {
      await session.close();
      await program.close();
      site.closeAllConnections();
      site.close();
    }
  });
}
