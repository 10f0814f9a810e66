// Measures what the labs train, by the modules of www/pkg/ in one thread, as a worker of the page
// does.
//
//   node tests/benches/labs.mjs           one to two minutes; prints a table in Markdown
//   node tests/benches/labs.mjs PROGRAM   also of the native program, such as target/release/compact-proofs
//
// Seconds are of a processor, so that a busy machine changes them little, and the least of two
// runs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import '../unit/typescript.mjs';

const ROUNDS = 2;
/** Milliseconds of work between two messages of a worker. */
const STEP = 40;
/** Tokens of a proof, as the lab has them. */
const TOKENS = 1000;
const NOWHERE = { search: '', hash: '' };

const root = resolve(import.meta.dirname, '../..');
const fail = (problem) => {
  throw new Error(problem);
};

/** Loads a module of the page. */
async function moduleOf(name) {
  const module = await import(`../../www/pkg/${name}.js`);
  module.initSync({ module: readFileSync(join(root, `www/pkg/${name}_bg.wasm`)) });
  return module;
}

const training = await moduleOf('training');
const { Lab } = await moduleOf('superposition');
const recipe = await import('../../www/labs/training/settings.ts');
const dictionaries = await import('../../www/labs/superposition/settings.ts');
const { settingsOf } = await import('../../www/labs/settings.ts');

/** Takes all steps of a training. */
function train(making) {
  const work = making();
  for (let progress = { step: 0, steps: 1 }; progress.step < progress.steps; ) progress = work.advance(STEP, 2 ** 32 - 1);
  work.free();
}

/** Trains a toy model and a dictionary for each penalty on its activations, and proves from each. */
function trainDictionaries(kind) {
  const settings = { ...dictionaries.read(NOWHERE, fail), kind };
  const plan = dictionaries.planOf(settings).filter(({ strength }) => strength === 1);
  const lab = new Lab(dictionaries.labOf(settings, plan, settings.seed));
  while (lab.progress().stage !== 'done') lab.step(STEP);
  for (const index of plan.keys()) lab.prove(index, { tokens: TOKENS, seed: settings.seed, refit: settings.amplitudes === 'fitted' });
  lab.free();
}

const usual = settingsOf(recipe.FIELDS, NOWHERE, fail);
const file = 'max4_v64_s123.safetensors';
const bytes = readFileSync(join(root, 'www/models/max-of-k', file));

/** What is measured: its name, and the work. */
const WORK = [
  ['Max-of-4, 3000 steps', () => train(() => training.train(4, 123, 3000))],
  ['the default network fine-tuned, 1500 steps', () => train(() => training.tune(file, bytes, recipe.tuningOf(usual)))],
  ['addition modulo 31, 1000 of 12 000 steps', () => train(() => training.trainGroup('Z31', 123, 1000))],
  ['four autoencoders, trained and proven', () => trainDictionaries('autoencoder')],
  ['four crosscoders, trained and proven', () => trainDictionaries('crosscoder')],
];

/** Seconds of a processor that some work takes, the least of some runs. */
function seconds(work) {
  const once = () => {
    const start = process.cpuUsage();
    work();
    return process.cpuUsage(start).user / 1e6;
  };
  return Math.min(...Array.from({ length: ROUNDS }, once));
}

/** Seconds that the native program takes to train Max-of-4, as it counts them itself. */
function natively(program) {
  const folder = mkdtempSync(join(tmpdir(), 'labs-'));
  const script = 'TIMEFORMAT=%U; time "$1" train --k 4 --seed 123 -o "$2" >/dev/null 2>&1';
  const once = () => Number(execFileSync('bash', ['-c', `{ ${script}; } 2>&1`, 'bash', program, join(folder, file)], { encoding: 'utf8' }));
  const least = Math.min(...Array.from({ length: ROUNDS }, once));
  rmSync(folder, { recursive: true });
  return least;
}

console.log('| work | seconds |\n|---|---|');
for (const [name, work] of WORK) console.log(`| ${name} | ${seconds(work).toFixed(1)} |`);
const [program] = process.argv.slice(2);
if (program) console.log(`| Max-of-4, 3000 steps, natively | ${natively(program).toFixed(1)} |`);
