/**
 * An input of the user's: what the network answers, which neurons say so, and whether the chosen
 * proof covers it.
 */

import { nodes, t } from '../../../../languages/language.js';
import type { GroupLook, Margins } from '../../../../pkg/insight.js';
import { make } from '../../../../ui/element.js';
import { real } from '../../../../ui/real.js';
import type { Shown } from '../../../../views/view.js';
import { type GroupHost, Question, State } from '../asking.js';
import { cells, Drawn, heads, numberField, wide } from '../drawn.js';
import { isProven, isRight, MarginMap } from '../map.js';
import { Plane, rangeOf } from '../plane.js';
import '../views.css';

type Sought = 'least' | 'wrong' | 'uncovered';
const SEARCHES: readonly [Sought, string][] = [
  ['least', t`Smallest margin`],
  ['wrong', t`A wrong answer`],
  ['uncovered', t`Right, not proven`],
];

/** A margin below this is what float64 rounds. */
const ROUNDING = 1e-9;

class Try {
  readonly #state = new State();
  readonly #x = numberField('x', () => this.#typed());
  readonly #y = numberField('y', () => this.#typed());
  readonly #said = make('p', { class: 'said', role: 'status' });
  readonly #answer = make('p', { class: 'answer', 'aria-live': 'polite' });
  readonly #covered = make('p', { class: 'covered', 'aria-live': 'polite' });
  readonly #logits: Drawn;
  readonly #speakers = make('tbody');
  readonly #map: MarginMap;
  readonly #questions: { margins: Question<'margins'>; logits: Question<'logits'> };
  #model: Shown['model'] | undefined;
  #strategy: string | undefined;
  #look: GroupLook | undefined;
  #margins: Margins | undefined;
  /** The input that the address has, two tokens with a comma; empty for none. */
  #noted = '';

  readonly #host: GroupHost;

