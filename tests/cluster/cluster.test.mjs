// Sweeps by Snakemake, on two local executors: one table whatever runs it, also after a kill.
// Snakemake is installed once, outside of the project; skipped with a plain line where there is no
// Python with venv, or no network.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { homedir, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { after, test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const cluster = join(root, '.ci/cluster');
const program = join(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/compact-proofs');
execFileSync('cargo', ['build', '-q', '--bin', 'compact-proofs'], { cwd: root });
const scratch = mkdtempSync(join(tmpdir(), 'cluster-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Installs Snakemake, once; returns what is missing if that is not possible. */
function missing(folder) {
  const wanted = readFileSync(join(cluster, 'requirements.txt'), 'utf8');
  const stamp = join(folder, 'installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  if (spawnSync('python3', ['-c', 'import venv, ensurepip']).status !== 0) return 'no Python with venv is installed';
  rmSync(folder, { recursive: true, force: true });
  execFileSync('python3', ['-m', 'venv', join(folder, 'python')]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1', '-r', join(cluster, 'requirements.txt')];
  const { status, stderr } = spawnSync(join(folder, 'python/bin/python'), pip, { encoding: 'utf8' });
  if (status !== 0) {
    // Only a network that is not there is no fault.
    assert.match(stderr, /NewConnectionError|ConnectTimeout|NameResolution|No matching distribution/, stderr);
    return 'Snakemake cannot be downloaded';
  }
  writeFileSync(stamp, wanted);
  return undefined;
}
const kept = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'compact-proofs/cluster');
const lacks = missing(kept);
const options = { skip: lacks && `${lacks}: sweeps by Snakemake are not tested` };

/** Arguments of a run, with two jobs at a time. */
const workflow = (out, models) => [
  '-s',
  join(cluster, 'Snakefile'),
  '--cores',
  '2',
  '--quiet',
  'all',
  '--rerun-incomplete',
  '--retries',
  '1',
  '--scheduler',
  'greedy',
  '--shared-fs-usage',
  'persistence',
  'input-output',
  'software-deployment',
  'sources',
  'source-cache',
  '--config',
  `models=${models}`,
  `out=${out}`,
  `program=${program}`,
  'threads=1',
  'shards=4',
];
const snakemake = join(kept, 'python/bin/snakemake');
const run = (args) => {
  const { status, stderr, stdout } = spawnSync(snakemake, args, { cwd: scratch, encoding: 'utf8' });
  assert.equal(status, 0, stderr + stdout);
};

/** A Max-of-2 model with three tokens and weights of its own. */
function tiny(seed) {
  let state = seed + 1;
  const number = () => (state = (state * 48271) % 2147483647) / 2 ** 30 - 1;
  const shapes = {
    'embed.W_E': [3, 1],
    'pos_embed.W_pos': [2, 1],
    'unembed.W_U': [1, 3],
    'blocks.0.attn.W_Q': [1, 1, 1],
    'blocks.0.attn.W_K': [1, 1, 1],
    'blocks.0.attn.W_V': [1, 1, 1],
    'blocks.0.attn.W_O': [1, 1, 1],
  };
  let end = 0;
  const header = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => {
    const begin = end;
    end += 4 * shape.reduce((a, b) => a * b);
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }];
  }));
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.from(Float32Array.from({ length: end / 4 }, number).buffer)]);
}

const models = join(scratch, 'models');
mkdirSync(models);
for (let seed = 0; seed < 40; seed++) writeFileSync(join(models, `m${seed}.safetensors`), tiny(seed));
writeFileSync(join(models, 'S4.safetensors'), readFileSync(join(root, 'www/models/group-operations/S4_s0.safetensors')));
writeFileSync(join(models, 'cut.safetensors'), tiny(0).subarray(0, 100));
/** The tables of one machine. */
const one = join(scratch, 'one');
mkdirSync(one);
execFileSync(program, ['sweep', models, '--shard', '1/1', '-o', join(one, '1-of-1.csv')]);
execFileSync(program, ['sweep', 'merge', one, '-o', join(one, 'results.csv'), '--summary', join(one, 'summary.md')]);
const agrees = (out) => {
  for (const file of ['results.csv', 'results.parquet', 'summary.md'])
    assert.ok(readFileSync(join(out, file)).equals(readFileSync(join(one, file))), file);
};

test('a run that is killed goes on, and its table is that of one machine', options, async () => {
  const out = join(scratch, 'killed');
  const args = workflow(out, models);
  const killed = spawn(snakemake, args, { cwd: scratch, detached: true, stdio: 'ignore' });
  const left = new Promise((done) => killed.on('exit', done));
  const shards = () => (existsSync(join(out, 'shards')) ? readdirSync(join(out, 'shards')) : []);
  while (!shards().length && killed.exitCode === null) await new Promise((later) => setTimeout(later, 20));
  if (killed.exitCode === null) process.kill(-killed.pid, 'SIGKILL');
  await left;
  run([...args, '--unlock']);
  run(args);
  agrees(out);
  const text = readFileSync(join(out, 'results.csv'), 'utf8');
  assert.match(text, /^,[0-9a-f]{64},cut\.safetensors,.*cut\.safetensors: .*$/m, 'a row says what is wrong with the file');
  assert.match(text, /^group-operations,/m);
});

test('a list of addresses is as good as a folder', options, async () => {
  const server = createServer(({ url }, answer) =>
    createReadStream(join(models, basename(url)))
      .on('error', () => answer.writeHead(404).end())
      .pipe(answer),
  );
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const list = join(scratch, 'list.txt');
    writeFileSync(list, readdirSync(models).map((file) => `http://127.0.0.1:${server.address().port}/${file}\n`).join(''));
    const out = join(scratch, 'fetched');
    // The server is in this process: it must not wait.
    const child = spawn(snakemake, workflow(out, list), { cwd: scratch });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += piece));
    assert.equal(await new Promise((done) => child.on('exit', done)), 0, said);
    agrees(out);
  } finally {
    server.close();
  }
});
