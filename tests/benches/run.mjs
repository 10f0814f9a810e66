// Measures workloads natively, in Chromium and in Node, and prints tables in Markdown.
//
//   npm run bench                      measures all workloads (some minutes on a quiet machine) and
//                                      writes the tables to the last section of RESULTS.md
//   npm run bench -- --quick           runs a small workload of each kind once, as a test
//   npm run bench -- --only cubic      measures the workloads whose names contain `cubic`
//
// A place is a way to run workloads, such as "native, 1 thread"; it is a column of a table. Each
// workload runs in several rounds through all places of its row, so that another program that slows
// down one round does not slow down one place alone. The best time counts. Fails if a workload does
// not give the same result in every place. What a visitor's browser takes is measured with the
// page's own module `group` (shipped.js).
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
/** Names of the workloads that --quick runs. */
const QUICK = new RegExp(
  '^work/(brute force K=4, pruned|cubic K=4|ten sub-cubic K=4, svd|every strategy S4|reading|drawing)' +
    '|^peak|^kernel|^scaling/[^/]+/./(4|8|16|32)$',
);
const ROUNDS = options.quick ? 1 : 6;
/** Seconds after which no further run of a workload starts in a round and a place. */
const BUDGET = options.quick ? 0 : 0.2;
/** The budget for kernels and scaling; never 0, as browsers optimise code after it has run. */
const SHORT_BUDGET = options.quick ? 0.1 : 0.05;
/** Targets in seconds for one worker in Chromium on a core with 2.1 GHz. */
const TARGETS = {
  'work/100 sub-cubic K=4': 0.5,
  'work/cubic K=4': 0.02,
  'work/cubic K=20': 0.2,
  'work/brute force K=4': 0.6,
  'work/brute force K=4, pruned': 0.1,
  'work/brute force K=5, pruned': 2,
  'work/all 101 K=20': 2,
  'work/all 101 v=128 n=10': 8,
  'work/cell, chernoff, convolution-64 K=20': 5,
  'brute force Z59, m = 512': 0.15,
  'work/brute force Z113, m = 512': 1,
  'brute force S5, m = 128': 0.3,
  'every strategy S4, m = 64': 0.1,
  'every strategy S5, m = 128': 2,
  'work/irrep-linear S5, verification': 0.002,
};
/**
 * What the page's module `group` is timed with: a file, and a strategy; none for all that a page
 * lists.
 */
const SHIPPED = {
  'brute force Z59, m = 512': ['Z59_s0.safetensors', 'brute-force'],
  'brute force S5, m = 128': ['S5_s0.safetensors', 'brute-force'],
  'every strategy S4, m = 64': ['S4_s0.safetensors'],
  'every strategy S5, m = 128': ['S5_s0.safetensors'],
  'active sets p99zdpze5l': ['pizza_p99zdpze5l.safetensors', 'active-sets-6'],
};
/** Times of the published code. */
const PUBLISHED = {
  'work/100 sub-cubic K=4': '1 h', 'work/cubic K=4': '53–143 s', 'work/brute force K=4': '60–90 s, GPU',
  'work/brute force K=5, pruned': '250 s, sampled',
};

// ---- building -----------------------------------------------------------------------------------

/**
 * Compiles the package in this folder and returns the path of the artifact whose name ends with
 * `ending`. `folder` is a target folder for this set of flags, so that others stay compiled.
 */
function cargo(folder, ending, args, profile = 'release', command = ['cargo']) {
  const build = [...command, 'build', '-q', '--profile', profile, '-p', 'bench', '--message-format=json'];
  const all = [...build, '--target-dir', join(target, folder), ...args];
  const io = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] };
  const messages = execFileSync(all[0], all.slice(1), io).trim().split('\n').map((line) => JSON.parse(line));
  const isOurs = (m) => m.reason === 'compiler-artifact' && m.package_id.includes('tests/benches');
  return messages.filter(isOurs).flatMap(({ filenames }) => filenames).find((file) => file.endsWith(ending));
}

/** Compiles the native program; returns its path. */
const native = (name, flags = []) => cargo(join('bench', name), 'native', ['--bin', 'native', ...flags]);

/** Compiles the WebAssembly module and optimises it as the page's modules; returns its path. */
function wasm(name, flags = []) {
  const args = ['--lib', '--target', 'wasm32-unknown-unknown', ...flags];
  const built = cargo(join('bench', name), '.wasm', args, 'web', ['.ci/wasm-toolchain.sh', 'cargo']);
  const optimised = join(web, `${name}.wasm`);
  execFileSync('node_modules/.bin/wasm-opt', ['-O2', '--low-memory-unused', built, '-o', optimised], { cwd: root });
  return optimised;
}

