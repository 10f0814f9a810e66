/** Puts the page together: first paint from what is shipped, then the live computation. */

import { Client } from './client.js';
import { get } from './dom.js';
import { compile } from './download.js';
import { showFacts, showTask } from './facts.js';
import { percent, scientific } from './format.js';
import { type Figures, Frontier } from './frontier.js';
import { bytesOf, type Entry, Gallery } from './gallery.js';
import firstPaint from './models/first-paint.json';
import { Picker } from './picker.js';
import computeUrl from './pkg/compute_bg.wasm?url';
import { proofsList } from './proofs.js';
import { GALLERY, Session, type Shipped, type View } from './session.js';
import { resultsTable } from './table.js';
import { acceptFiles } from './upload.js';

const shipped = firstPaint as unknown as Shipped & { figures: Figures };
const status = get('status', HTMLElement);
const problem = get('problem', HTMLElement);
const message = get('message', HTMLElement);
const reading = get('reading', HTMLElement);
const hint = reading.textContent;
let selected: string | null = null;

const painted = new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const view: View = {
  model(model) {
    showTask(get('task', HTMLElement), model);
    showFacts(get('facts', HTMLElement), model);
    for (const list of rows) list.model(model);
    select(null);
  },
  proof(proof) {
    for (const list of rows) list.proof(proof, session.model);
    if (proof.job.state !== 'running') select(selected);
  },
  status(text) {
    status.textContent = text;
  },
  problem(text) {
    message.textContent = text ?? '';
    problem.hidden = !text;
  },
};

const client = painted.then(() => compile(computeUrl)).then((module) => new Client(module, view.problem));
const session = new Session(shipped, client, view);
const rows = [proofsList(get('proofs', HTMLElement), session), resultsTable(get('results', HTMLTableElement))];
const frontier = new Frontier(get('frontier', HTMLCanvasElement), shipped.figures, select);
view.model(session.model);

/** Brings out one proof wherever it is shown. */
function select(strategy: string | null) {
  selected = strategy;
  for (const list of rows) list.select(strategy);
  frontier.show(session.model, strategy);
  const proof = session.model.proofs.find(({ facts }) => facts.strategy === strategy);
  const found = proof?.outcome;
  reading.textContent = found
    ? `${proof.facts.label}: at least ${percent(found.percent)} of all inputs, proven with ${scientific(found.flops)} FLOPs.`
    : hint;
}
for (const kind of ['pointerover', 'focusin'] as const) {
  addEventListener(kind, ({ target }) => {
    if (!(target instanceof Element) || target.id === 'frontier') return;
    const strategy = target.closest<HTMLElement>('[data-strategy]')?.dataset['strategy'] ?? null;
    if (strategy !== selected) select(strategy);
  });
}
get('dismiss', HTMLButtonElement).addEventListener('click', () => view.problem(undefined));

/** Says what went wrong while something was set up; what is on the page stays. */
const report = (error: unknown) => view.problem(error instanceof Error ? error.message : String(error));

let picker: Picker | undefined;
/** The model of the gallery that is loaded, unless a file of the user's is. */
let current: Entry | undefined;
let uploaded = false;

// At once: the browser would leave the page for a file that is dropped early.
acceptFiles(async (files) => {
  uploaded = true;
  if (!(await session.openFile(files))) return;
  current = undefined;
  picker?.show(current);
  // The address of a model of the gallery would be a lie now.
  if (location.hash) history.pushState(null, '', location.pathname + location.search);
});

/** Loads what the address names. */
async function follow(gallery: Gallery) {
  const { hash } = location;
  const found = gallery.find(hash);
  const entry = found ?? gallery.default;
  picker?.show(entry);
  if (await session.open(entry.file, GALLERY, () => bytesOf(entry.file))) {
    current = entry;
    if (!found) view.problem(`No model of this page is “${hash}”. This is the default one.`);
  }
  if (location.hash === hash) picker?.show(current);
}

async function start() {
  await painted;
  frontier.live().catch(report);
  const gallery = await Gallery.fetch();
  picker = new Picker(gallery);
  picker.show(current);
  addEventListener('hashchange', () => follow(gallery));
  if (!uploaded) await follow(gallery);
}
start().catch(report);
