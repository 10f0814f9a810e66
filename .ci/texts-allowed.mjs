/** What `texts.mjs` does not take for texts of the page, and why. */

/**
 * Scripts without texts in the reader's language: the package speaks to programs; a single file has
 * one language, as all of it is packed; citations, commands and PDF are written in languages of
 * their own; workers say little, which `translated` knows; a service worker knows no language.
 */
export const UNREAD =
  /^www\/(package\/|languages\/|embed\/(anywidget|boot|fill|place\.inline|single)\.ts|embed\/(frame|widget)\.html|views\/(method\/cite|proven\/commands)\.ts|engine\/(proven-worker|proving|serve|start)\.ts|offline\/(worker|files)\.ts|classes\/lms\/manifest\.ts)/;

/** Folders whose texts are English as yet. */
export const PENDING = /^www\/pages\//;

/**
 * The programs whose strings the page shows. Messages about damaged files and certificates
 * (`weights/`, `proof/`, `checker/`) are English as yet.
 */
export const PROGRAMS = [
  /^src\/tasks\/max_of_k\/(additive\/(explain|strategy|verified|verify)|brute_force\/(explain|family)|class|covered|cubic\/(explain|family|what_if)|example|explain\/\w+|facts|find\/\w+|fingerprint|matrices|mod|questions|sampling\/mean_field|strategy|subcubic\/(attention_facts|built|explain|family|strategy|what_if)|weighted\/\w+)\.rs$/,
  /^src\/tasks\/group_operations\/(explain\/irreps|facts|find|group\/(mod|named)|irrep\/faults|load|mean_field|mod|problem|quadrature\/mod|questions|strategy)\.rs$/,
  /^src\/(models\/transformer\/(ablation|attn_scale|claims|configuration|load|mod)|models\/two_token\/(decoder|error|mod)|proof\/target|sampling\/(estimate|method|plan)|plot\/(frontier\/(lines|mod)|vertical))\.rs$/,
  /^src\/labs\/superposition\/(length|settings|proof\/certificate)\.rs$/,
];

/** What programs compose of their texts, or say in one word. */
export const SAID = [
  ...['{0}.', '{0}; network number {1} of the file, from 0 on', '{0}: {1}', '{0} · {1}', '{0} · {1} · {2}', '{0} and whose {1}', '{0} and by {1}', '{0} (linear)', '{0} (all alike)', '{0} (as given)'],
  ...['largest token is {0}', 'last token is {0}', 'number of copies is {0}', 'inputs', 'centred', 'uncentred', 'irrep', 'linear', 'additive', 'built', 'published'],
  'softmax attention, scores divided by √d_head, {0}',
  // Theorems of Coq in words, as `src/formal/theorems` has them.
  'The network in the file whose SHA-256 begins with {0} answers exactly {1} of all {2} sequences correctly: in exact arithmetic, the logit of the largest token is larger than every other.',
  'The network in the file whose SHA-256 begins with {0} answers at least {1} of all {2} sequences correctly: in exact arithmetic, the logit of the largest token is larger than every other.',
  'The network in the file whose SHA-256 begins with {0} answers exactly {1} of all {2} inputs correctly: in exact arithmetic, the logit of the product of both elements is larger than every other.',
  'attention is rank {0}, up to the largest singular value of what is left',
  'attention is rank {0}, up to two factors whose row differences multiply',
  'each of the four factors of attention is rank {0} or two, and the noise of all four multiplies to little',
  'attention is rank {0}, up to an average error known exactly and two factors of noise around it',
  'attention is rank {0}, up to an error whose row differences are known exactly',
];

/** Strings that look like texts and are none, by file: a part of each. */
export const ALLOWED = {
  // Parts of texts that programs put together, which `SAID` has whole, and names of fields and
  // formats.
  'src/tasks/max_of_k/weighted/mod.rs': [' and whose ', ' and by ', '{0} is {1}{2}'],
  'src/tasks/max_of_k/strategy.rs': ['{0} and {1}'],
  'src/sampling/method.rs': ['{0} of {1}'],
  'src/labs/superposition/proof/certificate.rs': ['Vec::is_empty'],
  'src/sampling/estimate.rs': ['from 0 to 10⁶'],
  'src/tasks/max_of_k/subcubic/attention_facts.rs': ['rank 1: '],
  'src/tasks/group_operations/load.rs': ['Option::', 'None', '; network number'],
  'src/tasks/max_of_k/example.rs': ['{0} token{1}'],
  'src/tasks/max_of_k/facts.rs': ['Option::'],
  'src/models/transformer/configuration.rs': ['TransformerLensNative', 'Bridge', 'nearest float32'],
  'src/models/transformer/attn_scale.rs': ['nearest float32'],
  'src/models/transformer/load.rs': [' is', ' are', 'not part of a one-layer', '√d_head = '],
  'src/models/transformer/mod.rs': ['√d_head = ', 'a sequence has'],
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
  'www/ui/format.ts': ['\u00a0ms', '\u00a0min', 'iB'],
  'www/views/share/pdf.ts': ['Tf', ' rg ', ' RG ', ' re', ' cm ', '<<', 'Helvetica', ' obj', 'xref'],
  'www/views/share/share.ts': ['{} px', 'BibTeX'],
  'www/views/share/snippets.ts': ['<', 'width: 100%', 'traitlets', 'Unicode', 'Bytes', 'Dict', 'MyST directive', 'Markdown'],
  'www/views/method/cite-box.ts': ['BibTeX', 'arXiv'],
  // Names of calls that learning platforms have, and of papers.
  'www/classes/lms/scorm.ts': ['Terminate', 'Finish', 'Initialize', 'GetLastError', 'Commit', 'GetValue', 'SetValue', 'GetErrorString'],
  'www/classes/lms/xapi.ts': ['Activity'],
  'www/classes/lms/package.ts': ['<meta', 'connect-src', 'has no {}'],
  'www/classes/teacher/give.ts': ['<iframe', 'width="100%"'],
  'www/classes/teacher/choose.ts': [' min · '],
  'www/exercises/progress.ts': ['compact-proofs exercises'],
  'www/exercises/reading.ts': ['Compact Proofs of Model Performance'],
  'www/exercises/03-where-it-looks.ts': ['A mathematical framework'],
  'www/exercises/11-rank-of-the-group.ts': ['The Clock and', 'Unifying and'],
  // Commands.
  'www/views/method/trust.ts': ['compact-proofs', 'sha256sum', 'npm run'],
  'www/views/proven/theorem.ts': ['npm run'],
  'www/tasks/group-operations/views/method/families.ts': ['Σ_{', 'F(u, v)', '∫ ReLU', 'compact-proofs verify'],
};
