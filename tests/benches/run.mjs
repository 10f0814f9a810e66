// npm run bench: the same workloads natively, in Chromium and in Node, as tables in Markdown.
//
//   npm run bench                      everything, some minutes on a quiet machine
//   npm run bench -- --quick           a small one of each kind, once: does it work?
//   npm run bench -- --only cubic      those whose names contain that
//
// Best of several runs each. What they find must be the same everywhere, or this fails.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { launch, serve } from '../e2e/harness.mjs';
import { alone, best } from './measure.mjs';

const root = resolve(import.meta.dirname, '../..');
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } });
const QUICK = /^work\/(brute force K=4, pruned|cubic K=4|ten sub-cubic K=4, svd|reading|drawing)|^peak|^kernel|^scaling\/[^/]+\/.\/(4|8|16|32)$/;
/** Seconds for the runs of one workload in one place; the last of them may take longer. */
const BUDGET = options.quick ? 0 : 1;
/** For kernels and scaling: a browser compiles code well only once it has run, so once is never enough. */
const SHORT_BUDGET = options.quick ? 0.1 : 0.3;
/** What is asked of one worker in Chromium on a core of 2.1 GHz, in seconds. */
const TARGETS = {
  'work/100 sub-cubic K=4': 0.5, 'work/cubic K=4': 0.02, 'work/cubic K=20': 0.2, 'work/brute force K=4': 0.6,
  'work/brute force K=4, pruned': 0.1, 'work/brute force K=5, pruned': 2, 'work/all 101 K=20': 2,
  'work/all 101 v=128 n=10': 8, 'work/cell, chernoff, convolution-64 K=20': 5,
};
/** What the authors' code takes. */
const PUBLISHED = {
  'work/100 sub-cubic K=4': '1 h', 'work/cubic K=4': '53–143 s', 'work/brute force K=4': '60–90 s, GPU',
  'work/brute force K=5, pruned': '250 s, sampled',
};

// ---- building -----------------------------------------------------------------------------------------------------

/** The file that Cargo makes of the package beside this file, in a target folder for each set of flags. */
function cargo(folder, ending, args, profile = 'release', command = ['cargo']) {
  const all = [...command, 'build', '-q', '--profile', profile, '-p', 'bench', '--target-dir', join(target, folder), ...args, '--message-format=json'];
  const told = execFileSync(all[0], all.slice(1), { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] });
  const made = told.trim().split('\n').map((line) => JSON.parse(line)).filter((m) => m.reason === 'compiler-artifact' && m.package_id.includes('tests/benches'));
  return made.flatMap(({ filenames }) => filenames).find((file) => file.endsWith(ending));
}

const native = (name, flags = []) => cargo(join('bench', name), 'native', ['--bin', 'native', ...flags]);

/** The module, optimised as the page's are. */
function wasm(name, flags = []) {
  const args = ['--lib', '--target', 'wasm32-unknown-unknown', ...flags];
  const built = cargo(join('bench', name), '.wasm', args, 'web', ['www/wasm-toolchain.sh', 'cargo']);
  const optimised = join(web, `${name}.wasm`);
  execFileSync('node_modules/.bin/wasm-opt', ['-O3', built, '-o', optimised], { cwd: root });
  return optimised;
}

const web = join(target, 'bench/web');
mkdirSync(web, { recursive: true });
const programs = { native: native('native'), sse2: native('sse2', ['--config', 'build.rustflags=["--cfg","no_avx2"]']) };
const modules = {
  simd128: wasm('simd128'),
  scalar: wasm('scalar', ['--config', 'target.wasm32-unknown-unknown.rustflags=["-Ctarget-feature=-simd128"]']),
};
for (const file of ['measure', 'worker']) copyFileSync(join(import.meta.dirname, `${file}.mjs`), join(web, `${file}.js`));
writeFileSync(join(web, 'index.html'), '<!doctype html><title>bench</title>');

// ---- places -------------------------------------------------------------------------------------------------------

const server = await serve(web);
const browser = await launch();
const page = await browser.newPage();
await page.goto(server.url);
const cores = await page.evaluate(() => navigator.hardwareConcurrency);

const inProgram = (program, threads) => async ({ name }, seconds) =>
  JSON.parse(execFileSync(program, [name, String(threads), String(seconds)], { encoding: 'utf8' }));
