// Codes of sets and of what is handed in: round trips of many random ones, damage at every sign,
// and what is forged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const { codeOf, Damaged, valueOf, MOST_BYTES } = await import('../../www/classes/code.ts');
const { courseOf, EMPTY, exercisesOf, printOf, readSet, setCode, setupOf } = await import('../../www/classes/set.ts');
const { codesIn, handInCode, readHandIn } = await import('../../www/classes/hand-in.ts');

/** Random numbers that are the same in each run. */
function random(seed) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const below = (n) => Math.floor(next() * n);
  return { below, one: (list) => list[below(list.length)], list: (most, make) => Array.from({ length: below(most + 1) }, make) };
}
const WORDS = ['proof', 'Größe', '證明', '🙂', '"quoted"', '<b>', 'a,b;c', '\n', '100 %', '\\', 'é', '=1+1'];
const textOf = (r, most = 12) => r.list(most, () => r.one(WORDS)).join(' ');

const setFrom = (r) => ({
  title: textOf(r),
  note: textOf(r),
  exercises: [...r.list(11, () => ''), ''].map((_, i) => ({
    id: `exercise-${i}`,
    texts: Object.fromEntries(r.list(3, () => [r.one(['title', 'goal', 'asks', 'step0']), textOf(r)])),
  })),
  about: r.one([
    null,
    { task: 'max-of-k', named: { k: String(r.below(20)), seed: String(r.below(2000)) } },
    { task: 'group-operations', weights: `weights/${textOf(r, 2)}` },
  ]),
  hide: ['picker', 'claim', 'report'].filter(() => r.below(2)),
  hints: r.below(2) === 1,
  timed: r.below(2) === 1,
});
const answerFrom = (r) =>
  r.one([
    null,
    textOf(r, 3),
    r.below(1e6) / 7,
    ['a', 'b'],
    [1, 2, 63],
    { strategy: 'own:x' },
    { strategy: 'y', certificate: textOf(r, 40) },
  ]);
const handInFrom = (r) => ({
  set: '0123abcd',
  name: textOf(r, 3).slice(0, 80),
  attempts: r.list(12, () => ({
    exercise: r.one(['a', 'b']),
    model: '0123456789abcdef',
    answer: answerFrom(r),
    predictions: r.list(4, () => r.one([null, textOf(r, 4)])),
    tries: r.below(9),
    hints: r.below(3),
    ...(r.below(2) && { score: r.below(101) / 100 }),
    ...(r.below(2) && { seconds: r.below(5000) }),
  })),
});

test('five hundred random sets and hand-ins come back from their codes as they were', () => {
  for (let seed = 0; seed < 500; seed++) {
    const r = random(seed);
    const [set, handIn] = [setFrom(r), handInFrom(r)];
    const [codeOfSet, codeOfHandIn] = [setCode(set), handInCode(handIn)];
    assert.match(codeOfSet, /^S1[zt][\w-]+$/);
    assert.deepEqual(readSet(codeOfSet), set);
    assert.deepEqual(readHandIn(codeOfHandIn), handIn);
    assert.equal(setCode(readSet(codeOfSet)), codeOfSet);
    // Messages break lines, and people copy blanks.
    assert.deepEqual(readSet(` ${codeOfSet.replaceAll(/(.{20})/g, '$1\r\n ')}`), set);
  }
});

test('a set of three exercises fits into a small QR code', () => {
  const code = setCode({
    ...EMPTY,
    title: 'First lesson',
    exercises: ['try-all', 'baseline', 'attention'].map((id) => ({ id, texts: {} })),
  });
  assert.ok(code.length < 100, `${code.length}`);
});

test('every change of a sign, every sign left out, and every cut is told', () => {
  const r = random(7);
  for (const [read, code] of [[readSet, setCode(setFrom(r))], [readHandIn, handInCode(handInFrom(r))]]) {
    for (let at = 0; at < code.length; at++) {
      for (const sign of ['A', '_', 'z', '7', '', 'xy', '.']) {
        const changed = code.slice(0, at) + sign + code.slice(at + 1);
        if (changed !== code) assert.throws(() => read(changed), Damaged, `${at}: ${sign}`);
      }
      assert.throws(() => read(code.slice(0, at)), Damaged);
    }
  }
});

