/**
 * Builds what other sites embed, beside the page in dist/embed/: the element, its first results,
 * the module for notebooks, and the file that needs nothing beside it.
 */

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build, runnerImport } from 'vite';

const root = resolve(import.meta.dirname, '..');
const read = (path) => readFileSync(resolve(root, path));

/**
 * Styles of embeds. A size in `rem` would be the host page's: it becomes pixels. Where a view
 * imports its style, that is given to all embeds instead of the page.
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

/**
 * The tasks, the first one first: the worker that proves and its module; and what answers the
 * questions of views, in addition or in other workers.
 */
const TASKS = [
  { id: 'max-of-k', worker: 'tasks/max-of-k/worker', module: 'prove', views: { workers: ['engine/explain-worker', 'views/samples/samples-worker'], modules: ['explain', 'samples'] } },
  { id: 'group-operations', worker: 'tasks/group-operations/group-worker', module: 'group', views: { workers: ['tasks/group-operations/insight-worker', 'views/samples/samples-worker'], modules: ['insight', 'samples'] } },
];

/** The shipped results of a task with figures that fit an embed. */
async function firstPaint(id) {
  const { facts, outcomes } = JSON.parse(read(`www/models/${id}/first-paint.json`));
  const { module } = await runnerImport(resolve(root, 'www/embed/recorded.ts'), { configFile: false, root, logLevel: 'error' });
  const plot = await import('../www/pkg/plot.js');
  plot.initSync({ module: read('www/pkg/plot_bg.wasm') });
  return module.recorded(plot, facts, outcomes);
}

/**
 * What the single file of a figure has no use for: views and what they ask, and files to save,
 * which its frame does not allow; its model is inside.
 */
const ABSENT = /\/(menu|certificates|table|glossary|plot|explain|words)\.js$|\/views\/(strategies|why|try|weights|neurons|samples)\//;

/**
 * Where all files are inside, they are known by their names. What shows `onlyFigure` leaves out
 * what `ABSENT` says; a file about one `task` leaves out all others; a module for notebooks has
 * `packed` files.
 */
const inline = ({ onlyFigure, packed, task }) => ({
  name: 'inline',
  enforce: 'pre',
  resolveId(source, importer) {
    if (source === 'packed') return '\0packed';
    const ofEmbeds = importer?.includes('/www/embed/');
    if (source === './place.js' && ofEmbeds) return resolve(root, 'www/embed/place.inline.ts');
    if (source === './tasks.js' && ofEmbeds && task) return '\0task';
    // One file has one language.
    if ((onlyFigure && ABSENT.test(source)) || source.endsWith('/catalogue.js')) return '\0absent';
    const file = /([\w-]+\.(?:wasm|ts))\?(?:worker&)?url$/.exec(source)?.[1];
    return file && `\0named:${file.replace(/ts$/, 'js')}`;
  },
  load(id) {
    if (id === '\0absent') return `throw new Error('It is not in this file.');`;
    if (id === '\0task') return `import { embedded } from ${JSON.stringify(resolve(root, `www/tasks/${task}/embed.ts`))};\nexport const TASKS = [embedded];`;
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

const workerOf = async (path) => [`${basename(path)}.js`, await script(`www/${path}.ts`), SCRIPT];

/**
 * The module for notebooks, with everything inside but the galleries' other models. `all` has the
 * results of each task.
 */
async function notebook(all) {
  const shipped = all.flatMap(({ id, results }) => [
    [`embed/${id}/first-paint.json`, Buffer.from(JSON.stringify(results)), 'application/json'],
    [`models/${id}/${results.facts.file}`, read(`www/models/${id}/${results.facts.file}`), 'application/octet-stream'],
  ]);
  const workers = ['engine/files-worker', ...TASKS.flatMap(({ worker, views }) => [worker, ...views.workers])];
  const modules = ['plot', 'files', ...TASKS.flatMap(({ module, views }) => [module, ...views.modules])];
  const files = [...shipped, ...(await Promise.all(workers.map(workerOf))), ...modules.map(moduleOf)];
  return script('www/embed/anywidget.ts', { format: 'es', packed: { index: indexOf(files), base64: packedOf(files) } });
}

/** A single file of these parts, with the default model, and what each of them costs in it. */
async function widget(task, results, files) {
  const { ID, aboutOf, put } = (await runnerImport(resolve(root, 'www/embed/single.ts'), { configFile: false, root, logLevel: 'error' })).module;
  const html = Object.entries({
    [ID.index]: JSON.stringify(indexOf(files)),
    [ID.program]: packedOf(files),
    [ID.boot]: (await script('www/embed/boot.ts')).toString().trim(),
  }).reduce((text, [id, part]) => put(text, id, part), read('www/embed/widget.html').toString());
  const { file } = results.facts;
  const weights = read(`www/models/${task}/${file}`);
  const filler = await import('../www/pkg/files.js');
  filler.initSync({ module: read('www/pkg/files_bg.wasm') });
  const text = filler.fill(html, file, weights, aboutOf({ task, file, weights, results, switches: {} }));
  const cost = [...files.map(([name, bytes]) => [name, deflated(bytes).length]), ['weights', Math.ceil(weights.length / 3) * 4], ['results', deflated(JSON.stringify(results)).length]];
  return { text, cost };
}

/** Writes dist/embed/. */
export async function embeds(dist) {
  const all = await Promise.all(TASKS.map(async (task) => ({ ...task, results: await firstPaint(task.id) })));
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
  writeFileSync(`${dist}/embed/anywidget.js`, await notebook(all));
  for (const [i, { id, worker, module, views, results }] of all.entries()) {
    mkdirSync(`${dist}/embed/${id}`, { recursive: true });
    writeFileSync(`${dist}/embed/${id}/first-paint.json`, JSON.stringify(results));
    const programOf = async (onlyFigure) => ['widget.js', await script('www/embed/widget.ts', { onlyFigure, task: id }), SCRIPT];
    const [prover, ...others] = await Promise.all([worker, ...views.workers].map(workerOf));
    const files = {
      'widget.html': [await programOf(true), prover, moduleOf(module)],
      'widget-views.html': [await programOf(false), prover, ...others, ...[module, 'plot', ...views.modules].map(moduleOf)],
    };
    for (const [name, parts] of Object.entries(files)) {
      const path = i ? `embed/${id}/${name}` : `embed/${name}`;
      const { text, cost } = await widget(id, results, parts);
      writeFileSync(`${dist}/${path}`, text);
      console.log(`${path}: ${text.length} bytes, of which ${cost.map(([part, size]) => `${part} ${size}`).join(', ')}`);
    }
  }
  copyFileSync(resolve(root, 'www/embed/public.d.ts'), `${dist}/embed/compact-proofs.d.ts`);
  for (const file of ['frame.html', 'frame.js']) copyFileSync(resolve(root, 'www/embed', file), `${dist}/embed/${file}`);
}
