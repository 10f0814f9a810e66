// Every text is in the catalogue, and every language has it: what the page says, and what its
// programs say of all shipped models.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { allTexts, compared, inDocument, inProgram, inScript, written } from '../../.ci/texts.mjs';
import './typescript.mjs';

const root = resolve(import.meta.dirname, '../..');
const read = (path) => readFileSync(join(root, path));
const { LANGUAGES, nodes, speak, spoken, t, translated } = await import('../../www/languages/language.ts');

// What is said while the program is loaded is said before anyone knows the language.
const early = [];
speak({ tag: 'en', pieces: (parts) => void early.push(parts.join('…')), translated: (text) => void early.push(text), inscribe() {} });
await import('../../www/app/page.ts');
await import('../../www/app/opening.ts');
await import('../../www/embed/panels.ts');
await import('../../www/engine/explain.ts');
const tooEarly = [...early];

const { Catalogued, keyOf } = await import('../../www/languages/catalogue.ts');
const { count, decimal, percent, scientific, steps } = await import('../../www/ui/format.ts');
const { SAID } = await import('../../www/state/model.ts');

const all = allTexts();
const catalogues = Object.fromEntries(
  Object.keys(LANGUAGES)
    .filter((tag) => tag !== 'en')
    .map((tag) => [tag, JSON.parse(read(`www/languages/${tag}.json`))]),
);
const german = new Catalogued('de', catalogues.de);

test('what bypasses the catalogue is found', () => {
  const { keys, strays } = inScript(
    "const a = t`Right on ${x} of ${y}.`; make('p', { class: 'a b' }, 'Not in it', nodes`A ${word('tie')}.`); if (key === 'Enter') get('The id');",
  );
  assert.deepEqual([...keys.keys()], ['Right on {0} of {1}.', 'A {0}.']);
  assert.deepEqual(strays.map(({ text }) => text), ['Not in it']);
  const html = '<p title="A title">Grey: <b>the\n  line</b>, and <input /> more</p><!-- No text --><p></p>';
  assert.deepEqual([...inDocument(html).keys()], ['A title', 'the line', 'Grey: {0}, and {1} more']);
  const rust =
    '// "No text"\nfn f(c: char) { if c == \'"\' { format!("the {what} of {}", x) } else { y.expect("No text") } }\n#[cfg(test)]\nmod tests { "no text" }';
  assert.deepEqual(inProgram(rust).map(({ key }) => key), ['the {0} of {1}']);
});

test('every text of the page goes through the catalogue', () => {
  assert.deepEqual(all.strays, [], 'write t`…` or nodes`…`, or say in .ci/texts-allowed.mjs why not');
});

test('the English catalogue has every text, and no other', () => {
  assert.equal(String(read('www/languages/en.json')), written(all), 'run npm run texts');
});

for (const [tag, catalogue] of Object.entries(catalogues)) {
  for (const part of ['page', 'programs']) {
    test(`${LANGUAGES[tag]} has every text of the ${part}, with the same values`, () => {
      assert.deepEqual(compared(all[part], catalogue[part]), { missing: [], unused: [], unlike: [] });
    });
  }
}

test('nothing is said before the language is known', () => assert.deepEqual(tooEarly, []));

test('texts take their values where the language wants them; what it does not have is English', () => {
  speak(new Catalogued('de', { page: { '{0} of {1}': '{1}, davon {0}', 'All {0}': 'Alle {0}' }, programs: {} }));
  assert.equal(t`${1} of ${2}`, '2, davon 1');
  assert.deepEqual(nodes`All ${'proofs'}`, ['Alle ', 'proofs']);
  assert.equal(t`Not in it: ${3}`, 'Not in it: 3');
  assert.deepEqual(nodes`Not ${4} in it`, ['Not ', '4', ' in it']);
  assert.equal(keyOf(['', ' of ', '']), '{0} of {1}');
});

test('numbers are written as the language writes them', () => {
  speak(german);
  assert.deepEqual(
    [count('16777216'), percent('97.78'), decimal('0.5'), steps(1_980_000), scientific(35_200_000)],
    ['16.777.216', '97,78\u00a0%', '0,5', '1,98\u00a0Mio.', '3,52\u00a0×\u00a010⁷'],
  );
  assert.equal(
    translated('The network gets this input right. The proof counts none of the inputs that end with 12 and have the largest token 63.'),
    'Das Netz beantwortet diese Eingabe richtig. Der Beweis zählt keine der Eingaben, die mit 12 enden und das größte Token 63 haben.',
  );
  assert.equal(
    translated('None: the network gets all 16,777,216 inputs right.'),
    'Keine: Das Netz beantwortet alle 16.777.216 Eingaben richtig.',
  );
  assert.equal(translated('0.25'), '0,25');
  assert.equal(translated('max4_v64_s123.safetensors'), 'max4_v64_s123.safetensors');
});