test('what else is wrong with a code is said in words', () => {
  const set = setCode(setFrom(random(1)));
  const refused = (read, code, pattern) =>
    assert.throws(
      () => read(code),
      (error) => error instanceof Damaged && pattern.test(error.message),
      `${code.slice(0, 40)}: ${pattern}`,
    );
  refused(readHandIn, set, /holds a set of exercises; expected handed-in answers/);
  refused(readSet, 'hello', /no code/);
  refused(readSet, set.replace('S1', 'S2'), /version 2; this page reads version 1/);
  refused(readSet, `S1z${'A'.repeat(300_000)}`, /characters; expected at most/);
  refused(readSet, codeOf('S', ['x'.repeat(MOST_BYTES)]), /damaged/); // a bomb
  refused(readSet, codeOf('S', { title: 1 }), /expected four parts/);
  refused(readSet, codeOf('S', ['', [], '', {}]), /1 to 40 exercises/);
  refused(readSet, codeOf('S', ['', ['a'], '', { h: ['everything'] }]), /some of picker/);
  refused(readSet, codeOf('S', ['', [['a', { title: 3 }]], '', {}]), /texts of an exercise/);
  for (const value of [
    1,
    [],
    ['a', 'b', [[]]],
    ['a', 'b', [['x', 'm', {}, [], 1, 1, null]]],
    ['a', 'b', [['x', 'm', 1, [], -1, 1, null]]],
    ['a', 'b', [['x', 'm', 1, [], 1, 1, 2]]],
  ]) {
    refused(readHandIn, codeOf('H', value), /by other means/);
  }
  assert.equal(valueOf('S', codeOf('S', null)), null);
});

const exercise = (id, setup = '#k=4&seed=123&view=try') => ({
  id,
  title: `T ${id}`,
  goal: 'G',
  minutes: 5,
  level: 'lesson',
  setup,
  steps: [{ says: 'one' }, { says: 'two' }],
  question: { asks: 'Q', kind: 'number', unit: '' },
  check: async () => ({ score: 1, reason: '' }),
  hints: [],
  shows: '',
  reading: [],
});

test('a course has the teacher’s texts and order, model and hidden parts, and says what it leaves out', () => {
  const told = [];
  const all = ['a', 'b', 'c'].map((id) => exercise(id));
  const set = {
    ...EMPTY,
    title: 'L',
    exercises: [
      { id: 'c', texts: { title: 'Mine', step1: 'zwei', asks: 'Why?' } },
      { id: 'gone', texts: {} },
      { id: 'a', texts: {} },
    ],
    about: { task: 'max-of-k', named: { k: '5', seed: '50' } },
    hide: ['picker'],
    hints: false,
  };
  const exercises = exercisesOf(set, all, (problem) => told.push(problem));
  assert.equal(told.length, 1);
  assert.match(told[0], /“gone”, which this page does not have/);
  const course = courseOf(set, 'S1x', exercises, true, () => {});
  assert.deepEqual(course.exercises.map(({ title }) => title), ['Mine', 'T a']);
  assert.deepEqual(course.exercises[0].steps, [{ says: 'one' }, { says: 'zwei' }]);
  assert.equal(course.exercises[0].question.asks, 'Why?');
  assert.equal(course.exercises[0].setup, '?set=S1x#view=try&k=5&seed=50&hide=picker');
  assert.equal(course.id, printOf('S1x'));
  assert.equal(course.hints, false);
});

test('a model takes the place of that of an exercise only within its task', () => {
  const of = (setup, about) => setupOf({ setup }, { about, hide: [] }, undefined);
  const max = { task: 'max-of-k', named: { k: '5', seed: '50' } };
  assert.equal(of('?task=group-operations#model=Z59_s0', max), '?task=group-operations#model=Z59_s0');
  assert.equal(
    of('?task=group-operations#model=Z59_s0&view=why', { task: 'group-operations', named: { model: 'S4_s0' } }),
    '?task=group-operations#view=why&model=S4_s0',
  );
  assert.equal(
    of('#k=4&seed=123&view=why', { task: 'max-of-k', weights: 'weights/mine.safetensors' }),
    '?weights=weights%2Fmine.safetensors#view=why',
  );
  assert.equal(of('#view=why', max), '#view=why&k=5&seed=50');
  assert.equal(of('#view=why', null), '#view=why');
});

test('codes are found in links, lists and messages', () => {
  const codes = [1, 2, 3].map((seed) => handInCode(handInFrom(random(seed))));
  const text = `Dear teacher,\nhttps://example.org/page/teacher.html#hand-in=${codes[0]}\n"${codes[1]}", <${codes[2]}>. Yours, H1`;
  assert.deepEqual(codesIn(text), codes);
  assert.deepEqual(codesIn('nothing here'), []);
});