const web = join(target, 'bench/web');
mkdirSync(web, { recursive: true });
const programs = { native: native('native'), sse2: native('sse2', ['--config', 'build.rustflags=["--cfg","no_avx2"]']) };
const modules = {
  simd128: wasm('simd128'),
  scalar: wasm('scalar', ['--config', 'target.wasm32-unknown-unknown.rustflags=["-Ctarget-feature=-simd128"]']),
};
execFileSync('bash', ['.ci/build-wasm.sh'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
for (const file of ['group.js', 'group_bg.wasm']) copyFileSync(join(root, 'www/pkg', file), join(web, file));
copyFileSync(join(import.meta.dirname, 'shipped.js'), join(web, 'shipped.js'));
for (const file of ['measure', 'worker']) copyFileSync(join(import.meta.dirname, `${file}.mjs`), join(web, `${file}.js`));
writeFileSync(join(web, 'index.html'), '<!doctype html><title>bench</title>');

// ---- places -------------------------------------------------------------------------------------

const server = await serve(web);
const browser = await launch();
const page = await browser.newPage();
await page.goto(server.url);
const cores = await page.evaluate(() => navigator.hardwareConcurrency);

// The functions below open a place. They return `best`, which measures a workload there for some
// seconds, and `end`, which closes the place.
const inProgram = (program, threads) => async () => ({
  best: async ({ name }, seconds) => JSON.parse(execFileSync(program, [name, String(threads), String(seconds)], { encoding: 'utf8' })),
  end() {},
});
async function inNode() {
  const team = await alone(await WebAssembly.compile(readFileSync(modules.simd128)));
  return { best: (workload, seconds) => best(team, workload, seconds), end() {} };
}
const inChromium = (module, count) => async () => {
  const team = await page.evaluateHandle(async (of) => {
    const { best: measured, workers: start } = await import(`${of.url}measure.js`);
    const team = await start(await WebAssembly.compileStreaming(fetch(`${of.url}${of.module}.wasm`)), of.count);
    return { best: ({ workload, seconds }) => measured(team, workload, seconds), end: () => team.end() };
  }, { url: server.url, module, count });
  return {
    best: (workload, seconds) => team.evaluate((of, what) => of.best(what), { workload, seconds }),
    end: () => team.evaluate((of) => of.end()),
  };
};

const threads = (count) => `native, ${count} thread${count > 1 ? 's' : ''}`;
const workers = (count) => `Chromium SIMD128, ${count} worker${count > 1 ? 's' : ''}`;
const COUNTS = Array.from({ length: cores }, (_, i) => i + 1);
const [NATIVE, SSE2, SIMD] = [threads(1), 'native SSE2, 1 thread', workers(1)];
// Without SIMD128.
const [WITHOUT, WITHOUT_ALL] = ['Chromium without, 1 worker', `Chromium without, ${cores} workers`];
const PLACES = {
  ...Object.fromEntries(COUNTS.map((count) => [threads(count), inProgram(programs.native, count)])),
  ...Object.fromEntries(COUNTS.map((count) => [workers(count), inChromium('simd128', count)])),
  [SSE2]: inProgram(programs.sse2, 1),
  [WITHOUT]: inChromium('scalar', 1),
  [WITHOUT_ALL]: inChromium('scalar', cores),
  Node: inNode,
};

/** Returns the chosen workloads of each program. Indices differ, as each has its own backends. */
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
/** The program or module that a place runs. */
const moduleOf = (place) => (place.startsWith('native') ? 'native' : place.includes('without') ? 'scalar' : 'simd128');

/**
 * Measures workloads, given as `[label, name of the workload, place]`. Returns the best result of
 * each by its label. Throws if their digests differ.
 *
 *     open all places
 *     for each round, for each workload: run it in its place for `seconds`, keep the best time
 *     close all places
 */
async function measure(all, seconds = BUDGET) {
  const runs = [];
  try {
    for (const [label, name, place] of all) {
      const workload = workloads[moduleOf(place)].find((of) => of.name === name);
      runs.push({ label, workload, of: await PLACES[place]() });
    }
    for (let round = 1; round <= ROUNDS; round++) {
      for (const run of runs) {
        process.stderr.write(`\r\x1b[K${run.workload.name}: ${run.label}, round ${round}`);
        const found = await run.of.best(run.workload, seconds);
        run.result = { ...found, seconds: Math.min(found.seconds, run.result?.seconds ?? Infinity) };
      }
    }
  } finally {
    for (const run of runs) await run.of.end();
    process.stderr.write('\r\x1b[K');
  }
  const results = Object.fromEntries(runs.map(({ label, result }) => [label, result]));
  if (new Set(Object.values(results).map(({ digest }) => digest)).size > 1) {
    throw new Error(`${all[0][1]} does not find the same everywhere: ${JSON.stringify(results)}`);
  }
  return results;
}
/** Measures one workload in several places; returns the results by place. */
const measureIn = (places, name, seconds) => measure(places.map((place) => [place, name, place]), seconds);

// ---- tables -------------------------------------------------------------------------------------

/** All printed lines, for RESULTS.md. */
const lines = [];
function print(line) {
  console.log(line);
  lines.push(line);
}
const row = (...cells) => print(`| ${cells.join(' | ')} |`);
function head(title, ...cells) {
  print(`\n${title}\n`);
  row(...cells);
  print(`|${'---|'.repeat(cells.length)}`);
}
const significant = (x) => (x === undefined ? '–' : x >= 100 ? x.toFixed(0) : String(Number(x.toPrecision(2))));
function time(s) {
  if (s === 0) return 'under 100 µs'; // the resolution of a browser's clock
  if (s >= 1) return `${significant(s)} s`;
  return s >= 1e-3 ? `${significant(s * 1e3)} ms` : `${significant(s * 1e6)} µs`;
}
const megabytes = (bytes) => (bytes === null ? '–' : significant(bytes / 2 ** 20));
const version = (program, ...args) => execFileSync(program, args, { encoding: 'utf8' }).trim();
/** The names of a program's workloads that start with `prefix`. */
const named = (prefix, module = 'native') => workloads[module].map(({ name }) => name).filter((name) => name.startsWith(prefix));

/** Prints the table of all works in all places. */
async function works() {
  const names = named('work/');
  if (!names.length) return;
  const places = [...new Set([NATIVE, threads(cores), SSE2, SIMD, workers(cores), WITHOUT, WITHOUT_ALL, 'Node'])];
  head('Times (best of several runs), and the most memory of a process or an instance in MB.', 'work', ...places,
    'SIMD128 : SSE2', 'asked of 1 worker', 'published', 'MB native', 'MB wasm');
  for (const name of names) {
    const results = await measureIn(places, name);
    const { [NATIVE]: one, [SIMD]: simd, [SSE2]: sse2 } = results;
    const asked = TARGETS[name];
    const met = asked && `${time(asked)}${simd.seconds <= asked ? '' : ' (missed)'}`;
    const times = Object.values(results).map(({ seconds }) => time(seconds));
    row(name.slice(5), ...times, significant(simd.seconds / sse2.seconds), met ?? '–',
      PUBLISHED[name] ?? '–', megabytes(one.bytes), megabytes(simd.bytes));
  }
}

/** Prints what the page's module `group` takes: its first run in a new worker, and the best one. */
async function shipped() {
  const names = Object.keys(SHIPPED).filter(
    (name) => (!options.quick || /S4/.test(name)) && (!options.only || name.includes(options.only)),
  );
  if (!names.length) return;
  head('Times of the module `group` that the page has, in one worker in Chromium; all strategies with their searches.',
    'work', 'reading the file', 'proving, first run', 'best run', 'asked', 'MB');
  for (const name of names) {
    const [file, strategy] = SHIPPED[name];
    const bytes = [...readFileSync(join(root, 'www/models/group-operations', file))];
    const { runs, bytes: memory } = await page.evaluate(async ({ script, ...asked }) => {
      const worker = new Worker(script, { type: 'module' });
      const answer = new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      });
      worker.postMessage({ ...asked, bytes: Uint8Array.from(asked.bytes) });
      return answer.finally(() => worker.terminate());
    }, { script: `${server.url}shipped.js`, bytes, strategy, times: ROUNDS });
    if (new Set(runs.map(({ counts }) => counts)).size > 1) throw new Error(`${name}: not every run finds the same`);
    const least = (of) => Math.min(...runs.map(of));
    // All strategies are those that reading the file has found.
    const whole = strategy ? ({ proving }) => proving : ({ reading, proving }) => reading + proving;
    const [best, asked] = [least(whole), TARGETS[name]];
    const met = asked ? `${time(asked)}${best <= asked ? '' : ' (missed)'}` : '–';
    row(name, time(least(({ reading }) => reading)), time(whole(runs[0])), time(best), met, megabytes(memory));
  }
}

