// Checks the Markdown files: README.md stays short, and every relative link leads to a file and a heading that exist.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, relative, resolve } from 'node:path';

/** Bytes: what a newcomer reads. */
const MAX_README = 10_000;

const root = resolve(import.meta.dirname, '..');
const text = (file) => readFileSync(file, 'utf8');
/** The anchors of a document's headings, as code hosts make them. */
const anchors = (file) =>
  [...text(file).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));

const problems = [];
const bytes = Buffer.byteLength(text(resolve(root, 'README.md')));
if (bytes > MAX_README) problems.push(`README.md has ${bytes} bytes, at most ${MAX_README} are allowed: move details to a document that it links to`);

const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n').map((file) => resolve(root, file));
let links = 0;
for (const document of documents) {
  const prose = text(document).replace(/^```.*?^```/gms, '');
  for (const [, link] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:|::/.test(link)) continue; // another site; or an item, which rustdoc checks
    links += 1;
    const [path, anchor] = link.split('#');
    const target = path ? resolve(dirname(document), path) : document;
    if (!existsSync(target)) problems.push(`${relative(root, document)}: no file ${link}`);
    else if (anchor && extname(target) === '.md' && !anchors(target).includes(anchor)) problems.push(`${relative(root, document)}: no heading ${link}`);
  }
}
for (const problem of problems) console.error(`documents: error: ${problem}`);
console.log(`${documents.length} documents, ${links} links, README.md of ${bytes} bytes: ${problems.length} problems`);
if (problems.length) process.exit(1);