  constructor(parent: HTMLElement, host: GroupHost) {
    this.#host = host;
    this.#logits = new Drawn(host, {
      name: 'logits',
      title: t`Logits of this input`,
      about: [t`One number for each possible answer; the network answers with the largest. The right answer is filled.`],
      picture: (_plot, { width }) => this.#bars(width),
      table: () =>
        this.#look && {
          columns: [
            { key: 'output', title: t`Output` },
            { key: 'logit', title: t`Logit` },
          ],
          rows: this.#look.logits.map((logit, z) => [z, logit]),
        },
    });
    this.#map = new MarginMap(host, [t`Click a cell, or move to it and press Enter, to try that input.`], (x, y) => this.#take(x, y));
    const find = make('div', { class: 'buttons', role: 'group', 'aria-label': t`Find an input` });
    for (const [sought, label] of SEARCHES) {
      const button = make('button', { type: 'button' }, label);
      button.addEventListener('click', () => this.#find(sought));
      find.append(button);
    }
    const speakers = make(
      'section',
      {},
      make('h3', {}, t`Which neurons speak`),
      make(
        'p',
        {},
        t`What each neuron adds to the margin between the right answer and its best rival. The rest of them together come last.`,
      ),
      wide(t`Neurons of this input`, heads([t`Neuron`, t`Gives`, t`Adds to the margin`]), this.#speakers),
    );
    this.#questions = {
      margins: new Question(host, 'margins', (map) => this.#showMap(map), this.#state),
      logits: new Question(host, 'logits', (look) => this.#show(look), this.#state),
    };
    const fields = make('div', { class: 'controls' }, this.#x.element, this.#y.element);
    parent.append(
      make(
        'div',
        { class: 'group-view try' },
        fields,
        find,
        this.#said,
        this.#state.element,
        this.#answer,
        this.#covered,
        this.#logits.element,
        speakers,
        this.#map.drawn.element,
      ),
    );
  }

  show({ model, chosen, within: { tokens } }: Shown) {
    const strategy = chosen?.facts.strategy;
    const isOther = model !== this.#model;
    const isGiven = tokens !== this.#noted;
    this.#noted = tokens;
    if (isOther || strategy !== this.#strategy) {
      [this.#model, this.#strategy] = [model, strategy];
      this.#margins = undefined;
      this.#covered.textContent = '';
      this.#questions.margins.ask(strategy === undefined ? {} : { strategy });
    }
    if (tokens && (isGiven || isOther)) {
      const [x, y] = tokens.split(',').map(Number);
      this.#take(x ?? NaN, y ?? NaN);
    } else if (isOther) this.#typed();
  }

  #take(x: number, y: number) {
    [this.#x.input.value, this.#y.input.value] = [String(x), String(y)];
    this.#typed();
  }

  #typed() {
    const [x, y] = [this.#x.input, this.#y.input].map((input) => (/^\d+$/.test(input.value) ? Number(input.value) : NaN));
    const order = this.#margins?.order ?? Infinity;
    for (const [{ input }, value] of [[this.#x, x], [this.#y, y]] as const) input.setAttribute('aria-invalid', String(!(value! < order)));
    if (!(x! < order && y! < order))
      return this.#say(order < Infinity ? t`Type two whole numbers from 0 to ${order - 1}.` : t`Type two whole numbers from 0 on.`);
    this.#say('');
    this.#note(`${x},${y}`);
    this.#questions.logits.ask({ x, y });
  }

  /** Puts the input into the address. */
  #note(tokens: string) {
    if (tokens === this.#noted) return;
    this.#noted = tokens;
    this.#host.within({ tokens }, 'typed');
  }

  #find(sought: Sought) {
    const map = this.#margins;
    if (!map) return this.#say(t`All inputs are still being looked at.`);
    if (sought === 'uncovered' && !map.proven.length) return this.#say(t`Choose a proof first, to find what it does not prove.`);
    const all = [...map.margins.keys()];
    const least = (inputs: number[]) =>
      inputs.reduce<number | undefined>((best, at) => (best === undefined || map.margins[at]! < map.margins[best]! ? at : best), undefined);
    const among = {
      least: all,
      wrong: all.filter((at) => !isRight(map, at)),
      uncovered: all.filter((at) => isRight(map, at) && !isProven(map, at)),
    }[sought];
    const found = least(among);
    if (found === undefined)
      return this.#say(
        sought === 'wrong'
          ? t`There is none: every input is answered right.`
          : t`There is none: the proof covers every input that is answered right.`,
      );
    this.#take(Math.floor(found / map.order), found % map.order);
    const others = sought === 'least' ? '' : t` There are ${among.length} such inputs.`;
    this.#say(t`Found: x = ${this.#x.input.value}, y = ${this.#y.input.value}.${others}`);
  }

  #say(text: string) {
    this.#said.textContent = text;
  }

  #showMap(map: Margins) {
    this.#margins = map;
    this.#state.say('');
    this.#map.show(map);
    for (const { input } of [this.#x, this.#y]) input.max = String(map.order - 1);
    this.#cover();
    if (this.#look && !(Number(this.#x.input.value) < map.order && Number(this.#y.input.value) < map.order)) this.#typed();
  }

  #show(look: GroupLook) {
    this.#look = look;
    const { answer, product, right, rival, logits, speakers, others, around } = look;
    const margin = (logits[product] ?? 0) - (logits[rival] ?? 0);
    const verdict = right ? t`✓ right` : t`✗ wrong: it should be ${product}`;
    const said = margin >= 0
      ? t`The logit of ${product} is ${real(margin)} above that of ${rival}, the largest other one.`
      : t`The logit of ${product} is ${real(-margin)} below that of ${rival}, the largest other one.`;
    this.#answer.replaceChildren(...nodes`Answer ${make('strong', {}, String(answer))} ${verdict}.`, ' ', said);
    this.#speakers.replaceChildren(
      ...cells([
        ...speakers.map(({ neuron, active, adds }) => [String(neuron), real(active), real(adds)]),
        [t`All others`, '', real(others)],
        [t`Around the neurons`, '', real(Math.abs(around) < ROUNDING ? 0 : around)],
      ]),
    );
    this.#logits.show(t`The largest logit is ${real(logits[answer] ?? 0)}, of ${answer}.`);
    this.#map.move(...look.tokens);
    this.#cover();
  }

  #cover() {
    const [map, look] = [this.#margins, this.#look];
    if (!map || !look) return;
    const at = look.tokens[0] * map.order + look.tokens[1];
    if (!map.proven.length) this.#covered.textContent = t`Choose a proof, and this says whether it covers this input.`;
    else if (isProven(map, at))
      this.#covered.textContent = t`✓ The chosen proof covers this input: it shows a margin of at least ${real((map.proven[at] ?? 0) - map.slack)}.`;
    else this.#covered.textContent = t`○ The chosen proof does not guarantee this input: what it bounds leaves no margin.`;
  }

  #bars(width: number) {
    const look = this.#look;
    if (!look) return undefined;
    const [low, high] = rangeOf(look.logits);
    const plane = new Plane({ width, height: 240, x: [-0.7, look.logits.length - 0.3], y: [low, high], names: ['output', 'logit'] });
    look.logits.forEach((logit, z) =>
      plane.box([z - 0.4, 0], [z + 0.4, logit], z === look.product ? 'ours' : 'beaten', z === look.product),
    );
    return plane.figure();
  }
}

export const open = (parent: HTMLElement, host: GroupHost) => new Try(parent, host);
