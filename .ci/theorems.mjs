// Proves the theorems that the project ships again, and writes them anew:
// src/formal/theorems/NAME_theorem.v and the list theorems.json, which the page shows beside a
// bound.
//
//   npm run formal -- --theorems [NAME | NAME=COUNT]…
//
// NAME is a model of www/models, of either task. Without names, all that are listed. COUNT is how many
// right sequences to claim; without it, the count listed, or up to K = 5 the exact one. Writes a
// theorem only if Coq accepts it.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'formal/theorems');
const folder = join(root, 'src/formal/theorems');
const list = join(folder, 'theorems.json');
const listed = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];

/** Digits in groups of three. */
const grouped = (number) => number.replace(/\B(?=(\d{3})+$)/g, ',');

/** By the folder of a task's models: what inputs are called, and whose logit must be the largest. */
const TASKS = {
  'max-of-k': { inputs: 'sequences', answer: 'the largest token' },
  'group-operations': { inputs: 'inputs', answer: 'the product of both elements' },
};

/** What a theorem says, in a sentence. */
function inWords({ task, sha256, right, total, exact }) {
  const { inputs, answer } = TASKS[task];
  return `The network in the file whose SHA-256 begins with ${sha256.slice(0, 8)} answers ${exact ? 'exactly' : 'at least'} ` +
    `${grouped(right)} of all ${grouped(total)} ${inputs} correctly: in exact arithmetic, the logit of ${answer} is ` +
    'larger than every other.';
}

/** Proves the theorem of a model, and returns its entry of the list. */
function prove(name, claim) {
  const fileOf = (task) => join(root, 'www/models', task, `${name}.safetensors`);
  const task = Object.keys(TASKS).find((task) => existsSync(fileOf(task)));
  if (!task) throw new Error(`${name}: there is no such model in www/models`);
  const file = fileOf(task);
  const { status, stdout, stderr } = spawnSync(join(root, '.ci/formal.sh'), [file, ...(claim ? ['--claim', claim] : [])], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name}: ${stdout}${stderr}`);
  const coq = /^Theorem[^]*?\.$/m.exec(stdout)[0];
  const [, relation, right, total] = /(= )?\((\d+) \/ (\d+)/.exec(coq.split('read the_file')[1]);
  const entry = {
    task,
    model: name,
    sha256: /0x([0-9a-f]{64})%Z/.exec(coq)[1],
    theorem: name,
    right,
    total,
    exact: relation !== undefined,
    coq,
    // The processor's, the kernel's last run, where /usr/bin/time is there to say; else the
    // clock's.
    seconds: Math.round(Number((/([\d.]+) s of processor time, \d+ KB of memory\n$/.exec(stderr) ?? /Proven in (\d+) s/.exec(stdout))[1])),
    kilobytes: Number(/(\d+) KB of memory\n$/.exec(stderr)?.[1] ?? 0),
  };
  copyFileSync(join(target, `${name}_theorem.v`), join(folder, `${name}_theorem.v`));
  console.log(`${coq}\nproven in ${entry.seconds} s`);
  return { ...entry, words: inWords(entry) };
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : listed.map(({ theorem }) => theorem);
execFileSync(join(root, '.ci/formal.sh'), ['--library'], { stdio: 'inherit' });
for (const argument of wanted) {
  const [name, count] = argument.split('=');
  const before = listed.findIndex(({ theorem }) => theorem === name);
  const claim = count ?? (before >= 0 && !listed[before].exact ? listed[before].right : undefined);
  listed.splice(before >= 0 ? before : listed.length, before >= 0 ? 1 : 0, prove(name, claim));
  writeFileSync(list, `${JSON.stringify(listed, null, 2)}\n`);
}