const inNode = async (workload, seconds) => best(await alone(await WebAssembly.compile(readFileSync(modules.simd128))), workload, seconds);
const inChromium = (module, count) => (workload, seconds) => page.evaluate(async (of) => {
  const { best: measure, workers } = await import(`${of.url}measure.js`);
  const team = await workers(await WebAssembly.compileStreaming(fetch(`${of.url}${of.module}.wasm`)), of.count);
  try {
    return await measure(team, of.workload, of.seconds);
  } finally {
    team.end();
  }
}, { url: server.url, module, count, workload, seconds });

const NATIVE = { 'native, 1 thread': inProgram(programs.native, 1) };
const SIMD = { 'Chromium SIMD128, 1 worker': inChromium('simd128', 1) };
const PLACES = {
  ...NATIVE,
  [`native, ${cores} threads`]: inProgram(programs.native, cores),
  'native SSE2, 1 thread': inProgram(programs.sse2, 1),
  ...SIMD,
  [`Chromium SIMD128, ${cores} workers`]: inChromium('simd128', cores),
  'Chromium without, 1 worker': inChromium('scalar', 1),
  [`Chromium without, ${cores} workers`]: inChromium('scalar', cores),
  Node: inNode,
};

/** Each module has its own numbers for workloads: those of its own backends. */
async function lists() {
  const exported = async (file) => {
    const { instantiate, list } = await import('./measure.mjs');
    return list(await instantiate(await WebAssembly.compile(readFileSync(file)))).map((workload, index) => ({ ...workload, index }));
  };
  const wanted = ({ name }) => (!options.quick || QUICK.test(name)) && (!options.only || name.includes(options.only));
  const listed = JSON.parse(execFileSync(programs.native, ['--list'], { encoding: 'utf8', maxBuffer: 1 << 26 }));
  const all = { native: listed, simd128: await exported(modules.simd128), scalar: await exported(modules.scalar) };
  return Object.fromEntries(Object.entries(all).map(([name, of]) => [name, of.filter(wanted)]));
}
const workloads = await lists();
const moduleOf = (place) => (place.startsWith('native') ? 'native' : place.includes('without') ? 'scalar' : 'simd128');

/** A workload in several places, by their names. */
async function measure(name, places, seconds = BUDGET) {
  const results = {};
  for (const [place, run] of Object.entries(places)) {
    process.stderr.write(`\r\x1b[K${name}: ${place}`);
    results[place] = await run(workloads[moduleOf(place)].find((workload) => workload.name === name), seconds);
  }
  process.stderr.write('\r\x1b[K');
  const digests = new Set(Object.values(results).map(({ digest }) => digest));
  if (digests.size > 1) throw new Error(`${name} does not find the same everywhere: ${JSON.stringify(results)}`);
  return results;
}

// ---- tables -------------------------------------------------------------------------------------------------------

const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
function head(title, ...cells) {
  console.log(`\n${title}\n`);
  row(...cells);
  console.log(`|${'---|'.repeat(cells.length)}`);
}
const significant = (x) => (x === undefined ? '–' : x >= 100 ? x.toFixed(0) : String(Number(x.toPrecision(2))));
const time = (s) => (s >= 1 ? `${significant(s)} s` : s >= 1e-3 ? `${significant(s * 1e3)} ms` : `${significant(s * 1e6)} µs`);
const megabytes = (bytes) => (bytes === null ? '–' : significant(bytes / 2 ** 20));
const version = (program, ...args) => execFileSync(program, args, { encoding: 'utf8' }).trim();
const named = (prefix, module = 'native') => workloads[module].map(({ name }) => name).filter((name) => name.startsWith(prefix));

async function works() {
  const names = named('work/');
  if (!names.length) return;
  head('Times (best of several runs), and the most memory of a process or an instance in MB.', 'work', ...Object.keys(PLACES),
    'SIMD128 : SSE2', 'asked of 1 worker', 'published', 'MB native', 'MB wasm');
  for (const name of names) {
    const results = await measure(name, PLACES);
    const { [Object.keys(NATIVE)[0]]: one, [Object.keys(SIMD)[0]]: simd, 'native SSE2, 1 thread': sse2 } = results;
    const asked = TARGETS[name];
    const met = asked && `${time(asked)}${simd.seconds <= asked ? '' : ' (missed)'}`;
    row(name.slice(5), ...Object.values(results).map(({ seconds }) => time(seconds)), significant(simd.seconds / sse2.seconds), met ?? '–',
      PUBLISHED[name] ?? '–', megabytes(one.bytes), megabytes(simd.bytes));
  }
}

