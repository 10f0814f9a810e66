/** Configures Vite, which bundles the page into dist/ and serves it during development. */

import { cpSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { embeds } from './embed.mjs';
import { offline } from './offline.mjs';
import { pageAt, pages } from './pages.mjs';

const root = resolve(import.meta.dirname, '..');

/** A script of the page as it is, which runs before the first frame. */
const EARLY = `${root}/www/app/early.js`;

/**
 * Serves the gallery's models at ./models/ and the pages that teach, and copies models, examples
 * and the early script unchanged to dist/.
 */
const models = {
  name: 'models',
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      if (request.url?.startsWith('/models/')) request.url = `/www${request.url}`;
      if (request.url === '/early.js') request.url = '/www/app/early.js';
      const page = pageAt(request.url ?? '');
      if (page !== undefined) return response.setHeader('content-type', page.type).end(page.text);
      next();
    });
  },
  writeBundle({ dir }) {
    const filter = (path) => !/\.(csv|md)$/.test(path);
    cpSync(`${root}/www/models`, `${dir}/models`, { recursive: true, filter });
    cpSync(EARLY, `${dir}/early.js`);
    cpSync(`${root}/www/examples`, `${dir}/examples`, { recursive: true });
  },
};

/**
 * Puts a view's own document, named by a comment, into the page's, and leaves out other comments.
 * Embeds have the same one.
 */
const parts = {
  name: 'parts',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) =>
      html
        .replace(/<!-- (\S+\.html) -->/g, (_, path) => readFileSync(resolve(root, path), 'utf8').trim())
        .replace(/\s*<!--.*?-->/gs, ''),
  },
};

/**
 * Builds the embeds and the pages that teach once the page is built, then what keeps all of it for
 * use without a network.
 */
const others = {
  name: 'others',
  apply: 'build',
  async closeBundle() {
    const dist = resolve(root, 'dist');
    await embeds(dist);
    pages(dist);
    await offline(dist);
  },
};

/**
 * The documents that have a program, at their addresses, and where those lie that are not at the
 * top.
 */
const PAGES = ['index.html', 'teacher.html', 'labs.html'].map((file) => resolve(root, file));
const LIES = { [PAGES[1]]: `${root}/www/classes/teacher/teacher.html`, [PAGES[2]]: `${root}/www/labs/labs.html` };

/**
 * Puts the page for teachers and that of labs beside the page, as if their documents were there.
 */
const beside = {
  name: 'beside',
  resolveId: (id) => (id in LIES ? id : undefined),
  load: (id) => (id in LIES ? readFileSync(LIES[id], 'utf8') : undefined),
  configureServer(server) {
    server.middlewares.use(async (request, response, next) => {
      const { pathname } = new URL(request.url ?? '/', 'http://page');
      const lies = LIES[resolve(root, `.${pathname}`)];
      if (!lies) return next();
      response.setHeader('content-type', 'text/html').end(await server.transformIndexHtml(pathname, readFileSync(lies, 'utf8')));
    });
  },
};

const main = resolve(root, 'www/app/main.ts');
let needed;
/**
 * Whether the page's program needs a module at once. The program itself waits for what is shipped;
 * who uses such a module need not.
 */
function isOfShell(id, modules) {
  if (!needed) {
    needed = new Set([main]);
    for (const each of needed) for (const imported of modules.getModuleInfo(each)?.importedIds ?? []) needed.add(imported);
  }
  return id !== main && needed.has(id);
}

/** All of these modules in one script, whoever shares them: many small scripts take 3 KB more. */
const groups = [{ name: (id, modules) => (isOfShell(id, modules) ? 'shell' : null) }];

export default defineConfig({
  root,
  base: './', // relative addresses, so that the page works in any folder of any host
  publicDir: false,
  appType: 'mpa', // answers 404 for missing files, as static hosts do
  plugins: [models, beside, parts, others],
  worker: { format: 'es' },
  // What a plugin builds beside the page, which takes its time.
  build: {
    outDir: 'dist',
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false }, // a browser without it fetches a script when that is imported
    rollupOptions: { input: PAGES, checks: { pluginTimings: false }, output: { codeSplitting: { groups } } },
  },
  server: { watch: { ignored: ['**/target/**'] } },
});
