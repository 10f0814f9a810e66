// Tests the theorems of src/formal: that Coq accepts them and what they assume, and that it refuses
// false claims. Skipped with a plain line where Coq is not installed.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const hasCoq = spawnSync('coqc', ['--version']).status === 0;
const hasFlocq = hasCoq && existsSync(join(execFileSync('coqc', ['-where'], { encoding: 'utf8' }).trim(), 'user-contrib/Flocq'));
const options = { skip: hasCoq ? false : 'coqc is not installed: apt-get install coq libcoq-bignums' };
const MAX4 = 'www/models/max-of-k/max4_v64_s123.safetensors';
/** A model of 16 sequences, of which brute force finds 7 right. */
const SMALL = 'tests/fixtures/unsound/mean_diff_v4_n2.safetensors';
/** A model of 343 sequences with all five biases. */
const BIASED = 'tests/fixtures/biased_v7_n3.safetensors';
/** A network for the group S4, right on all 576 inputs. */
const S4 = 'www/models/group-operations/S4_s0.safetensors';
/** The assumptions of every theorem about a file, sorted. */
const ASSUMED = readFileSync(join(root, 'src/formal/ASSUMPTIONS'), 'utf8').trim().split('\n');
// The tests run the program as the phase `native` leaves it.
if (hasCoq) execFileSync(join(root, '.ci/formal.sh'), ['--library']);
execFileSync('cargo', ['build', '-q', '--bin', 'compact-proofs'], { cwd: root });
const scratch = mkdtempSync(join(tmpdir(), 'formal-'));

