/**
 * The lab of training: networks that are trained here, proven while they train, and fine-tuned so
 * that they are easier to prove.
 */

import './training.css';
import { Cancelled } from '../../engine/client.js';
import { download } from '../../engine/download.js';
import { nodes, t } from '../../languages/language.js';
import type { Progress } from '../../pkg/training.js';
import { make } from '../../ui/element.js';
import { count, fixed, told } from '../../ui/format.js';
import { plotters } from '../../ui/plotters.js';
import { save } from '../../ui/save.js';
import { followTerms } from '../../views/glossary/terms.js';
import type { LabHost } from '../lab.js';
import { isLink, settingsOf } from '../settings.js';
import { Controls } from './controls.js';
import { Figures } from './figures.js';
import { word, WORDS } from './glossary.js';
import { all, frontier, type Network, Prover, QUICK, some } from './proofs.js';
import type { Proven } from './proven.js';
import { learned, said } from './said.js';
import { FIELDS, fileOf, goalOf, type Settings, tuningOf } from './settings.js';
import { type Checkpoint, ofBoth, ofCheckpoints, ofNoise } from './tables.js';
import type { Said, Work } from './training-worker.js';
import { Background } from './work.js';

/** Networks of a training that are proven. */
const CHECKPOINTS = 10;
/** Standard deviations of the noise that is put into weights. */
const SIGMAS = [0.003, 0.01, 0.02, 0.03, 0.05];

/** A network, and what is proven of it. */
type ProvenNetwork = Network & { proven: Proven };

/** A network that was trained here. */
type Trained = ProvenNetwork & { steps: number };

/** What fine-tuning ended with. */
interface Tuned {
  before: ProvenNetwork;
  after: ProvenNetwork;
  distance: number | null;
}

export function open(parent: HTMLElement, host: LabHost) {
  const lab = new TrainingLab(parent, host);
  if (isLink(FIELDS)) lab.follow();
}

class TrainingLab {
  readonly #host: LabHost;
  readonly #settings: Settings;
  readonly #controls: Controls;
  readonly #prover = new Prover((message) => this.#host.problem(message));
  readonly #background = new Background();
  readonly #figures: Figures;
  readonly #checkpointTable = make('table');
  readonly #result = make('div');
  readonly #bar = make('progress', { max: '1', value: '0', 'aria-label': t`Done` });
  readonly #where = make('p', { class: 'where' });
  readonly #train = make('button', { type: 'button' }, t`Train`);
  readonly #tuneDefault = make('button', { type: 'button', class: 'main' }, t`Fine-tune the default network`);
  readonly #tuneTrained = make('button', { type: 'button' }, t`Fine-tune the trained network`);
  readonly #pause = make('button', { type: 'button' }, t`Pause`);
  readonly #cancel = make('button', { type: 'button' }, t`Cancel`);
  /** What is offered to do with networks that are done. */
  readonly #files = make('p', { class: 'files' });
  #checkpoints: Checkpoint[] = [];
  /** What is going on. */
  #job: AbortController | undefined;
  #isPaused = false;
  #trained: Trained | undefined;

