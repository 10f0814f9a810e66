/**
 * All inputs of a proof in parts, from all of them down to what is proven: a waterfall, and its
 * numbers as a table.
 */

import { nodes, t } from '../../languages/language.js';
import type { CaseMap } from '../../pkg/explain.js';
import { Drawing, drawnOf } from '../../ui/drawing.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { count } from '../../ui/format.js';
import { kind } from '../../ui/word.js';
import type { Host } from '../view.js';
import { partsOf } from './figures.js';
import { lossOf, type Worst } from './loss.js';
import { type PartRow, partRows, percentDown } from './parts.js';
import { partTable } from './tables.js';

export class Parts {
  readonly element = make('section', {}, make('h3', { id: 'why-parts', tabindex: '-1' }, t`From all inputs to the bound`));
  readonly #said = make('p');
  readonly #loss = make('p');
  readonly #open = make('button', { type: 'button', class: 'link' });
  #worst: Worst | undefined;
  #map: CaseMap | undefined;
  readonly #canvas = make('canvas', { role: 'img' });
  readonly #counts = make('th', { scope: 'col' }, t`Inputs`);
  readonly #body = make('tbody');
  readonly #drawing: Drawing;
  #rows: PartRow[] = [];
  #total = 0n;

  /** `open` is given the case that loses the most, when someone wants to see it. */
  constructor(host: Host, open: (worst: Worst) => void) {
    this.#open.addEventListener('click', () => this.#worst && open(this.#worst));
    this.#drawing = new Drawing(
      this.#canvas,
      partsOf(() => (this.#rows.length ? { total: this.#total, rows: this.#rows, isWeighted: this.#isWeighted } : undefined)),
      (why) => host.problem(why),
    );
    const head = (title: string) => make('th', { scope: 'col' }, title);
    const table = make('table', {}, make('thead', {}, make('tr', {}, head(t`Part`), this.#counts, head(t`Share`))), this.#body);
    const figure = make('div', { class: 'waterfall' }, this.#canvas);
    const menu = exportButton({
      name: 'parts',
      title: t`From all inputs to the bound`,
      element: this.element,
      model: () => host.model(),
      table: () => (this.#rows.length ? partTable(this.#rows, this.#total, this.#isWeighted) : undefined),
      drawn: () => drawnOf({ '': this.#drawing }),
    });
    this.element.append(
      this.#said,
      menu,
      figure,
      this.#loss,
      make('p', {}, this.#open),
      make('details', {}, make('summary', {}, t`As a table, with explanations`), table),
    );
  }

  show(map: CaseMap) {
    this.#map = map;
    this.#rows = partRows(map);
    const [total, proven] = [BigInt(map.total), BigInt(map.proven)];
    this.#total = total;
    const share = percentDown(proven, total);
    const mark = kind(isAllRight(map) ? 'exact' : 'proven');
    const weighted = () => nodes`${mark} Of the weight of these inputs, ${make('strong', {}, t`${share} is proven`)}.`;
    const counted = () => nodes`${mark} Of ${count(total)} inputs, ${make('strong', {}, t`${count(proven)} are proven`)}: ${share}.`;
    this.#said.replaceChildren(...(this.#isWeighted ? weighted() : counted()));
    this.#counts.hidden = this.#isWeighted;
    const row = (label: string, about: string, inputs: string, percent: string) => {
      const what = make('th', { scope: 'row' }, label, ...(about ? [make('small', {}, about)] : []));
      return make('tr', {}, what, ...(this.#isWeighted ? [] : [make('td', {}, inputs)]), make('td', {}, percent));
    };
    const rows = this.#rows.map(({ label, about, count, percent }) => row(label, about, count, percent));
    const sum = this.#rows.reduce((all, { inputs }) => all + inputs, 0n);
    this.#body.replaceChildren(...rows, row(t`All inputs together`, '', count(sum), percentDown(sum, total)));
    const parts = this.#rows.map(({ label, percent }) => `${label}: ${percent}`);
    this.#canvas.setAttribute('aria-label', t`All inputs in parts. ${parts.join('; ')}.`);
    this.#drawing.draw();
  }

  /** Whether some inputs weigh more than others. */
  get #isWeighted(): boolean {
    return !!this.#map?.weights;
  }

  /**
   * Says where the proof loses; `right` is the number of inputs that the network is known to be
   * right on.
   */
  tell(right: bigint | undefined) {
    if (!this.#map) return;
    const { said, worst } = lossOf(this.#map, right);
    this.#worst = worst;
    if (this.#loss.textContent !== said) this.#loss.textContent = said;
    this.#open.hidden = !worst;
    this.#open.textContent = worst ? t`Open the case that misses most: largest token ${worst.m}, last token ${worst.q}` : '';
  }
}

/** Whether the proof shows of every input whether it is answered right. */
const isAllRight = ({ parts }: CaseMap) => parts.every(({ id, inputs }, i) => i === 0 || id === 'wrong' || inputs === '0');
