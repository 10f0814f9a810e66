/** The lab of training: networks that are trained here, proven while they train, and fine-tuned so that they are easier to prove. */

import './training.css';
import { Cancelled } from '../../engine/client.js';
import { download } from '../../engine/download.js';
import { nodes, t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { decimal, fixed, told } from '../../ui/format.js';
import { plotters } from '../../ui/plotters.js';
import { save } from '../../ui/save.js';
import type { LabHost } from '../lab.js';
import { isLink, note, settingsOf } from '../settings.js';
import { Figures } from './figures.js';
import { type Choose, frontier, Prover, QUICK } from './proofs.js';
import { EXACT, type Proven } from './proven.js';
import { said } from './said.js';
import { FIELDS, MOST_WEIGHT, NOISE, type Settings, tuningOf, WEIGHT_STEP } from './settings.js';
import { type Checkpoint, ofBoth, ofCheckpoints, ofNoise } from './tables.js';
import type { Said, Work } from './training-worker.js';
import { inBackground } from './work.js';

/** Networks of a training that are proven. */
const CHECKPOINTS = 10;
/** The accuracy from which on a network has learned its task. */
const LEARNED = 0.9;
/** Standard deviations of the noise that is put into weights. */
const SIGMAS = [0.003, 0.01, 0.02, 0.03, 0.05];

/** A network as a safetensors file, with what is proven of it once that is known. */
interface Network {
  file: string;
  bytes: Uint8Array<ArrayBuffer>;
  proven?: Proven;
}

/** What fine-tuning ended with. */
interface Tuned {
  before: Network & { proven: Proven };
  after: Network & { proven: Proven };
  distance: number | null;
}

export function open(parent: HTMLElement, host: LabHost) {
  const lab = new TrainingLab(parent, host);
  if (isLink(FIELDS)) lab.follow();
}

class TrainingLab {
  readonly #host: LabHost;
  readonly #settings: Settings;
  readonly #prover = new Prover((message) => this.#host.problem(message));
  readonly #figures: Figures;
  readonly #checkpointTable = make('table');
  readonly #result = make('div');
  readonly #bar = make('progress', { max: '1', value: '0', 'aria-label': t`Done` });
  readonly #where = make('p', { class: 'where' });
  readonly #train = make('button', { type: 'button' }, t`Train`);
  readonly #tuneDefault = make('button', { type: 'button', class: 'main' }, t`Fine-tune the default network`);
  readonly #tuneTrained = make('button', { type: 'button' }, t`Fine-tune the trained network`);
  readonly #cancel = make('button', { type: 'button' }, t`Cancel`);
  readonly #files = make('p', { class: 'files' });
  #checkpoints: Checkpoint[] = [];
  /** Set while something is going on. */
  #job: AbortController | undefined;
  #trained: Network | undefined;

  constructor(parent: HTMLElement, host: LabHost) {
    this.#host = host;
    this.#settings = settingsOf(FIELDS, location, (text) => host.problem(text));
    this.#figures = new Figures((text) => host.problem(text));
    this.#train.addEventListener('click', () => void this.#start('train'));
    this.#tuneDefault.addEventListener('click', () => void this.#start('tune'));
    this.#tuneTrained.addEventListener('click', () => void this.#start('both'));
    this.#cancel.addEventListener('click', () => this.#job?.abort(new Cancelled()));
    parent.append(
      make('p', {}, t`Proofs of a network are short where the network has little noise. Here you train networks for Max-of-K, watch when each proof appears, and fine-tune a network so that noise disappears, until the shortest proofs hold.`),
      this.#trainingControls(),
      this.#tuningControls(),
      make('div', { class: 'running' }, this.#bar, this.#cancel, this.#where),
      this.#figures.element,
      make('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': t`Networks on the way` }, this.#checkpointTable),
      this.#result,
      this.#files,
    );
    this.#busy(false);
  }

  /** Does what the address asks for. */
  follow() {
    const { do: what } = this.#settings;
    if (what !== 'nothing') void this.#start(what);
  }

  #trainingControls(): HTMLElement {
    return make(
      'fieldset',
      {},
      make('legend', {}, t`Train`),
      this.#number('k', t`Numbers in an input (K)`, 2, 6),
      this.#number('seed', t`Seed`, 0, 4_294_967_295),
      this.#number('steps', t`Steps`, 1, 20_000),
      this.#train,
      make('p', { class: 'hint' }, t`The published recipe: a seed gives equal weights, to the bit, in every browser and in the native program.`),
    );
  }

  #tuningControls(): HTMLElement {
    const names: Record<(typeof NOISE)[number], string> = {
      attention: t`Attention`,
      ov: t`OV circuit`,
      positions: t`Positions`,
      direct: t`Direct path`,
      bound: t`Bound as a loss`,
    };
    return make(
      'fieldset',
      {},
      make('legend', {}, t`Fine-tune`),
      make('p', { class: 'hint' }, t`What proofs must bound is added to the loss with these weights. The loss of the task always counts, and steps that cost accuracy are undone.`),
      ...NOISE.map((term) => this.#slider(term, names[term])),
      this.#number('tuning', t`Steps`, 1, 20_000),
      this.#tuneDefault,
      this.#tuneTrained,
    );
  }

  #number(key: 'k' | 'seed' | 'steps' | 'tuning', label: string, least: number, most: number): HTMLElement {
    const input = make('input', { type: 'number', min: String(least), max: String(most), value: String(this.#settings[key]) });
    input.addEventListener('change', () => {
      const value = Math.min(Math.max(Math.round(input.valueAsNumber) || least, least), most);
      input.value = String(value);
      this.#set({ [key]: value });
    });
    return make('label', {}, label, ' ', input);
  }

  #slider(key: (typeof NOISE)[number], label: string): HTMLElement {
    const input = make('input', { type: 'range', min: '0', max: String(MOST_WEIGHT), step: String(WEIGHT_STEP), value: String(this.#settings[key]) });
    const shown = make('output', {}, decimal(String(this.#settings[key])));
    input.addEventListener('input', () => {
      shown.textContent = decimal(input.value);
      this.#set({ [key]: input.valueAsNumber });
    });
    return make('label', { class: 'slider' }, label, input, shown);
  }

  #set(changed: Partial<Settings>) {
    Object.assign(this.#settings, changed);
    note(FIELDS, this.#settings);
  }

  #busy(is: boolean) {
    for (const button of [this.#train, this.#tuneDefault]) button.disabled = is;
    this.#tuneTrained.disabled = is || !this.#trained;
    this.#cancel.disabled = !is;
    this.#bar.hidden = !is;
  }

  /** Runs one thing at a time; whatever ends it, the page can start another. */
  async #during(work: (signal: AbortSignal) => Promise<void>) {
    const job = new AbortController();
    this.#job = job;
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
    this.#set({ do: what });
    this.#result.replaceChildren();
    this.#files.replaceChildren();
    return this.#during(async (signal) => {
      const { k, seed, steps } = this.#settings;
      const file = `max${k}_v64_s${seed}.safetensors`;
      if (what === 'train' || (what === 'both' && !this.#isTrained(file))) {
        this.#trained = await this.#follow({ kind: 'train', k, seed, steps, checkpoints: CHECKPOINTS }, file, undefined, signal);
        this.#offer(this.#trained);
      }
      if (what === 'train') return this.#say(t`Trained. ${this.#trained ? t`Save it, open it among all proofs, or fine-tune it.` : ''}`);
      const network = what === 'both' && this.#trained ? this.#trained : await fetchDefault();
      await this.#tune(network, signal);
    });
  }

  /** Whether the network of the present settings is the one that was trained. */
  #isTrained(file: string): boolean {
    return this.#trained?.file === file && this.#checkpoints.at(-1)?.progress.steps === this.#settings.steps;
  }

  async #tune(network: Network, signal: AbortSignal) {
    this.#say(t`Proving the network as it is…`);
    const before = { ...network, proven: network.proven ?? (await this.#prove(network, signal, true)) };
    this.#figures.show([], undefined, before.proven);
    const file = network.file.replace('.safetensors', '_tuned.safetensors');
    const tuning = tuningOf(this.#settings);
    const tuned = await this.#follow({ kind: 'tune', file: network.file, bytes: network.bytes, tuning, checkpoints: CHECKPOINTS }, file, before.proven, signal);
    const proven = await this.#prove(tuned, signal, true);
    const distance = this.#checkpoints.at(-1)?.progress.distance ?? null;
    const after = { ...tuned, proven };
    this.#figures.show(this.#checkpoints, proven, before.proven);
    this.#show({ before, after, distance });
    this.#offer(after);
    this.#say(said(before.proven, proven));
  }

  /** Trains or fine-tunes, and proves the networks on the way beside it. */
  async #follow(work: Work, file: string, before: Proven | undefined, signal: AbortSignal): Promise<Network> {
    this.#checkpoints = [];
    this.#checkpointTable.replaceChildren();
    let last: Network | undefined;
    const proofs: Promise<void>[] = [];
    // A failed proof ends the training, too.
    const both = new AbortController();
    signal.addEventListener('abort', () => both.abort(signal.reason), { once: true });
    const hear = (heard: Said) => {
      if ('progress' in heard) return this.#tell(heard.progress.step, heard.progress.steps, heard.progress.loss);
      if (!('checkpoint' in heard)) return;
      const { checkpoint: progress, bytes } = heard;
      last = { file, bytes };
      this.#tell(progress.step, progress.steps, progress.loss);
      const proof = this.#prove(last, both.signal, false).then(async (proven) => {
        const plot = await plotters();
        this.#checkpoints.push({ progress, proven, area: plot.metrics(frontier(proven)).area });
        this.#checkpointTable.replaceChildren(...ofCheckpoints(this.#checkpoints));
        this.#figures.show(this.#checkpoints, proven, before);
      });
      proof.catch((error: unknown) => both.abort(error));
      proofs.push(proof);
    };
    await inBackground(work, hear, both.signal);
    this.#say(t`All steps are taken. Proving the networks on the way…`);
    await Promise.all(proofs);
    if (!last) throw new Error(t`The training gave no network.`);
    return { ...(last as Network) };
  }

  #tell(step: number, steps: number, loss: number) {
    this.#bar.value = step / steps;
    this.#where.textContent = t`Step ${step} of ${steps}, loss ${fixed(loss, 4)}`;
  }

  #prove({ file, bytes }: Network, signal: AbortSignal, exact: boolean): Promise<Proven> {
    // An exact count of a network that has not learned its task may take minutes.
    const counts = ({ correct, samples }: Proven['sampled']) => exact && correct > LEARNED * samples;
    return this.#prover.prove(file, bytes, (_, sampled) => [...QUICK, ...(counts(sampled) ? [EXACT] : [])], signal);
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
    const listed: Choose = (all) => all.filter(({ visits_inputs, refused }) => !visits_inputs && refused === null).map(({ strategy }) => strategy);
    const half = (from: number) => (done: number) => (this.#bar.value = from + done / 2);
    this.#where.textContent = t`Proving by every strategy, before and after…`;
    const first = await this.#prover.prove(before.file, before.bytes, listed, signal, half(0));
    const second = await this.#prover.prove(after.file, after.bytes, listed, signal, half(0.5));
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
        const proof = this.#prover.prove(network.file, bytes, () => QUICK.slice(0, 2), signal).then((proven) => ({ sigma, proven }));
        proof.catch(() => {}); // all are awaited below
        proofs.push(proof);
      };
      await inBackground({ kind: 'noise', file: network.file, bytes: network.bytes, sigmas: SIGMAS }, hear, signal);
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

  /** Opens a network on the page of all proofs, which finds it among the files that this browser keeps. */
  async #open(file: string, bytes: Uint8Array<ArrayBuffer>) {
    const [{ keep }, { OWN_DIGITS, OWN_FILE }] = await Promise.all([import('../../state/own.js'), import('../../app/address.js')]);
    const hash = [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const id = hash.slice(0, OWN_DIGITS);
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
  return { file, bytes: await download(`models/max-of-k/${file}`, async (response) => new Uint8Array(await response.arrayBuffer())) };
}
