/**
 * Finds every text that people read: in the page's scripts and documents, and in the programs whose
 * words the page shows. `npm run texts` lists all in www/languages/en.json, the English catalogue,
 * and says what other languages lack.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseAst } from 'vite';
import { ALLOWED, PENDING, PROGRAMS, SAID, UNREAD } from './texts-allowed.mjs';

const root = resolve(import.meta.dirname, '..');
const read = (path) => readFileSync(resolve(root, path), 'utf8');
const listed = (...patterns) => execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...patterns], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);

/**
 * Whether a string looks like what people read: words with blanks between them, or a word that
 * begins with a capital.
 */
export const isRead = (text) => /[A-Za-z]{2}/.test(text) && /[a-z][ \u00a0]|[ \u00a0][a-z]|(^|\s)[A-Z][a-z]+|[a-z]…$/.test(text);

/** Keys of the keyboard. */
const KEYS = /^(Enter|Escape|Home|End|Tab|Arrow\w+)$/;
/** Calls whose texts are no texts for people. */
const UNREAD_CALLS = /^(querySelector|querySelectorAll|closest|matches|matchMedia|get|startsWith|endsWith|test|replace)$/;
/** Attributes and fields of which the same holds. */
const UNREAD_FIELDS = /^(class|style|type|id|role|rel|key|view|level)$/;

/** The texts of a script by their keys, and those that bypass the catalogue, each with its line. */
export function inScript(source) {
  const [keys, strays] = [new Map(), []];
  const lineOf = ({ start }) => source.slice(0, start).split('\n').length;
  const visit = (node, parents) => {
    if (Array.isArray(node)) return node.forEach((each) => visit(each, parents));
    if (typeof node?.type !== 'string' || /^TS(Type|Interface|Literal)/.test(node.type)) return;
    if (/^(Import|Export).*Declaration$/.test(node.type) && node.source) return;
    const [parent] = parents;
    if (node.type === 'TaggedTemplateExpression' && ['t', 'nodes'].includes(node.tag.name)) {
      const key = node.quasi.quasis.reduce((text, { value }, i) => `${text}${i ? `{${i - 1}}` : ''}${value.cooked}`, '');
      keys.set(key, lineOf(node));
    }
    // A word of the glossary: its name.
    if (isEntry(node)) keys.set(node.key.name ?? node.key.value, lineOf(node));
    const text = node.type === 'Literal' ? node.value : node.type === 'TemplateLiteral' ? node.quasis.map(({ value }) => value.cooked).join('{}') : undefined;
    if (typeof text === 'string' && isRead(text) && !KEYS.test(text) && !isUnread(node, parents)) strays.push({ text, line: lineOf(node) });
    for (const [name, child] of Object.entries(node)) if (child && typeof child === 'object' && name !== 'typeAnnotation') visit(child, [node, ...parents]);
  };
  visit(parseAst(source, { lang: 'ts' }), []);
  return { keys, strays };
}

/** Whether a property is an entry of the glossary. */
const isEntry = ({ type, value }) => type === 'Property' && value.properties?.some(({ key }) => key?.name === 'says');

function isUnread(node, [parent, above]) {
  // Spellings by which a word of the glossary is found in English texts.
  if (parent.type === 'ArrayExpression' && above.key?.name === 'as') return true;
  if (parent.type === 'Property') return (parent.key === node && (isEntry(parent) || !/ /.test(node.value))) || UNREAD_FIELDS.test(parent.key.name ?? parent.key.value);
  if (parent.type === 'CallExpression') {
    const name = parent.callee.property?.name ?? parent.callee.name;
    return UNREAD_CALLS.test(name) || (name === 'word' && parent.arguments[0] === node);
  }
  if (parent.type === 'BinaryExpression') return /^[!=]==$/.test(parent.operator);
  return parent.type === 'TaggedTemplateExpression' || parent.type === 'ImportExpression';
}

const VOID = new Set(['meta', 'link', 'input', 'br', 'img', 'hr', 'wbr', 'progress-end']);

/** The texts of a document, as `inscribe` of `www/languages/catalogue.ts` sees them. */
export function inDocument(html) {
  const keys = new Map();
  const open = [];
  const say = (key, at) => /[A-Za-z]{2}/.test(key) && keys.set(key, html.slice(0, at).split('\n').length);
  const end = () => {
    const { key, says, at } = open.pop();
    if (says) say(key.replaceAll(/\s+/g, ' ').trim(), at);
  };
  for (const { 0: part, index, groups: { name, ends, attributes } } of html.replaceAll(/<!--.*?-->|<!doctype.*?>/gis, (text) => text.replaceAll(/[^\n]/g, ' ')).matchAll(/<(?<ends>\/?)(?<name>[\w-]+)(?<attributes>[^>]*)>|[^<]+/g)) {
    const inside = open.at(-1);
    if (!name) {
      if (inside) [inside.key, inside.says] = [inside.key + part, inside.says || /\S/.test(part)];
      continue;
    }
    if (ends) {
      end();
      continue;
    }
    if (inside) inside.key += `{${inside.children++}}`;
    for (const [, attribute, value] of attributes.matchAll(/([\w-]+)="([^"]*)"/g)) if (/^(title|aria-label|placeholder|alt)$/.test(attribute)) say(value, index);
    if (!VOID.has(name)) open.push({ key: '', children: 0, says: false, at: index });
  }
  return keys;
}

