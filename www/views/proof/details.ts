/** A closer look at the chosen proof. */

import { inWords } from '../../engine/check.js';
import { t, translated } from '../../languages/language.js';
import { COLUMNS } from '../results/columns.js';
import { breakable, make } from '../../ui/element.js';
import { capital, count, percent, scientific, steps, told } from '../../ui/format.js';
import { kind, word } from '../../ui/word.js';
import type { Word } from '../glossary/words.js';
import { describe } from '../proofs/describe.js';
import type { ProvenCheck } from '../proven/proven.js';
import type { TheoremBox } from '../proven/theorem.js';
import { isBusy, type Model, type Proof } from '../../state/model.js';
import { exactOf, sidesOf } from '../../state/sides.js';
import { ofOne, shortfall } from '../sides/sides.js';

/** What is asked for here of a proof. */
export interface Asked {
  run(proof: Proof): void;
  cancel(proof: Proof): void;
  compare(proof: Proof): void;
  save(proof: Proof): void;
  check(proof: Proof): void;
  stopCheck(proof: Proof): void;
  problem(text: string): void;
}

/** What is shown of a proof whose name is a technical word. */
const WORDS = new Map<string, Word>([
  [t`Accuracy at least`, 'bound'],
  ['FLOPs', 'steps'],
  [t`Unexplained dimension`, 'unexplained dimension'],
  [t`On the frontier`, 'frontier'],
  [t`Direct path`, 'direct path'],
  [t`Centred attention`, 'centred'],
  [t`Error of attention`, 'attention error'],
  [t`Left out by its gaps`, 'gap'],
]);

export class Details {
  readonly #title = make('h3');
  readonly #identifier = make('p', { class: 'identifier' });
  readonly #idea = make('p', { class: 'idea' });
  readonly #numbers = make('dl', { class: 'numbers' });
  readonly #state = make('p', { class: 'state' });
  /** Runs, cancels or retries a proof that is not done. */
  readonly #run = make('button', { type: 'button' });
  readonly #sides = make('p', { class: 'two-sided' });
  readonly #shortfall = make('p', { class: 'two-sided' });
  readonly #steps = make('table', { class: 'steps', role: 'table' });
  readonly #button = make('button', { type: 'button' }, t`Compare with the published formula`);
  readonly #published = make('p', { class: 'published', 'aria-live': 'polite' });
  readonly #exact = kind('exact');
  readonly #proven = kind('proven');
  readonly #claimed = kind('published');
  /** What the numbers say, so that they stay, with their focus, while they say the same. */
  #said = '';
  readonly #rounding = make('p', { class: 'rounding' });
  readonly #save = make('button', { type: 'button' }, t`Download certificate`);
  readonly #check = make('button', { type: 'button' });
  readonly #bar = make('progress', { max: '1', 'aria-label': t`Progress of the independent check` });
  readonly #verdict = make('p', { class: 'verdict', 'aria-live': 'polite' });
  /** Starts the program that Coq proves correct, and stops it. */
  readonly #derive = make('button', { type: 'button' }, t`Check with the proven program`);
  readonly #assurance = make('div', { class: 'assurance' }, this.#save, this.#check, this.#derive, this.#bar, this.#verdict);
  #proving: Promise<ProvenCheck> | undefined;
  /**
   * The theorem from which the bound follows; undefined if it could not be fetched, and nothing is
   * said of it.
   */
  #theorem: Promise<TheoremBox | undefined> | undefined;
  #proof: Proof | undefined;
  #model: Model | undefined;

