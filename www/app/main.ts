/** Puts the page together: first paint from what is shipped, then the live computation. */

import { AttentionSection } from '../views/attention/attention.js';
import { BestProof } from '../views/best/best.js';
import { certificateIn, nameOf, save } from '../state/certificate.js';
import { atEnd, coalesce, PAUSE } from '../ui/coalesce.js';
import { Details } from '../views/proof/details.js';
import { get } from '../ui/element.js';
import { compile, download } from '../engine/download.js';
import { showFacts, showTask } from '../views/facts/facts.js';
import { capital, percent, scientific, told } from '../ui/format.js';
import { Frontier, type Pictured } from '../views/frontier/frontier.js';
import { bytesOf, type Entry, Gallery, hashOf, strategyOf } from '../state/gallery.js';
import { entry as ownEntry, keep, kept } from '../state/kept.js';
import { showLegend } from '../views/frontier/legend.js';
import { NetworkSection } from '../views/network/network.js';
import { Picker } from '../views/picker/picker.js';
import additiveUrl from '../pkg/additive_bg.wasm?url';
import computeUrl from '../pkg/compute_bg.wasm?url';
import fullUrl from '../pkg/full_bg.wasm?url';
import readUrl from '../pkg/read_bg.wasm?url';
import { Pool } from '../engine/pool.js';
import { Problems } from './problems.js';
import { ProofCards } from '../views/proofs/proofs.js';
import type { Program } from '../engine/protocol.js';
import { Quality } from '../views/quality/quality.js';
import { RunControl } from '../views/run/run.js';
import { GALLERY, MAX_BYTES, type Opened, OWN, type Proof, Session, type View } from '../state/session.js';
import { showSides } from '../views/sides/sides.js';
import { ResultsTable } from '../views/results/table.js';
import { acceptFiles } from './upload.js';
import { workersFor } from '../engine/workers.js';

get('absent', HTMLElement).remove();
const status = get('status', HTMLElement);
const problems = new Problems();
/** What the page shows first: it comes at the same time as this program, or else is asked for until it is here. */
const arrived = (): Promise<Pictured> =>
  download('models/max-of-k/first-paint.json', (response) => response.json() as Promise<Pictured>).catch(
    (error: unknown) => new Promise((resolve) => problems.tell('model', told(error), () => resolve(arrived()))),
  );
const first = arrived();

// At once: the browser would leave the page for a file that is dropped early. It waits for what the page shows first.
acceptFiles(async (files) => {
  await first;
  view.problem(undefined);
  try {
    const [file, more] = files;
    const certificate = file && !more ? await certificateIn(file, MAX_BYTES) : undefined;
    if (certificate) {
      const proof = await session.adopt(certificate);
      if (proof) choose(proof.facts.strategy);
      return;
    }
  } catch (error) {
    return view.problem(told(error));
  }
  const keepIt = () => {
    const { facts, bytes } = session.model;
    return !!bytes && keep(facts.file, bytes);
  };
  void openOwn((retry) => session.openFile(files, retry), keepIt);
});

const shipped = await first;
const reading = get('reading', HTMLElement);
const hint = reading.textContent;
/** The proof under the pointer or the focus, as long as it is there. */
let pointed: string | null = null;
/** The proof that was chosen; it stays, also with another model. */
let selected = strategyOf(location.hash) ?? ownEntry()?.strategy ?? null;

const painted = new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const view: View = {
  model(model) {
    showTask(get('task', HTMLElement), model);
    showFacts(get('facts', HTMLElement), model);
    showLegend(get('legend', HTMLElement), model);
    network.model(model);
    attention.show(model);
    cards.model(model);
    answer();
    best.model(selected);
    refresh();
  },
  // What can be stopped answers at once, also of a hundred that are stopped together; a hundred results in a second are gathered.
  proof(proof) {
    cards.proof(proof);
    answer();
    // How far it is shows there, and on a closer look at it. What is cancelled gives way to the workers that are yet to answer.
    const { job, facts } = proof;
    if (job.state !== 'running' || job.done === 0 || facts.strategy === selected) refresh(job.state === 'cancelled' ? PAUSE : 0);
  },
  looked(model) {
    network.show(model);
    attention.show(model);
  },
  status(text) {
    status.textContent = text;
    answer();
  },
  problem(text, retry) {
    problems.tell('model', text, retry);
  },
};

const urls = { read: readUrl, compute: computeUrl, additive: additiveUrl, full: fullUrl };
const programs: { [name in keyof typeof urls]?: Promise<WebAssembly.Module> } = {};
/** A program, fetched when it is first asked for; after a failure, when it is asked for again. */
async function program<Name extends keyof typeof urls>(name: Name): Promise<Program<Name>> {
  const fetched = (programs[name] ??= painted.then(() => compile(urls[name])));
  try {
    return { name, module: await fetched };
  } catch (error) {
    delete programs[name];
    throw error;
  }
}

