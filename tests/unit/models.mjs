// Models of the gallery under questions, without workers: what the page asks its workers, the
// modules answer here.
import { readFile } from 'node:fs/promises';
import './typescript.mjs';

const pkg = new URL('../../www/pkg/', import.meta.url);
const started = new Map();

/** A module of the page, instantiated once. */
function moduleOf(name) {
  const start = async () => {
    const glue = await import(new URL(`${name}.js`, pkg).href);
    await glue.default({ module_or_path: await readFile(new URL(`${name}_bg.wasm`, pkg)) });
    return glue;
  };
  if (!started.has(name)) started.set(name, start());
  return started.get(name);
}

const { ModelResults } = await import('../../www/exercises/results.ts');

/** Does a piece of work to its end. */
function finished(work) {
  while (work.advance(1e3) < 1);
  return work.outcome();
}

/** The methods of a module's `Network`, as promises; as in a worker, what Rust refuses rejects. */
const promised = (network) =>
  new Proxy(network, {
    get:
      (_, name) =>
      async (...args) =>
        network[name](...args.map((arg) => arg ?? undefined)),
  });

const opened = new Map();

/** The results of the model in the file `task/file` of the gallery. Each model is opened once. */
export function resultsOf(task, file) {
  const key = `${task}/${file}`;
  if (!opened.has(key)) opened.set(key, open(task, file));
  return opened.get(key);
}

async function open(task, file) {
  const isMax = task === 'max-of-k';
  const bytes = await readFile(new URL(`../../www/models/${task}/${file}`, import.meta.url));
  const model = (await moduleOf(isMax ? 'prove' : 'group')).load(file, bytes);
  const prover = {
    strategy: async (strategy) => model.strategyFacts(strategy),
    run: async ({ strategy }, { options }) => ({ kind: 'outcome', id: 0, outcome: finished(model.run(strategy, options, 0, 1)) }),
  };
  // Questions about groups have a module of their own.
  const asked = isMax ? model : (await moduleOf('insight')).load(file, bytes);
  return new ModelResults({
    task,
    facts: model.facts(),
    prover,
    ask: async (question) => asked.ask(question),
    explain: isMax ? promised(new (await moduleOf('explain')).Network(file, bytes)) : undefined,
    known: () => undefined,
    verify: async (certificate) => finished(new (await moduleOf('files')).Weights(file, bytes).claim(certificate)),
    other: async ({ k, seed }) => resultsOf(task, `max${k}_v64_s${seed}.safetensors`).catch(() => {
      throw new Error(`The gallery has no model with k = ${k}, seed = ${seed}.`);
    }),
  });
}