  constructor(parent: HTMLElement, asked: Asked) {
    const { run, cancel, compare, save, check, stopCheck } = asked;
    this.#run.addEventListener('click', () => this.#proof && (isBusy(this.#proof) ? cancel : run)(this.#proof));
    this.#button.addEventListener('click', () => this.#proof && compare(this.#proof));
    this.#save.addEventListener('click', () => this.#proof && save(this.#proof));
    this.#check.addEventListener('click', () => {
      if (this.#proof?.checking?.state === 'running') stopCheck(this.#proof);
      else if (this.#proof) check(this.#proof);
    });
    this.#derive.addEventListener('click', () => void this.#prove(asked));
    const comparison = make('div', { class: 'comparison' }, this.#button, this.#claimed, this.#published);
    parent.append(
      this.#title,
      make('p', { class: 'kinds' }, this.#exact, this.#proven),
      this.#identifier,
      this.#idea,
      make('div', { class: 'job' }, this.#state, this.#run),
      this.#sides,
      this.#shortfall,
      this.#rounding,
      this.#steps,
      this.#numbers,
      this.#assurance,
      comparison,
    );
  }

  show(proof: Proof | undefined, model: Model) {
    const { bytes, facts, proofs } = model;
    this.#proof = proof;
    this.#model = model;
    void this.#proving?.then((check) => check.show(proof, model));
    if (proof) this.#theorem ??= this.#box();
    void this.#theorem?.then((box) => box?.show(this.#proof, this.#model ?? model));
    for (const part of [this.#identifier, this.#idea, this.#numbers, this.#state, this.#assurance]) part.hidden = !proof;
    this.#button.hidden = !proof?.facts.has_published_count || !!proof.from;
    this.#button.disabled = !bytes;
    this.#claimed.hidden = proof?.published === undefined;
    const { correct, most_correct } = proof?.outcome ?? {};
    this.#exact.hidden = correct === undefined || correct !== most_correct;
    this.#proven.hidden = correct === undefined || correct === most_correct;
    this.#title.textContent = proof ? capital(proof.facts.label) : t`No proof is chosen`;
    this.#published.textContent = proof
      ? claim(proof)
      : t`Choose a row of the table or a mark of the figure to see all that is known of it.`;
    // Done, or nothing that this browser could do.
    this.#run.hidden = !proof || !!proof.from || proof.facts.refused !== null || (proof.job.state === 'idle' && !!proof.outcome);
    this.#run.disabled = !bytes;
    if (proof) this.#run.textContent = isBusy(proof) ? t`Cancel` : proof.job.state === 'idle' ? t`Run` : t`Try again`;
    for (const part of [this.#sides, this.#shortfall, this.#rounding, this.#steps]) part.hidden = true;
    if (!proof) return;
    const { strategy, idea, class: kind, tags } = proof.facts;
    this.#identifier.replaceChildren(
      ...(proof.from ? (proof.outcome?.strategy ?? '') : strategy).split(/(?<=-)/).flatMap((part) => [part, make('wbr')]),
    );
    this.#idea.textContent = idea;
    // What the numbers below do not say.
    const known = proof.job.state === 'idle' && proof.outcome && !proof.shipped && !proof.from;
    this.#state.textContent = known ? '' : describe(proof);
    say(this.#sides, ofOne(proof));
    say(this.#shortfall, shortfall(proof, model));
    say(this.#rounding, rounding(proof));
    this.#showAssurance(proof, model);
    this.#showSteps(proof);
    const ofClass = facts.classes.find((each) => each.class === kind);
    const choices = tags.map(({ name, value }): [string, string] => [translated(name), translated(value)]);
    const numbers = COLUMNS.map(({ title, cell }): [string, Node | string] => [title, cell(proof) || '–']);
    const exact = exactOf(sidesOf(proofs));
    const more = [...ofTheTruth(proof, exact?.count), ...leftOut(proof), ...above(proof)];
    const entries: [string, Node | string][] = [
      [t`Class`, ofClass?.label ?? kind],
      [t`Grows as`, ofClass?.complexity ?? '–'],
      ...choices,
      ...numbers,
      ...more,
    ];
    const shown = entries.map(([term, value]) => {
      const name = WORDS.get(term);
      return make(
        'div',
        {},
        make('dt', {}, name ? word(name, term) : term),
        make('dd', {}, typeof value === 'string' ? breakable(value) : value),
      );
    });
    const said = shown.map((entry) => entry.textContent).join('\n');
    if (said === this.#said) return;
    this.#said = said;
    this.#numbers.replaceChildren(...shown);
  }

  async #box() {
    try {
      const { TheoremBox } = await import('../proven/theorem.js');
      const box = new TheoremBox();
      this.#assurance.before(box.element);
      return box;
    } catch {
      this.#theorem = undefined;
      return undefined;
    }
  }

  /** Counts with the proven program, or stops it; fetches what shows it the first time. */
  async #prove({ problem }: Asked) {
    this.#proving ??= import('../proven/proven.js').then(({ ProvenCheck }) => {
      const check = new ProvenCheck(this.#derive);
      this.#assurance.after(check.element);
      return check;
    });
    try {
      const check = await this.#proving;
      if (this.#model) check.show(this.#proof, this.#model);
      await check.press();
    } catch (error) {
      this.#proving = undefined;
      problem(t`The proven program cannot be shown: ${told(error)}`);
    }
  }

  #showAssurance(proof: Proof, { bytes, task: { checkers } }: Model) {
    this.#check.hidden = !checkers.includes('independent');
    this.#derive.hidden = !checkers.includes('proven');
    const { checking, outcome, from } = proof;
    const isChecked = checking?.state === 'running';
    this.#save.hidden = !!from;
    this.#save.disabled = !bytes || !outcome || isBusy(proof) || isChecked;
    this.#check.disabled = !isChecked && (!bytes || !outcome || isBusy(proof));
    this.#derive.disabled = !bytes || !outcome;
    this.#check.textContent = isChecked ? t`Cancel the check` : t`Check independently`;
    this.#bar.hidden = !isChecked;
    this.#bar.value = isChecked ? checking.done : 0;
    // The bar tells how far it is: this is read aloud, and so says it once.
    const said = checking ? inWords(checking) : '';
    if (this.#verdict.textContent !== said) this.#verdict.textContent = said;
    this.#verdict.classList.toggle('alarm', checking?.state === 'failed' || (checking?.state === 'done' && !checking.verdict.accepted));
  }

  /** What its parts contribute, which is what a prover chose. */
  #showSteps({ outcome }: Proof) {
    this.#steps.hidden = !outcome?.steps.length;
    if (!outcome?.steps.length) return;
    // With roles, since it is still a table where it is narrow and laid out as a grid.
    const head = (title: string) => make('th', { scope: 'col', role: 'columnheader' }, title);
    const cell = (value: Node | string) => make('td', { role: 'cell' }, value);
    const rows = outcome.steps.map(({ what, cases, correct, flops }) =>
      make(
        'tr',
        { role: 'row' },
        make('th', { scope: 'row', role: 'rowheader' }, capital(translated(what))),
        cell(count(cases)),
        cell(breakable(count(correct))),
        cell(flops ? steps(flops) : '0'),
      ),
    );
    this.#steps.replaceChildren(
      make('caption', {}, t`A case is a last token together with a largest token, and all inputs that have both.`),
      make(
        'thead',
        { role: 'rowgroup' },
        make('tr', { role: 'row' }, ...[t`What the proof does`, t`Cases`, t`Inputs right`, 'FLOPs'].map(head)),
      ),
      make('tbody', { role: 'rowgroup' }, ...rows),
    );
  }
}

/** What the rounding errors of float64 may do to it: nothing. */
function rounding({ outcome }: Proof): string {
  if (outcome?.slack === undefined) return '';
  const { slack, lost } = outcome;
  const inputs =
    lost === '0' ? t`no input is lost to it` : lost === '1' ? t`1 input is lost to it` : t`${count(lost)} inputs are lost to it`;
  return t`Holds for exact real arithmetic: every comparison leaves room for float64 rounding, ${scientific(slack)} logits here; ${inputs}.`;
}

/** A paragraph that is there only if it says something. */
function say(paragraph: HTMLElement, text: string) {
  paragraph.hidden = !text;
  paragraph.textContent = text;
}

/**
 * The normalised bound: what part of the inputs that the model gets right is proven; rounded down,
 * like the bound.
 */
function ofTheTruth({ outcome }: Proof, exact: bigint | undefined): [string, string][] {
  if (!outcome || !exact) return [];
  const millionths = (BigInt(outcome.correct) * 1_000_000n) / exact;
  return [[t`Of the true accuracy`, percent((Number(millionths) / 1e4).toFixed(4))]];
}

function leftOut({ outcome }: Proof): [string, string][] {
  return outcome?.left_out == null ? [] : [[t`Left out by its gaps`, t`${count(outcome.left_out)} inputs`]];
}

function above({ outcome }: Proof): [string, string][] {
  return !outcome?.upper_flops ? [] : [[t`For the upper bound, more`, `${steps(outcome.upper_flops)} FLOPs`]];
}

/** What was published claims more or fewer inputs; never is it a bound. */
function claim({ published, outcome }: Proof): string {
  if (published === undefined) return '';
  const claims = t`Published, not sound: claims ${count(published)} inputs`;
  if (!outcome) return `${claims}.`;
  const more = BigInt(published) - BigInt(outcome.correct);
  if (more === 0n) return t`${claims}, just what is proven here.`;
  return more > 0n ? t`${claims}, ${count(more)} more than are proven here.` : t`${claims}, ${count(-more)} fewer than are proven here.`;
}
