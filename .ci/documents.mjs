// Checks the Markdown files: README.md must be short, and every relative link must lead to a file
// and a heading that exist.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, relative, resolve } from 'node:path';

/** Most bytes of README.md, which newcomers read first. */
const MAX_README = 10_000;

const root = resolve(import.meta.dirname, '..');
const text = (file) => readFileSync(file, 'utf8');
/** The anchor of a heading, as code hosts make it. */
const anchorOf = (title) => title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
/** The anchors of all headings in a document. */
const anchors = (file) => [...text(file).matchAll(/^#+ (.*)$/gm)].map(([, title]) => anchorOf(title));

const problems = [];
const bytes = Buffer.byteLength(text(resolve(root, 'README.md')));
if (bytes > MAX_README) {
  problems.push(`README.md has ${bytes} bytes, at most ${MAX_README} are allowed: move details to a document that it links to`);
}

const listed = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' });
const documents = listed.trim().split('\n').map((file) => resolve(root, file));
let links = 0;
for (const document of documents) {
  const prose = text(document).replace(/^```.*?^```/gms, '');
  for (const [, link] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:|::/.test(link)) continue; // another site, or a Rust item, which rustdoc checks
    links += 1;
    const [path, anchor] = link.split('#');
    const target = path ? resolve(dirname(document), path.split('?')[0]) : document;
    const missing = (what) => problems.push(`${relative(root, document)}: no ${what} ${link}`);
    if (!existsSync(target)) missing('file');
    else if (anchor && extname(target) === '.md' && !anchors(target).includes(anchor)) missing('heading');
  }
}
for (const problem of problems) console.error(`documents: error: ${problem}`);
console.log(`${documents.length} documents, ${links} links, README.md of ${bytes} bytes: ${problems.length} problems`);
if (problems.length) process.exit(1);
