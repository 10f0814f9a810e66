// The module `wasm.rs` in one thread: what Node, a page and its workers share.

/** An instance, with whatever its libraries would import: no workload calls it. */
export async function instantiate(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => { throw new Error(`no workload needs ${name}`); };
  }
  return (await WebAssembly.instantiate(module, imports)).exports;
}

/** All workloads, as `Workload` in workloads/mod.rs. */
export function list({ list: all, memory }) {
  const place = BigInt.asUintN(64, all());
  const [start, length] = [Number(place >> 32n), Number(place & 0xffffffffn)];
  return JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, start, length)));
}

/** The sum of what units found, modulo 2⁶⁴. */
export const run = ({ unit }, units) => units.reduce((sum, i) => BigInt.asUintN(64, sum + unit(i)), 0n);

/**
 * A workload as often as fits into so many seconds, at least once: its best time, and what it found. `team` is one thread or
 * several: `prepare(index)` gives the number of units, `run(units)` the sum of what they found, `bytes()` their memory.
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

/** This thread. */
export async function alone(module) {
  const exports = await instantiate(module);
  return {
    prepare: async (index) => exports.prepare(index),
    run: async (units) => run(exports, units),
    bytes: async () => exports.memory.buffer.byteLength,
  };
}

/** Dedicated workers: whichever is free takes the next unit, and a single one takes all at once. */
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
          sum += found; // not before the wait: another worker may have added to it
        }
      }));
      return BigInt.asUintN(64, sum);
    },
    bytes: async () => (await Promise.all(all.map((worker) => ask(worker, { bytes: true })))).reduce((a, b) => a + b),
    end: () => all.forEach((worker) => worker.terminate()),
  };
}
