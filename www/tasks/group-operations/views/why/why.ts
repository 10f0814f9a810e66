/**
 * Why a proof proves what it does: all inputs with their margins, where the margin is lost, and
 * what the proof needed of the network.
 */

import { t } from '../../../../languages/language.js';
import type { Circuits, Margins, Split } from '../../../../pkg/insight.js';
import { make } from '../../../../ui/element.js';
import { count } from '../../../../ui/format.js';
import { real } from '../../../../ui/real.js';
import type { Shown } from '../../../../views/view.js';
import { type GroupHost, Question, State } from '../asking.js';
import { cells, chooser, Drawn, heads, offer, wide } from '../drawn.js';
import { MarginMap } from '../map.js';
import { Plane, rangeOf } from '../plane.js';
import { reasonsOf } from './circuits.js';
import { sayWorst, stepsOf, wordsOf } from './parts.js';
import '../views.css';

/** CSS pixels for each bar of the waterfall. */
const ROW = 22;

class Why {
  readonly #state = new State();
  readonly #map: MarginMap;
  readonly #split: Drawn;
  readonly #rows = make('tbody');
  readonly #of = chooser(t`Of`, () => this.#showSplit());
  readonly #reasons = make('ul');
  readonly #needs = make('section', { hidden: '' }, make('h3', {}, t`What the proof needs of the network`), this.#reasons);
  readonly #questions: { margins: Question<'margins'>; split: Question<'split'>; circuits: Question<'circuits'> };
  #model: Shown['model'] | undefined;
  #strategy: string | undefined;
  #parts: Split | null = null;

  constructor(parent: HTMLElement, host: GroupHost) {
    const about = t`Each cell is an input x, y. Its colour is the margin: the logit of the right answer less the largest other one. Lines are drawn over what the chosen proof does not prove, and a dot where the network is wrong. Arrow keys move, Enter tries the input.`;
    this.#map = new MarginMap(host, [about], (x, y) => host.tryInput(`${x},${y}`));
    this.#split = new Drawn(host, {
      name: 'margin-parts',
      title: t`Where the margin goes`,
      about: [
        t`A proof shows a margin smaller than the true one, because it bounds what it does not compute. From left to right what is there, and what each bound takes away; at the bottom what is left. An input is proven if that is above 0.`,
      ],
      picture: (_plot, { width }) => this.#waterfall(width),
      table: () => this.#table(),
    });
    this.#split.controls.append(this.#of.element);
    this.#split.element.append(wide(t`Where the margin goes`, heads([t`Part`, t`On average`, t`Worst input`]), this.#rows));
    this.#questions = {
      margins: new Question(host, 'margins', (map) => this.#showMap(map), this.#state),
      split: new Question(host, 'split', (split) => this.#take(split), this.#state),
      circuits: new Question(host, 'circuits', (circuits) => this.#showCircuits(circuits), this.#state),
    };
    parent.append(make('div', { class: 'group-view why' }, this.#state.element, this.#map.drawn.element, this.#split.element, this.#needs));
  }

  show({ model, chosen }: Shown) {
    const strategy = chosen?.facts.strategy;
    if (model === this.#model && strategy === this.#strategy) return;
    [this.#model, this.#strategy] = [model, strategy];
    this.#state.say(t`Looking into the proof …`);
    this.#questions.margins.ask(strategy === undefined ? {} : { strategy });
    const irrep = strategy !== undefined && /^irrep/.test(strategy);
    this.#split.element.hidden = true;
    this.#needs.hidden = true;
    if (strategy === undefined) this.#questions.split.forget();
    else this.#questions.split.ask({ strategy });
    if (irrep) this.#questions.circuits.ask({ absolute: strategy === 'irrep-abs' });
    else this.#questions.circuits.forget();
  }

  #showMap(map: Margins) {
    this.#state.say(this.#strategy === undefined ? t`Choose a proof to see which inputs it proves.` : '');
    this.#map.show(map);
  }

  #take(split: Split | null) {
    this.#parts = split;
    this.#split.element.hidden = !split;
    if (!split) return;
    offer(this.#of.select, [
      ['worst', t`the worst input, x = ${split.worst.x}, y = ${split.worst.y}`],
      ['mean', t`all inputs, on average`],
    ]);
    this.#showSplit();
    const all = (parts: readonly number[]) => real(parts.reduce((sum, part) => sum + part, 0));
    const row = (part: string, i: number) => [wordsOf(part).label, real(split.mean[i] ?? 0), real(split.worst.parts[i] ?? 0)];
    this.#rows.replaceChildren(...cells([...split.parts.map(row), [t`What the proof shows`, all(split.mean), all(split.worst.parts)]]));
    split.parts.forEach((part, i) => this.#rows.rows[i]?.cells[0]?.append(make('small', {}, wordsOf(part).about)));
  }

  #showSplit() {
    const split = this.#parts;
    if (!split) return;
    const rests = split.rests.length
      ? t` Of ${count(split.rests.length)} outputs, the factors leave at most ${real(Math.max(...split.rests))} of a row of the unembedding.`
      : '';
    this.#split.show(sayWorst(split) + rests);
  }

  #waterfall(width: number) {
    const split = this.#parts;
    if (!split) return undefined;
    const values = this.#of.select.value === 'mean' ? split.mean : split.worst.parts;
    const steps = stepsOf(values);
    const labels = [...split.parts.map((part) => wordsOf(part).label), t`Left`];
    const x = rangeOf(steps.flat());
    const last = steps.length;
    const plane = new Plane({ width, height: 2 * ROW * last + 68, x, y: [0, last], names: ['logits'] });
    plane.line([[0, 0], [0, last]], 'muted', 1);
    steps.forEach(([from, to], i) => {
      const [low, high] = [last - i - 0.9, last - i - 0.5];
      const color = i === last - 1 ? (to > 0 ? 'ours' : 'wrong') : to >= from ? 'published' : 'unproven';
      plane.box([from, low], [to, high], color, true);
      const middle = x[0] + (x[1] - x[0]) / 2;
      plane.label(`${labels[i]}: ${real(to - from)}`, [middle, last - i - 0.28]);
    });
    return plane.figure();
  }

  #table() {
    const split = this.#parts;
    if (!split) return undefined;
    const columns = [
      { key: 'part', title: t`Part` },
      { key: 'mean', title: t`On average`, unit: 'logits' },
      { key: 'worst', title: t`Worst input`, unit: 'logits' },
      { key: 'meaning', title: t`Meaning` },
    ];
    return {
      columns,
      rows: split.parts.map((part, i) => [wordsOf(part).label, split.mean[i] ?? null, split.worst.parts[i] ?? null, wordsOf(part).about]),
    };
  }

  #showCircuits(circuits: Circuits | null) {
    if (!circuits) return;
    this.#needs.hidden = false;
    this.#reasons.replaceChildren(
      ...reasonsOf(circuits).map(({ holds, said }) => make('li', {}, make('strong', {}, holds ? '✓ ' : '✗ '), said)),
    );
  }
}

export const open = (parent: HTMLElement, host: GroupHost) => new Why(parent, host);
