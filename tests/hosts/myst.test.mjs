// Embeds in a real site of MyST: built by mystmd, and rendered by the component of its themes.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, test } from 'node:test';
import { build } from 'vite';
import { launch, serve } from '../e2e/harness.mjs';
import { CHECKS, examine, INSIDE, snippetOf } from '../e2e/hosts/checks.mjs';
import { root } from '../e2e/known.mjs';

const folder = mkdtempSync(join(tmpdir(), 'compact-proofs-myst-'));
let browser;
let program;
before(async () => {
  [program, browser] = await Promise.all([serve(join(root, 'dist'), '/proofs/', { 'access-control-allow-origin': '*' }), launch()]);
  symlinkSync(join(process.env.HOSTS, 'node_modules'), join(folder, 'node_modules'));
});
after(async () => {
  await browser?.close();
  await program?.close();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * The page of a theme with nothing but the component for these directives. The themes themselves
 * come from a server of theirs.
 */
const THEME = `
  import { createElement } from 'react';
  import { createRoot } from 'react-dom/client';
  import { ANY_RENDERERS } from '@myst-theme/anywidget';
  const within = (node) => (node.type === 'anywidget' ? [node] : (node.children ?? []).flatMap(within));
  const { mdast } = await (await fetch('./content/index.json')).json();
  // The theme gives assets the address of its site.
  const nodes = within(mdast).map((node) => ({ ...node, esm: new URL('.' + node.esm, document.baseURI).href }));
  const app = createRoot(document.querySelector('main div'));
  app.render(nodes.map((node) => createElement(ANY_RENDERERS.anywidget, { node, key: node.key })));
  globalThis.leave = () => app.unmount();`;
const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>An article</title><link rel="icon" href="data:,"></head>
  <body><main><h1>An article</h1><div></div></main><script type="module" src="/theme.js"></script></body></html>`;
const BARE = 'jtex: v1\ntitle: Bare\nversion: 0.0.1\nkind: site\nbuild:\n  install: "true"\n  start: "true"\n';

/** Builds the article in `source`, and serves the site. */
async function site(source) {
  mkdirSync(join(source, 'theme'));
  writeFileSync(join(source, 'theme/template.yml'), BARE);
  writeFileSync(join(source, 'myst.yml'), 'version: 1\nproject:\n  title: An article\nsite:\n  template: ./theme\n');
  // It fetches the module from the program's site, which this process serves.
  await promisify(execFile)(join(folder, 'node_modules/.bin/myst'), ['build', '--site', '--ci'], { cwd: source, timeout: 60_000 });
  writeFileSync(join(source, 'index.html'), PAGE);
  writeFileSync(join(source, 'theme.js'), THEME);
  const rules = { onwarn: () => {} };
  await build({
    root: source,
    base: './',
    configFile: false,
    logLevel: 'error',
    publicDir: join(source, '_build/site/public'),
    build: { target: 'es2022', rollupOptions: rules },
  });
  cpSync(join(source, '_build/site/content'), join(source, 'dist/content'), { recursive: true });
  return serve(join(source, 'dist'), '/');
}

test('MyST: the documented directive; the site has its own copy of the module', async (t) => {
  const source = join(folder, 'article');
  mkdirSync(source);
  const directive = (theme) => snippetOf('MyST', program.url).replace('{ "model"', `{ "theme": "${theme}", "model"`);
  writeFileSync(join(source, 'index.md'), `${directive('light')}\n${directive('dark')}`);
  const server = await site(source);
  try {
    const host = { at: INSIDE, remove: (page) => page.evaluate(() => globalThis.leave()) };
    await examine(t, CHECKS, { browser, host, address: server.url, own: [server.url] });
  } finally {
    await server.close();
  }
});

test('MyST: the article of the examples', async (t) => {
  const all = join(folder, 'page');
  for (const path of ['examples/myst', 'embed']) cpSync(join(root, 'dist', path), join(all, path), { recursive: true });
  const source = join(all, 'examples/myst');
  const server = await site(source);
  try {
    const [[name]] = CHECKS;
    const painted = async ({ embeds: [embed] }) => embed.locator('#claim').getByText('Right on at least 97.78').waitFor();
    await examine(t, [[name, painted]], { browser, host: { at: INSIDE }, address: server.url, own: [server.url] });
  } finally {
    await server.close();
  }
});