/** Prints the table of kernels by backend. */
async function kernels() {
  /** Title, backend and place of each column. */
  const columns = [
    ['plain Rust', 'scalar', NATIVE],
    ['SSE2', 'SSE2', NATIVE],
    ['AVX2', 'AVX2', NATIVE],
    ['SIMD128 in Chromium', 'SIMD128', SIMD],
    ['plain Rust in Chromium', 'scalar', WITHOUT],
  ];
  /**
   * Measures the workload `nameOf(backend)` in each column. Returns GFLOP/s, or undefined where the
   * machine does not have the backend.
   */
  const rates = async (nameOf) => {
    const all = columns.map(([column, backend, place]) => [column, nameOf(backend), place]);
    const flops = ([, name, place]) => workloads[moduleOf(place)].find((of) => of.name === name)?.flops;
    const results = await measure(all.filter(flops), SHORT_BUDGET);
    return all.map((of) => results[of[0]] && flops(of) / results[of[0]].seconds / 1e9);
  };
  const names = [...new Set(named('kernel/').map((name) => name.split('/')[1]))];
  if (!names.length) return;
  head('GFLOP/s of one thread, and the share of what its registers do at most (12 chains of products and sums, no memory).',
    'kernel', ...columns.map(([column]) => column), 'SIMD128 : SSE2, time');
  const peaks = await rates((backend) => `peak/${backend}`);
  row('peak', ...peaks.map(significant), '–');
  for (const name of names) {
    const found = await rates((backend) => `kernel/${name}/${backend}`);
    const share = (rate, i) => (rate && peaks[i] ? `${significant(rate)} (${Math.round((100 * rate) / peaks[i])} %)` : significant(rate));
    row(name, ...found.map(share), significant(found[1] / found[3]));
  }
}

