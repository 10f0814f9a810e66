/**
 * Makes the pages that teach, dist/pages/, of the Markdown files in www/pages/. There a link to the
 * instrument is one to index.html of the repository, so that `documents.mjs` checks it like any
 * other.
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Marked } from 'marked';

const root = resolve(import.meta.dirname, '..');
const read = (path) => readFileSync(resolve(root, path), 'utf8');

/** The anchor of a heading, as code hosts make it. */
export const anchorOf = (title) => title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');

const plain = (html) => html.replace(/<[^>]*>/g, '');

/** What a link in a source leads to in dist/. */
const target = (href) => href.replace(/^\.\.\/(\.\.|classes\/teacher)\//, '../').replace(/^\.\.\/index\.html/, '../').replace(/\.md(?=$|#)/, '.html');

const marked = new Marked({
  renderer: {
    heading({ tokens, depth }) {
      const html = this.parser.parseInline(tokens);
      return `<h${depth} id="${anchorOf(plain(html))}">${html}</h${depth}>\n`;
    },
    link({ href, tokens }) {
      return `<a href="${target(href).replaceAll('&', '&amp;')}">${this.parser.parseInline(tokens)}</a>`;
    },
    // What may be wider than the window scrolls, by keyboard as well.
    code({ text, lang }) {
      const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      return `<pre tabindex="0" aria-label="${lang === 'python' ? 'Program' : 'Lines'}"><code>${escaped}</code></pre>\n`;
    },
    table(token) {
      const row = (cells, tag) => `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('')}</tr>`;
      const body = token.rows.map((cells) => row(cells, 'td')).join('\n');
      return `<div class="scroller" tabindex="0" role="group" aria-label="Table"><table><thead>${row(token.header, 'th')}</thead>\n<tbody>${body}</tbody></table></div>\n`;
    },
  },
});

/** The export snippet: the README has it, and `tests/exports` runs it. */
const SNIPPET = /^```python\n[\s\S]*?^```$/m;

/** The names of all pages, in the order of their contents. */
export const PAGES = ['max-of-k', 'group-operations', 'your-model', 'lessons'];
const sourceOf = (name) => read(`www/pages/${name}.md`).replace('<!-- the snippet of README.md -->', () => SNIPPET.exec(read('README.md'))[0]);
const titleOf = (name) => /^# (.*)$/m.exec(sourceOf(name))[1];

/** A page as a document. */
export function render(name) {
  const contents = PAGES.map((each) => `<li><a href="${each}.html"${each === name ? ' aria-current="page"' : ''}>${titleOf(each)}</a></li>`);
  const parts = { title: titleOf(name), contents: contents.join('\n'), text: marked.parse(sourceOf(name)) };
  return read('www/pages/page.html').replace(/<!-- (\w+) -->/g, (_, part) => parts[part]);
}

const style = () => ['style/tokens.css', 'style/base.css', 'pages/pages.css'].map((file) => read(`www/${file}`)).join('\n');

/** What the development server answers for `url`; undefined if that is none of the pages. */
export function pageAt(url) {
  const name = /^\/pages\/([\w-]+)\.(?:html|css)$/.exec(url)?.[1];
  if (name === 'pages') return { type: 'text/css', text: style() };
  return PAGES.includes(name) ? { type: 'text/html', text: render(name) } : undefined;
}

/** Writes all pages to dist/pages/. */
export function pages(dist) {
  const strangers = readdirSync(`${root}/www/pages`).filter((file) => /\.md$/.test(file) && !PAGES.includes(file.slice(0, -3)));
  if (strangers.length) throw new Error(`www/pages/${strangers[0]}: name it in PAGES of .ci/pages.mjs`);
  mkdirSync(`${dist}/pages`, { recursive: true });
  for (const name of PAGES) writeFileSync(`${dist}/pages/${name}.html`, render(name));
  writeFileSync(`${dist}/pages/pages.css`, style());
}