async function kernels() {
  const rates = async (name, module, places) => {
    const workload = workloads[module].find((of) => of.name === name);
    return workload && workload.flops / (await measure(name, places, SHORT_BUDGET))[Object.keys(places)[0]].seconds / 1e9;
  };
  const backends = [
    ['scalar', 'native', NATIVE], ['SSE2', 'native', NATIVE], ['AVX2', 'native', NATIVE], ['SIMD128', 'simd128', SIMD],
    ['scalar', 'scalar', { 'Chromium without, 1 worker': PLACES['Chromium without, 1 worker'] }],
  ];
  const names = [...new Set(named('kernel/').map((name) => name.split('/')[1]))];
  if (!names.length) return;
  head('GFLOP/s of one thread, and the share of what its registers do at most (12 chains of products and sums, no memory).',
    'kernel', 'plain Rust', 'SSE2', 'AVX2', 'SIMD128 in Chromium', 'plain Rust in Chromium', 'SIMD128 : SSE2, time');
  const peaks = [];
  for (const [backend, ...where] of backends) peaks.push(await rates(`peak/${backend}`, ...where));
  row('peak', ...peaks.map(significant), '–');
  for (const name of names) {
    const found = [];
    for (const [backend, ...where] of backends) found.push(await rates(`kernel/${name}/${backend}`, ...where));
    const share = (rate, i) => (rate && peaks[i] ? `${significant(rate)} (${Math.round((100 * rate) / peaks[i])} %)` : significant(rate));
    row(name, ...found.map(share), significant(found[1] / found[3]));
  }
}

/** The slope of log y against log x, by least squares. */
function exponent(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (i) => logs.reduce((sum, point) => sum + point[i], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  return logs.reduce((sum, p) => sum + (p[0] - x) * (p[1] - y), 0) / logs.reduce((sum, p) => sum + (p[0] - x) ** 2, 0);
}

async function scaling(axis, others) {
  const names = named('scaling/').map((name) => name.split('/')).filter(([, , of]) => of === axis);
  const sizes = [...new Set(names.map(([, , , size]) => Number(size)))];
  if (!sizes.length) return;
  head(`Time against ${axis} (${others}; models by construction), and the exponent of ${axis} that fits best.`, 'work', 'where', ...sizes.map((size) => `${axis} = ${size}`), 'exponent');
  for (const kind of new Set(names.map(([, of]) => of))) {
    for (const [place, run] of Object.entries({ ...NATIVE, ...SIMD })) {
      const points = [];
      for (const size of sizes) {
        const results = await measure(`scaling/${kind}/${axis}/${size}`, { [place]: run }, SHORT_BUDGET);
        points.push([size, results[place].seconds]);
      }
      row(kind, place, ...points.map(([, seconds]) => time(seconds)), points.length > 1 ? exponent(points).toFixed(2) : '–');
    }
  }
}

async function byWorkers() {
  const names = named('work/').filter((name) => /brute force K=4$|cubic K=20$|100 sub-cubic|brute force K=4, pruned$/.test(name));
  if (!names.length) return;
  const counts = Array.from({ length: cores }, (_, i) => i + 1);
  const heads = counts.flatMap((count) => [`${count} threads`, `${count} workers`]);
  head('Time against threads and against workers in Chromium with SIMD128, and how many times faster than one.', 'work', ...heads);
  for (const name of names) {
    const places = counts.map((count) => ({ threads: inProgram(programs.native, count), workers: inChromium('simd128', count) }));
    const results = [];
    for (const { threads, workers } of places) results.push(await measure(name, { 'native threads': threads, workers }));
    const cells = results.flatMap((of) => Object.entries(of).map(([place, { seconds }]) => `${time(seconds)} (${significant(results[0][place].seconds / seconds)})`));
    row(name.slice(5), ...cells);
  }
}

try {
  const [{ model, speed }] = cpus();
  console.log(`${model}, ${cpus().length} cores${speed ? ` at ${speed} MHz` : ''}, ${Math.round(totalmem() / 2 ** 30)} GB; ${type()} ${release()} ${arch()}; ` +
    `${version('rustc', '--version')}; Node ${process.version}; Chromium ${browser.version()}${options.quick ? '; QUICK: works are run once, in browsers before their code is compiled well' : ''}`);
  await works();
  await kernels();
  await scaling('v', 'n = 4');
  await scaling('n', 'v = 32');
  await byWorkers();
} finally {
  await browser.close();
  await server.close();
}
