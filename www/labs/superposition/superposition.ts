/**
 * The lab of superposition: trains dictionaries with each sparsity penalty, and compares how long
 * proofs from them are.
 */

import './superposition.css';
import { WORKERS } from '../../app/address.js';
import { Cancelled } from '../../engine/client.js';
import { nodes, t } from '../../languages/language.js';
import type { DictionaryState, ProofSettings } from '../../pkg/superposition.js';
import { coalesce } from '../../ui/coalesce.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';
import { followTerms } from '../../views/glossary/terms.js';
import type { LabHost } from '../lab.js';
import { isLink } from '../settings.js';
import { brought } from './brought.js';
import { atEqualError, type Spot } from './compare.js';
import { Controls } from './controls.js';
import { word, WORDS } from './glossary.js';
import { PENALTIES, type Strength, STRENGTHS } from './penalties.js';
import { Picture } from './picture.js';
import { Run } from './run.js';
import { FIELDS, labOf, read, type Settings } from './settings.js';
import { showDictionary, showToy, Tile, titleOf } from './tiles.js';
import { Trainers } from './trainers.js';
import { claim, winner } from './verdict.js';

/** Tokens of the proof of each dictionary. */
const TOKENS = 1000;
/** Steps that the button makes. */
const FEW = 10;

export function open(parent: HTMLElement, host: LabHost) {
  const refused: string[] = [];
  const page = new Page(parent, host, read(location, (problem) => refused.push(problem)));
  if (isLink(FIELDS)) page.start();
  if (refused.length) host.problem(refused.join('\n'));
}

