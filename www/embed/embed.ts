/** One embed: the page's own views of one model, in the root of an element. */

import { inscribe, t, tag } from '../languages/language.js';
import { ladderOf, rungAt } from '../state/ladder.js';
import { isBusy, isDone, type Model, type Proof, type View } from '../state/model.js';
import type { Outcome } from '../pkg/prove.js';
import { coalesce } from '../ui/coalesce.js';
import { get, make, rootOf } from '../ui/element.js';
import { told as reasonOf } from '../ui/format.js';
import { save } from '../ui/save.js';
import { Claim } from '../views/claim/claim.js';
import claimHtml from '../views/claim/claim.html?raw';
import { Frontier } from '../views/frontier/frontier.js';
import frontierHtml from '../views/frontier/frontier.html?raw';
import { Legend } from '../views/frontier/legend.js';
import { RunControl } from '../views/run/run.js';
import runHtml from '../views/run/run.html?raw';
import html from './embed.html?raw';
import { NOTHING_WITHIN, type Within } from '../views/view.js';
import { Panels } from './panels.js';
import { isPlotted, moreAt, taken } from './place.js';
import { type Session, workers } from './session.js';
import { type Switches, viewsOf, without } from './switches.js';

/** What an embed tells its element. */
export interface Told {
  /** A person has chosen a proof. */
  chosen(proof: Proof): void;
  /** A proof has been proven here. */
  proven(proof: Proof & { outcome: Outcome }): void;
  /** All proofs that were to run have run. */
  done(): void;
}

// A page has its own landmarks: those of several embeds would be in its reader's way.
const HTML = html
  .replace('<!-- claim -->', claimHtml)
  .replace('<!-- frontier -->', frontierHtml)
  .replace('<!-- run -->', runHtml)
  .replaceAll(/<section([^>]*) aria-label="[^"]*"/g, '<section$1');

export class Embed implements View {
  /** Everything that is shown. */
  readonly element = make('div', { class: 'embed', lang: tag, role: 'group', 'aria-label': t`Compact proofs` });
  readonly #session: Session;
  readonly #told: Told;
  readonly #alert: HTMLElement;
  readonly #claim: Claim;
  readonly #frontier: Frontier;
  readonly #legend: Legend;
  readonly #run: RunControl;
  readonly #panels: Panels;
  readonly #link: HTMLAnchorElement;
  #switches: Switches;
  /** Identifier of the chosen proof; empty for one that leaves something to win. */
  #chosen: string;
  #budget: number | null;
  #vs: string;
  #within: Within = NOTHING_WITHIN;
  #hidden = '';
  #pointed: string | null = null;
  /** Identifier of the bound that is claimed in place of a proof; null for none. */
  #picked: string | null = null;
  #isPlotting = false;
  readonly #refresh = coalesce(() => this.#showAll());

