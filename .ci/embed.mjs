/**
 * Builds what other sites embed, beside the page in dist/embed/: the element, its first results, the
 * module for notebooks, and the file that needs nothing beside it.
 */

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { build, runnerImport } from 'vite';

const root = resolve(import.meta.dirname, '..');
const read = (path) => readFileSync(resolve(root, path));

/**
 * Styles of embeds. A size in `rem` would be the host page's: it becomes pixels. Where a view imports
 * its style, that is given to all embeds instead of the page.
 */
const styles = {
  name: 'styles',
  enforce: 'pre',
  async resolveId(source, importer) {
    if (!source.endsWith('.css') || !importer?.endsWith('.ts')) return undefined;
    return `\0adopt:${resolve(dirname(importer), source)}.js`;
  },
  load(id) {
    if (!id.startsWith('\0adopt:')) return undefined;
    const path = id.slice('\0adopt:'.length, -'.js'.length);
    const adopt = JSON.stringify(resolve(root, 'www/embed/styles.ts'));
    return `import css from ${JSON.stringify(`${path}?inline`)};\nimport { adopt } from ${adopt};\nadopt(css);`;
  },
  transform(code, id) {
    if (!/\.css(\?|$)/.test(id)) return undefined;
    // A query asks for the reader's own size of text, which is as it should be.
    const inPixels = (line) => (/^\s*@(media|container)/.test(line) ? line : line.replace(/(-?[\d.]+)rem\b/g, (_, n) => `${Number(n) * 16}px`));
    return { code: code.split('\n').map(inPixels).join('\n'), map: null };
  },
};

/** The shipped results with figures that fit an embed. */
async function firstPaint() {
  const { facts, outcomes } = JSON.parse(read('www/models/max-of-k/first-paint.json'));
  const { module } = await runnerImport(resolve(root, 'www/embed/recorded.ts'), { configFile: false, root, logLevel: 'error' });
  const plot = await import('../www/pkg/plot.js');
  plot.initSync({ module: read('www/pkg/plot_bg.wasm') });
  return module.recorded(plot, facts, outcomes);
}

/** Writes dist/embed/. */
export async function embeds(dist) {
  const results = JSON.stringify(await firstPaint());
  await build({
    configFile: false,
    root,
    base: './',
    publicDir: false,
    logLevel: 'warn',
    plugins: [styles],
    worker: { format: 'es', rollupOptions: { output: { entryFileNames: 'embed/[name]-[hash].js' } } },
    build: {
      outDir: dist,
      emptyOutDir: false,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: false,
      rollupOptions: {
        input: { 'compact-proofs': resolve(root, 'www/embed/compact-proofs.ts') },
        preserveEntrySignatures: 'strict',
        output: {
          entryFileNames: 'embed/[name].js',
          chunkFileNames: 'embed/[name]-[hash].js',
          assetFileNames: 'assets/[name]-[hash][extname]', // the page's modules, not once more
        },
      },
    },
  });
  writeFileSync(`${dist}/embed/first-paint.json`, results);
  copyFileSync(resolve(root, 'www/embed/public.d.ts'), `${dist}/embed/compact-proofs.d.ts`);
  for (const file of ['frame.html', 'frame.js']) copyFileSync(resolve(root, 'www/embed', file), `${dist}/embed/${file}`);
}
