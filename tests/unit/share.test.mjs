// What the Share dialog makes: texts to paste, read again by the rules of where they are pasted,
// and the PDF.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './typescript.mjs';

const { frameAddress, pictureName, snippetsOf, switchesOf, tooLarge } = await import('../../www/views/share/snippets.ts');
const embed = await import('../../www/embed/switches.ts');
const { inlineOf, MOST_INLINE } = await import('../../www/embed/source.ts');
const { pdfOf } = await import('../../www/views/share/pdf.ts');
const { cff } = await import('../../www/views/method/cite.ts');

const CHOICES = { show: ['claim', 'plot'], theme: 'dark', start: 'touch', width: 640 };
const LOOKS = { budget: null, vs: 'cubic' };
const PAGE = 'https://example.org/a b/';
const switches = switchesOf({ task: 'max-of-k', read: '', file: 'max4_v64_s123.safetensors', inline: undefined }, 'cubic', LOOKS, CHOICES);
const shared = {
  page: new URL(PAGE).href,
  link: `${new URL(PAGE).href}#k=4&seed=123&name=%28a%29`,
  file: 'max4_v64_s123.safetensors',
  switches,
  isOwn: false,
  width: 640,
  words: 'A "file" [1] <b>: right on 97 % & more',
};
const texts = (all) => Object.fromEntries(snippetsOf(all).map(({ title, text }) => [title, text]));

/** Attributes of the first tag with this name, as HTML has them. */
function attributes(html, tag) {
  const [, found] = new RegExp(`<${tag}((?:\\s[\\w-]+(?:="[^"]*")?)*)>`).exec(html) ?? assert.fail(`no ${tag} in ${html}`);
  const plain = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  return Object.fromEntries([...found.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value = '']) => [name, plain(value)]));
}
/** The switches that an embed reads. */
const readBy = (get) => {
  const told = [];
  const read = embed.switchesOf(get, (problem) => told.push(problem));
  assert.deepEqual(told, []);
  return read;
};
const WANTED = readBy(
  (name) => ({ model: 'max4_v64_s123', proof: 'cubic', vs: 'cubic', show: 'claim,plot', theme: 'dark', start: 'touch' })[name] ?? null,
);

test('frame, element, directive and cell say the same switches to the embed', () => {
  const all = texts(shared);
  const frame = attributes(all.Frame, 'iframe');
  assert.equal(frame.src, frameAddress(shared));
  const address = new URL(frame.src);
  assert.equal(address.origin + address.pathname, 'https://example.org/a%20b/embed/frame.html');
  assert.deepEqual(readBy((name) => address.searchParams.get(name)), WANTED);
  assert.ok(frame.title);
  const element = attributes(all.Element, 'compact-proofs');
  assert.deepEqual(readBy((name) => element[name] ?? null), WANTED);
  assert.equal(attributes(all.Element, 'script').src, 'https://example.org/a%20b/embed/compact-proofs.js');
  assert.equal(attributes(all.Element, 'a').href, shared.link);
  const [, module, json] = /^```\{anywidget\} (\S+)\n([^]*)\n```$/.exec(all['MyST and Jupyter Book']);
  assert.equal(module, 'https://example.org/a%20b/embed/anywidget.js');
  assert.deepEqual(readBy((name) => JSON.parse(json)[name] ?? null), WANTED);
  const traits = Object.fromEntries(
    [...all.Notebook.matchAll(/^ {4}(\w+) = traitlets\.Unicode\((".*")\)\.tag\(sync=True\)$/gm)].map(([, name, value]) => [
      name,
      JSON.parse(value),
    ]),
  );
  assert.deepEqual(traits, switches);
});

test('a budget takes the place of the proof, and what is so by default goes without saying', () => {
  const said = switchesOf(
    { task: 'max-of-k', read: '', file: 'm.safetensors', inline: undefined },
    'cubic',
    { budget: 2e6, vs: '' },
    { ...CHOICES, theme: 'auto', start: 'visible' },
  );
  assert.deepEqual(said, { model: 'm', budget: '2000000', show: 'claim,plot' });
});

test('the script of a frame has at most twelve lines, is a program, and sets the height of its own frame only', () => {
  const [, script] = /<script>([^]*)<\/script>/.exec(texts(shared).Frame);
  assert.ok(texts(shared).Frame.split('\n').length <= 1 + 12);
  const frames = [1, 2].map((contentWindow) => ({ contentWindow, style: {} }));
  let listen;
  new Function('addEventListener', 'document', script)((_, heard) => (listen = heard), { querySelectorAll: () => frames });
  for (const data of [undefined, 'text', { type: 'other', height: 9 }, { type: 'iframe-widget-resize', height: '"' }])
    listen({ data, source: 1 });
  assert.deepEqual(frames.map(({ style }) => style.height), [undefined, undefined]);
  listen({ data: { type: 'iframe-widget-resize', height: 333 }, source: 2 });
  listen({ data: { type: 'iframe-widget-resize', height: 1e9 }, source: 1 });
  assert.deepEqual(frames.map(({ style }) => style.height), ['5000px', '333px']);
});

test('Markdown and HTML of a picture have its words, its file and the link', () => {
  const all = texts(shared);
  const [, words, file, link] = /^\[!\[((?:[^\]\\]|\\.)*)\]\(([\w.-]+)\)\]\(<([^>]*)>\)$/.exec(all['Markdown with a picture']);
  assert.equal(words.replaceAll(/\\(.)/g, '$1'), shared.words);
  assert.deepEqual([file, link], [`${pictureName(shared.file)}.svg`, shared.link]);
  const image = attributes(all.Picture, 'img');
  assert.deepEqual([image.alt, image.src, image.width], [shared.words, `${pictureName(shared.file)}.png`, '640']);
  assert.equal(attributes(all.Picture, 'a').href, shared.link);
  assert.equal(pictureName('../my model*.pt'), '_my_model_-frontier');
});

