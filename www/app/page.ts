/** Updates all views when the state changes, and highlights the chosen proof in each. */

import { type Choice, hashOf, type Looks, usualLooks } from './address.js';
import { Tabs } from './tabs.js';
import { t } from '../languages/language.js';
import type { CertificateFile } from '../state/certificate-file.js';
import type { Certificates } from '../state/certificates.js';
import type { Named } from '../state/gallery.js';
import { type Model, type Models, OWN, type Proof } from '../state/model.js';
import { asked, FILTER, passes, UNFILTERED } from '../state/filter.js';
import { ladderOf, rungAt } from '../state/ladder.js';
import type { Queue } from '../state/queue.js';
import type { Explains, First, ReadAs, TaskPage, Weigher } from '../tasks/task.js';
import { atEnd, coalesce, PAUSE } from '../ui/coalesce.js';
import { get } from '../ui/element.js';
import { capital, percent, steps, told } from '../ui/format.js';
import { Claim } from '../views/claim/claim.js';
import { Frontier } from '../views/frontier/frontier.js';
import { AxesControl } from '../views/frontier/axes.js';
import { Legend } from '../views/frontier/legend.js';
import { showOwn } from '../views/picker/picker.js';
import type { Host, Report, Strange } from '../views/report/report.js';
import { RunControl } from '../views/run/run.js';

/** Callbacks of the page. */
export interface Told {
  /**
   * Called when the user has chosen a proof, or how things are shown; without a `choice`, when the
   * page has.
   */
  chosen(choice?: Choice): void;
  /** Called when a value of the address names nothing that the model has. */
  unknown(name: 'strategy' | keyof Looks, value: string): void;
  /** Opens a file that the page has made. */
  take(file: File): void;
  readAs: ReadAs;
  /** Called when the figure or a view cannot be drawn; `retry` may help. */
  noFigure(why: string, retry?: () => void): void;
}