/** Runs `npm run formal` on files and returns its exit code and all that it printed. */
function formal(...args) {
  const { status, stdout, stderr } = spawnSync(join(root, '.ci/formal.sh'), args, { cwd: root, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

/** The names of what a theorem is said to assume. */
const assumed = (said) => said.split('\n').flatMap((line) => /^ {2}([A-Z]\w*\.\w+)$/.exec(line)?.[1] ?? []);

const compact = (...args) => execFileSync(join(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/compact-proofs'), args, { cwd: root });

test('the sources leave nothing unproven and assume nothing themselves', () => {
  for (const file of readdirSync(join(root, 'src/formal'), { recursive: true }).filter((name) => name.endsWith('.v'))) {
    const text = readFileSync(join(root, 'src/formal', file), 'utf8').replace(/\(\*[^]*?\*\)/g, '');
    assert.doesNotMatch(text, /\b(Admitted|admit|Axioms?|Parameters?|Conjecture|bypass_check|Unset\s+Guard)\b/, file);
  }
});

test('Coq proves the exact accuracy of a Max-of-4 model, and the theorem names its file', options, () => {
  const { status, said } = formal(MAX4);
  assert.equal(status, 0, said);
  assert.match(said, /sha256 \(bytes the_file\) = 0x62262b7be8fb339d28a6c257c51c96685434e35309b94be1c23b3c3e4a6de646%Z/);
  assert.match(said, /accuracy \(model_of W\) = \(16772954 \/ 16777216\)%R/);
  assert.deepEqual(assumed(said), ASSUMED);
});

test('Coq derives just what brute force counts, and refuses one more', options, () => {
  assert.equal(formal(SMALL, '--claim', '7').status, 0);
  const { status, said } = formal(SMALL, '--claim', '8');
  assert.equal(status, 1, said);
  assert.match(said, /Coq does not accept this claim.*Some \(7, 9\)/s);
});

test('Coq proves the exact accuracy of a network for a group, whose Cayley table the theorem has', options, () => {
  const { status, said } = formal(S4);
  assert.equal(status, 0, said);
  const hash = createHash('sha256').update(readFileSync(join(root, S4))).digest('hex');
  assert.ok(said.includes(`sha256 (bytes the_file) = 0x${hash}%Z`), said);
  assert.match(said, /is_group \(n W\) the_group \/\\\s+accuracy \(network_of W\) the_group = \(576 \/ 576\)%R/);
  // It has no exponential, and so needs less of real numbers.
  assert.deepEqual(assumed(said), ASSUMED.filter((name) => !/\.(sig_not_dec|classic)$/.test(name)));
});

/**
 * Writes a network that adds modulo 3 by one neuron for each input, but for 2 + 2: no neuron answers
 * it, so that all of its logits are equal. Returns the file's path.
 */
function additionWithATie() {
  const inputs = Array.from({ length: 9 }, (_, i) => [Math.floor(i / 3), i % 3]);
  const tokens = [0, 1, 2];
  const matrices = {
    embedding_left: tokens.map((token) => inputs.map(([x]) => Number(x === token))),
    embedding_right: tokens.map((token) => inputs.map(([, y]) => Number(y === token))),
    hidden_bias: [inputs.map(() => -1)],
    unembedding: inputs.map(([x, y]) => tokens.map((z) => Number(x + y < 4 && z === (x + y) % 3) / 8)),
  };
  const header = { __metadata__: { group: 'Z3' } };
  let end = 0;
  for (const [name, rows] of Object.entries(matrices)) {
    const shape = name === 'hidden_bias' ? [rows[0].length] : [1, rows.length, rows[0].length];
    header[name] = { dtype: 'F32', shape, data_offsets: [end, (end += 4 * rows.flat().length)] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  const path = join(scratch, 'addition.safetensors');
  writeFileSync(path, Buffer.concat([size, text, Buffer.from(Float32Array.from(Object.values(matrices).flat(2)).buffer)]));
  return path;
}

test('of a network for a group, Coq refuses one more than it derives, a changed word, and a table that is no group', options, () => {
  const path = additionWithATie();
  const certificate = join(scratch, 'addition.json');
  compact('prove', path, '--strategy', 'brute-force', '-o', certificate);
  const proven = formal(path, certificate);
  assert.equal(proven.status, 0, proven.said);
  assert.match(proven.said, /\(8 \/ 9 <= accuracy \(network_of W\) the_group\)%R/);
  const { status, said } = formal(path, '--claim', '9');
  assert.equal(status, 1, said);
  assert.match(said, /Coq does not accept this claim.*Some \(8, 1\)/s);

  compact('formal', path, '-o', scratch);
  const [file, theorem] = ['file', 'theorem'].map((part) => join(scratch, `addition_${part}.v`));
  const coqc = (path) => spawnSync('coqc', ['-R', 'target/formal/library', 'CompactProofs', '-R', scratch, '', path], { cwd: root, encoding: 'utf8' });
  const refused = (path, right, wrong) => {
    const text = readFileSync(path, 'utf8');
    assert.ok(text.includes(right), right);
    writeFileSync(path, text.replace(right, wrong));
    assert.equal(coqc(file).status, 0);
    const { status, stderr } = coqc(theorem);
    assert.equal(status, 1);
    assert.match(stderr, /"derives sha256_by_words BigNum how the_group the_file/);
    writeFileSync(path, text);
  };
  refused(file, '0x3e000000', '0x3e000001');
  refused(theorem, '[1; 2; 0]', '[1; 0; 2]');
});

test('the command says of which networks for groups there are no theorems', () => {
  const { status, stderr } = spawnSync(join(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/compact-proofs'), ['formal', 'www/models/group-operations/pizza_p99zdpze5l.safetensors', '--claim', '1', '-o', scratch], { cwd: root, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /it has `blocks\.0\.attn\.W_K`, and the theorems in Coq about group operations are for networks with `embedding_left`/);
});

test('a certificate is a claim; one that was tampered with is refused', options, () => {
  const certificate = join(scratch, 'certificate.json');
  compact('prove', SMALL, '--strategy', 'cubic', '-o', certificate);
  const text = readFileSync(certificate, 'utf8');
  const { correct } = JSON.parse(text);
  const proven = formal(SMALL, certificate);
  assert.equal(proven.status, 0, proven.said);
  assert.match(proven.said, new RegExp(`\\(${correct} / 16 <= accuracy`));
  writeFileSync(certificate, text.replace(`"correct":"${correct}"`, '"correct":"8"'));
  const { status, said } = formal(SMALL, certificate);
  assert.equal(status, 1, said);
  assert.match(said, /certificate\.json: /);
});

test('Coq refuses a file of which one word was changed: its hash is another', options, () => {
  compact('formal', SMALL, '-o', scratch);
  const name = join(scratch, 'mean_diff_v4_n2');
  const file = readFileSync(`${name}_file.v`, 'utf8');
  const changed = file.replace(/0x3f800000/, '0x3f800001');
  assert.notEqual(changed, file);
  writeFileSync(`${name}_file.v`, changed);
  const coqc = (path) => spawnSync('coqc', ['-R', 'target/formal/library', 'CompactProofs', '-R', scratch, '', path], { cwd: root, encoding: 'utf8' });
  assert.equal(coqc(`${name}_file.v`).status, 0);
  const { status, stderr } = coqc(`${name}_theorem.v`);
  assert.equal(status, 1);
  assert.match(stderr, /"derives sha256_by_words BigNum how the_file/);
});

test('the theorems of the library assume what the README says', options, () => {
  const real = ASSUMED.filter((name) => !/Int63|Uint63/.test(name));
  const rows = [...readFileSync(join(root, 'src/formal/README.md'), 'utf8').matchAll(/^\| `(\w+)\.(\w+)` \| .* \| (nothing|real numbers|machine integers) \|$/gm)];
  const theorems = [...rows.map(([, module, name, assumes]) => ({ module, name, assumes })), { module: 'Tiny', name: 'accuracy_tiny', assumes: 'real numbers' }];
  assert.ok(theorems.length > 10);
  const text = theorems.map(({ module, name }) => `From CompactProofs Require ${module}.\nEval compute in tt.\nPrint Assumptions ${module}.${name}.\n`);
  writeFileSync(join(scratch, 'Assumed.v'), text.join(''));
  const said = execFileSync('coqc', ['-R', 'target/formal/library', 'CompactProofs', join(scratch, 'Assumed.v')], { cwd: root, encoding: 'utf8' });
  const printed = said.split(/^ *= tt\n *: unit$/m).slice(1);
  assert.equal(printed.length, theorems.length);
  for (const [i, { name, assumes }] of theorems.entries()) {
    const names = printed[i].split('\n').flatMap((line) => /^([A-Z]\w*\.\w+)/.exec(line)?.[1] ?? []);
    assert.equal(assumes === 'nothing', printed[i].includes('Closed under the global context'), name);
    const isMachine = assumes === 'machine integers';
    assert.deepEqual(names.filter((assumption) => !ASSUMED.includes(assumption) || real.includes(assumption) === isMachine), [], name);
    assert.equal(assumes === 'nothing', names.length === 0, name);
  }
  // Tiny's theorem is a whole one about a model: it needs all that real numbers do.
  assert.deepEqual([...printed.at(-1).matchAll(/^([A-Z]\w*\.\w+)/gm)].map(([, name]) => name).sort(), real);
});

test('a grid counts no fewer sequences than a rival wins, and as many where nothing is rounded', options, () => {
  let state = 1;
  const random = (n) => (state = (state * 48271) % 2147483647) % n;
  const [m, k] = [4, 4];
  const list = (length, item) => `[${Array.from({ length }, item).join('; ')}]`;
  const counted = Array.from({ length: 12 }, (_, i) => {
    const rival = `(${-100 - random(150)}, ${list(k, () => list(m + 1, () => random(100) - 20))})`;
    const arguments_ = `${k} ${i % 2 === 0} ${rival}`;
    return `(${[8, 32, 2048].map((bins) => `on_grid (O := ZNum) ${m} 3 ${bins} ${arguments_}`)}, not_lost (O := ZNum) ${m} 3 ${arguments_})`;
  });
  writeFileSync(join(scratch, 'Grids.v'), 'Require Import ZArith List.\nFrom CompactProofs Require Import Num Rivals Grid.\n' +
    `Import ListNotations.\nOpen Scope Z_scope.\nEval vm_compute in ([${counted.join(';\n ')}]).\n`);
  const said = execFileSync('coqc', ['-R', 'target/formal/library', 'CompactProofs', join(scratch, 'Grids.v')], { cwd: root, encoding: 'utf8' });
  const numbers = [...said.matchAll(/\(\s*(\d+),\s*(\d+),\s*(\d+),\s*(\d+)\)/g)].map((found) => found.slice(1).map(Number));
  assert.equal(numbers.length, 12, said);
  for (const [coarse, fine, exact, truth] of numbers) {
    assert.ok(coarse >= truth && fine >= truth, said);
    // A rival that wins nothing was out before.
    if (truth > 0) assert.equal(exact, truth, said);
  }
  assert.ok(numbers.some(([coarse, fine, , truth]) => coarse > fine && fine < 625 && truth > 0), said);
});

test('biases and any divisor of scores are part of the theorem', options, () => {
  // Where Coq accepts `accuracy = ...`, its count is that of the program, which it knows nothing
  // of.
  const biased = formal(BIASED);
  assert.equal(biased.status, 0, biased.said);
  assert.match(biased.said, /accuracy \(model_of W\) = \(\d+ \/ 343\)%R/);

  const file = readFileSync(join(root, BIASED));
  const length = Number(file.readBigUInt64LE());
  const header = JSON.parse(file.toString('utf8', 8, 8 + length));
  const counts = [0.3, 4].map((attn_scale) => {
    const config = JSON.stringify({ use_attn_scale: true, attn_scale });
    const text = Buffer.from(JSON.stringify({ __metadata__: { config }, ...header }));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    const path = join(scratch, `divided_by_${attn_scale}.safetensors`);
    writeFileSync(path, Buffer.concat([size, text, file.subarray(8 + length)]));
    const { status, said } = formal(path);
    assert.equal(status, 0, said);
    return /= \((\d+) \/ 343\)%R/.exec(said)?.[1];
  });
  assert.notEqual(counts[0], counts[1]);
  // 0.3 is no float64: the file for Coq has all digits of the one that is meant.
  const written = readFileSync(join(root, process.env.CARGO_TARGET_DIR ?? 'target', 'formal/theorems/divided_by_0_3.safetensors'), 'latin1');
  assert.ok(written.includes('attn_scale\\":0.299999999999999988897769753748434595763683319091796875}'), written.slice(0, 2000));
});

test('what Coq reads as float32 is what IEEE 754 says, as Flocq formalises it', { skip: hasFlocq ? false : 'Flocq is not installed: apt-get install libcoq-flocq' }, () => {
  const said = execFileSync('coqc', ['-R', 'target/formal/library', 'CompactProofs', 'target/formal/library/Float32.v'], { cwd: root, encoding: 'utf8' });
  assert.equal(said, '');
});

test('the theorems that the project ships are what the command writes about its models', () => {
  const folder = join(root, 'src/formal/theorems');
  const list = JSON.parse(readFileSync(join(folder, 'theorems.json'), 'utf8'));
  assert.deepEqual(readdirSync(folder).sort(), [...list.map(({ theorem }) => `${theorem}_theorem.v`), 'theorems.json'].sort());
  for (const { task, model, sha256, theorem, right, exact, coq } of list) {
    const file = join(root, 'www/models', task, `${model}.safetensors`);
    assert.equal(createHash('sha256').update(readFileSync(file)).digest('hex'), sha256);
    const shipped = readFileSync(join(folder, `${theorem}_theorem.v`), 'utf8');
    assert.ok(shipped.includes(`${coq}\n`), theorem);
    compact('formal', file, ...(exact ? [] : ['--claim', right]), '-o', scratch);
    assert.equal(shipped, readFileSync(join(scratch, `${theorem}_theorem.v`), 'utf8'), `npm run formal -- --theorems ${theorem}`);
  }
});

test('the command says what it cannot write as a theorem', () => {
  const weights = JSON.parse(readFileSync(join(root, 'tests/fixtures/formats/weights.json'), 'utf8'));
  weights['embed.W_E'][0][0] = 0.1;
  const path = join(scratch, 'not_float32.json');
  writeFileSync(path, JSON.stringify(weights));
  const { status, stderr } = spawnSync(join(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/compact-proofs'), ['formal', path, '-o', scratch], { cwd: root, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /not_float32\.json: it has numbers that float32 does not hold/);
});

test('the page’s proven program is what Coq extracts from these sources', options, () => {
  const { status, stdout, stderr } = spawnSync(join(root, '.ci/extract.sh'), ['--compare'], { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
});

test('its theorem assumes only what real numbers do', options, () => {
  writeFileSync(join(scratch, 'Assumed.v'), 'Require Import Steps.\nPrint Assumptions steps_correct.\n');
  const said = execFileSync('coqc', ['-R', 'target/formal/library', 'CompactProofs', '-R', 'target/formal/extract', 'Extracted', join(scratch, 'Assumed.v')], { cwd: root, encoding: 'utf8' });
  const names = said.split('\n').flatMap((line) => /^([A-Z]\w*\.\w+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(names.sort(), ASSUMED.filter((name) => !/Int63|Uint63/.test(name)));
});

// Coq itself comes with Zarith to run, not to compile with.
const hasZarith = existsSync(join(spawnSync('ocamlfind', ['query', 'zarith'], { encoding: 'utf8' }).stdout?.trim() || scratch, 'z.cmi'));
test('compiled natively, it confirms what is true and not one more', { skip: !hasCoq ? options.skip : hasZarith ? false : 'Zarith is not installed: apt-get install libzarith-ocaml-dev ocaml-findlib' }, () => {
  const run = (...args) => spawnSync(join(root, '.ci/extract.sh'), args, { cwd: root, encoding: 'utf8' });
  assert.deepEqual([run(SMALL, '7').status, run(SMALL, '8').status], [0, 1]);
  assert.equal(run(MAX4, '16772954').stdout, '16772954 4262 16777216\n');
});

test('the proven program counted on the gallery what the other programs do', () => {
  const [, ...rows] = readFileSync(join(import.meta.dirname, 'gallery.csv'), 'utf8').trim().split('\n').map((row) => row.split(','));
  const folder = join(root, 'www/models/max-of-k');
  const known = readdirSync(folder).filter((name) => /^max4_.*\.safetensors$/.test(name));
  assert.deepEqual(rows.map(([file]) => file), known);
  for (const [file, sequences, right, wrong, exact, checker] of rows) {
    assert.deepEqual([exact, checker, BigInt(right) + BigInt(wrong)], [right, right, BigInt(sequences)], file);
    const bytes = readFileSync(join(folder, file));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0))));
    assert.match(header.__metadata__.accuracy, new RegExp(`^${right} of ${sequences} `), file);
  }
});
