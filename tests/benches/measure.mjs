// Measures the workloads of the module made of wasm.rs, in Node, in a page and in its workers.

/** Instantiates the module. Its libraries import functions that no workload calls: these throw. */
export async function instantiate(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => { throw new Error(`no workload needs ${name}`); };
  }
  return (await WebAssembly.instantiate(module, imports)).exports;
}

/** Returns the list of all workloads, each a `Workload` of workloads/mod.rs. */
export function list({ list: all, memory }) {
  const place = BigInt.asUintN(64, all());
  const [start, length] = [Number(place >> 32n), Number(place & 0xffffffffn)];
  return JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, start, length)));
}

/** Runs the units with the given numbers; returns the sum of their results modulo 2⁶⁴. */
export const run = ({ unit }, units) => units.reduce((sum, i) => BigInt.asUintN(64, sum + unit(i)), 0n);

/**
 * Runs a workload at least once, and again until `seconds` have passed. Returns its best time in
 * seconds, its result as `digest`, and the memory in bytes.
 *
 * `team` is one thread or several. Its method `prepare(index)` returns the number of the workload's
 * units, `run(units)` the sum of their results, and `bytes()` the size of the memories.
 */
export async function best(team, { index, times }, seconds) {
  let [least, spent, digest] = [Infinity, 0, 0n];
  do {
    const units = await team.prepare(index);
    const start = performance.now();
    digest = await team.run(Array.from({ length: units }, (_, i) => i));
    const once = (performance.now() - start) / 1e3;
    [least, spent] = [Math.min(least, once), spent + once];
  } while (spent < seconds);
  return { seconds: least / times, digest: String(digest), bytes: await team.bytes() };
}

/** Makes a team of the current thread alone. */
export async function alone(module) {
  const exports = await instantiate(module);
  return {
    prepare: async (index) => exports.prepare(index),
    run: async (units) => run(exports, units),
    bytes: async () => exports.memory.buffer.byteLength,
  };
}

/** Makes a team of `count` workers. Each takes the next unit when free; a single one takes all. */
export async function workers(module, count) {
  const all = Array.from({ length: count }, () => new Worker(new URL('worker.js', import.meta.url), { type: 'module' }));
  const ask = (worker, message) => new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message: text }) => reject(new Error(text));
    worker.postMessage(message);
  });
  await Promise.all(all.map((worker) => ask(worker, { module })));
  return {
    prepare: async (index) => (await Promise.all(all.map((worker) => ask(worker, { prepare: index }))))[0],
    async run(units) {
      let [next, sum] = [0, 0n];
      const size = count === 1 ? units.length : 1;
      await Promise.all(all.map(async (worker) => {
        while (next < units.length) {
          const found = await ask(worker, { units: units.slice(next, (next += size)) });
          sum += found; // reads `sum` after the wait, in which another worker may have changed it
        }
      }));
      return BigInt.asUintN(64, sum);
    },
    bytes: async () => (await Promise.all(all.map((worker) => ask(worker, { bytes: true })))).reduce((a, b) => a + b),
    end: () => all.forEach((worker) => worker.terminate()),
  };
}