/** All views of the page. */
export class Page {
  /**
   * Identifier of the chosen proof; null for none. It stays chosen when another model is opened.
   */
  chosen: string | null = null;
  /** How things are shown. */
  looks: Looks = usualLooks();
  /** The model under the distribution; undefined until that is worked out. */
  #weighed: Model | undefined;
  #weigher: Weigher | undefined;
  /** Identifier of the bound that is claimed in place of a proof; null for none. */
  #picked: string | null = null;
  /** Identifier of the proof under the pointer or the focus. */
  #pointed: string | null = null;
  /** The model that the views show. */
  #shown: Model | undefined;
  readonly #models: Models;
  readonly #told: Told;
  readonly #status = get('status', HTMLElement);
  readonly #reading = get('reading', HTMLElement);
  readonly #hint = this.#reading.textContent;
  readonly #whole = get('whole', HTMLButtonElement);
  readonly #filtered = get('filtered', HTMLElement);
  readonly #filteredSaid = get('filtered-said', HTMLElement);
  readonly #run: RunControl;
  readonly #host: Host;
  /** Undefined until it has been fetched. */
  #report: Report | undefined;
  #fetched: Promise<Report> | undefined;
  readonly #frontier: Frontier;
  readonly #legend: Legend;
  readonly #axes: AxesControl;
  readonly #claim: Claim;
  readonly #task: TaskPage;
  /** Answers questions about the model; undefined until a view needs it. */
  #explain: Promise<Explains> | undefined;
  readonly #tabs: Tabs;
  /** Shows how far the queue is, once for all that changes in a task. */
  readonly #showQueue = atEnd(() => {
    this.#run.show();
    this.#report?.queue();
  });
  /** Updates the views that depend on all results, at most ten times a second. */
  readonly #refresh = coalesce(
    () => this.#showProofs(),
    () => this.#bringOut(),
    () => this.#showResults(),
  );

  /** `workers`: number of workers, which the page mentions. */
  constructor(
    task: TaskPage,
    shipped: First,
    workers: number,
    models: Models,
    queue: Queue,
    certificates: () => Promise<Certificates>,
    told: Told,
  ) {
    this.#task = task;
    this.#models = models;
    this.#told = told;
    this.#run = new RunControl(document, models, queue, workers);
    this.#host = {
      task,
      models,
      queue,
      certificates,
      choose: (strategy) => this.choose(strategy),
      look: (looks, choice) => this.look(looks, choice),
      problem: told.noFigure,
      readAs: told.readAs,
    };
    this.#legend = new Legend(get('legend', HTMLElement), (without) => this.look({ without }));
    this.#axes = new AxesControl(get('axes', HTMLElement), (axes) => this.look(axes), told.noFigure, task.compares);
    this.#whole.addEventListener('click', () => this.look({ hide: '' }));
    get('unfilter', HTMLButtonElement).addEventListener('click', () => this.look(UNFILTERED));
    this.#claim = new Claim(document, (budget, settled) => this.#spend(budget, settled));
    this.#tabs = new Tabs(task, () => this.explains(), {
      choose: (strategy) => this.choose(strategy),
      compare: (vs) => this.look({ vs }),
      over: (over) => this.look({ over }),
      problem: told.noFigure,
      askPublished: (proof) => void models.askPublished(proof),
      take: told.take,
      certificate: async (strategy) => {
        const proof = await queue.ask(strategy);
        return proof && (await certificates()).of(proof);
      },
      missing: told.noFigure,
      opened: (view, within) => this.look({ view, ...within }),
      within: (change, choice) => this.look(change, choice),
      refuse: (name) => this.#refuse(name),
      uncertain: (bounds, picked) => {
        models.current.uncertain = bounds;
        this.#picked = picked;
        this.#refresh();
      },
      toTable: () => void this.#toTable(),
    });
    const canvas = get('frontier', HTMLCanvasElement);
    this.#frontier = new Frontier(canvas, shipped, (strategy) => this.#point(strategy), (strategy) => this.choose(strategy), told.noFigure);
    for (const kind of ['pointerover', 'focusin'] as const) {
      addEventListener(kind, ({ target }) => {
        if (!(target instanceof Element)) return;
        const isMark = target.closest('#plane') && !target.closest('#stack');
        if (isMark) return;
        this.#point(target.closest<HTMLElement>('[data-strategy]')?.dataset['strategy'] ?? null);
      });
    }
  }

  /** Shows another model. */
  model(model: Model) {
    // A proof from a certificate belongs to the former model only.
    if (this.#shown?.proofs.some(({ facts, from }) => from && facts.strategy === this.chosen)) this.chosen = null;
    [this.#shown, this.#picked] = [model, null];
    this.#weighed = undefined;
    showOwn(get('own', HTMLElement), model);
    this.#legend.show(model, this.looks.without);
    const { network } = model;
    if (network) void this.#explain?.then((explain) => explain.model(network));
    this.#report?.model(model);
    // Perhaps no proof of the user's model runs unless asked for, which the report offers.
    if (model.source === OWN) void this.report();
    this.#showQueue();
    this.#showTitle();
    this.#askForChosen();
    void this.#refuseStrange();
    this.#refresh();
  }

  /** Shows a proof that has changed. */
  proof(proof: Proof) {
    this.#report?.proof(proof);
    this.#showQueue();
    const { job, facts } = proof;
    // The progress of a running proof is shown by its card, and by the details if it is chosen.
    if (job.state === 'running' && job.done !== 0 && facts.strategy !== this.chosen) return;
    // After a cancel the refresh waits, so that the workers' answers are handled first.
    this.#refresh(job.state === 'cancelled' ? PAUSE : 0);
  }

  /** Shows attention, examples and sampled accuracy of a model. */
  looked(model: Model) {
    this.#report?.looked(model);
    this.#bringOut();
  }

  /** Shows what the page is doing. */
  status(text: string) {
    this.#status.textContent = text;
    this.#showQueue();
  }

  /** Loads the module `plot`, which then draws the figures in place of the shipped picture. */
  async drawFigures() {
    await this.#frontier.live();
    this.#tabs.ready();
    this.#refresh();
  }

  /**
   * Fetches the report and fills it, once. Returns undefined if it does not arrive, and offers to
   * try again.
   */
  async report(): Promise<Report | undefined> {
    this.#fetched ??= import('../views/report/report.js').then(async ({ reportOf }) => this.#fill(await reportOf(this.#host)));
    try {
      return await this.#fetched;
    } catch (error) {
      this.#fetched = undefined;
      this.#told.noFigure(t`Table and details cannot be shown: ${told(error)}`, () => void this.report());
      return undefined;
    }
  }

  #fill(report: Report): Report {
    this.#report = report;
    report.model(this.#models.current);
    report.look(this.looks);
    report.choose(this.chosen);
    this.#refresh();
    return report;
  }

  /** Chooses a proof; one that the model does not list is asked for. */
  choose(strategy: string) {
    const isUncertain = this.#models.current.uncertain.some(({ id }) => id === strategy);
    this.#picked = isUncertain ? strategy : null;
    if (isUncertain) return this.#bringOut();
    this.chosen = strategy;
    this.looks.budget = null;
    this.#showChosen();
    this.#told.chosen('proof');
    this.#askForChosen();
  }

  /** Changes how things are shown, by a `choice` of the user's. */
  look(looks: Partial<Looks>, choice: Choice = 'look') {
    this.#look(looks);
    this.#told.chosen(choice);
  }

  /** Has the view of samples draw again what a certificate says was drawn. */
  redraw(claimed: CertificateFile) {
    this.#models.current.claimed = claimed;
    this.#tabs.open('samples');
    this.look({ view: 'samples' });
  }

  /** Shows what the address says; the proof later if the model that has it is not open yet. */
  restore(strategy: string | null, looks: Looks, isOpen: boolean) {
    this.chosen = strategy;
    const isOther = looks.view !== this.looks.view;
    if (isOther) this.#tabs.open(looks.view);
    this.#look(looks);
    if (isOther && looks.view === 'table') void this.#toTable();
    if (!isOpen) return;
    this.#land();
    this.#showChosen();
    this.#askForChosen();
    void this.#refuseStrange();
  }

  #look(looks: Partial<Looks>) {
    if (looks.over !== undefined && looks.over !== this.looks.over) {
      this.#weighed = undefined;
      this.#refresh();
    }
    const before = this.looks;
    this.looks = { ...before, ...looks };
    document.body.dataset['hide'] = this.looks.hide.replaceAll(',', ' ');
    this.#whole.hidden = !this.looks.hide;
    this.#axes.show(this.looks);
    this.#legend.show(this.#models.current, this.looks.without);
    // Which proofs are shown decides what no other beats.
    if (FILTER.some((name) => before[name] !== this.looks[name])) {
      this.#mark(this.#models.current);
      if (this.#weighed) this.#mark(this.#weighed);
      this.#refresh();
    }
    this.#report?.look(this.looks);
    this.#bringOut();
  }

  /** Lets a proof take `budget` steps. While it is not `settled`, others may follow at once. */
  #spend(budget: number, settled: boolean) {
    this.looks.budget = budget;
    this.#picked = null;
    this.#land();
    this.#showChosen();
    if (settled) this.#told.chosen('proof');
  }

  /** Chooses the best proof within the budget, if there is a budget. */
  #land() {
    const { budget } = this.looks;
    const ladder = ladderOf(this.#seen.proofs);
    if (budget !== null) this.chosen = ladder[rungAt(ladder, budget)]?.facts.strategy ?? null;
  }

  /** Drops what the address asks for and the model does not have. */
  async #refuseStrange() {
    const { vs, family, tags, without, case: opened, smaller, tokens } = this.looks;
    const model = this.#models.current;
    if (!model.bytes || !(vs || family || tags || without || opened || smaller || tokens)) return;
    const strange = await this.report().then((report) => report?.strange(this.looks));
    if (this.#models.current !== model) return;
    for (const name of strange ?? []) this.#refuse(name);
  }

  /** Drops what the model does not have, and says so. */
  #refuse(name: Strange) {
    const value = this.looks[name];
    this.#look({ [name]: '' });
    this.#told.unknown(name, value);
  }

  /** Goes to the table. */
  async #toTable() {
    if (!(await this.report()) || this.looks.view !== 'table') return;
    const title = get('results-title', HTMLElement);
    title.focus({ preventScroll: true });
    title.scrollIntoView();
  }

  /** Closes inputs and cases: another model may not have them. */
  forgetInputs() {
    this.looks = { ...this.looks, case: '', smaller: '', tokens: '' };
  }

  /** The model as sentence and figure show it: under the distribution, if one is on. */
  get #seen(): Model {
    const { current } = this.#models;
    return this.looks.over ? (this.#weighed ?? { ...current, proofs: [], uncertain: [], over: () => t`the chosen inputs` }) : current;
  }

  /** The model as the table shows it: under the distribution once that is worked out. */
  get #listed(): Model {
    return (this.looks.over && this.#weighed) || this.#models.current;
  }

  /** What answers questions about the open model, fetched when it is first needed. */
  explains(): Promise<Explains> {
    const fetched = (this.#explain ??= this.#task.explainer().then((explain) => {
      const { network } = this.#models.current;
      if (network) explain.model(network);
      return explain;
    }));
    // The next call fetches again what did not arrive.
    fetched.catch(() => (this.#explain = undefined));
    return fetched;
  }

  /** Weighs the proofs of the present model, and fetches what does that. */
  async #weigh() {
    if (!this.looks.over && !this.#weigher) return;
    try {
      this.#weigher ??= await this.#task.weigher?.(await this.explains(), {
        changed: this.#refresh,
        end: () => this.look({ over: '' }),
        refused: this.#told.noFigure,
      });
      this.#weighed = this.#weigher?.seen(this.#models.current, this.looks.over);
      if (!this.#weighed) return;
      this.#mark(this.#weighed);
      this.#report?.results(this.#listed, this.chosen);
      this.#bringOut();
    } catch (error) {
      this.#told.noFigure(t`Inputs cannot be weighed: ${told(error)}`, () => void this.#weigh());
    }
  }

  /** Marks the frontiers of what is shown of a model. */
  #mark(model: Model) {
    this.#frontier.mark(model, passes({ ...this.looks, only: 'all' }));
  }

  /** The figure in another size. */
  picture(size: { width: number; height: number }) {
    return this.#frontier.picture(size);
  }

  /**
   * The proof that everything is shown of: the chosen one or, while none is, one that leaves
   * something to win.
   */
  get current(): Proof | undefined {
    const { proofs } = this.#seen;
    return this.chosen === null ? this.#task.start(ladderOf(proofs)) : findIn(proofs, this.chosen);
  }

  #showChosen() {
    this.#report?.choose(this.chosen);
    this.#bringOut();
    this.#showTitle();
  }

  /** Adds the chosen proof to the model if necessary; drops a choice that names no strategy. */
  #askForChosen() {
    const { chosen } = this;
    if (chosen === null || !this.#models.current.bytes || this.#models.find(chosen)) return;
    const unknown = () => {
      if (this.chosen === chosen) {
        this.chosen = null;
        this.#showChosen();
      }
      this.#told.unknown('strategy', chosen);
    };
    void this.report().then((report) => report?.ask(chosen, unknown));
  }

  /** Sets the proof under the pointer. */
  #point(strategy: string | null) {
    if (strategy === this.#pointed) return;
    this.#pointed = strategy;
    this.#bringOut();
  }

  /** Highlights the proof under the pointer, or else the chosen one, in all views. */
  #bringOut() {
    const strategy = this.#pointed ?? this.#picked ?? this.chosen;
    this.#report?.point(this.#pointed, this.chosen);
    const { over } = this.looks;
    const model = this.#seen;
    const current = this.current;
    const budget = current?.outcome?.flops ?? null;
    this.#frontier.show({
      model,
      ringed: strategy ?? current?.facts.strategy ?? null,
      chosen: this.#picked ?? current?.facts.strategy ?? null,
      budget,
      axes: this.looks,
      // Of other models, only what they prove of all inputs is known.
      compared: over ? { others: [], spread: [], said: [] } : this.#axes.compared(this.looks, model, budget),
      passes: passes(this.looks),
    });
    const link = (named: Named) =>
      hashOf({ model: named, strategy: current?.facts.strategy ?? null, looks: { ...this.looks, budget: null } });
    this.#axes.instead(this.looks.scale === 'ratio' ? { model, proof: current, link } : undefined);
    const left = model.proofs.filter(passes(this.looks));
    const isFiltered = left.length < model.proofs.length;
    const uncertain = (id: string | null) => model.uncertain.find((bound) => bound.id === id);
    this.#claim.show(model, current, this.looks.budget, isFiltered, current && this.#report?.nameOf(current), uncertain(this.#picked));
    this.#sayFiltered(left, isFiltered, current);
    // The views are about proofs as they are.
    const chosen = this.#models.find(current?.facts.strategy ?? this.chosen);
    this.#tabs.show({
      model: this.#models.current,
      chosen,
      picked: this.#picked,
      pointed: this.#pointed,
      vs: this.looks.vs,
      over,
      within: this.looks,
      weighed: model,
    });
    const proof = findIn(model.proofs, strategy);
    if (!proof?.outcome) {
      this.#reading.textContent = uncertain(strategy)?.against ?? this.#hint;
      return;
    }
    const { facts, outcome } = proof;
    const claim = t`at least ${percent(outcome.percent)} of ${model.over?.(proof) ?? t`all inputs`}, proven with ${steps(outcome.flops)} FLOPs`;
    this.#reading.textContent = `${capital(facts.label)}: ${claim}. ${facts.idea}`;
  }

  /** Says above the figure which proofs are shown. */
  #sayFiltered(left: readonly Proof[], isFiltered: boolean, current: Proof | undefined) {
    this.#filtered.hidden = !isFiltered;
    if (!isFiltered) return;
    const model = this.#models.current;
    const beside = current && !left.includes(current) ? [t`The chosen proof is none of them.`] : [];
    const said = [t`${left.length} of ${model.proofs.length} proofs are shown, ${asked(this.looks, model)}.`, ...beside].join(' ');
    if (this.#filteredSaid.textContent !== said) this.#filteredSaid.textContent = said;
  }

  /** Marks the proofs on the frontier and shows the table. */
  #showProofs() {
    this.#mark(this.#models.current);
    this.#legend.show(this.#models.current, this.looks.without);
    void this.#weigh();
    const { chosen } = this;
    this.#land();
    if (this.chosen !== chosen) this.#showChosen();
    this.#report?.results(this.#listed, this.chosen);
  }

  /** Shows the views that summarise the results. */
  #showResults() {
    const { current } = this.#models;
    this.#report?.summary(this.#frontier.metrics(current), this.chosen);
  }

  /** Puts the chosen proof and the model into the title, to tell tabs apart. */
  #showTitle() {
    const proof = this.#models.find(this.chosen);
    const parts = [...(proof ? [capital(proof.facts.label)] : []), this.#models.current.facts.file, t`Compact proofs`];
    document.title = parts.join(' · ');
  }
}

const findIn = (proofs: readonly Proof[], strategy: string | null) => proofs.find(({ facts }) => facts.strategy === strategy);