class Page {
  readonly #host: LabHost;
  readonly #controls: Controls;
  readonly #trainers: Trainers;
  readonly #start = make('button', { type: 'button', class: 'primary' });
  readonly #pause = make('button', { type: 'button', disabled: '' }, t`Pause`);
  readonly #step = make('button', { type: 'button', disabled: '' }, t`${FEW} steps`);
  readonly #reset = make('button', { type: 'button', disabled: '' }, t`Reset`);
  readonly #bar = make('progress', { max: '1', value: '0', 'aria-label': t`Training` });
  readonly #said = make('p', { class: 'state' });
  readonly #verdict = make('p', { class: 'verdict', 'aria-live': 'polite' });
  readonly #claim = make('p', { class: 'claimed' });
  readonly #picture: Picture;
  readonly #strength = make(
    'select',
    { id: 'strength' },
    ...STRENGTHS.map((each) => make('option', { value: String(each) }, t`${each} × usual`)),
  );
  readonly #toy: Tile;
  readonly #tiles = new Map(PENALTIES.map((facts) => [facts, new Tile(titleOf(facts), (why) => this.#host.problem(why))]));
  readonly #live: HTMLElement;
  readonly #closer = make('section', { class: 'closer', 'aria-label': t`One dictionary, closely` });
  /** Shows what is new, ten times a second at most, in several short tasks. */
  readonly #show = coalesce(...this.#shows());
  /** How the trained dictionaries are proven. */
  #proof: ProofSettings = { tokens: TOKENS, seed: 0, refit: false };
  #run: Run | undefined;
  #chosen: Spot | undefined;
  #isPaused = false;

  constructor(parent: HTMLElement, host: LabHost, settings: Settings) {
    this.#host = host;
    this.#strength.value = settings.strength;
    this.#toy = new Tile([t`The network`], (why) => host.problem(why));
    this.#controls = new Controls(
      settings,
      () => this.#changed(),
      (why) => host.problem(why || undefined),
    );
    this.#picture = new Picture(
      settings.look,
      (look) => this.#controls.note({ look }),
      (spot) => this.#choose(spot),
      (why) => host.problem(why),
    );
    this.#trainers = new Trainers(
      (answer) => {
        this.#run?.hear(answer);
        this.#show();
      },
      (why) => this.#failed(why),
    );
    this.#live = make('div', { class: 'tiles' });
    const terms = make('details', { class: 'terms' }, make('summary', {}, t`Words and symbols here`));
    const root = make('div', { class: 'superposition' });
    const about = make(
      'details',
      { class: 'about' },
      make('summary', {}, t`What is proven, and how long such proofs are for large models`),
    );
    about.addEventListener('toggle', () => void this.#explain(about), { once: true });
    root.append(
      make('h2', {}, t`Superposition: which sparsity penalty leaves short proofs?`),
      make(
        'p',
        { class: 'lead' },
        ...nodes`A network in ${word('superposition')} keeps more features than it has dimensions. A ${word('dictionary')} takes them apart again, and a proof can go case by case: which of its ${word('latent', t`latents`)} are active? ${word('case', t`Cases`)} multiply: with 2 active ones there are 3 cases in a layer, and 3⁸ = 6,561 in eight. So training adds a ${word('penalty')} on active latents. Which one leaves the shortest proof at equal error?`,
      ),
      make('div', { class: 'buttons' }, this.#start, this.#pause, this.#step, this.#reset, this.#bar),
      this.#said,
      this.#controls.element,
      this.#verdict,
      this.#claim,
      this.#picture.element,
      make(
        'section',
        { class: 'live', 'aria-label': t`What is trained` },
        make('h2', {}, t`What is trained`),
        make('p', { class: 'choice' }, make('label', { for: 'strength' }, t`Strength of the penalty`), this.#strength),
        this.#live,
      ),
      this.#closer,
      brought(),
      about,
      terms,
    );
    parent.replaceChildren(root);
    followTerms(terms, root, WORDS);
    this.#listen(root);
    this.#changed();
  }

  /** Trains what is chosen, from the beginning. */
  start() {
    const { settings } = this.#controls;
    this.#forget();
    const run = new Run(settings);
    this.#run = run;
    this.#proof = { tokens: TOKENS, seed: settings.seed, refit: settings.amplitudes === 'fitted' };
    const jobs = run.seeds.map((seed) => ({ seed, settings: labOf(settings, run.plan, seed), proof: this.#proof }));
    const workers = WORKERS.read(location, { cores: navigator.hardwareConcurrency }, (why) => this.#host.problem(why));
    this.#host.problem(undefined);
    this.#trainers.start(jobs, workers, this.#watched()).catch((error: unknown) => {
      if (!(error instanceof Cancelled)) this.#failed(told(error));
    });
    this.#show();
  }

  #listen(root: HTMLElement) {
    this.#start.addEventListener('click', () => this.start());
    this.#pause.addEventListener('click', () => this.#setPaused(!this.#isPaused));
    this.#step.addEventListener('click', () => {
      this.#setPaused(true);
      this.#trainers.steps(FEW);
    });
    this.#reset.addEventListener('click', () => {
      this.#forget();
      this.#showNow();
    });
    this.#strength.addEventListener('change', () => {
      this.#controls.note({ strength: this.#strength.value as Strength });
      this.#watch();
    });
    root.addEventListener('click', ({ target }) => {
      const pressed = target instanceof Element ? target.closest<HTMLElement>('[data-word]') : null;
      if (pressed)
        void import('../../views/glossary/glossary.js').then(
          ({ explain }) => explain(pressed, WORDS),
          (error: unknown) => this.#host.problem(told(error)),
        );
    });
  }

  /** Drops what has been trained. */
  #forget() {
    this.#trainers.stop();
    [this.#run, this.#chosen, this.#isPaused] = [undefined, undefined, false];
    this.#closer.replaceChildren();
    this.#pause.textContent = t`Pause`;
  }

  #setPaused(isPaused: boolean) {
    this.#isPaused = isPaused;
    this.#pause.textContent = isPaused ? t`Go on` : t`Pause`;
    if (isPaused) this.#trainers.pause();
    else this.#trainers.go();
  }

  #failed(why: string) {
    this.#forget();
    this.#showNow();
    this.#host.problem(why, () => this.start());
  }

  /** Other settings are chosen: what they would train; the present results stay until then. */
  #changed() {
    const run = new Run(this.#controls.settings);
    const facts = new Set(run.plan.map((each) => each.facts));
    const isUsual = this.#controls.settings.kind === 'autoencoder' && facts.size === 4;
    this.#start.textContent = isUsual ? t`Train four autoencoders` : t`Train ${facts.size} dictionaries`;
    if (!this.#run) this.#showNow();
  }

  /** The dictionaries of the shown strength. */
  #watched(): number[] {
    const run = this.#run;
    const strength = this.#controls.settings.kind === 'matryoshka' ? 1 : Number(this.#strength.value);
    return run ? PENALTIES.map((facts) => run.indexOf(facts, strength)).filter((index) => index >= 0) : [];
  }

  /**
   * Shows the dictionaries of another strength: while they are trained the worker tells of them,
   * then it is asked.
   */
  #watch() {
    const run = this.#run;
    if (!run) return;
    const watched = this.#watched();
    if (run.progress?.stage !== 'done') this.#trainers.watch(watched);
    for (const index of run.progress?.stage === 'toy' ? [] : watched) {
      this.#trainers.ask<DictionaryState>('dictionary', run.seeds[0], index).then(
        (state) => {
          run.states.set(index, state);
          this.#show();
        },
        (error: unknown) => error instanceof Cancelled || this.#host.problem(told(error)),
      );
    }
  }

  #shows() {
    return [() => this.#tell(), () => this.#picture.show(this.#run?.results ?? [], this.#chosen), () => this.#showTiles()];
  }

  #showNow() {
    for (const show of this.#shows()) show();
  }

  #tell() {
    const run = this.#run;
    const isBusy = !!run && !run.isDone;
    for (const button of [this.#pause, this.#step]) button.disabled = !isBusy;
    this.#reset.disabled = !run;
    this.#bar.value = run?.share ?? 0;
    this.#said.textContent = this.#inWords(run);
    const comparison = run && atEqualError(run.trained, run.plan.length);
    const verdict = comparison ? winner(comparison) : '';
    if (this.#verdict.textContent !== verdict) this.#verdict.textContent = verdict;
    this.#claim.textContent = comparison ? claim(comparison) : '';
  }

  #inWords(run: Run | undefined): string {
    const { plan, seeds } = run ?? new Run(this.#controls.settings);
    const all = plan.length * seeds.length;
    if (!run)
      return t`Trains ${all} dictionaries in your browser: each penalty at ${new Set(plan.map(({ strength }) => strength)).size} strengths, on networks of ${seeds.length} seeds.`;
    const { trained, progress } = run;
    if (run.isDone) return t`${all} dictionaries are trained and proven. Press a mark to look closer.`;
    if (!progress) return t`The program is fetched …`;
    const { stage, toy, dictionaries } = progress;
    if (stage === 'toy') return t`The network is trained: step ${toy.step} of ${toy.steps}.`;
    const step = Math.min(...dictionaries.map((each) => each.step));
    return t`Dictionaries of the first seed: step ${step} of ${dictionaries[0]?.steps ?? 0}. ${trained.length} of all ${all} are trained and proven.`;
  }

  #showTiles() {
    const run = this.#run;
    const watched = new Map(this.#watched().map((index) => [run?.plan[index]?.facts, index]));
    const shown = PENALTIES.filter((facts) => watched.has(facts));
    const tiles = run ? [this.#toy, ...shown.flatMap((facts) => this.#tiles.get(facts) ?? [])] : [];
    const elements = tiles.map(({ element }) => element);
    if (elements.some((element, i) => this.#live.children[i] !== element) || this.#live.childElementCount !== elements.length)
      this.#live.replaceChildren(...elements);
    this.#live.parentElement!.hidden = !run;
    if (!run) return;
    if (run.toy) showToy(this.#toy, run.toy, run.progress?.toy.loss);
    for (const [facts, index] of watched) {
      const [state, tile] = [run.states.get(index), facts && this.#tiles.get(facts)];
      if (facts && state && tile) showDictionary(tile, facts, state, run.toy, run.result(run.seeds[0] ?? 0, index)?.measures.at(-1));
    }
  }

  #choose(spot: Spot) {
    this.#chosen = spot;
    this.#show();
    import('./closer.js').then(
      ({ lookCloser }) =>
        lookCloser(this.#closer, spot, {
          ask: (...question) => this.#trainers.ask(...question),
          proof: this.#proof,
          problem: (why) => this.#host.problem(why),
        }),
      (error: unknown) => this.#host.problem(told(error), () => this.#choose(spot)),
    );
  }

  async #explain(about: HTMLDetailsElement) {
    try {
      (await import('./about.js')).explain(about, () => this.#trainers.ask('literature'));
    } catch (error) {
      this.#host.problem(told(error));
    }
  }
}
