/** Bounds with coins: what random inputs say of the network, beside proofs and an estimate. */

import { Cancelled } from '../../engine/client.js';
import { tossed } from '../../engine/files.js';
import { t } from '../../languages/language.js';
import type { Live, MethodFacts, Plan, Planned, SampleFacts } from '../../pkg/samples.js';
import type { Model, Proof } from '../../state/model.js';
import type { Uncertain } from '../../state/uncertain.js';
import type { Explains } from '../../tasks/task.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { briefly, count, steps, told } from '../../ui/format.js';
import { Latest } from '../../ui/latest.js';
import { word } from '../../ui/word.js';
import { save } from '../../ui/save.js';
import type { Host, Shown, ViewOf } from '../view.js';
import { type Claimed, claimedBy, differences } from './claimed.js';
import { Controls } from './controls.js';
import { independently } from './independently.js';
import { type Choice, format, parse, USUAL } from './plan.js';
import { Sampler } from './sampler.js';
import { boundsTable, reachTable, tableOf } from './tables.js';
import { boundOf, estimateOf, held, residualOf, small } from './words.js';
import './samples.css';

class Samples implements ViewOf {
  readonly #host: Host<Explains>;
  readonly #controls: Controls;
  readonly #idea = make('p', { class: 'state' });
  readonly #plan = make('p', { class: 'state', 'aria-live': 'polite' });
  readonly #coins = make('details');
  readonly #draw = make('button', { type: 'button', disabled: '' }, t`Draw`);
  readonly #progress = make('progress', { max: '1', value: '0', 'aria-label': t`Samples drawn` });
  readonly #counter = make('p', { class: 'counter' });
  readonly #said = make('p', { class: 'state', role: 'status' });
  readonly #bounds = make('table');
  readonly #spent = make('p', { class: 'state' });
  readonly #reach = make('table');
  readonly #planned: Latest<Planned>;
  #model: Model | undefined;
  #sampler: Sampler | undefined;
  #facts: SampleFacts | undefined;
  #choice: Choice = USUAL;
  /** The certificate that has been drawn again, or refused. */
  #checked: Model['claimed'];
  /** What the address says, and what of it has been drawn, or refused. */
  #asked = '';
  #taken = '';
  #stop: AbortController | undefined;
  /** Ends checks of the open model's certificates. */
  #checks = new AbortController();
  /** The bounds of the open model. */
  #all: readonly Uncertain[] = [];
  #picked: string | null = null;
  #chosen: Proof | undefined;
  /**
   * The δ of all coins that have been thrown about the open model, by what they were thrown for.
   */
  readonly #deltas = new Map<string, number>();
  /** What the tables show. */
  #shown = '';

