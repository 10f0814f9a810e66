// Tests the program that Coq proves correct, as the page runs it: its integers against BigInts, and
// its counts against brute force.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import vm from 'node:vm';

const root = resolve(import.meta.dirname, '../..');
globalThis.provenChecker = {};
await import('../../www/engine/proven-checker.js');
const program = globalThis.provenChecker;

/** Numbers from 0 to 1, the same in each run. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the program derives about the network in a file; undefined if it takes none from it. */
function derive(bytes) {
  const opened = program.open(bytes);
  if (opened === 0) return undefined;
  let [, progress] = opened;
  while (!program.isFinished(progress)) progress = program.advance(progress);
  const [right, wrong, inputs] = ['right', 'wrong', 'inputs'].map((name) => BigInt(program[name](progress)));
  return { right, wrong, inputs, confirms: (claimed) => program.confirms(progress, claimed) === 1 };
}

test('the integers in JavaScript are those of Coq, small and large, negative and zero', () => {
  const ints = vm.runInNewContext(`${readFileSync(join(root, 'src/formal/extract/js/ints.js'), 'utf8')};
    ({ ${['opp', 'add', 'sub', 'mul', 'div', 'modulo', 'pow', 'log2', 'eqb', 'leb', 'ltb', 'shiftl', 'shiftr', 'and', 'or', 'xor', 'but', 'is_odd', 'half'].map((name) => `${name}: ints_${name}`)} })`);
  const floor = (a, b) => (a % b !== 0n && a < 0n !== b < 0n ? a / b - 1n : a / b);
  // As Coq's standard library says.
  const coq = {
    opp: (a) => -a,
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: (a, b) => a * b,
    div: (a, b) => (b === 0n ? 0n : floor(a, b)),
    modulo: (a, b) => (b === 0n ? a : a - b * floor(a, b)),
    log2: (a) => (a > 0n ? BigInt(a.toString(2).length - 1) : 0n),
    eqb: (a, b) => (a === b ? 1n : 0n),
    leb: (a, b) => (a <= b ? 1n : 0n),
    ltb: (a, b) => (a < b ? 1n : 0n),
    and: (a, b) => a & b,
    or: (a, b) => a | b,
    xor: (a, b) => a ^ b,
    but: (a, b) => a & ~b,
    is_odd: (a) => a & 1n,
    half: (a) => a >> 1n,
  };
  const next = random(1);
  const whole = (below) => Math.floor(next() * below);
  /** Integers near powers of 2 up to 2^200, and any; more where numbers end. */
  const any = () => {
    const size = next() < 0.4 ? 50n + BigInt(whole(6)) : BigInt(whole(200));
    const near = (1n << size) + BigInt(whole(5) - 2);
    const a = next() < 0.3 ? near : next() < 0.2 ? BigInt(whole(4)) : BigInt(whole(2 ** 32)) * near >> 31n;
    return next() < 0.5 ? a : -a;
  };
  const isExact = (a) => a >= -(2n ** 53n) + 1n && a <= 2n ** 53n - 1n;
  /** An exact integer as a number or, at times, as a BigInt: both stand for it. */
  const given = (a) => (isExact(a) && next() < 0.9 ? Number(a) : a);
  const check = (name, found, expected, ...of) => {
    if (typeof found === 'number') assert.ok(Number.isSafeInteger(found), `${name}(${of}) = ${found}`);
    if (BigInt(found) !== expected) assert.fail(`${name}(${of}) = ${found}, expected ${expected}`);
  };
  for (let i = 0; i < 5_000; i++) {
    const [a, b, k] = [any(), any(), BigInt(whole(260))];
    for (const [name, f] of Object.entries(coq)) check(name, ints[name](given(a), given(b)), f(a, b), a, b);
    for (const shift of [k, -k]) {
      check('shiftr', ints.shiftr(given(a), given(shift)), a >> shift, a, shift);
      check('shiftl', ints.shiftl(given(a), given(shift)), a << shift, a, shift);
    }
    const [base, power] = [i % 2 ? 2n : a % 100n, k % 40n];
    check('pow', ints.pow(given(base), given(power)), base ** power, base, power);
  }
  check('pow', ints.pow(2, -1), 0n, 2, -1);
});