/** The strings of a Rust program, but for its tests, comments and attributes. */
export function inProgram(source) {
  const found = [];
  const program = source.split(/#\[cfg\((?:all\()?test\b[^\n]*\]\s*(?:pub(?:\([\w ]+\))? )?mod \w+ \{/)[0].replaceAll(/^#!?\[(?!error).*\]$/gm, '');
  const token = /\/\/.*|\/\*[^]*?\*\/|'(?:\\.[^']*|[^'\\])'|(?<before>[\w!]*\(?\s*)(?:r(?<hashes>#+)"(?<raw>[^]*?)"\k<hashes>|"(?<text>(?:\\[^]|[^"\\])*)")/g;
  for (const { groups, index } of program.matchAll(token)) {
    if (groups.text === undefined || /(expect|panic!|unreachable!|assert\w*!|reason = )\($/.test(groups.before)) continue;
    const text = groups.text.replaceAll(/\\\n\s*/g, '').replaceAll(/\\u\{([0-9a-f]+)\}/gi, (_, code) => String.fromCodePoint(parseInt(code, 16))).replaceAll('\\"', '"').replaceAll('\\n', '\n');
    let place = 0;
    const key = text.replaceAll('{{', '\u0001').replaceAll('}}', '\u0002').replaceAll(/\{[^}]*\}/g, () => `{${place++}}`).replaceAll('\u0001', '{').replaceAll('\u0002', '}');
    found.push({ key, line: program.slice(0, index).split('\n').length });
  }
  return found;
}

/** All texts, file by file; and the strings of scripts that bypass the catalogue. */
export function allTexts() {
  const [page, programs, strays] = [{}, {}, []];
  for (const path of listed('www/*.ts').filter((path) => !/\.d\.ts$|^www\/pkg\//.test(path) && !UNREAD.test(path) && !PENDING.test(path))) {
    const found = inScript(read(path));
    if (found.keys.size) page[path] = [...found.keys.keys()];
    strays.push(...found.strays.filter(({ text }) => !ALLOWED[path]?.some((allowed) => text.includes(allowed))).map((stray) => ({ path, ...stray })));
  }
  for (const path of listed('*.html', 'www/*.html').filter((path) => !/^(www\/examples|tests|node_modules|dist)\//.test(path) && !UNREAD.test(path) && !PENDING.test(path))) {
    const keys = [...inDocument(read(path)).keys()];
    if (keys.length) page[path] = keys;
  }
  for (const path of listed('src/*.rs').filter((path) => PROGRAMS.some((pattern) => pattern.test(path)))) {
    const keys = [...new Set(inProgram(read(path)).map(({ key }) => key).filter((key) => isRead(key) && !/[\n<>]|^\{0\}$/.test(key)))].filter((key) => !ALLOWED[path]?.some((allowed) => key.includes(allowed)));
    if (keys.length) programs[path] = keys;
  }
  programs.composed = SAID;
  return { page, programs, strays };
}

const sorted = (files) => Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The English catalogue as a file. */
export const written = ({ page, programs }) => `${JSON.stringify({ page: sorted(page), programs: sorted(programs) }, null, 1)}\n`;

/** What a catalogue lacks or has in vain, of one part of the English one. */
export function compared(english, texts) {
  const wanted = new Set(Object.values(english).flat());
  const places = (text) => [...text.matchAll(/\{\d+\}/g)].map(([place]) => place).sort().join();
  return {
    missing: [...wanted].filter((key) => !(key in texts)),
    unused: Object.keys(texts).filter((key) => !wanted.has(key)),
    unlike: Object.entries(texts).filter(([key, text]) => places(key) !== places(text)).map(([key]) => key),
  };
}

if (relative(import.meta.filename, process.argv[1] ?? '') === '') {
  const all = allTexts();
  writeFileSync(resolve(root, 'www/languages/en.json'), written(all));
  for (const { path, line, text } of all.strays) console.log(`${path}:${line}: not in the catalogue: ${text}`);
  const german = JSON.parse(read('www/languages/de.json'));
  for (const part of ['page', 'programs']) {
    const { missing, unused, unlike } = compared(all[part], german[part]);
    for (const key of missing) console.log(`de.json, ${part}: missing: ${key}`);
    for (const key of unused) console.log(`de.json, ${part}: unused: ${key}`);
    for (const key of unlike) console.log(`de.json, ${part}: other values: ${key}`);
  }
}
