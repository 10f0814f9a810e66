/**
 * Builds what other sites embed, beside the page in dist/embed/: the element, its first results, the
 * module for notebooks, and the file that needs nothing beside it.
 */

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
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

/** What the single file of a figure has no use for: its frame allows no files to be saved, and its model is inside. */
const ABSENT = /\/(menu|certificates|table|glossary|plot)\.js$/;

/**
 * Where all files are inside, they are known by their names. What shows `onlyFigure` leaves out what
 * `ABSENT` says, and all other views; a module for notebooks has `packed` files.
 */
const inline = ({ onlyFigure, packed }) => ({
  name: 'inline',
  enforce: 'pre',
  resolveId(source, importer) {
    if (source === 'packed') return '\0packed';
    const part = (onlyFigure ? /^\.\/(place|views)\.js$/ : /^\.\/(place)\.js$/).exec(source)?.[1];
    if (part && importer?.includes('/www/embed/')) return resolve(root, `www/embed/${part}.inline.ts`);
    // One file has one language.
    if ((onlyFigure && ABSENT.test(source)) || source.endsWith('/catalogue.js')) return '\0absent';
    const file = /([\w-]+\.(?:wasm|ts))\?(?:worker&)?url$/.exec(source)?.[1];
    return file && `\0named:${file.replace(/ts$/, 'js')}`;
  },
  load(id) {
    if (id === '\0absent') return `throw new Error('It is not in this file.');`;
    if (id === '\0packed') return `export const index = ${JSON.stringify(packed.index)};\nexport const base64 = ${JSON.stringify(packed.base64)};`;
    return id.startsWith('\0named:') ? `export default ${JSON.stringify(id.slice('\0named:'.length))};` : undefined;
  },
  // The address of a module that it is given anyway.
  transform: (code, id) => (/\/www\/pkg\/\w+\.js$/.test(id) ? { code: code.replace(/new URL\('\w+\.wasm', import\.meta\.url\)/, 'undefined'), map: null } : undefined),
});

/** A program as one script: a classic one, or a module. */
async function script(path, { format = 'iife', ...inside } = {}) {
  const { output } = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    plugins: [styles, inline(inside)],
    define: { 'import.meta.url': '""', 'import.meta.resolve': 'undefined' },
    build: {
      write: false,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: false,
      rollupOptions: { input: resolve(root, path), preserveEntrySignatures: 'strict', output: { format, codeSplitting: false } },
    },
  });
  if (output.length !== 1) throw new Error(`${path}: expected one script, found ${output.map(({ fileName }) => fileName).join(', ')}`);
  return Buffer.from(output[0].code);
}

const [SCRIPT, MODULE] = ['text/javascript', 'application/wasm'];
const deflated = (bytes) => deflateRawSync(bytes, { level: 9, memLevel: 9 }).toString('base64');
const indexOf = (files) => files.map(([name, bytes, type]) => [name, bytes.length, type]);
const packedOf = (files) => deflated(Buffer.concat(files.map(([, bytes]) => bytes)));
const moduleOf = (name) => [`${name}_bg.wasm`, read(`www/pkg/${name}_bg.wasm`), MODULE];

/** The module for notebooks, with everything inside but the gallery's other models. */
async function notebook(results, workers) {
  const { file } = results.facts;
  const files = [
    ['embed/first-paint.json', Buffer.from(JSON.stringify(results)), 'application/json'],
    [`models/max-of-k/${file}`, read(`www/models/max-of-k/${file}`), 'application/octet-stream'],
    ...workers,
    ...['prove', 'plot', 'files', 'explain'].map(moduleOf),
  ];
  return script('www/embed/anywidget.ts', { format: 'es', packed: { index: indexOf(files), base64: packedOf(files) } });
}

/** A single file of these parts, with the default model, and what each of them costs in it. */
async function widget(results, files) {
  const { ID, aboutOf, put } = (await runnerImport(resolve(root, 'www/embed/single.ts'), { configFile: false, root, logLevel: 'error' })).module;
  const html = Object.entries({
    [ID.index]: JSON.stringify(indexOf(files)),
    [ID.program]: packedOf(files),
    [ID.boot]: (await script('www/embed/boot.ts')).toString().trim(),
  }).reduce((text, [id, part]) => put(text, id, part), read('www/embed/widget.html').toString());
  const { file } = results.facts;
  const weights = read(`www/models/max-of-k/${file}`);
  const filler = await import('../www/pkg/files.js');
  filler.initSync({ module: read('www/pkg/files_bg.wasm') });
  const text = filler.fill(html, file, weights, aboutOf({ file, weights, results, switches: {} }));
  const cost = [...files.map(([name, bytes]) => [name, deflated(bytes).length]), ['weights', Math.ceil(weights.length / 3) * 4], ['results', deflated(JSON.stringify(results)).length]];
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
  const workerOf = async (path) => [`${basename(path)}.js`, await script(`www/${path}.ts`), SCRIPT];
  const [prover, reader, explainer] = await Promise.all(['tasks/max-of-k/worker', 'engine/files-worker', 'engine/explain-worker'].map(workerOf));
  writeFileSync(`${dist}/embed/anywidget.js`, await notebook(results, [prover, reader, explainer]));
  const programOf = async (onlyFigure) => ['widget.js', await script('www/embed/widget.ts', { onlyFigure }), SCRIPT];
  const files = {
    'widget.html': [await programOf(true), prover, moduleOf('prove')],
    'widget-views.html': [await programOf(false), prover, explainer, ...['prove', 'plot', 'explain'].map(moduleOf)],
  };
  for (const [name, parts] of Object.entries(files)) {
    const { text, cost } = await widget(results, parts);
    writeFileSync(`${dist}/embed/${name}`, text);
    console.log(`embed/${name}: ${text.length} bytes, of which ${cost.map(([part, size]) => `${part} ${size}`).join(', ')}`);
  }
  copyFileSync(resolve(root, 'www/embed/public.d.ts'), `${dist}/embed/compact-proofs.d.ts`);
  for (const file of ['frame.html', 'frame.js']) copyFileSync(resolve(root, 'www/embed', file), `${dist}/embed/${file}`);
}
