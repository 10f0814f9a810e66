/**
 * An input of one's own: what the network answers, where it looks, and whether the chosen proof
 * covers it.
 */

import './try.css';
import { Cancelled } from '../../engine/client.js';
import { nodes, t } from '../../languages/language.js';
import type { Covered, Look, Sought } from '../../pkg/explain.js';
import type { Model, Proof } from '../../state/model.js';
import { breakable, make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import type { Table } from '../../ui/export/table.js';
import { told } from '../../ui/format.js';
import { real, share } from '../../ui/real.js';
import { word } from '../../ui/word.js';
import { inTurn } from '../../ui/turns.js';
import type { Host, Shown, ViewOf } from '../view.js';
import { Positions } from './positions.js';
import { first, problemOf, random, split } from './tokens.js';
import { attentionTable, logitTable } from './tables.js';
import { largest, lengths, lookedAt, marginOf, verdict } from './words.js';

/** Logits that are shown as bars, the largest. */
const BARS = 5;
/** Digits that tell one float32 from another. */
const DIGITS = 9;
const SAID = 'try-said';
/** What can be searched for. */
const SEARCHES: [Sought, string][] = [
  ['wrong', t`a wrong answer`],
  ['uncovered', t`a right one, not covered`],
  ['closest', t`the smallest margin`],
];

export const open = (parent: HTMLElement, host: Host): ViewOf => new Try(parent, host);

class Try implements ViewOf {
  readonly #host: Host;
  readonly #place = make('div');
  readonly #legend = make('legend');
  readonly #said = make('p', { id: SAID, class: 'said', 'aria-live': 'polite' });
  readonly #searches: HTMLButtonElement[];
  readonly #result = make('div', { class: 'result' });
  readonly #answer = make('output');
  readonly #looks = make('p', { class: 'looks' });
  readonly #marginSaid = make('span');
  readonly #margin = make('p', { class: 'margin' }, word('margin', t`Margin`), '. ', this.#marginSaid);
  readonly #covered = make('p', { class: 'covered', 'aria-live': 'polite' });
  readonly #bars = make('ol', { 'aria-label': t`The largest logits` });
  readonly #summary = make('summary');
  readonly #all = make('code');
  #positions: Positions | undefined;
  /** What is shown of the last answer. */
  #look: Look | undefined;
  #model: Model | undefined;
  #proof: Proof | undefined;
  /** The input that the address has, tokens separated by commas; empty for none. */
  #noted = '';
  /** What is searched for; undefined while the input in the fields is what counts. */
  #sought: Sought | undefined;
  readonly #ask = inTurn((isCurrent) => this.#answerTo(isCurrent));

  constructor(parent: HTMLElement, host: Host) {
    this.#host = host;
    const draw = make('button', { type: 'button' }, t`Random input`);
    draw.addEventListener('click', () => this.#take(this.#random(), 'look'));
    this.#searches = SEARCHES.map(([sought, label]) => {
      const button = make('button', { type: 'button' }, label);
      button.addEventListener('click', () => this.#search(sought));
      return button;
    });
    const find = make('span', { class: 'find', role: 'group', 'aria-labelledby': 'try-find' });
    find.append(make('span', { id: 'try-find', tabindex: '-1' }, t`Find me`), ...this.#searches);
    const menu = (name: string, title: string, element: HTMLElement, tableOf: (look: Look) => Table) =>
      exportButton({ name, title, element, model: () => host.model(), table: () => this.#look && tableOf(this.#look) });
    const figure = make(
      'figure',
      {},
      make('figcaption', {}, ...nodes`The ${BARS} largest ${word('logit', 'logits')}, from the smallest of all on`),
      this.#bars,
    );
    figure.append(menu('logits', t`All logits of this input`, figure, logitTable));
    const input = make('fieldset', {}, this.#legend, this.#place);
    input.append(menu('attention', t`Attention to each token`, input, attentionTable));
    this.#result.append(
      this.#answer,
      this.#looks,
      this.#margin,
      figure,
      this.#covered,
    );
    const form = make(
      'form',
      { novalidate: '' },
      input,
      this.#result,
      make('div', { class: 'buttons' }, draw, find),
      this.#said,
      make('details', {}, this.#summary, this.#all),
    );
    form.addEventListener('submit', (event) => event.preventDefault());
    parent.append(make('div', { class: 'try' }, form));
  }

  show({ model, chosen, within: { tokens } }: Shown) {
    const [former, before] = [this.#model, this.#proof];
    [this.#model, this.#proof] = [model, chosen];
    const { n, v } = model.facts;
    if (former?.facts.n !== n || former.facts.v !== v) this.#newFields(n, v);
    for (const button of this.#searches) button.disabled = !model.bytes;
    const uncovered = this.#searches[SEARCHES.findIndex(([sought]) => sought === 'uncovered')];
    if (uncovered) uncovered.disabled = !model.bytes || this.#strategy === undefined;
    const isOther = former !== model;
    if (isOther) this.#look = undefined;
    if (isOther) this.#sought = undefined;
    const isGiven = tokens !== this.#noted;
    this.#noted = tokens;
    if (isGiven || (isOther && tokens)) this.#take(tokens ? split(tokens) : first(n, v));
    else if (isOther) this.#typed();
    else if (before?.facts.strategy !== chosen?.facts.strategy) {
      this.#covered.classList.add('unknown');
      this.#ask();
    }
  }

  /**
   * Identifier of the chosen proof, if this browser has it: one from a certificate is known by its
   * counts alone.
   */
  get #strategy(): string | undefined {
    return this.#proof?.from === undefined ? this.#proof?.facts.strategy : undefined;
  }

  #newFields(n: number, v: number) {
    this.#legend.textContent = t`${n} tokens from 0 to ${v - 1}. Which is the largest?`;
    this.#summary.textContent = t`All ${v} logits`;
    this.#positions = new Positions(n, v, SAID, () => this.#typed('typed'));
    this.#positions.fill(first(n, v));
    this.#place.replaceChildren(this.#positions.element);
  }

  #random(): string[] {
    if (!this.#model) return [];
    const { n, v } = this.#model.facts;
    return random(n, v, () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
  }

  /**
   * Shows an input that the user has not typed, but perhaps chosen; what is none is refused in
   * words.
   */
  #take(texts: string[], choice?: 'look') {
    if (!this.#model) return;
    const { n, v } = this.#model.facts;
    const problem = problemOf(texts, n, v);
    if (problem) return this.#say(t`This input cannot be shown. ${problem.said}`, true);
    this.#positions?.fill(texts);
    this.#typed(choice);
  }

  /** Puts the input of the fields into the address. */
  #note(choice: 'look' | 'typed') {
    this.#noted = this.#positions?.texts.map(Number).join() ?? '';
    this.#host.within({ tokens: this.#noted }, choice);
  }

  /** Follows what is in the fields; a `choice` of the user's goes into the address. */
  #typed(choice?: 'look' | 'typed') {
    if (!this.#model || !this.#positions) return;
    this.#sought = undefined;
    const { n, v } = this.#model.facts;
    const problem = problemOf(this.#positions.texts, n, v);
    this.#positions.mark(!!problem, problem?.at);
    this.#say(problem?.said ?? '', !!problem);
    this.#result.classList.add('stale');
    this.#covered.classList.add('unknown');
    if (choice && !problem) this.#note(choice);
    this.#ask();
  }

  #search(sought: Sought) {
    this.#sought = sought;
    this.#positions?.mark(false, undefined);
    this.#say(t`Searching all inputs …`);
    this.#ask();
  }

  async #answerTo(isCurrent: () => boolean) {
    const model = this.#model;
    const positions = this.#positions;
    // The page's own model is shown before its weights have come.
    if (!model?.bytes || !positions) return;
    const { explain } = this.#host;
    try {
      let look: Look | null;
      if (this.#sought) {
        const found = await explain.find(this.#sought, this.#sought === 'uncovered' ? this.#strategy : undefined);
        if (!isCurrent()) return;
        this.#sought = undefined;
        this.#say(found.said);
        look = found.look;
        if (look) {
          positions.fill(look.tokens.map(String));
          this.#note('look');
        }
      } else {
        const { texts } = positions;
        if (problemOf(texts, model.facts.n, model.facts.v)) return;
        look = await explain.look(texts.join(','));
      }
      if (!look || !isCurrent()) return;
      this.#showLook(look, positions);
      const strategy = this.#strategy;
      const covered = strategy === undefined ? undefined : await explain.covered(strategy, look.tokens);
      if (isCurrent()) this.#showCovered(covered);
    } catch (error) {
      if (!isCurrent() || error instanceof Cancelled) return;
      this.#sought = undefined;
      this.#say(told(error), true);
    }
  }

  #showLook(look: Look, positions: Positions) {
    const { tokens, logits, answer, right, attention } = look;
    this.#look = look;
    this.#result.classList.remove('stale');
    this.#covered.classList.add('unknown');
    positions.show(tokens, attention);
    this.#answer.replaceChildren(
      make('span', {}, t`Answer`, ' '),
      make('strong', {}, String(answer)),
      make('span', { class: right ? 'right' : 'wrong' }, verdict(look)),
    );
    const most = lookedAt(attention);
    this.#looks.textContent = t`It looks most at token ${most + 1}, which is ${tokens[most]}: ${share(attention[most] ?? 0)} of its attention.`;
    this.#marginSaid.textContent = marginOf(look);
    const outputs = largest(logits, BARS);
    const long = lengths(outputs, logits);
    this.#bars.replaceChildren(
      ...outputs.map((output, i) => {
        const bar = make('span');
        bar.style.width = `${100 * (long[i] ?? 0)}%`;
        return make(
          'li',
          {},
          make('b', {}, String(output)),
          make('span', { class: 'length' }, bar),
          make('span', { class: 'part' }, real(logits[output] ?? 0)),
        );
      }),
    );
    this.#all.replaceChildren(breakable(`[${logits.map((logit) => logit.toPrecision(DIGITS)).join(', ')}]`));
  }

  #showCovered(covered: Covered | undefined) {
    this.#covered.classList.remove('unknown');
    if (!covered) {
      const why = this.#proof
        ? t`The chosen proof comes from a certificate, which does not say which inputs it covers.`
        : t`Choose a proof, and this says whether it covers this input.`;
      return this.#covered.replaceChildren(why);
    }
    const head = covered.covered ? t`✓ The chosen proof covers this input.` : t`○ The chosen proof does not guarantee this input.`;
    this.#covered.replaceChildren(make('strong', {}, head), ` ${covered.because}`);
  }

  #say(text: string, alarm = false) {
    this.#said.textContent = text;
    this.#said.classList.toggle('alarm', alarm);
  }
}