  constructor(parent: HTMLElement, host: LabHost) {
    this.#host = host;
    this.#settings = settingsOf(FIELDS, location, (text) => host.problem(text));
    this.#controls = new Controls(this.#settings, { train: this.#train, tune: [this.#tuneDefault, this.#tuneTrained] }, () => this.#busy(!!this.#job));
    this.#figures = new Figures((text) => host.problem(text));
    const terms = make('details', { class: 'terms' }, make('summary', {}, t`Words and symbols here`));
    const root = make(
      'div',
      { class: 'training' },
      make('p', {}, ...nodes`Proofs of a network are short where the network has little ${word('noise')}. Here you train networks that find the largest of K numbers, add modulo n, or multiply in a ${word('group')}, and watch when each proof appears. You ${word('fine-tuning', t`fine-tune`)} a network so that noise disappears, until the shortest proofs hold.`),
      this.#controls.element,
      make('div', { class: 'running' }, this.#bar, this.#pause, this.#cancel, this.#where),
      this.#figures.element,
      make('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': t`Networks on the way` }, this.#checkpointTable),
      this.#result,
      this.#files,
      terms,
    );
    parent.append(root);
    followTerms(terms, root, WORDS);
    this.#listen(root);
    this.#busy(false);
  }

  #listen(root: HTMLElement) {
    this.#train.addEventListener('click', () => void this.#start('train'));
    this.#tuneDefault.addEventListener('click', () => void this.#start('tune'));
    this.#tuneTrained.addEventListener('click', () => void this.#start('both'));
    this.#pause.addEventListener('click', () => this.#setPaused(!this.#isPaused));
    this.#cancel.addEventListener('click', () => this.#job?.abort(new Cancelled()));
    root.addEventListener('click', ({ target }) => {
      const pressed = target instanceof Element ? target.closest<HTMLElement>('[data-word]') : null;
      if (pressed) void import('../../views/glossary/glossary.js').then(({ explain }) => explain(pressed, WORDS), (error: unknown) => this.#host.problem(told(error)));
    });
  }

  /** Does what the address asks for. */
  follow() {
    const { do: what } = this.#settings;
    if (what !== 'nothing') void this.#start(what);
  }

  #busy(is: boolean) {
    for (const button of [this.#train, this.#tuneDefault]) button.disabled = is;
    this.#tuneTrained.disabled = is || this.#trained?.task !== 'max-of-k';
    for (const button of [this.#pause, this.#cancel]) button.disabled = !is;
    this.#bar.hidden = !is;
  }

  #setPaused(isPaused: boolean) {
    this.#isPaused = isPaused;
    this.#background.pause(isPaused);
    this.#pause.textContent = isPaused ? t`Go on` : t`Pause`;
  }

  /** Runs one thing at a time; whatever ends it, the page can start another. */
  async #during(work: (signal: AbortSignal) => Promise<void>) {
    const job = new AbortController();
    this.#job = job;
    this.#setPaused(false);
    this.#busy(true);
    try {
      await work(job.signal);
    } catch (error) {
      if (error instanceof Cancelled) this.#say(t`Cancelled.`);
      else this.#host.problem(told(error));
    } finally {
      this.#prover.close();
      this.#job = undefined;
      this.#busy(false);
    }
  }

  #say(text: string) {
    this.#where.textContent = text;
    this.#host.status(text);
  }

  #start(what: Exclude<Settings['do'], 'nothing'>) {
    this.#controls.note({ do: what });
    this.#result.replaceChildren();
    this.#files.replaceChildren();
    return this.#during(async (signal) => {
      if (what === 'tune') return this.#tune(await fetchDefault(), signal);
      const there = what === 'both' && this.#isTrained() ? this.#trained : undefined;
      const trained = there ?? (await this.#trainOne(signal));
      if (what === 'train' || trained.task !== 'max-of-k') return this.#say(learned(trained.proven));
      await this.#tune(trained, signal);
    });
  }

  /** Trains the network that is chosen. */
  async #trainOne(signal: AbortSignal): Promise<Trained> {
    const { seed, steps } = this.#settings;
    const goal = goalOf(this.#settings);
    const into = { task: 'k' in goal ? 'max-of-k' : 'group-operations', file: fileOf(this.#settings) } as const;
    const trained = await this.#follow({ kind: 'train', goal, seed, steps, checkpoints: CHECKPOINTS }, into, undefined, signal);
    this.#trained = { ...trained, steps };
    this.#offer(trained);
    return this.#trained;
  }

  /** Whether the network of the present settings is the one that was trained. */
  #isTrained(): boolean {
    return this.#trained?.file === fileOf(this.#settings) && this.#trained.steps === this.#settings.steps;
  }

  async #tune(network: Network, signal: AbortSignal) {
    this.#say(t`Proving the network as it is…`);
    const before = { ...network, proven: await this.#prover.prove(network, some(network, true), signal) };
    this.#figures.show([], undefined, before.proven);
    const file = network.file.replace('.safetensors', '_tuned.safetensors');
    const tuning = tuningOf(this.#settings);
    const tuned = await this.#follow({ kind: 'tune', file: network.file, bytes: network.bytes, tuning, checkpoints: CHECKPOINTS }, { task: network.task, file }, before.proven, signal);
    const proven = await this.#prover.prove(tuned, some(tuned, true), signal);
    const distance = this.#checkpoints.at(-1)?.progress.distance ?? null;
    const after = { ...tuned, proven };
    this.#figures.show(this.#checkpoints, proven, before.proven);
    this.#show({ before, after, distance });
    this.#offer(after);
    this.#say(said(before.proven, proven));
  }

  /** Trains or fine-tunes, and proves the networks on the way beside it. */
  async #follow(work: Work, into: Omit<Network, 'bytes'>, before: Proven | undefined, signal: AbortSignal): Promise<ProvenNetwork> {
    this.#checkpoints = [];
    this.#checkpointTable.replaceChildren();
    this.#figures.restart();
    const proofs: Promise<ProvenNetwork>[] = [];
    // A failed proof ends the training, too.
    const both = new AbortController();
    signal.addEventListener('abort', () => both.abort(signal.reason), { once: true });
    const hear = (heard: Said) => {
      if ('progress' in heard) return this.#tell(heard.progress);
      if (!('checkpoint' in heard)) return;
      this.#tell(heard.checkpoint);
      const proof = this.#proveOnTheWay({ ...into, bytes: heard.bytes }, heard.checkpoint, before, both.signal);
      proof.catch((error: unknown) => both.abort(error));
      proofs.push(proof);
    };
    await this.#background.do(work, hear, both.signal);
    this.#say(t`All steps are taken. Proving the networks on the way…`);
    const last = (await Promise.all(proofs)).at(-1);
    if (!last) throw new Error(t`The training gave no network.`);
    return last;
  }

  async #proveOnTheWay(network: Network, progress: Progress, before: Proven | undefined, signal: AbortSignal): Promise<ProvenNetwork> {
    const proven = await this.#prover.prove(network, some(network, false), signal);
    const plot = await plotters();
    this.#checkpoints.push({ progress, proven, area: plot.metrics(frontier(proven)).area });
    this.#checkpointTable.replaceChildren(...ofCheckpoints(this.#checkpoints));
    this.#figures.show(this.#checkpoints, proven, before);
    return { ...network, proven };
  }

  #tell({ step, steps, loss }: Progress) {
    this.#bar.value = step / steps;
    this.#figures.lost(step, loss);
    this.#where.textContent = t`Step ${count(step)} of ${count(steps)}, loss ${fixed(loss, 4)}`;
  }

  /** Shows two networks beside each other, with what else can be asked about them. */
  #show(tuned: Tuned) {
    const { before, after, distance } = tuned;
    const table = make('table', {}, ...ofBoth(before.proven, after.proven, distance));
    const noise = make('table');
    const all = make('button', { type: 'button' }, t`Compare every strategy`);
    all.addEventListener('click', () => void this.#during((signal) => this.#compareAll(tuned, table, signal)));
    const cliff = make('button', { type: 'button' }, t`Put noise into the weights`);
    cliff.addEventListener('click', () => void this.#during((signal) => this.#noise(tuned, noise, signal)));
    const wide = (table: HTMLElement, label: string) => make('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': label }, table);
    this.#result.replaceChildren(
      wide(table, t`Before and after`),
      make('p', { class: 'files' }, all, cliff),
      wide(noise, t`Noise in the weights`),
    );
  }

  async #compareAll({ before, after, distance }: Tuned, table: HTMLElement, signal: AbortSignal) {
    const half = (from: number) => (done: number) => (this.#bar.value = from + done / 2);
    this.#where.textContent = t`Proving by every strategy, before and after…`;
    const first = await this.#prover.prove(before, all, signal, half(0));
    const second = await this.#prover.prove(after, all, signal, half(0.5));
    table.replaceChildren(...ofBoth(first, second, distance));
    this.#figures.show(this.#checkpoints, second, first);
    this.#say(t`All proofs are done.`);
  }

  async #noise({ before, after }: Tuned, table: HTMLElement, signal: AbortSignal) {
    this.#where.textContent = t`Proving networks with noise in their weights…`;
    const noisy = async (network: Network) => {
      const proofs: Promise<{ sigma: number; proven: Proven }>[] = [];
      const hear = (heard: Said) => {
        if (!('noisy' in heard)) return;
        const { sigma, noisy: bytes } = heard;
        const proof = this.#prover.prove({ ...network, bytes }, () => QUICK.slice(0, 2), signal).then((proven) => ({ sigma, proven }));
        proof.catch(() => {}); // all are awaited below
        proofs.push(proof);
      };
      await this.#background.do({ kind: 'noise', file: network.file, bytes: network.bytes, sigmas: SIGMAS }, hear, signal);
      return Promise.all(proofs);
    };
    const [first, second] = [await noisy(before), await noisy(after)];
    const rows = first.flatMap(({ sigma, proven }, i) => {
      const other = second[i];
      return other ? [{ sigma, before: proven, after: other.proven }] : [];
    });
    table.replaceChildren(...ofNoise(rows));
    this.#say(t`The networks with noise are proven.`);
  }

  /** Offers to keep a network. */
  #offer({ file, bytes }: Network) {
    const saving = make('button', { type: 'button' }, t`Save the network`);
    saving.addEventListener('click', () => save(file, new Blob([bytes], { type: 'application/octet-stream' })));
    const opening = make('button', { type: 'button' }, t`Open it among all proofs`);
    opening.addEventListener('click', () => void this.#open(file, bytes));
    const link = make('a', { href: location.href }, t`link to this recipe`);
    this.#files.replaceChildren(saving, opening, make('span', {}, ...nodes`The ${link} trains equal weights again. Opened among all proofs, the network can be shared and embedded.`));
  }

  /**
   * Opens a network on the page of all proofs, which finds it among the files that this browser
   * keeps.
   */
  async #open(file: string, bytes: Uint8Array<ArrayBuffer>) {
    const [{ keep }, { idOf, OWN_FILE }] = await Promise.all([import('../../state/own.js'), import('../../app/address.js')]);
    const hash = [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const id = idOf(hash);
    const problem = await keep(id, file, bytes);
    if (problem) return this.#host.problem(problem);
    const url = new URL('./index.html', location.href);
    url.hash = new URLSearchParams({ [OWN_FILE.name]: id }).toString();
    location.assign(url);
  }
}

/** The network that the page of all proofs opens with. */
async function fetchDefault(): Promise<Network> {
  const { default: file } = await download('models/max-of-k/manifest.json', (response) => response.json() as Promise<{ default: string }>);
  return { task: 'max-of-k', file, bytes: await download(`models/max-of-k/${file}`, async (response) => new Uint8Array(await response.arrayBuffer())) };
}
