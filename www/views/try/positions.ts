/** The input, and beside each token how much the last one looks at it. */

import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { share } from '../../ui/real.js';
import { moved, movedAt, split, spread } from './tokens.js';

/** Inputs with more tokens are typed into one field. */
const MOST_FIELDS = 6;
/** What the keys that move a token add to it. */
const STEPS: Record<string, number> = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

interface Row {
  element: HTMLElement;
  /** The text of the token, where it has no field. */
  token: HTMLElement;
  bar: HTMLElement;
  part: HTMLElement;
}

export class Positions {
  readonly element = make('div', { class: 'positions' });
  readonly #changed: () => void;
  readonly #n: number;
  readonly #v: number;
  /** One for each token or, where there are many, one for all. */
  readonly #fields: HTMLInputElement[];
  readonly #rows: Row[];

  /**
   * `changed` is told when the user has changed the input; `said` is the id of what explains a
   * mistake.
   */
  constructor(n: number, v: number, said: string, changed: () => void) {
    [this.#n, this.#v, this.#changed] = [n, v, changed];
    const isOne = n > MOST_FIELDS;
    this.#fields = Array.from({ length: isOne ? 1 : n }, (_, p) => this.#field(p, isOne, said));
    this.#rows = Array.from({ length: n }, (_, p) => this.#row(p));
    const list = make('ol', { 'aria-label': t`Attention of the last token`, ...(isOne && { class: 'many', tabindex: '0' }) });
    list.append(...this.#rows.map(({ element }) => element));
    this.element.append(...(isOne ? this.#fields : []), list);
  }

  /** What is in the fields. */
  get texts(): string[] {
    const [field] = this.#fields;
    return this.#n > MOST_FIELDS ? split(field?.value ?? '') : this.#fields.map(({ value }) => value.trim());
  }

  /** Puts an input into the fields. */
  fill(texts: readonly string[]) {
    const [field] = this.#fields;
    if (this.#n > MOST_FIELDS && field) field.value = texts.join(',');
    else this.#fields.forEach((one, p) => this.#set(one, texts[p] ?? ''));
  }

  /** Shows which token is none; undefined if it is not known which, or all are. */
  mark(isWrong: boolean, at: number | undefined) {
    this.#fields.forEach((field, p) => {
      const wrong = isWrong && (at === undefined || this.#n > MOST_FIELDS || at === p);
      field.setAttribute('aria-invalid', String(wrong));
    });
  }

  /** Shows how much the last position looks at each of these tokens. */
  show(tokens: readonly number[], attention: readonly number[]) {
    this.#rows.forEach(({ token, bar, part }, p) => {
      const x = attention[p] ?? 0;
      token.textContent = String(tokens[p] ?? '');
      bar.style.width = `${100 * x}%`;
      part.textContent = share(x);
    });
  }

  #field(p: number, isOne: boolean, said: string): HTMLInputElement {
    const field = make('input', {
      type: 'text',
      inputmode: isOne ? 'text' : 'numeric',
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-describedby': said,
      'aria-label': isOne ? t`${this.#n} tokens, separated by commas` : this.#name(p),
      ...(!isOne && { role: 'spinbutton', 'aria-valuemin': '0', 'aria-valuemax': String(this.#v - 1) }),
    });
    field.addEventListener('input', () => {
      this.#set(field, field.value);
      this.#changed();
    });
    field.addEventListener('keydown', (event) => {
      const by = STEPS[event.key];
      const next = event.key === ',' || event.key === ' ' ? this.#fields[p + 1] : undefined;
      if (by !== undefined ? !this.#move(p, by) : !next) return;
      event.preventDefault();
      next?.select();
    });
    if (isOne) return field;
    field.addEventListener('paste', (event) => {
      const list = split(event.clipboardData?.getData('text') ?? '');
      if (list.length < 2 || list.length > this.#n) return;
      event.preventDefault();
      this.fill(spread(this.texts, p, list));
      this.#changed();
    });
    return field;
  }

  #set(field: HTMLInputElement, text: string) {
    if (field.value !== text) field.value = text;
    if (this.#n <= MOST_FIELDS) field.setAttribute('aria-valuenow', text);
  }

  /** Moves a token; in a field of many, that at the caret. Whether there is one. */
  #move(p: number, by: number): boolean {
    const field = this.#fields[p];
    if (!field) return false;
    if (this.#n <= MOST_FIELDS) this.#set(field, moved(field.value, by, this.#v));
    else {
      const found = movedAt(field.value, field.selectionStart ?? 0, by, this.#v);
      if (!found) return false;
      field.value = found.list;
      field.setSelectionRange(found.caret, found.caret);
    }
    this.#changed();
    return true;
  }

  #row(p: number): Row {
    const token = make('b');
    const bar = make('span');
    const part = make('span', { class: 'part' });
    const field = this.#n > MOST_FIELDS ? undefined : this.#fields[p];
    // Keys move the token as well: the buttons are for pointers, and no stops of the keyboard.
    const button = (sign: string, verb: string, by: number) => {
      const element = make('button', { type: 'button', tabindex: '-1', 'aria-label': t`${verb} token ${p + 1}` }, sign);
      element.addEventListener('click', () => this.#move(p, by));
      return element;
    };
    const input = field ? [button('−', t`Lower`, -1), field, button('+', t`Raise`, 1)] : [token];
    const name = make('span', { class: 'name' }, p + 1 === this.#n ? `${p + 1} (last)` : `${p + 1}`);
    const element = make('li', {}, name, ...input, make('span', { class: 'length' }, bar), part);
    return { element, token, bar, part };
  }

  #name(p: number): string {
    return p + 1 === this.#n ? t`Token ${p + 1}, last` : t`Token ${p + 1}`;
  }
}