/**
 * A safetensors file with a network of one layer and one head; `next` gives its numbers; `biased`:
 * it has biases.
 */
function file({ v, n, d, h }, next, biased = false) {
  const shapes = {
    'blocks.0.attn.W_K': [1, d, h],
    'blocks.0.attn.W_O': [1, h, d],
    'blocks.0.attn.W_Q': [1, d, h],
    'blocks.0.attn.W_V': [1, d, h],
    'embed.W_E': [v, d],
    'pos_embed.W_pos': [n, d],
    'unembed.W_U': [d, v],
    ...(biased && {
      'blocks.0.attn.b_K': [1, h],
      'blocks.0.attn.b_O': [d],
      'blocks.0.attn.b_Q': [1, h],
      'blocks.0.attn.b_V': [1, h],
      'unembed.b_U': [v],
    }),
  };
  const header = {};
  const tensors = {};
  let end = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const length = shape.reduce((a, b) => a * b);
    tensors[name] = Float32Array.from({ length }, next);
    header[name] = { dtype: 'F32', shape, data_offsets: [end, (end += 4 * length)] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return { bytes: Buffer.concat([size, text, ...Object.values(tensors).map(({ buffer }) => Buffer.from(buffer))]), tensors };
}

/**
 * Counts the right sequences in float64, and those that are too close to a tie for it, one by one.
 */
function bruteForce({ v, n, d, h }, tensors) {
  const [K, O, Q, V, E, pos, U, ...biases] = Object.values(tensors);
  const [bK, bO, bQ, bV, bU] = [h, d, h, h, v].map((length, i) => biases[i] ?? new Float32Array(length));
  const range = (length) => Array.from({ length }, (_, i) => i);
  const dot = (length, f) => range(length).reduce((sum, i) => sum + f(i), 0);
  const times = (x, matrix, rows, columns, bias) => range(columns).map((j) => bias[j] + dot(rows, (i) => x[i] * matrix[i * columns + j]));
  const found = { right: 0n, close: 0n };
  for (let code = 0; code < v ** n; code++) {
    const tokens = range(n).map((p) => Math.floor(code / v ** p) % v);
    const x = tokens.map((t, p) => range(d).map((i) => E[t * d + i] + pos[p * d + i]));
    const query = times(x[n - 1], Q, d, h, bQ);
    const scores = x.map((row) => times(row, K, d, h, bK)).map((key) => dot(h, (a) => query[a] * key[a]) / Math.sqrt(h));
    const most = Math.max(...scores);
    const attention = scores.map((s) => Math.exp(s - most));
    const all = attention.reduce((a, b) => a + b);
    const values = x.map((row) => times(row, V, d, h, bV));
    const mixed = range(h).map((a) => dot(n, (p) => (attention[p] / all) * values[p][a]));
    const written = times(mixed, O, h, d, bO);
    const logits = times(x[n - 1].map((y, i) => y + written[i]), U, d, v, bU);
    const best = Math.max(...tokens);
    const lead = Math.min(...logits.filter((_, o) => o !== best).map((logit) => logits[best] - logit));
    if (Math.abs(lead) < 1e-9) found.close += 1n;
    else if (lead > 0) found.right += 1n;
  }
  return found;
}

test('the program counts what brute force does on 300 networks of odd shapes, half of them with biases; ties are never right', () => {
  const next = random(2);
  let [withTies, undecided] = [0, 0];
  for (let i = 0; i < 300; i++) {
    const whole = (least, most) => least + Math.floor(next() * (most - least + 1));
    const shape = { v: whole(2, 6), n: whole(1, 4), d: whole(1, 4), h: whole(1, 3) };
    if (shape.v ** shape.n > 400) shape.n = 3;
    // One network in three has few whole numbers, which make ties.
    const { bytes, tensors } = file(shape, () => (i % 3 ? 3 * (next() + next() - 1) : whole(-1, 1)), i % 2 === 1);
    const said = derive(bytes);
    const { right, close } = bruteForce(shape, tensors);
    const inputs = BigInt(shape.v ** shape.n);
    assert.equal(said.inputs, inputs);
    const of = `network ${i}: ${said.right} right and ${said.wrong} wrong of ${inputs}; brute force ${right}, ${close} close`;
    assert.ok(said.right <= right + close && said.wrong <= inputs - right, of);
    // Scores that spread by some hundreds leave too few of the 180 digits: such inputs are not
    // decided.
    if (said.right + said.wrong + close < inputs) undecided += 1;
    if (!(i % 3) && close) {
      withTies += 1;
      assert.equal(said.right, right, `${of}: close calls of whole numbers are ties`);
    }
    assert.ok(said.confirms(said.right) && !said.confirms(said.right + 1n), of);
  }
  assert.ok(withTies > 30, `${withTies} networks with ties`);
  assert.ok(undecided < 6, `${undecided} networks with inputs that are not decided`);
});

test('the program counts 7 right and 9 wrong where the published formula claims more', () => {
  const { right, wrong, inputs, confirms } = derive(readFileSync(join(root, 'tests/fixtures/unsound/mean_diff_v4_n2.safetensors')));
  assert.deepEqual([right, wrong, inputs, confirms(7n), confirms(8n)], [7n, 9n, 16n, true, false]);
});

test('the program takes no network from other bytes, however strange', () => {
  const next = random(3);
  const shape = { v: 3, n: 2, d: 2, h: 1 };
  const { bytes } = file(shape, next);
  assert.ok(derive(bytes));
  const changed = (change) => {
    const copy = Buffer.from(bytes);
    return change(copy) ?? copy;
  };
  const text = (from, to) => changed((copy) => {
    const size = Number(copy.readBigUInt64LE(0));
    const header = copy.toString('latin1', 8, 8 + size).replace(from, to);
    assert.notEqual(header, copy.toString('latin1', 8, 8 + size));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, Buffer.from(header, 'latin1'), copy.subarray(8 + size)]);
  });
  const strange = {
    empty: Buffer.alloc(0),
    short: bytes.subarray(0, 7),
    'a byte less': bytes.subarray(0, bytes.length - 1),
    'a byte more': Buffer.concat([bytes, Buffer.from([0])]),
    'a word more': Buffer.concat([bytes, Buffer.alloc(4)]),
    'a huge header': changed((copy) => void copy.writeBigUInt64LE(2n ** 63n, 0)),
    'a header of all': changed((copy) => void copy.writeBigUInt64LE(BigInt(copy.length - 8), 0)),
    'other numbers': text('F32', 'F16'),
    'another name': text('embed.W_E', 'embed.W_F'),
    'two of a name': text('embed.W_E', 'unembed.W_U'),
    'another shape': text('[3,2]', '[2,3]'),
    'a huge shape': text('[3,2]', '[4294967296,2]'),
    'shapes whose product is small to 32 bits': text('[3,2]', '[65536,65536]'),
    'no object': text(/^{/, '['),
    'infinity': changed((copy) => void copy.writeUInt32LE(0x7f800000, copy.length - 4)),
    'no number': changed((copy) => void copy.writeUInt32LE(0x7fc00001, copy.length - 4)),
  };
  for (const [what, said] of Object.entries(strange)) assert.equal(derive(said), undefined, what);
  // A byte of the header's length or of the header.
  const headed = 8 + Number(bytes.readBigUInt64LE(0));
  for (let i = 0; i < 100; i++) {
    const at = Math.floor(next() * (i % 2 ? headed : 8));
    const said = changed((copy) => void (copy[at] = Math.floor(next() * 256)));
    const found = derive(said);
    if (found) assert.ok(found.right + found.wrong <= found.inputs, `byte ${at}`);
  }
});
