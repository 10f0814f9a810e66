/** All inputs of a proof in parts, from all of them down to what is proven: a waterfall, and its numbers as a table. */

import type { CaseMap } from '../../pkg/explain.js';
import { Drawing, drawnOf } from '../../ui/drawing.js';
import { make } from '../../ui/element.js';
import { exportButton } from '../../ui/export/button.js';
import { count } from '../../ui/format.js';
import type { Host } from '../view.js';
import { partsOf } from './figures.js';
import { type PartRow, partRows, percentDown } from './parts.js';
import { partTable } from './tables.js';

export class Parts {
  readonly element = make('section', {}, make('h3', {}, 'From all inputs to the bound'));
  readonly #said = make('p');
  readonly #canvas = make('canvas', { role: 'img' });
  readonly #body = make('tbody');
  readonly #drawing: Drawing;
  #rows: PartRow[] = [];
  #total = 0n;

  constructor(host: Host) {
    this.#drawing = new Drawing(
      this.#canvas,
      partsOf(() => (this.#rows.length ? { total: this.#total, rows: this.#rows } : undefined)),
      (why) => host.problem(why),
    );
    const heads = ['Part', 'Inputs', 'Share'].map((title) => make('th', { scope: 'col' }, title));
    const table = make('table', {}, make('thead', {}, make('tr', {}, ...heads)), this.#body);
    const figure = make('div', { class: 'waterfall' }, this.#canvas);
    const menu = exportButton({
      name: 'parts',
      title: 'From all inputs to the bound',
      element: this.element,
      model: () => host.model(),
      table: () => (this.#rows.length ? partTable(this.#rows, this.#total) : undefined),
      drawn: () => drawnOf({ '': this.#drawing }),
    });
    this.element.append(this.#said, menu, figure, make('details', {}, make('summary', {}, 'As a table, with explanations'), table));
  }

  show(map: CaseMap) {
    this.#rows = partRows(map);
    const [total, proven] = [BigInt(map.total), BigInt(map.proven)];
    this.#total = total;
    const share = percentDown(proven, total);
    this.#said.replaceChildren(`Of ${count(total)} inputs, `, make('strong', {}, `${count(proven)} are proven`), `: ${share}.`);
    const row = (label: string, about: string, inputs: string, percent: string) => {
      const what = make('th', { scope: 'row' }, label, ...(about ? [make('small', {}, about)] : []));
      return make('tr', {}, what, make('td', {}, inputs), make('td', {}, percent));
    };
    const rows = this.#rows.map(({ label, about, count, percent }) => row(label, about, count, percent));
    const sum = this.#rows.reduce((all, { inputs }) => all + inputs, 0n);
    this.#body.replaceChildren(...rows, row('All inputs together', '', count(sum), percentDown(sum, total)));
    const parts = this.#rows.map(({ label, percent }) => `${label}: ${percent}`);
    this.#canvas.setAttribute('aria-label', `All inputs in parts. ${parts.join('; ')}.`);
    this.#drawing.draw();
  }
}