  constructor(parent: HTMLElement, host: Host<Explains>) {
    this.#host = host;
    this.#controls = new Controls((choice) => this.#choose(choice));
    this.#planned = new Latest((planned) => this.#sayPlan(planned), (error) => this.#refuse(error));
    this.#draw.addEventListener('click', () => (this.#stop ? this.#stop.abort() : void this.#start()));
    const element = make('div', { class: 'bounds' });
    const menu = exportButton({
      name: 'samples',
      title: t`Proof, samples and estimate`,
      element,
      model: () => host.model(),
      table: () => this.#model && tableOf(this.#model, this.#all, this.#chosen),
    });
    const scroller = (label: string, table: HTMLElement) => make('div', { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': label }, table);
    element.append(scroller(t`Proof, samples and estimate`, this.#bounds), this.#spent, menu);
    const intro = t`Run the network on random inputs: how often it is right says, with a probability, how often it is right on all. Such a bound is no proof; its price is δ, the probability that the coins mislead.`;
    parent.append(
      make(
        'div',
        { class: 'samples' },
        make('p', {}, intro, ' ', word('delta', t`What is δ?`)),
        this.#controls.element,
        this.#idea,
        this.#plan,
        this.#coins,
        make('div', { class: 'control' }, this.#draw, this.#progress),
        this.#counter,
        this.#said,
        make('h3', {}, t`Proof, samples and estimate`),
        element,
        make('h3', {}, t`Steps to reach a part of all inputs`),
        scroller(t`Steps to reach a part of all inputs`, this.#reach),
      ),
    );
  }

  show({ model, chosen, picked, within: { samples } }: Shown) {
    [this.#picked, this.#chosen] = [picked, chosen];
    if (model.network && (model.facts.sha256 !== this.#model?.facts.sha256 || model.network !== this.#model?.network)) this.#open(model);
    this.#model = model;
    this.#controls.offer(model, chosen);
    this.#asked = samples;
    this.#list();
    this.#take();
  }

  /** Takes another model: nothing has been drawn of it. */
  #open(model: Model) {
    this.#sampler?.close();
    this.#checks.abort();
    this.#checks = new AbortController();
    this.#idle();
    this.#draw.disabled = true;
    [this.#facts, this.#all, this.#taken, this.#shown] = [undefined, [], '', ''];
    this.#deltas.clear();
    this.#progress.value = 0;
    this.#model = model;
    for (const element of [this.#counter, this.#said, this.#plan]) element.textContent = '';
    if (!model.network) return;
    const { sha256, canonical_sha256 = sha256 } = model.facts;
    const sampler = (this.#sampler = new Sampler({ task: model.task.id, weights: model.network, sha256: canonical_sha256 }));
    const isOpen = () => this.#sampler === sampler;
    sampler.facts().then(
      (facts) => {
        if (!isOpen()) return;
        this.#facts = facts;
        this.#controls.methods(facts.methods);
        this.#choose(this.#choice);
        this.#take();
      },
      (error: unknown) => isOpen() && this.#failed(error),
    );
    sampler.predicted().then(
      (estimate) => isOpen() && this.#model && this.#add(estimateOf(estimate, this.#model), false),
      (error: unknown) => isOpen() && this.#failed(error),
    );
  }

  /**
   * Draws what a certificate claims, or what an address says, once, as soon as that is possible.
   */
  #take() {
    const [text, claimed] = [this.#asked, this.#model?.claimed];
    if (!this.#facts || this.#stop) return;
    if (claimed && claimed !== this.#checked) return void this.#check(claimed);
    if (text === this.#taken) return;
    this.#taken = text;
    if (!text) return;
    const choice = parse(text);
    if (!choice || !this.#facts.methods.some(({ method }) => method === choice.method)) return this.#host.refuse('samples');
    this.#choose(choice);
    void this.#start();
  }

  /** Draws again what a certificate claims. */
  async #check(certificate: NonNullable<Model['claimed']>) {
    this.#checked = certificate;
    if (certificate.coins === 'residual') return this.#toss(certificate);
    try {
      const claimed = claimedBy(certificate);
      this.#choose(claimed.choice);
      await this.#start(claimed);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Has the coins of a residual tossed again. */
  async #toss({ file, text }: NonNullable<Model['claimed']>) {
    const [model, sampler] = [this.#model, this.#sampler];
    if (!model?.bytes) return;
    const stop = (this.#stop = new AbortController());
    this.#draw.textContent = t`Give up`;
    this.#said.textContent = t`${file} is being verified …`;
    try {
      const found = await tossed({ file: model.facts.file, bytes: model.bytes, certificate: text }, stop.signal);
      if (this.#sampler !== sampler) return;
      this.#deltas.set(found.key, found.delta);
      const bound = residualOf(found, model);
      this.#said.replaceChildren(t`${file} holds: the same coins give all that it says.`, ` ${bound.claim} ${bound.against} `, ...this.#independently(text));
      this.#add(bound, true);
    } catch (error) {
      if (this.#sampler === sampler) this.#said.textContent = error instanceof Cancelled ? t`${file} was not verified.` : `${file}: ${told(error)}`;
    } finally {
      this.#end(stop);
    }
  }

  #choose(choice: Choice) {
    this.#choice = choice;
    this.#controls.show(choice);
    this.#idea.textContent = this.#method?.idea ?? '';
    const sampler = this.#sampler;
    if (this.#facts && sampler) this.#planned.ask(async () => sampler.plan(await this.#planOf(choice)));
  }

  get #method(): MethodFacts | undefined {
    return this.#facts?.methods.find(({ method }) => method === this.#choice.method);
  }

  /**
   * A choice as Rust takes it, with what its proof covers, which runs first where a certificate
   * asks for it.
   */
  async #planOf({ method, samples, delta, seed, proof }: Choice, isClaimed = false): Promise<Plan> {
    const find = () => (proof ? this.#model?.proofs.find(({ facts }) => facts.strategy === proof)?.outcome : undefined);
    if (isClaimed && proof && !find()) await this.#host.certificate(proof);
    const found = find();
    if (proof && !found) throw new Error(t`The proof “${proof}” has not run: choose it first.`);
    const start = found && { strategy: proof, flops: found.flops, covered: await this.#host.explain.coverage(proof) };
    return { method, samples, delta, seed, proof: start ?? null };
  }

  #refuse(error: unknown) {
    this.#draw.disabled = !this.#stop;
    if (!(error instanceof Cancelled)) this.#plan.textContent = told(error);
  }

  #sayPlan({ label, flops, most_percent, statement, key, proven, total, deltas, delta }: Planned) {
    this.#draw.disabled = false;
    const sum = deltas.length > 1 ? ` ${t`Its δ is the sum of ${deltas.map(({ what, delta }) => `${small(delta)} (${what})`).join(', ')}.`}` : '';
    const start = BigInt(proven) ? ` ${t`The proof covers ${count(proven)} of ${count(total)} inputs for certain; coins are thrown for the rest.`}` : '';
    this.#plan.textContent = t`${label}: ${steps(flops)} steps. If every sample is right: at least ${briefly(most_percent)}, with probability at least ${held(delta)}.${start}${sum}`;
    const whose = this.#choice.seed
      ? t`You chose the seed: a bound is only as good as your reason not to have tried several.`
      : t`Nobody chose the seed: it is the SHA-256 of this text, which fixes weights, statement and method. Whoever makes the weights could still try many until the coins please.`;
    const isOpen = this.#coins.open;
    this.#coins.replaceChildren(make('summary', {}, t`Where the coins come from`), make('p', {}, whose), make('pre', { tabindex: '0' }, statement), make('p', { class: 'key' }, `SHA-256: ${key}`));
    this.#coins.open = isOpen;
  }

  /** Draws; where that is `claimed` by a certificate, says whether it came out. */
  async #start(claimed?: Claimed) {
    const [model, sampler, method, choice] = [this.#model, this.#sampler, this.#method, this.#choice];
    if (!model || !sampler || !method || this.#stop) return;
    const text = format(choice);
    this.#asked = this.#taken = text;
    // An address has fewer samples than a certificate may have.
    if (parse(text)) this.#host.within({ samples: text });
    const stop = (this.#stop = new AbortController());
    this.#draw.textContent = method.optional_stopping ? t`Stop here` : t`Give up`;
    this.#said.textContent = method.optional_stopping ? '' : t`No bound before all are drawn: who looks and stops when it pleases makes δ false. Only the anytime bound may be stopped.`;
    try {
      const plan = await this.#planOf(choice, !!claimed);
      const planned = await sampler.plan(plan);
      // Coins that were thrown may have misled, whether or not their count was waited for.
      this.#deltas.set(planned.key, planned.delta);
      const drawn = await sampler.draw(plan, claimed?.drawn, (live) => this.#count(live, choice.samples), stop.signal);
      if (this.#sampler !== sampler) return;
      if (!drawn) this.#said.textContent = t`Given up before the end: this proves nothing. Its δ is spent all the same.`;
      else {
        const wrong = claimed ? differences(claimed, drawn.certificate) : [];
        if (wrong.length) throw new Error([t`${claimed!.file} does not hold:`, ...wrong].join(' '));
        const holds = claimed ? [t`${claimed.file} holds: the same coins give all that it says.`, ' '] : [];
        const bound = boundOf(drawn.sampled, text, model);
        this.#said.replaceChildren(...holds, `${bound.claim} ${bound.against} `, this.#certificate(drawn.certificate, drawn.sampled.strategy), ' ', ...this.#independently(drawn.certificate));
        this.#add(bound, true);
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#end(stop);
    }
  }

  /** Takes what is asked for next, once nothing is drawn any more. */
  #end(stop: AbortController) {
    if (this.#stop !== stop) return;
    this.#idle();
    this.#list();
    this.#take();
  }

  /** Offers to draw. */
  #idle() {
    this.#stop = undefined;
    this.#draw.textContent = t`Draw`;
  }

  #certificate(text: string, strategy: string): HTMLElement {
    const button = make('button', { type: 'button' }, t`Save the certificate`);
    button.addEventListener('click', () => save(`${strategy}.json`, new Blob([text], { type: 'application/json' })));
    return button;
  }

  /** A button that has the independent checker check a certificate. */
  #independently(certificate: string): (HTMLElement | string)[] {
    const { facts, weights } = this.#model ?? {};
    return facts && weights ? independently({ file: facts.file, bytes: weights, certificate }, this.#checks.signal) : [];
  }

  #count({ samples, right, wrong, undecided, percent }: Live, all: number) {
    this.#progress.value = samples / all;
    const bound = percent === null || samples === all ? '' : ` ${t`So far: at least ${briefly(percent)}.`}`;
    const doubtful = undecided ? ` ${t`${count(undecided)} undecided count as wrong.`}` : '';
    this.#counter.textContent = t`${count(samples)} of ${count(all)} drawn: ${count(right)} right, ${count(wrong)} wrong.${doubtful}${bound}`;
  }

  /** Shows a bound in the page, in place of one of the same coins. */
  #add(bound: Uncertain, isPicked: boolean) {
    this.#all = [...this.#all.filter(({ id }) => id !== bound.id), bound];
    this.#host.uncertain(this.#all, isPicked ? bound.id : this.#picked);
    this.#list();
  }

  #list() {
    const model = this.#model;
    if (!model) return;
    const proven = model.proofs.filter(({ outcome }) => outcome).length;
    const key = JSON.stringify([proven, this.#picked, this.#chosen?.facts.strategy, this.#all.map(({ id, frontier, flops }) => [id, frontier, flops]), [...this.#deltas]]);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#bounds.replaceChildren(...boundsTable(model, this.#all, this.#chosen, this.#picked, (id) => this.#host.choose(id)));
    this.#reach.replaceChildren(...reachTable(model, this.#all));
    const sum = [...this.#deltas.values()].reduce((sum, delta) => sum + delta, 0);
    this.#spent.textContent = sum
      ? t`δ spent on this model, all draws together: ${small(sum)}. With probability at least ${held(Math.min(1, sum))}, every bound with coins on this page holds.`
      : t`No coins have been thrown yet: δ is 0, and all that is claimed is proven.`;
  }

  #failed(error: unknown) {
    if (!(error instanceof Cancelled)) this.#said.textContent = told(error);
  }
}

export const open = (parent: HTMLElement, host: Host<Explains>): ViewOf => new Samples(parent, host);
