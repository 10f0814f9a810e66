/**
 * Builds what other sites embed, beside the page in dist/embed/: the element, its first results, the
 * module for notebooks, and the file that needs nothing beside it.
 */

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build, runnerImport, transformWithOxc } from 'vite';

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

/** What a single file has no use for: its frame allows no files to be saved, and its model is inside. */
const ABSENT = /\/(menu|certificates|table|glossary|plot)\.js$/;

/** In a single file, other files are known by their names, and some parts of the program are others. */
const inline = {
  name: 'inline',
  enforce: 'pre',
  async resolveId(source, importer, options) {
    const part = /^\.\/(place|views)\.js$/.exec(source)?.[1];
    if (part && importer?.includes('/www/embed/')) return resolve(root, `www/embed/${part}.inline.ts`);
    if (ABSENT.test(source)) return '\0absent';
    const file = /([\w-]+\.(?:wasm|ts))\?(?:worker&)?url$/.exec(source)?.[1];
    return file && `\0named:${file.replace(/ts$/, 'js')}`;
  },
  load(id) {
    if (id === '\0absent') return `throw new Error('It is not in this file.');`;
    return id.startsWith('\0named:') ? `export default ${JSON.stringify(id.slice('\0named:'.length))};` : undefined;
  },
  // The address of a module that it is given anyway.
  transform: (code, id) => (/\/www\/pkg\/\w+\.js$/.test(id) ? { code: code.replace(/new URL\('\w+\.wasm', import\.meta\.url\)/, 'undefined'), map: null } : undefined),
};

/** A program as one classic script. */
async function classic(path) {
  const { output } = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    plugins: [styles, inline],
    define: { 'import.meta.url': '""', 'import.meta.resolve': 'undefined' },
    build: { write: false, target: 'es2022', assetsInlineLimit: 0, modulePreload: false, rollupOptions: { input: resolve(root, path), output: { format: 'iife', codeSplitting: false } } },
  });
  if (output.length !== 1) throw new Error(`${path}: expected one script, found ${output.map(({ fileName }) => fileName).join(', ')}`);
  return Buffer.from(output[0].code);
}

/** The single file, with the default model, and what each of its parts costs in it. */
async function widget(results, file) {
  const { put, singleFile } = (await runnerImport(resolve(root, 'www/embed/single.ts'), { configFile: false, root, logLevel: 'error' })).module;
  const script = 'text/javascript';
  const files = [
    ['widget.js', await classic('www/embed/widget.ts'), script],
    ['worker.js', await classic('www/engine/worker.ts'), script],
    ['prove_bg.wasm', read('www/pkg/prove_bg.wasm'), 'application/wasm'],
  ];
  const packed = (bytes) => deflateRawSync(bytes, { level: 9, memLevel: 9 }).toString('base64');
  const boot = (await transformWithOxc(read('www/embed/boot.js').toString(), 'boot.js')).code;
  const index = files.map(([name, bytes, type]) => [name, bytes.length, type]);
  const html = Object.entries({
    'compact-proofs-index': JSON.stringify(index),
    'compact-proofs-program': packed(Buffer.concat(files.map(([, bytes]) => bytes))),
    'compact-proofs-boot': boot,
  }).reduce((text, [id, part]) => put(text, id, part), read('www/embed/widget.html').toString());
  const weights = read(`www/models/max-of-k/${file}`);
  const text = await singleFile(html, { file, weights, results, switches: {} });
  const cost = [...files.map(([name, bytes]) => [name, packed(bytes).length]), ['weights', Math.ceil(weights.length / 3) * 4], ['results', packed(JSON.stringify(results)).length]];
  return { text, cost };
}

/** Writes dist/embed/. */
export async function embeds(dist) {
  const results = await firstPaint();
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
  writeFileSync(`${dist}/embed/first-paint.json`, JSON.stringify(results));
  const { text, cost } = await widget(results, results.facts.file);
  writeFileSync(`${dist}/embed/widget.html`, text);
  console.log(`embed/widget.html: ${text.length} bytes, of which ${cost.map(([name, size]) => `${name} ${size}`).join(', ')}`);
  copyFileSync(resolve(root, 'www/embed/public.d.ts'), `${dist}/embed/compact-proofs.d.ts`);
  for (const file of ['frame.html', 'frame.js']) copyFileSync(resolve(root, 'www/embed', file), `${dist}/embed/${file}`);
}
