/** What `texts.mjs` does not take for texts of the page, and why. */

/**
 * Scripts without texts in the reader's language: the package speaks to programs; a single file has one language, as all of it is
 * packed; citations, commands and PDF are written in languages of their own; workers say little, which `translated` knows.
 */
export const UNREAD =
  /^www\/(package\/|languages\/|embed\/(anywidget|boot|fill|place\.inline|single)\.ts|embed\/(frame|widget)\.html|views\/(method\/cite|proven\/commands)\.ts|engine\/(proven-worker|proving|serve|start)\.ts)/;

/** The programs whose strings the page shows. */
export const PROGRAMS = [/^src\/tasks\//];

/** What programs say that stands in no program of `PROGRAMS`. */
export const SAID = [];

/** Strings that look like texts and are none, by file: a part of each. */
export const ALLOWED = {
  // Selectors, queries and styles.
  'www/app/undo.ts': ['input:not('],
  'www/embed/styles.ts': ['(prefers-color-scheme', 'not all', 'light dark'],
  'www/ui/player.ts': ['(prefers-color-scheme', '(forced-colors', 'px {}', 'bold '],
  'www/views/why/case.ts': ['amount '],
  // Names of events, of keys that tell things apart, and of faults of the program's own.
  'www/app/upload.ts': ['Files'],
  'www/embed/session.ts': ['gallery {}'],
  'www/ui/element.ts': ['is not a'],
  // Names of patterns, and of bounds as the program has them.
  'www/ui/hatch.ts': ['light '],
  'www/views/why/patterns.ts': ['light '],
  'www/views/strategies/svd.ts': ['SVD query', 'row differences'],
  'www/views/weights/bounds.ts': ['recursive', 'four factors'],
  'www/tasks/group-operations/report.ts': ['brute force'],
  'www/views/proof/details.ts': ['unexplained dimension', 'direct path', 'attention error'],
  // Formats: SVG, PDF, HTML, Python; units.
  'www/ui/export/svg.ts': ['<?xml', 'translate('],
  'www/ui/format.ts': ['\u00a0ms', '\u00a0min'],
  'www/views/share/pdf.ts': ['Tf', ' rg ', ' RG ', ' re', ' cm ', '<<', 'Helvetica', ' obj', 'xref'],
  'www/views/share/share.ts': ['{} px', 'BibTeX'],
  'www/views/share/snippets.ts': ['<', 'width: 100%', 'traitlets', 'Unicode', 'Bytes', 'Dict', 'MyST directive', 'Markdown'],
  'www/views/method/cite-box.ts': ['BibTeX', 'arXiv'],
  // Commands.
  'www/views/method/trust.ts': ['compact-proofs', 'sha256sum', 'npm run'],
  'www/views/proven/theorem.ts': ['npm run'],
};
