/** Starts the page: shows the shipped results, then loads the prover and runs the proofs. */

import { EXERCISE, LANGUAGE, onVisit, pageOf, PROJECTED, PROVE, TASK, WORKERS } from './address.js';
import { stayBeside } from './beside.js';
import { speakHere } from './languages.js';
import { Opening } from './opening.js';
import { Page } from './page.js';
import { Problems } from './problems.js';
import type { Desk } from './take.js';
import { acceptUndo } from './undo.js';
import { acceptFiles } from './upload.js';
import { packaged, setHere } from '../classes/set-here.js';
import { compile } from '../engine/download.js';
import { Pool } from '../engine/pool.js';
import { t, tag } from '../languages/language.js';
import type { Certificates } from '../state/certificates.js';
import { handedOver } from '../state/handed.js';
import { isBusy, isDone, Models, type View } from '../state/model.js';
import { Queue } from '../state/queue.js';
import type { First, TaskPage } from '../tasks/task.js';
import { TASKS } from '../tasks/tasks.js';
import { get, make } from '../ui/element.js';
import { told } from '../ui/format.js';

get('absent', HTMLElement).remove();
const problems = new Problems();
await speakHere((problem, again) => problems.tell('language', problem, again ? { retry: () => location.reload() } : {}));
document.documentElement.classList.toggle('projected', PROJECTED.read(location, undefined, (refusal) => problems.tell('address', refusal)));
const hasExercise = EXERCISE.isIn(location) || setHere() !== undefined;
document.documentElement.classList.toggle('exercising', hasExercise);
const wanted = TASK.read(location, { tasks: TASKS.map(({ id }) => id) }, (refusal) => problems.tell('task', refusal));
const listed = TASKS.find(({ id }) => id === wanted) ?? TASKS[0];
/**
 * Fetches the task's page and its shipped results. If that fails, offers to try again until it
 * succeeds.
 */
const arrived = async (): Promise<[TaskPage, First]> => {
  try {
    const page = await listed.page();
    return [page, await page.first()];
  } catch (error) {
    return new Promise((resolve) => problems.tell('model', told(error), { retry: () => resolve(arrived()) }));
  }
};
const first = arrived();
get('tasks', HTMLElement).append(
  ...TASKS.map(({ id, name }) => make('a', { href: pageOf(id), ...(id === listed.id && { 'aria-current': 'page' }) }, name())),
  make('a', { href: `./labs.html${LANGUAGE.isIn(location) ? `?${LANGUAGE.name}=${tag}` : ''}` }, t`Labs`),
);
// Files are accepted from the start: otherwise the browser would leave the page for a dropped file.
acceptFiles((files) => void first.then(() => take(files)));
const [task, shipped] = await first;

/** Settles after the first frame is painted. */
const painted = new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
let drawing = false;
let fetched: Promise<WebAssembly.Module> | undefined;
/**
 * Fetches the module that proves once, after the first frame; the next call repeats a failed fetch.
 */
const program = (): Promise<WebAssembly.Module> => {
  fetched ??= painted.then(() => compile(task.module));
  fetched.catch(() => (fetched = undefined));
  return fetched;
};