  /** Shows the session in `root`, in place of what is there. */
  constructor(root: ShadowRoot, session: Session, switches: Switches, told: Told) {
    this.#session = session;
    this.#told = told;
    this.#switches = switches;
    [this.#chosen, this.#budget, this.#vs] = [switches.proof, switches.budget, switches.vs];
    this.element.innerHTML = HTML;
    inscribe(this.element);
    root.replaceChildren(this.element);
    this.#alert = this.element.querySelector<HTMLElement>('.problem') as HTMLElement;
    this.#claim = new Claim(root, (budget, settled) => this.#spend(budget, settled));
    const fail = (why: string) => this.problem(why);
    this.#frontier = new Frontier(
      get('frontier', HTMLCanvasElement, root),
      session.shipped,
      (id) => this.#point(id),
      (id) => this.choose(id),
      fail,
    );
    this.#legend = new Legend(get('legend', HTMLElement, root), (hidden) => {
      this.#hidden = hidden;
      this.#show();
    });
    const start = () => void session.start();
    this.#run = new RunControl(root, session.models, session.queue, workers, start);
    this.#link = make('a', { class: 'more', target: '_blank', rel: 'noopener' }, t`All proofs and views`);
    get('run', HTMLButtonElement, root).parentElement?.append(this.#link);
    if (taken) this.element.append(make('p', { class: 'hint' }, taken));
    const panel = this.element.querySelector<HTMLElement>('.view') as HTMLElement;
    this.#panels = new Panels(panel, session, {
      choose: (id) => this.choose(id),
      compare: (vs) => {
        this.#vs = vs;
        this.#show();
      },
      // What a view makes goes to the reader: an embed keeps to its own model.
      take: (file) => save(file.name, file),
      over: () => {},
      within: (change) => {
        this.#within = { ...this.#within, ...change };
        this.#show();
      },
      problem: fail,
      uncertain: (bounds, picked) => {
        session.models.current.uncertain = bounds;
        this.#picked = picked;
        this.#refresh();
      },
    });
    // What words mean is fetched when it is asked for.
    this.element.addEventListener('click', ({ target }) => {
      const word = target instanceof Element ? target.closest<HTMLElement>('[data-word]') : null;
      if (word) void this.#explainWord(word).catch((error: unknown) => fail(reasonOf(error)));
    });
    this.element.addEventListener('pointerover', ({ target }) => {
      if (target instanceof Element && target.closest('#plane') && !target.closest('#stack')) return;
      this.#point(target instanceof Element ? (target.closest<HTMLElement>('[data-strategy]')?.dataset['strategy'] ?? null) : null);
    });
    this.switch(switches);
    if (session.isKnown) this.#showAll();
    else this.#wait();
  }

  /** Takes other switches, for the same weights. */
  switch(switches: Switches) {
    const before = this.#switches;
    this.#switches = switches;
    if (switches.proof !== before.proof) [this.#chosen, this.#budget] = [switches.proof, null];
    if (switches.budget !== before.budget) this.#budget = switches.budget;
    if (switches.vs !== before.vs) this.#vs = switches.vs;
    this.element.dataset['without'] = without(switches).join(' ');
    const views = switches.start === 'never' ? [] : viewsOf(switches);
    this.#panels.open(views);
    if (this.#session.isKnown) this.#show();
  }

  /** Chooses a proof, as a person does. */
  choose(id: string) {
    const isUncertain = this.#session.models.current.uncertain.some((bound) => bound.id === id);
    this.#picked = isUncertain ? id : null;
    if (isUncertain) return this.#show();
    this.#budget = null;
    this.#chosen = id;
    this.#show();
    this.#tellChosen();
  }

  model(model: Model) {
    this.#legend.show(model, this.#hidden);
    this.#showAll();
    this.#askForChosen();
  }

  proof(proof: Proof) {
    this.#run.show();
    if (isDone(proof)) {
      void this.#plot();
      if (proof.outcome) this.#told.proven({ ...proof, outcome: proof.outcome });
      if (!this.#session.queue.progress.busy) this.#told.done();
    }
    if (!isBusy(proof)) this.#refresh();
  }

  looked() {
    this.#refresh();
  }

  status() {
    if (this.#session.isKnown) this.#run.show();
  }

  elsewhere(task: string, { file }: { file: string }) {
    this.problem(t`${file} is of another task: its switch is task="${task}".`);
  }

  problem(text: string | undefined, retry?: () => void) {
    this.#alert.hidden = !text;
    const again = make('button', { type: 'button' }, t`Try again`);
    again.addEventListener('click', () => {
      this.#alert.hidden = true;
      retry?.();
    });
    this.#alert.replaceChildren(make('span', {}, text ?? ''), ...(retry ? [again] : []));
  }

  async #explainWord(word: HTMLElement) {
    const [{ explain }, words] = await Promise.all([import('../views/glossary/glossary.js'), this.#session.task.words?.()]);
    explain(word, words);
  }

  /** Draws in this browser, once it has proven something itself. */
  async #plot() {
    if (this.#isPlotting) return;
    this.#isPlotting = true;
    try {
      if (isPlotted) await this.#frontier.live();
      this.#panels.ready();
      this.#refresh();
    } catch (error) {
      this.problem(reasonOf(error), () => {
        this.#isPlotting = false;
        void this.#plot();
      });
    }
  }

  /** Says that nothing is known yet. */
  #wait() {
    const root = rootOf(this.element);
    get('claim', HTMLElement, root).textContent = t`Nothing is proven yet.`;
    get('run', HTMLButtonElement, root).disabled = false;
    this.#link.hidden = true;
  }

  #spend(budget: number, settled: boolean) {
    [this.#budget, this.#picked] = [budget, null];
    this.#show();
    if (settled) this.#tellChosen();
  }

  #tellChosen() {
    const proof = this.#current;
    if (proof) this.#told.chosen(proof);
  }

  #point(id: string | null) {
    if (id === this.#pointed) return;
    this.#pointed = id;
    this.#show();
  }

  /** The proof that everything is shown of. */
  get #current(): Proof | undefined {
    const { proofs } = this.#session.models.current;
    const ladder = ladderOf(proofs);
    if (this.#budget !== null && ladder.length) return ladder[rungAt(ladder, this.#budget)];
    return this.#session.models.find(this.#chosen) ?? this.#session.task.start(ladder);
  }

  /** Adds the chosen proof to the model if it does not list it. */
  #askForChosen() {
    const { models, queue } = this.#session;
    if (!this.#chosen || models.find(this.#chosen)) return;
    queue
      .ask(this.#chosen)
      .then(this.#refresh.bind(undefined, 0), () => this.problem(t`proof="${this.#chosen.slice(0, 80)}" is no proof of this model.`));
  }

  /** Shows results that are new. */
  #showAll() {
    const model = this.#session.models.current;
    this.#frontier.mark(model);
    this.#show();
  }

  #show() {
    if (!this.#session.isKnown) return;
    const model = this.#session.models.current;
    const chosen = this.#current;
    const id = chosen?.facts.strategy ?? null;
    const hidden = this.#hidden.split(',');
    this.#legend.show(model, this.#hidden);
    const picked = model.uncertain.find((bound) => bound.id === this.#picked);
    this.#claim.show(model, chosen, this.#budget, false, undefined, picked);
    this.#frontier.show({
      model,
      ringed: this.#pointed ?? picked?.id ?? id,
      chosen: picked?.id ?? id,
      budget: chosen?.outcome?.flops ?? null,
      axes: { zoom: 'crowd', scale: 'accuracy', with: '', spread: '0' },
      compared: { others: [], spread: [], said: [] },
      passes: ({ facts }) => !hidden.includes(facts.class),
    });
    this.#panels.show({
      model,
      chosen,
      picked: this.#picked,
      pointed: this.#pointed,
      vs: this.#vs,
      over: '',
      within: this.#within,
      weighed: model,
    });
    this.#run.show();
    this.#showLink();
  }

  #showLink() {
    const address = moreAt(this.#session.models.current, this.#switches, this.#current?.facts.strategy);
    this.#link.hidden = address === undefined;
    if (address !== undefined) this.#link.href = address;
  }
}
