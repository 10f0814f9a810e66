/**
 * The models that are selected, the lowest bound first, each to be opened if its weights are at
 * hand.
 */

import { t } from '../../languages/language.js';
import { breakable, make } from '../../ui/element.js';
import type { Table } from '../../ui/export/table.js';
import { count, percent, told } from '../../ui/format.js';
import type { Size, Spread } from './read.js';
import { down } from './spread.js';
import type { Wanted } from './sweep.js';

/** Most models that are listed. */
const MOST = 50;
/** Digits of a hash that are shown. */
const DIGITS = 12;

export class Selected {
  readonly element = make('section', { 'aria-label': t`Selected models` });
  readonly #said = make('p', { 'aria-live': 'polite' });
  readonly #rows = make('tbody');
  readonly #wanted: Wanted;
  #size: Size | undefined;
  #spread: Spread | undefined;
  /** The selected models, the lowest bound first. */
  #models: number[] = [];

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    const head = [t`Model`, t`Open`, t`Proven`, 'SHA-256'].map((name) => make('th', { scope: 'col' }, name));
    this.element.append(
      this.#said,
      make('div', { class: 'wide' }, make('table', {}, make('thead', {}, make('tr', {}, ...head)), this.#rows)),
    );
  }

  say(text: string) {
    this.#said.textContent = text;
  }

  /** Shows models, which have to be in the order of their bounds. */
  show(size: Size, spread: Spread, models: number[]) {
    [this.#size, this.#spread, this.#models] = [size, spread, models];
    const shown = models.length > MOST ? t`; the ${MOST} lowest are listed` : '';
    this.say(t`${count(models.length)} of ${count(size.files.length)} models are selected${shown}.`);
    this.#rows.replaceChildren(...models.slice(0, MOST).map((model) => this.#row(size, spread, model)));
  }

  table(): Table {
    const [size, spread] = [this.#size, this.#spread];
    return {
      columns: [
        { key: 'file', title: t`Model` },
        { key: 'sha256', title: 'SHA-256' },
        { key: 'bound', title: t`Accuracy at least`, unit: t`part of all inputs` },
      ],
      rows: this.#models.map((model) => [size?.files[model] ?? '', size?.sha256s[model] ?? '', spread?.bounds[model] ?? null]),
    };
  }

  #row({ files, sha256s, task }: Size, { strategy, bounds }: Spread, model: number) {
    const [file, sha256] = [files[model] ?? '', sha256s[model] ?? ''];
    const place = make('td', {});
    const other = task === this.#wanted.task ? undefined : this.#wanted.pageOf(task);
    if (other) place.append(make('a', { href: other.address }, t`Go to ${other.name}`));
    else place.append(this.#button(file, sha256, strategy, place));
    const hash = make('code', { title: sha256 }, sha256.slice(0, DIGITS));
    return make(
      'tr',
      {},
      make('th', { scope: 'row' }, breakable(file)),
      place,
      make('td', {}, percent(down(bounds[model] ?? 0))),
      make('td', {}, hash),
    );
  }

  #button(file: string, sha256: string, strategy: string, place: HTMLElement) {
    const button = make('button', { type: 'button', 'aria-label': t`Open ${file}` }, t`Open`);
    button.addEventListener('click', () => {
      this.#wanted.open(sha256, strategy).then(
        (isOpen) => {
          if (isOpen) scrollTo({ top: 0 });
          else place.replaceChildren(make('span', { role: 'status' }, t`not at hand: drop its weights on the page`));
        },
        (error: unknown) => this.#wanted.problem(told(error)),
      );
    });
    return button;
  }
}