test('weights of the user’s are inside what can hold them, and only there', () => {
  const other = switchesOf(
    { task: 'group-operations', read: 'half,shared', file: 'Z31_s0.safetensors', inline: undefined },
    undefined,
    LOOKS,
    CHOICES,
  );
  assert.deepEqual([other.task, other.model, other.read], ['group-operations', 'Z31_s0', 'half,shared']);
  const own = (bytes) => ({
    ...shared,
    isOwn: true,
    switches: switchesOf({ task: 'max-of-k', read: '', file: 'mine.pt', inline: inlineOf(bytes) }, undefined, LOOKS, CHOICES),
  });
  const bytes = Uint8Array.from({ length: 34_184 }, (_, i) => i % 251);
  const all = texts(own(bytes));
  const { src, model } = attributes(all.Element, 'compact-proofs');
  assert.equal(model, undefined);
  assert.ok(Buffer.from(src.split(',')[1], 'base64').equals(bytes));
  assert.equal(all.Frame, undefined);
  assert.match(all.Notebook, /^ {4}weights = traitlets\.Bytes\(open\("max4_v64_s123\.safetensors", "rb"\)\.read\(\)\)\.tag\(sync=True\)$/m);
  assert.ok(!all.Notebook.includes('base64'), 'a notebook reads the file itself');
  assert.ok(!all.Element.includes('<a '), 'no link to what a link cannot hold');
  const most = inlineOf(new Uint8Array(100 * 1024));
  assert.ok(most.length <= MOST_INLINE);
  assert.equal(tooLarge(most), undefined);
  const large = texts(own(new Uint8Array(110_000)));
  assert.deepEqual(Object.keys(large).filter((title) => large[title] === undefined), ['Frame', 'Element', 'MyST and Jupyter Book']);
});

test('CITATION.cff quotes whatever a claim or an address holds', () => {
  const facts = { file: 'a "b": c.pt', sha256: 'ab'.repeat(32) };
  const text = cff({ facts, proof: undefined, version: '1.0', address: 'https://example.org/#k=4&over=a:b', year: 2026 });
  const field = (name) => JSON.parse(new RegExp(`^${name}: (".*")$`, 'm').exec(text)[1]);
  assert.equal(field('url'), 'https://example.org/#k=4&over=a:b');
  assert.equal(field('abstract'), `model a "b": c.pt (SHA-256 ${facts.sha256})`);
  for (const line of text.trimEnd().split('\n')) assert.match(line, /^( {2}- )?[\w-]+:( |$)/);
});

const BLACK = [0, 0, 0];
const colors = { ink: BLACK, paper: [1, 1, 1], ours: [0.5, 0.25, 1] };
const place = { x: 10, y: 20, size: 12, rotate: 0, bold: false, color: 'ink', anchor: 'start', baseline: 'middle' };
const figure = (...commands) => ({ width: 400, height: 200, commands });
const latin = (bytes) => Buffer.from(bytes).toString('latin1');

test('a PDF has its objects where its table says, and every kind of command in its page', () => {
  const commands = [
    { kind: 'rect', x: 1, y: 2, width: 3, height: 4, color: 'ours', fill: true },
    { kind: 'path', points: [[0, 0], [5, 5]], color: 'ink', width: 2 },
    { kind: 'polygon', points: [[0, 0], [5, 5], [0, 5]], color: 'ours' },
    { kind: 'circle', x: 9, y: 9, radius: 4, color: 'ink', fill: false, width: 1 },
    { kind: 'text', ...place, text: 'a (b) \\ ×' },
  ];
  const text = latin(pdfOf(figure(...commands), colors, 'Frontier – “é”'));
  const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)[1]);
  assert.equal(text.slice(table, table + 5), 'xref\n');
  const entries = [...text.slice(table).matchAll(/^(\d{10}) \d{5} n $/gm)].map(([, at]) => Number(at));
  assert.equal(entries.length, 7);
  entries.forEach((at, i) => assert.equal(text.slice(at, at + 7), `${i + 1} 0 obj`));
  const [, length, content] = /\/Length (\d+) >>\nstream\n([^]*)\nendstream/.exec(text);
  assert.equal(content.length, Number(length));
  for (const part of ['0.5 0.25 1 rg 1 2 3 4 re f', '2 w 0 0 m 5 5 l S', '0 0 m 5 5 l 0 5 l h f', '(a \\(b\\) \\\\ \u00d7) Tj'])
    assert.ok(content.includes(part), part);
  assert.match(text, /\/MediaBox \[0 0 300 150\]/);
  assert.ok(text.includes('/Title <FEFF00460072'));
  assert.ok(!/NaN|undefined/.test(text));
});

test('a PDF raises digits, places texts by their width, and refuses what Helvetica has not', () => {
  const text = latin(pdfOf(figure({ kind: 'text', ...place, text: '2·10⁶' }), colors, ''));
  assert.match(text, /\/R 12 Tf 0 Ts \(2\u00b710\) Tj \/R 7\.8 Tf 4\.32 Ts \(6\) Tj/);
  const at = (anchor) => Number(/ (\S+) \S+ Tm/.exec(latin(pdfOf(figure({ kind: 'text', ...place, anchor, text: '00' }), colors, '')))[1]);
  assert.deepEqual([at('start'), at('middle'), at('end')], [10, 3.328, -3.344]);
  assert.throws(() => pdfOf(figure({ kind: 'text', ...place, text: 'ж' }), colors, ''), /“ж”.*SVG/);
});
