// What the modules send is what their TypeScript declares: values of every kind, as literals, pass
// the compiler, which knows no field that is missing or undeclared.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'target/types');
mkdirSync(folder, { recursive: true });

/** A module of the page, in Node. */
async function load(name) {
  const module = await import(join(root, `www/pkg/${name}.js`));
  module.initSync({ module: readFileSync(join(root, `www/pkg/${name}_bg.wasm`)) });
  return module;
}

const shipped = JSON.parse(readFileSync(join(root, 'www/models/max-of-k/first-paint.json')));
const bytes = readFileSync(join(root, 'www/models/max-of-k', shipped.facts.file));

/** A value of each type that the page is sent, under the type's name. */
async function values() {
  const prove = await load('prove');
  const model = prove.load(shipped.facts.file, bytes);
  const facts = model.facts();
  const proven = (strategy) => {
    const run = model.run(strategy, [], 0, 1);
    while (run.advance(100) < 1);
    return run;
  };
  const [subcubic] = facts.strategies.filter(({ tags }) => tags.length > 1);
  const outcomes = ['brute-force', 'cubic', 'cell', 'exact', subcubic.strategy].map((strategy) => proven(strategy).outcome());

  const { Weights } = await load('files');
  const weights = new Weights('mine.pt', readFileSync(join(root, 'tests/fixtures/formats/state_dict.pt')));

  const { Check } = await load('check');
  const check = new Check(facts.file, bytes, proven('cubic').certificate(facts.sha256));
  while (check.advance(100) < 1);

  const { Network } = await load('explain');
  const network = new Network(facts.file, bytes);
  const cases = ['cubic', 'cell', 'exact', subcubic.strategy].map((strategy) => network.cases(strategy));
  cases.push(network.cases('cubic', 'largest>=10'), network.cases('cell', 'table:3,1,0.5|3,2,1;worst=copies'));

  const samples = await load('samples');
  const sampled = samples.load('max-of-k', facts.file, bytes, undefined, facts.sha256);
  const covered = { strategy: 'cubic', flops: 1e6, covered: network.coverage('cubic') };
  const plans = [
    { method: 'anytime', samples: 50, delta: 1e-3, seed: '' },
    { method: 'clopper-pearson', samples: 50, delta: 0.01, seed: 'mine', proof: covered },
  ];
  const drawings = plans.map((plan) => sampled.draw(plan));
  const lives = drawings.map((drawing) => drawing.live());
  for (const drawing of drawings) while (drawing.advance(100) < 1);

  const plot = await load('plot');
  const frontier = {
    points: [
      {
        certainty: 'proof',
        delta: 0,
        id: 'a',
        label: 'A',
        marker: '►',
        role: 'ours',
        one_of_many: false,
        published: false,
        flops: 1e6,
        bound: 1,
        unexplained_dimension: 100,
      },
      {
        certainty: 'pac',
        delta: 1e-3,
        id: 'b',
        label: 'B',
        marker: '◐',
        role: 'chance',
        one_of_many: true,
        published: false,
        flops: 1e5,
        bound: 0.9,
        unexplained_dimension: 100,
      },
    ],
    baseline: { flops: 1e9, accuracy: 1 },
  };
  const options = {
    width: 400,
    height: 300,
    zoom: 'crowd',
    scale: 'missing',
    delta: 1e-3,
    budget: 2e6,
    selected: 'a',
    others: [],
    spread: [],
  };
  const map = { width: 400, height: 300, shades: 'signed', color: 'ours', name: 'error', row_name: 'query', column_name: 'key', every: 8 };
  const parts = [
    { label: 'all', count: '4', role: 'muted' },
    { label: 'left out', count: '1', role: 'unproven' },
    { label: 'right', count: '3', role: 'ours' },
  ];
  const bars = [{ label: 'exact', value: 1.6, text: '1.6', role: 'published' }];
  const figures = [
    plot.figure(frontier, options),
    plot.heatMap(1, 2, new Float32Array([1, -1]), new Uint8Array([1, 2]), map),
    plot.waterfall(parts, 400),
    plot.bars(bars, 'bound on the error', 400),
  ];

  return {
    Frontier: [frontier],
    Options: [options],
    HeatMapOptions: [map],
    Part: parts,
    Bar: bars,
    ModelFacts: [facts, weights.facts(), shipped.facts],
    StrategyFacts: [model.strategyFacts('best-within-3000000'), model.strategyFacts('best-within-1')],
    Outcome: [...outcomes, ...shipped.outcomes],
    AttentionFacts: [model.ask({ ask: 'attention' })],
    Example: [...model.ask({ ask: 'logits' }), ...model.ask({ ask: 'logits', input: '3,1,2,0' })],
    SampledAccuracy: [model.ask({ ask: 'sample' })],
    Verdict: [check.verdict()],
    CaseMap: cases,
    CaseFacts: [network.case('cubic', 3, 2, 1), network.case('cell', 63, 0, 2), network.case(subcubic.strategy, 9, 9, 3)],
    Plan: plans,
    SampleFacts: [sampled.facts()],
    Planned: plans.map((plan) => sampled.plan(plan)),
    Live: [...lives, ...drawings.map((drawing) => drawing.live())],
    Sampled: drawings.map((drawing) => drawing.outcome()),
    Estimate: [sampled.predicted()],
    Figure: [shipped.figure, ...figures],
    Metrics: [shipped.metrics, plot.metrics(frontier)],
  };
}

/** What the compiler says of a source; nothing if it accepts it. */
function compiled(name, source) {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, source);
  const options = [
    '--noEmit',
    '--ignoreConfig',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--target',
    'es2022',
    '--module',
    'esnext',
    '--moduleResolution',
    'bundler',
    '--skipLibCheck',
  ];
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), [...options, '--types', '', file], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch ({ stdout }) {
    return stdout;
  }
}

/** A value as TypeScript: as JSON, but that typed arrays keep their type. */
function literal(value) {
  if (ArrayBuffer.isView(value)) return `new ${value.constructor.name}(${value.length})`;
  if (Array.isArray(value)) return `[${value.map(literal)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}:${literal(field)}`)}}`;
}

const PLOT = ['Frontier', 'Options', 'HeatMapOptions', 'Part', 'Bar', 'Figure', 'Metrics'];
const SAMPLES = ['Plan', 'SampleFacts', 'Planned', 'Live', 'Sampled', 'Estimate'];
const MODULES = {
  Verdict: 'check',
  CaseMap: 'explain',
  CaseFacts: 'explain',
  ...Object.fromEntries(PLOT.map((type) => [type, 'plot'])),
  ...Object.fromEntries(SAMPLES.map((type) => [type, 'samples'])),
};
const source = (sent) =>
  Object.entries(sent)
    .map(
      ([type, all], i) =>
        `import type { ${type} } from '../../www/pkg/${MODULES[type] ?? 'prove'}.js';\nexport const v${i}: ${type}[] = ${literal(all)};\n`,
    )
    .join('');

test('every value is of its declared type', async () => {
  const sent = await values();
  for (const [type, all] of Object.entries(sent)) assert.ok(all.length && all.every((value) => value !== undefined), type);
  assert.equal(compiled('sent', source(sent)), '');
});

test('a field that is missing, undeclared or of another type is found', async () => {
  const { Outcome: [outcome] } = await values();
  const { slack: _, ...without } = outcome;
  for (const wrong of [without, { ...outcome, extra: 1 }, { ...outcome, slack: 'small' }]) {
    assert.match(compiled('wrong', source({ Outcome: [wrong] })), /error TS/);
  }
});
