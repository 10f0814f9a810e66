// Seven kinds of pages that this project has never seen, each with two embeds that are pasted as
// www/embed/README.md says.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, serve } from './harness.mjs';
import { CHECKS, examine, FRAMED, INSIDE, snippetOf } from './hosts/checks.mjs';
import { root } from './known.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');
const snippet = (heading) => snippetOf(heading, program.url);

const element = (theme) => snippet('The element').replace('<compact-proofs', `<compact-proofs theme="${theme}"`);
const frame = (theme) => snippet('A frame').replace('html?', `html?theme=${theme}&amp;`);
const traits = (theme) => JSON.stringify({ ...JSON.parse(/^\{.*\}$/m.exec(snippet('MyST'))[0]), theme });
// The page decodes it, because a script cannot hold the text of another.
const file = (theme) => encodeURIComponent(read('dist/embed/widget.html').replace('"switches":{}', `"switches":{"theme":"${theme}"}`));

const removed = (selector) => (page) => page.evaluate((each) => document.querySelectorAll(each).forEach((one) => one.remove()), selector);
const left = (page) => page.evaluate(() => globalThis.leave());

/**
 * Each has a page of `hosts/`, what is pasted into it (`embed`), where the embeds then are (`at`),
 * how they go (`remove`), and whether they ask the program's site for anything (`asks`).
 */
const HOSTS = [
  {
    name: 'plain page with the documented policy',
    page: 'plain.html',
    embed: element,
    at: INSIDE,
    remove: removed('compact-proofs'),
    asks: true,
    policy: () => snippet('Content-Security-Policy'),
  },
  { name: 'frame with the height that it asks for', page: 'frame.html', embed: frame, at: FRAMED, remove: removed('iframe'), asks: true },
  { name: 'one file in a sandbox, as on LessWrong', page: 'srcdoc.html', embed: file, at: FRAMED, remove: removed('iframe'), asks: false },
  { name: 'MyST, by the contract of its themes', page: 'myst.html', embed: traits, at: INSIDE, remove: left, asks: false },
  { name: 'Jupyter, by the contract of anywidget', page: 'jupyter.html', embed: traits, at: INSIDE, remove: left, asks: false },
  {
    name: 'Ghost with a theme that styles everything',
    page: 'ghost.html',
    embed: element,
    at: INSIDE,
    remove: removed('compact-proofs'),
    asks: true,
  },
  {
    name: 'Quarto with another library of elements',
    page: 'quarto.html',
    embed: element,
    at: INSIDE,
    remove: removed('compact-proofs'),
    asks: true,
  },
];

let program;
let browser;
let site;
before(async () => {
  [program, browser, site] = await Promise.all([
    serve(join(root, 'dist'), '/proofs/', { 'access-control-allow-origin': '*' }),
    launch(),
    hosting(),
  ]);
});
after(async () => {
  await browser?.close();
  await program?.close();
  await site?.close();
});

/** Serves the pages with what is pasted, and a copy of the module, as sites of MyST have one. */
async function hosting() {
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    if (path === '/copy/anywidget.js')
      return response.writeHead(200, { 'content-type': 'text/javascript' }).end(read('dist/embed/anywidget.js'));
    const host = HOSTS.find(({ page }) => page === basename(path));
    if (!host) return response.writeHead(404).end();
    const policy = host.policy && `default-src 'none'; img-src data:; ${host.policy().trim()}`;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...(policy && { 'content-security-policy': policy }) });
    const pasted = (html, place, theme) => html.replace(`<!-- ${place} -->`, () => host.embed(theme));
    return response.end(pasted(pasted(read(`tests/e2e/hosts/${host.page}`), 'one', 'light'), 'two', 'dark'));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

for (const host of HOSTS) {
  test(host.name, (t) =>
    examine(t, CHECKS, { browser, host, address: site.url + host.page, own: [site.url, ...(host.asks ? [program.url] : [])] }),
  );
}
