/**
 * The report's part about the network: what no tensor says of it, what is assumed, and how else its
 * file could be read.
 */

import { t, translated } from '../../languages/language.js';
import { type Model, OWN } from '../../state/model.js';
import type { TaskFacts } from '../../pkg/group.js';
import { get, make } from '../../ui/element.js';
import { capital, count, told } from '../../ui/format.js';
import type { NetworkPart, ReadAs } from '../task.js';
import type { GroupFacts, Way } from './task.js';

export class ReadPart implements NetworkPart {
  readonly #readAs: ReadAs;
  readonly #box = get('network', HTMLDetailsElement);
  readonly #assumed = make('p');
  readonly #notes = make('ul');
  readonly #ways = make('select', { id: 'ways' });
  readonly #group = make('input', { id: 'group-name', type: 'text', maxlength: '40', size: '8', spellcheck: 'false', autocomplete: 'off' });
  readonly #instance = make('select', { id: 'instance' });
  readonly #choices = make('form', { class: 'read', novalidate: '' });
  readonly #said = make('span', { role: 'status' });
  #facts: GroupFacts | undefined;

  constructor(readAs: ReadAs) {
    this.#readAs = readAs;
    const labelled = (label: string, field: HTMLElement) => make('p', {}, make('label', { for: field.id }, label), ' ', field);
    this.#choices.append(
      labelled(t`Read it as`, this.#ways),
      labelled(t`Network of the file`, this.#instance),
      labelled(t`Name of the group`, this.#group),
      make('p', {}, make('button', { type: 'submit' }, t`Read it so`), ' ', this.#said),
    );
    this.#choices.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#read();
    });
    this.#box.replaceChildren(
      make('summary', {}, t`Is this your network?`),
      make('p', {}, t`A weights file does not say what is computed from its numbers. What is assumed of this one:`),
      this.#assumed,
      this.#notes,
      this.#choices,
    );
  }

  model({ facts, source }: Model) {
    const known = facts as TaskFacts as GroupFacts;
    const { instances, read, readings, group, network, notes } = known;
    this.#facts = known;
    this.#box.open = source === OWN;
    this.#assumed.textContent = network;
    this.#notes.replaceChildren(...notes.map((note) => make('li', {}, note)));
    const shown = readings.map(({ assumed, right }, i) =>
      make(
        'option',
        { value: String(i) },
        t`${capital(assumed ? translated(assumed) : t`the tensors say it`)}: ${count(right)} of ${count(known.inputs)} right`,
      ),
    );
    this.#ways.replaceChildren(...shown);
    const now = readings.findIndex((other) => other.read.attention === read.attention && other.read.vocabulary === read.vocabulary);
    this.#ways.value = String(Math.max(now, 0));
    this.#instance.replaceChildren(
      ...Array.from({ length: instances }, (_, i) => make('option', { value: String(i) }, t`${i + 1} of ${instances}`)),
    );
    this.#instance.value = String(read.instance ?? 0);
    this.#group.value = group ?? '';
    for (const [field, isChoice] of [
      [this.#ways, readings.length > 1],
      [this.#instance, instances > 1],
    ] as const)
      if (field.parentElement) field.parentElement.hidden = !isChoice;
    this.#choices.hidden = !readings.length;
    this.#said.textContent = '';
  }

  show() {}

  /** Reads the file as the fields say. */
  async #read() {
    const { readings, read, group: called } = this.#facts ?? { readings: [], read: {} as Way, group: null };
    const { attention, vocabulary } = readings[Number(this.#ways.value)]?.read ?? {};
    const named = this.#group.value.trim();
    // Whoever leaves its name as it is keeps the group, also one with a table.
    const { group, cayley } = named === (called ?? '') ? read : { group: named || undefined, cayley: undefined };
    const way: Way = {
      instance: Number(this.#instance.value),
      ...(attention && { attention }),
      ...(vocabulary && { vocabulary }),
      ...(group && { group }),
      ...(cayley && { cayley }),
    };
    this.#said.textContent = '…';
    try {
      await this.#readAs(way);
    } catch (error) {
      this.#said.textContent = told(error);
    }
  }
}
