/** Puts the page together: first paint from what is shipped, then the live computation. */

import { AttentionSection } from './attention.js';
import { BestProof } from './best.js';
import { Client } from './client.js';
import { coalesce } from './coalesce.js';
import { Details } from './details.js';
import { get } from './dom.js';
import { compile } from './download.js';
import { showFacts, showTask } from './facts.js';
import { capital, percent, scientific } from './format.js';
import { type Figures, Frontier } from './frontier.js';
import { bytesOf, type Entry, Gallery, hashOf, strategyOf } from './gallery.js';
import { showLegend } from './legend.js';
import firstPaint from './models/first-paint.json';
import { Picker } from './picker.js';
import computeUrl from './pkg/compute_bg.wasm?url';
import { ProofCards } from './proofs.js';
import { Quality } from './quality.js';
import { RunControl } from './run.js';
import { GALLERY, Session, type Shipped, type View } from './session.js';
import { showSides } from './sides.js';
import { ResultsTable } from './table.js';
import { acceptFiles } from './upload.js';

const shipped = firstPaint as unknown as Shipped & { figures: Figures };
const status = get('status', HTMLElement);
const problem = get('problem', HTMLElement);
const message = get('message', HTMLElement);
const reading = get('reading', HTMLElement);
const hint = reading.textContent;
/** The proof under the pointer or the focus, as long as it is there. */
let pointed: string | null = null;
/** The proof that was chosen; it stays, also with another model. */
let selected = strategyOf(location.hash);

const painted = new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const view: View = {
  model(model) {
    showTask(get('task', HTMLElement), model);
    showFacts(get('facts', HTMLElement), model);
    showLegend(get('legend', HTMLElement), model);
    attention.show(model);
    cards.model(model);
    run.show(session);
    best.model(selected);
    refresh();
  },
  // What can be stopped answers at once; a hundred results in a few seconds are gathered.
  proof(proof) {
    cards.proof(proof);
    run.show(session);
    best.show();
    refresh();
  },
  attention(model) {
    attention.show(model);
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
const cards = new ProofCards(get('proofs', HTMLElement), get('others', HTMLElement), session);
const table = new ResultsTable(choose);
const details = new Details(get('details', HTMLElement), (proof) => void session.askPublished(proof));
const run = new RunControl(session);
const best = new BestProof(session, choose);
const quality = new Quality(get('quality', HTMLElement));
const attention = new AttentionSection(get('attention', HTMLElement));
const frontier = new Frontier(get('frontier', HTMLCanvasElement), shipped.figures, point, choose);
const refresh = coalesce(() => table.show(session.model, selected), showPointed, showResults);
view.model(session.model);

function find(strategy: string | null) {
  return session.model.proofs.find(({ facts }) => facts.strategy === strategy);
}

/** Shows what follows from all the results. */
function showResults() {
  details.show(find(selected), session.model);
  showSides(get('sides', HTMLElement), session.model);
  const metrics = frontier.metrics();
  if (metrics) quality.show(metrics, session.model);
}

/** Brings out one proof wherever it is shown: the one that is pointed at, or else the chosen one. */
function showPointed() {
  const strategy = pointed ?? selected;
  cards.point(strategy);
  table.point(pointed);
  frontier.show(session.model, strategy);
  const proof = find(strategy);
  const found = proof?.outcome;
  reading.textContent = found
    ? `${capital(proof.facts.label)}: at least ${percent(found.percent)} of all inputs, proven with ${scientific(found.flops)} FLOPs.`
    : hint;
}

function point(strategy: string | null) {
  if (strategy === pointed) return;
  pointed = strategy;
  showPointed();
}

function choose(strategy: string) {
  selected = strategy;
  table.choose(strategy);
  details.show(find(strategy), session.model);
  showPointed();
  keepInAddress();
}

for (const kind of ['pointerover', 'focusin'] as const) {
  addEventListener(kind, ({ target }) => {
    if (!(target instanceof Element) || target.id === 'frontier') return;
    point(target.closest<HTMLElement>('[data-strategy]')?.dataset['strategy'] ?? null);
  });
}
get('dismiss', HTMLButtonElement).addEventListener('click', () => view.problem(undefined));

/** Says what went wrong while something was set up; what is on the page stays. */
const report = (error: unknown) => view.problem(error instanceof Error ? error.message : String(error));

let picker: Picker | undefined;
/** The model of the gallery that is loaded, unless a file of the user's is. */
let current: Entry | undefined;
/** The model of the gallery that was asked for last: `current`, or the one that will be. */
let wanted: Entry | undefined;
let uploaded = false;

// At once: the browser would leave the page for a file that is dropped early.
acceptFiles(async (files) => {
  uploaded = true;
  if (!(await session.openFile(files))) return;
  current = wanted = undefined;
  picker?.show(current);
  // The address of a model of the gallery would be a lie now.
  if (location.hash) history.pushState(null, '', location.pathname + location.search);
});

/** Adds the chosen proof to the address; that of a file of the user's has none. */
function keepInAddress() {
  if (wanted && selected) history.replaceState(null, '', hashOf(wanted, selected));
}

/** Loads what the address named, when it changed. */
async function follow(gallery: Gallery, { hash }: URL | Location) {
  const found = gallery.find(hash);
  const entry = found ?? gallery.default;
  const strategy = strategyOf(hash);
  if (strategy && strategy !== selected) choose(strategy);
  if (found && found === wanted) return;
  wanted = entry;
  picker?.show(entry);
  if (await session.open(entry.file, GALLERY, () => bytesOf(entry.file))) {
    current = entry;
    if (found) keepInAddress();
    else view.problem(`No model of this page is “${hash}”. This is the default one.`);
  }
  if (wanted !== entry) return;
  wanted = current;
  picker?.show(current);
}

async function start() {
  await painted;
  frontier.live().then(showResults).catch(report);
  const gallery = await Gallery.fetch();
  picker = new Picker(gallery);
  picker.show(current);
  addEventListener('hashchange', ({ newURL }) => follow(gallery, new URL(newURL)));
  if (!uploaded) await follow(gallery, location);
}
start().catch(report);
