// Marks of what was handed in: computed from the answers on real models, never believed; and the
// table of a class.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultsOf } from './models.mjs';

const { exerciseOf, exercises } = await import('../../www/exercises/exercises.ts');
const { handInCode, readHandIn } = await import('../../www/classes/hand-in.ts');
const { marked, summed, together } = await import('../../www/classes/marks.ts');
const { classTable } = await import('../../www/classes/class-table.ts');
const { solve } = await import('../../www/classes/solutions.ts');
const { csvOf } = await import('../../www/ui/export/table.ts');

const [MODEL, OTHER] = ['max4_v64_s123.safetensors', 'max4_v64_s104.safetensors'];
const chosen = await Promise.all(['try-all-inputs', 'half-the-work', 'where-it-looks'].map(exerciseOf));
const results = () => resultsOf('max-of-k', MODEL);
const digits = async (file) => (await resultsOf('max-of-k', file)).facts.sha256.slice(0, 16);
const marking = {
  exercises: chosen,
  prints: ['0123abcd'],
  results,
  byDigits: async (_, wanted) => (wanted === (await digits(OTHER)) ? resultsOf('max-of-k', OTHER) : undefined),
};

const attempt = async (exercise, answer, change = {}) => ({
  exercise,
  model: await digits(MODEL),
  answer,
  predictions: [null],
  tries: 1,
  hints: 0,
  ...change,
});
const right = async () => [
  await attempt('try-all-inputs', 4262, { score: 1 }),
  await attempt('half-the-work', 0.00104, { score: 1, predictions: ['50', null] }),
  await attempt('where-it-looks', [50, 49, 49, 49], { score: 1 }),
];
/** The row of a hand-in that has gone through its code. */
const rowOf = (name, attempts, set = '0123abcd') => {
  const code = handInCode({ set, name, attempts });
  return marked(code, readHandIn(code), marking);
};

test('right answers are right and wrong ones are wrong, whatever their codes say', async () => {
  const honest = await rowOf('Emmy', await right());
  assert.deepEqual([honest.score, honest.notes], [3, []]);
  const forged = await rowOf('Mallory', [
    await attempt('try-all-inputs', 5, { score: 1 }),
    await attempt('half-the-work', 50, { score: 1 }),
  ]);
  assert.equal(forged.score, 0);
  assert.deepEqual(forged.notes, [
    '“Try all inputs”: the code says 100\u00a0%, its answer is worth 0\u00a0%. Forged?',
    '“Half the work, half the proof”: the code says 100\u00a0%, its answer is worth 0\u00a0%. Forged?',
  ]);
  assert.equal(forged.marked[2].attempt, undefined);
  // Whoever says less than the answer is worth is told of, too.
  assert.equal((await rowOf('', [await attempt('try-all-inputs', 4262, { score: 0 })])).score, 1);
});

test('answers about other models, of other sets, twice, untried and of no form are marked for what they are', async () => {
  const noted = async (attempts, set) => (await rowOf('X', attempts, set)).notes.join('\n');
  assert.match(await noted([await attempt('try-all-inputs', 5680, { model: await digits(OTHER) })]), /about another model, max4_v64_s104/);
  assert.equal((await rowOf('X', [await attempt('try-all-inputs', 5680, { model: await digits(OTHER) })])).score, 1);
  assert.match(
    await noted([await attempt('try-all-inputs', 1, { model: 'ffffffffffffffff' })]),
    /a model that this page does not have \(ffffffffffffffff\)/,
  );
  assert.match(await noted([await attempt('try-all-inputs', 1, { model: '' })]), /does not have \(none is named\)/);
  assert.match(await noted(await right(), 'other'), /of another set/);
  assert.match(await noted([...(await right()), await attempt('try-all-inputs', 7)]), /twice: the first counts/);
  assert.match(await noted([await attempt('cheat-a-metric', 7)]), /not of the set: “cheat-a-metric”/);
  assert.match(await noted([await attempt('try-all-inputs', 4262, { tries: 0 })]), /never tried/);
  const odd = await rowOf('X', [await attempt('try-all-inputs', 'many'), await attempt('where-it-looks', [1, 2, 3, 4, 5, 6, 7, 99999])]);
  assert.equal(odd.score, 0);
});

test('a model that does not arrive leaves a note instead of a mark', async () => {
  const code = handInCode({ set: '0123abcd', name: 'X', attempts: await right() });
  const row = await marked(code, readHandIn(code), { ...marking, results: () => Promise.reject(new Error('models/x cannot be fetched.')) });
  assert.match(row.notes[0], /“Try all inputs” was not marked: models\/x cannot be fetched/);
  assert.equal(row.score, 0);
});

test('a class is one table and one line; the same student twice is marked, and spreadsheets run no formulas', async () => {
  const none = [await attempt('try-all-inputs', null, { tries: 0 })];
  const rows = together([await rowOf('Ada ', await right()), await rowOf('=SUM(A1)', none), await rowOf('  ada', none)]);
  assert.deepEqual(rows.map(({ name }) => name), ['=SUM(A1)', 'Ada', 'ada']);
  assert.deepEqual(
    rows.map(({ notes }) => notes[0]),
    [undefined, 'handed in 2 times: this is number 1', 'handed in 2 times: this is number 2'],
  );
  assert.equal(
    summed(rows, chosen),
    '3 hand-ins of 2 students: 1.0 of 3 right on average (33\u00a0%). Hardest: “Try all inputs”, 33\u00a0%.',
  );
  assert.equal(summed([], chosen), 'Nothing is handed in yet.');
  const lines = csvOf(classTable(rows, chosen, false)).split('\r\n');
  assert.match(
    lines[0],
    /^Name,Score,Of,Try all inputs: score,Try all inputs: answer,Try all inputs: predictions,Try all inputs: tries,Try all inputs: hints,/,
  );
  assert.match(lines[1], /^'=SUM\(A1\),0,3,,,,0,0,,,/);
  assert.match(lines[2], /^Ada,3,3,1,4262 inputs,,1,0,1,0\.00104 %,50,1,0,1,"50, 49, 49, 49",,1,0,/);
  assert.match(csvOf(classTable(rows, chosen, true)), /Try all inputs: time \(s\)/);
});

test('the key has a right answer to every exercise, on the model that it is about', async () => {
  for (const exercise of await exercises()) {
    const isGroup = exercise.setup.startsWith('?task=group-operations');
    const about = await (isGroup ? resultsOf('group-operations', 'Z31_s0.safetensors') : results());
    const found = await solve(exercise, about);
    assert.equal(found?.verdict.score, 1, exercise.id);
  }
});