/** Words that only English sentences have. */
const ENGLISH = /\b(the|of|and|is|are|with|each|that|which|inputs?|proofs?|largest|tokens? (is|are)|rank)\b/i;

/** The texts in the fields `fields` of an answer, however deep. */
function* textsIn(answer, fields, isText = false) {
  if (typeof answer === 'string' && isText) yield answer;
  if (answer?.constructor === Object)
    for (const [name, value] of Object.entries(answer)) yield * textsIn(value, fields, fields.includes(name));
  if (Array.isArray(answer)) for (const value of answer) yield* textsIn(value, fields, isText);
}

/** Fails for texts of a program that are English in another language. */
function isGerman(answer, fields) {
  speak(german);
  const before = [...textsIn(answer, fields)];
  const after = [...textsIn(spoken(answer, fields), fields)];
  assert.ok(before.length);
  assert.deepEqual(after.filter((text) => ENGLISH.test(text)), []);
  assert.deepEqual(before.filter((text, i) => text === after[i] && /[a-z]{3} [a-z]{2}/.test(text)), []);
}

async function load(name) {
  const module = await import(join(root, `www/pkg/${name}.js`));
  module.initSync({ module: read(`www/pkg/${name}_bg.wasm`) });
  return module;
}

/** The fields of facts that are shown, also those that addresses name in English. */
const FACTS = [...SAID, 'value', 'categories'];
const tagNames = ({ strategies }) => [...new Set(strategies.flatMap(({ tags }) => tags.map(({ name }) => name)))];

test('what is said of every shipped model is German in German', async () => {
  const [prove, group] = [await load('prove'), await load('group')];
  const sizes = new Map(
    readdirSync(join(root, 'www/models/max-of-k'))
      .filter((file) => /\.safetensors$/.test(file))
      .map((file) => [file.split('_s')[0], file]),
  );
  assert.ok(sizes.size > 3);
  for (const file of sizes.values()) {
    const model = prove.load(file, read(`www/models/max-of-k/${file}`));
    const facts = model.facts();
    isGerman({ ...facts, label: tagNames(facts) }, FACTS);
    isGerman(model.ask({ ask: 'attention' }), ['name']);
    for (const own of [
      'best-within-3000000',
      'best-of-990000',
      'rank-2-svd--EUPU-max-diff-exact--attn-mean-query+diff--attn-err-max-diff-exact',
    ])
      isGerman(model.strategyFacts(own), FACTS);
  }
  for (const file of readdirSync(join(root, 'www/models/group-operations')).filter((file) => /\.safetensors$/.test(file))) {
    isGerman(group.load(file, read(`www/models/group-operations/${file}`)).facts(), FACTS);
  }
});

test('what is said of the first model’s proofs and inputs is German in German', async () => {
  const { Network } = await load('explain');
  const { facts, outcomes } = JSON.parse(read('www/models/max-of-k/first-paint.json'));
  isGerman(outcomes, ['what']);
  isGerman(JSON.parse(read('src/formal/theorems/theorems.json')), ['words']);
  const network = new Network(facts.file, read(`www/models/max-of-k/${facts.file}`));
  const said = ['label', 'about', 'sentences', 'because', 'said', 'class', 'row_axis', 'column_axis'];
  const subcubic = facts.strategies.find(({ tags }) => tags.length > 1).strategy;
  for (const strategy of ['cubic', 'cell', 'exact', 'chernoff', subcubic]) {
    const { layers } = network.cases(strategy);
    isGerman(network.cases(strategy), said);
    if (strategy !== 'exact') isGerman(network.terms(strategy), said);
    for (const [m, q] of [[63, 0], [0, 0]]) {
      const { others } = layers.find(({ verdict }) => verdict[64 * m + q] !== 255);
      isGerman(network.case(strategy, m, q, others ?? undefined), said);
    }
    isGerman(network.covered(strategy, Uint32Array.from([3, 1, 2, 0])), said);
  }
  isGerman(network.matrices(), said);
  isGerman(network.find('closest', undefined), said);
  for (const over of ['largest>=10', 'largest>=10;last:linear;worst=copies', 'copies:1,2,3,4;last=3'])
    isGerman(
      {
        ...network.distribution(over),
        said: network
          .classes('cubic', over, 'cell')
          .slice(0, 3)
          .map((share) => share.class),
      },
      said,
    );
});