/**
 * Returns the exponent of the axis that fits the times best. Leaves out times that a browser's
 * clock shows as 0, which have no logarithm.
 */
function slope(times) {
  const seen = times.filter(([, seconds]) => seconds > 0);
  return seen.length > 1 ? exponent(seen).toFixed(2) : '–';
}

/** Returns the slope of log y against log x for points `[x, y]`, by least squares. */
function exponent(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (i) => logs.reduce((sum, point) => sum + point[i], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  return logs.reduce((sum, p) => sum + (p[0] - x) * (p[1] - y), 0) / logs.reduce((sum, p) => sum + (p[0] - x) ** 2, 0);
}

/** Prints the table of times against `axis`, v or n; `others` describes the constant sizes. */
async function scaling(axis, others) {
  const names = named('scaling/').map((name) => name.split('/')).filter(([, , of]) => of === axis);
  const sizes = [...new Set(names.map(([, , , size]) => Number(size)))];
  if (!sizes.length) return;
  head(`Time against ${axis} (${others}; models by construction), and the exponent of ${axis} that fits best.`,
    'work', 'where', ...sizes.map((size) => `${axis} = ${size}`), 'exponent');
  for (const kind of new Set(names.map(([, of]) => of))) {
    const points = { [NATIVE]: [], [SIMD]: [] };
    for (const size of sizes) {
      const results = await measureIn(Object.keys(points), `scaling/${kind}/${axis}/${size}`, SHORT_BUDGET);
      for (const [place, of] of Object.entries(points)) of.push([size, results[place].seconds]);
    }
    for (const [place, of] of Object.entries(points)) {
      row(kind, place, ...of.map(([, seconds]) => time(seconds)), slope(of));
    }
  }
}

/** Prints the table of times against the number of threads and of workers. */
async function byWorkers() {
  const names = named('work/').filter((name) => /brute force K=4$|cubic K=20$|100 sub-cubic|brute force K=4, pruned$/.test(name));
  if (!names.length) return;
  const places = COUNTS.flatMap((count) => [threads(count), workers(count)]);
  head('Time against threads and against workers in Chromium with SIMD128, and how many times faster than one.', 'work', ...places);
  for (const name of names) {
    const results = await measureIn(places, name);
    const one = (place) => results[place.startsWith('native') ? NATIVE : SIMD].seconds;
    const shown = (place) => `${time(results[place].seconds)} (${significant(one(place) / results[place].seconds)})`;
    row(name.slice(5), ...places.map(shown));
  }
}

try {
  const [{ model, speed }] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${model}, ${cpus().length} cores${speed ? ` at ${speed} MHz` : ''}, ${Math.round(totalmem() / 2 ** 30)} GB`;
  const software = [
    `${type()} ${release()} ${arch()}`,
    version('rustc', '--version'),
    `Node ${process.version}`,
    `Chromium ${browser.version()}`,
  ];
  const quick = options.quick ? '; QUICK: works are run once, in browsers before their code is compiled well' : '';
  print(`${date}. ${machine}; ${software.join('; ')}${quick}`);
  await works();
  await shipped();
  await kernels();
  await scaling('v', 'n = 4');
  await scaling('n', 'v = 32');
  await byWorkers();
  if (!options.quick && !options.only) {
    const results = join(import.meta.dirname, 'RESULTS.md');
    const [notes] = readFileSync(results, 'utf8').split('\n## Tables\n');
    writeFileSync(results, `${notes}\n## Tables\n\n${lines.join('\n')}\n`);
  }
} finally {
  await browser.close();
  await server.close();
}