/** A certificate that the page of another task has given to this one, until its model is open. */
let handed = handedOver();
const view: View = {
  model: (model) => {
    page.model(model);
    if (!handed || !model.bytes) return;
    const certificate = handed;
    handed = undefined;
    void open(({ adopt }) => adopt(certificate, desk));
  },
  proof: (proof) => {
    page.proof(proof);
    if (isDone(proof)) drawFigures();
    if (!isBusy(proof)) void page.report();
  },
  looked: (model) => page.looked(model),
  elsewhere: (other, facts, bytes) =>
    void setUp('model', async () => (await import('./elsewhere.js')).openFile(other, facts, bytes, problems, (said) => page.status(said))),
  status: (text) => page.status(text),
  problem: (text, retry) => {
    problems.tell('model', text, retry && { retry });
    if (text) void page.report();
  },
};
const workers = WORKERS.read(location, { cores: navigator.hardwareConcurrency }, (refusal) => problems.tell('workers', refusal));
const pool = new Pool(program, workers, view.problem, task.worker);
const models = new Models(task, shipped, pool, view);
const queue = new Queue(models, pool, view);
/** Fetches what deals with certificates, when the first one is asked for. */
const certificates = async (): Promise<Certificates> => new (await import('../state/certificates.js')).Certificates(models, queue, pool, view);
const page = new Page(task, shipped, workers, models, queue, certificates, {
  chosen: (choice) => opening.noteInAddress(choice),
  take: (file) => void take([file]),
  readAs: (way) => opening.readAs(way),
  unknown: (name, value) => opening.refuse(name, value),
  noFigure: (why, retry) => problems.tell('figure', why, retry && { retry }),
});
const isUnasked = PROVE.read(location, undefined, (refusal) => problems.tell('prove', refusal)) === 'all';
/** Starts the proofs of a model that has been opened, or shows what is shipped. */
const prove = () => {
  if (isUnasked) return queue.runAll();
  drawFigures();
  void page.report();
};
const opening = new Opening(task, models, prove, page, problems);

opening.visit();
onVisit(() => opening.visit());
acceptUndo();
page.model(models.current);
// Starts the fetch early. Whoever needs the module reports if it fails.
program().catch(() => {});

/** Does `work`. If it fails, reports a problem with `about`, with a button that tries again. */
const setUp = (about: 'gallery' | 'figure' | 'model', work: () => Promise<void>) =>
  work().catch((error: unknown) => {
    problems.tell(about, told(error), { retry: () => void setUp(about, work) });
    void page.report();
  });
void painted.then(() => setUp('gallery', async () => opening.browse(await task.shelf())));
/**
 * From the first finished proof on, draws figures in this browser instead of showing the shipped
 * picture. Before that, the network should load the prover rather than the module that plots.
 */
function drawFigures() {
  if (drawing) return;
  drawing = true;
  // A learning platform keeps its packages itself.
  void setUp('figure', () => page.drawFigures())
    .then(async () => packaged('set') === undefined && (await import('./later.js')).startLater())
    .catch(() => {});
}

const exercises = (isAsked: boolean) => setUp('figure', async () => (await import('../views/exercises/open.js')).open({ models, pool, page }, isAsked));
if (hasExercise) void painted.then(() => exercises(false));

stayBeside(get('beside', HTMLElement));
// The box of a narrow window has done its work when something in it is pressed. It closes before
// that acts: a dialog then gives the focus back to the box's button, which stays in sight.
const more = get('more', HTMLElement);
more.addEventListener('click', () => more.hidePopover?.(), { capture: true });

// What words mean, the tour, exercises, and what other sites take are fetched when they are asked
// for.
addEventListener('click', ({ target }) => {
  const pressed = target instanceof Element ? target.closest<HTMLElement>('[data-word], #tour, #share, #exercises') : null;
  if (!pressed) return;
  if (pressed.id === 'exercises') return void exercises(true);
  void setUp('figure', async () => {
    if (pressed.id === 'share') {
      opening.noteInAddress();
      (await import('../views/share/share.js')).share(models.current, page, Object.keys(task.views));
    } else if (pressed.id) (await import('../views/tour/tour.js')).start(pressed, await task.tour(), models, (strategy) => page.choose(strategy));
    else (await import('../views/glossary/glossary.js')).explain(pressed, await task.words?.());
  });
});

/** What opens files has this of the page. */
const desk: Desk = { task, models, opening, page, problems, certificates };
/** Has what opens files `work`, and fetches it first. Only a failed fetch can be tried again. */
const open = (work: (opener: typeof import('./take.js')) => Promise<void>) =>
  setUp('model', async () => {
    const opener = await import('./take.js');
    await work(opener).catch((error: unknown) => problems.tell('model', told(error)));
  });
/** Opens the user's files. */
function take(files: readonly File[]) {
  problems.tell('model', undefined);
  return open(({ take }) => take(files, desk));
}
