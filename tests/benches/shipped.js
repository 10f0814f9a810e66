// Proves with the page's module `group`, in a worker of the page that run.mjs opens: what a
// visitor's browser does. A worker is new, so that its first run is what a visitor waits for; V8
// compiles better code while it proves again.
import init, { load } from './group.js';

/** Milliseconds of work in one step, as in the page's workers. */
const STEP = 30;

/** Returns what `work` returns, and the seconds that it took. */
function timed(work) {
  const start = performance.now();
  return [work(), (performance.now() - start) / 1e3];
}

/** Runs a proof; returns what it counts. */
function prove(model, strategy) {
  const run = model.run(strategy, [], 0, 1);
  while (run.advance(STEP) < 1);
  const { correct } = run.outcome();
  run.free();
  return correct;
}

onmessage = async ({ data: { bytes, strategy, times } }) => {
  const { memory } = await init();
  const runs = Array.from({ length: times }, () => {
    const [model, reading] = timed(() => load('network', bytes));
    const strategies = strategy ? [strategy] : model.facts().strategies.map((facts) => facts.strategy);
    const [counts, proving] = timed(() => strategies.map((each) => prove(model, each)));
    model.free();
    return { reading, proving, counts: counts.join() };
  });
  postMessage({ runs, bytes: memory.buffer.byteLength });
};