const workers = workersFor(navigator.hardwareConcurrency, location.search);
const pool = new Pool(program, workers, view.problem);
const session = new Session(shipped, pool, view);
const cards = new ProofCards(get('proofs', HTMLElement), get('others', HTMLElement), session);
const table = new ResultsTable(choose);
const details = new Details(get('details', HTMLElement), {
  compare: (proof) => void session.askPublished(proof),
  save: (proof) => void saveCertificate(proof),
  check: (proof) => void session.check(proof),
  stopCheck: (proof) => session.stopCheck(proof),
});
const run = new RunControl(session, workers);
const best = new BestProof(session, choose);
const quality = new Quality(get('quality', HTMLElement));
const network = new NetworkSection(session);
const attention = new AttentionSection(get('attention', HTMLElement));
const frontier = new Frontier(get('frontier', HTMLCanvasElement), shipped, point, choose, (why) => problems.tell('figure', why));
const answer = atEnd(() => {
  run.show(session);
  best.show();
});
const refresh = coalesce(() => table.show(session.model, selected), showPointed, showResults);
view.model(session.model);

function find(strategy: string | null) {
  return session.model.proofs.find(({ facts }) => facts.strategy === strategy);
}

async function saveCertificate(proof: Proof) {
  const { file } = session.model.facts;
  const certificate = await session.certificate(proof);
  if (certificate !== undefined) save(nameOf(file, proof.facts.strategy), certificate);
}

/** Shows what follows from all the results. */
function showResults() {
  details.show(find(selected), session.model);
  showSides(get('sides', HTMLElement), session.model);
  network.show(session.model);
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

let gallery: Gallery | undefined;
let picker: Picker | undefined;
/** The model of the gallery that is loaded, unless a file of the user's is. */
let current: Entry | undefined;
/** The model of the gallery that was asked for last: `current`, or the one that will be. */
let wanted: Entry | undefined;
/** Whether a file of the user's was asked for: none of the gallery takes its place unasked. */
let own = false;
/** Whether this tab has kept it. */
let isKept = false;

/** Opens a file of the user's, and then keeps it. */
async function openOwn(open: (retry: () => void) => Promise<Opened>, keepIt: () => boolean) {
  own = true;
  const opened = await open(() => void openOwn(open, keepIt));
  if (opened === 'open') {
    current = wanted = undefined;
    picker?.show(current);
    isKept = keepIt();
    // The address of a model of the gallery would be a lie now.
    if (location.hash) history.pushState(null, '', pathname());
    keepInAddress();
  } else if (opened === 'refused' && !session.model.bytes) {
    own = false;
    if (gallery && !wanted) void show(gallery, location.hash);
  }
}

/** Opens the file that this tab has kept, if this entry of the history is about it. */
function reopen(): boolean {
  const before = ownEntry()?.kept ? kept() : undefined;
  if (before) void openOwn((retry) => session.open(before.file, OWN, () => Promise.resolve(before.bytes), retry), () => true);
  return !!before;
}

const pathname = () => location.pathname + location.search;

/** Puts the model that is shown and the chosen proof into the address; a file of the user's has none. */
function keepInAddress() {
  // A proof from a certificate is nowhere but here.
  const strategy = find(selected)?.from ? null : selected;
  if (wanted) history.replaceState(null, '', hashOf(wanted, strategy));
  else if (session.model.source === OWN) history.replaceState({ kept: isKept, strategy }, '', pathname());
}

/** Loads a model of the gallery; whether that worked. If not, the address is again that of the model that is shown. */
async function load(entry: Entry): Promise<boolean> {
  wanted = entry;
  picker?.show(entry);
  const opened = await session.open(entry.file, GALLERY, () => bytesOf(entry.file), () => void load(entry));
  if (opened === 'open') {
    current = entry;
    if (location.hash) keepInAddress();
    return true;
  }
  if (wanted !== entry) return false;
  wanted = current;
  picker?.show(current);
  if (session.model.bytes) keepInAddress();
  return false;
}

/** Shows what an address names. */
async function show(of: Gallery, hash: string) {
  const found = of.find(hash);
  const strategy = strategyOf(hash);
  if (strategy && strategy !== selected) choose(strategy);
  if (found && found === wanted) return;
  if ((await load(found ?? of.default)) && !found) view.problem(`No model of this page is “${hash}”. This is the default one.`);
}

/** Says what went wrong while something was set up, and tries again when asked; what is on the page stays. */
const setUp = (about: 'gallery' | 'figure', work: () => Promise<void>) =>
  work().catch((error: unknown) => problems.tell(about, told(error), () => void setUp(about, work)));

async function browse() {
  const found = (gallery = await Gallery.fetch());
  picker = new Picker(found);
  picker.show(current);
  addEventListener('hashchange', ({ newURL }) => {
    const { hash } = new URL(newURL);
    view.problem(undefined);
    if (hash || !reopen()) void show(found, hash);
  });
  if (!own) await show(found, location.hash);
}

// At once, and whoever needs it says what is wrong; a file of the user's asks for its own program.
if (!reopen()) for (const name of ['read', 'compute'] as const) program(name).catch(() => {});
void painted.then(() => {
  void setUp('figure', () => frontier.live().then(() => refresh()));
  void setUp('gallery', browse);
});
