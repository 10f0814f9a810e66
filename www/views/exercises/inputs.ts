/** The field for an answer, by the form that the question asks for. */

import type { Answer, Option, Question } from '../../exercises/exercise.js';
import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { capital, decimal, plainly } from '../../ui/format.js';
import type { Desk } from './desk.js';

/** Nothing that could be checked: says what is missing. */
export class Unanswered extends Error {}

export interface Input {
  readonly element: HTMLElement;
  /** The answer. Throws `Unanswered` if there is none. */
  read(): Answer;
}

/** The id of the sentence that asks, which labels the field. */
export const ASKS = 'exercise-asks';

/** The field for an answer; `last` is the answer that was checked last. */
export function inputOf(question: Question, last: Answer | null, desk: Desk): Input {
  switch (question.kind) {
    case 'choice':
      return choice(question.options, last);
    case 'number':
      return number(question.unit, last);
    case 'order':
      return order(question, last);
    case 'tokens':
      return text(
        '12, 5, 63, 7',
        Array.isArray(last) ? last.join(', ') : desk.looks.tokens.replaceAll(',', ', '),
        tokensIn,
        () => desk.looks.tokens.replaceAll(',', ', '),
        t`Take the input of the view Try`,
      );
    case 'distribution':
      return text(
        'copies>=2;last:linear',
        typeof last === 'string' ? last : desk.looks.over,
        (written) => written.trim(),
        () => desk.looks.over,
        t`Take the distribution of the page`,
      );
    case 'strategy':
      return chosen(desk);
    case 'proof':
      return own(desk);
  }
}

function choice(options: readonly Option[], last: Answer | null): Input {
  const radios = options.map(({ id }) =>
    make('input', { type: 'radio', name: 'exercise-answer', value: id, ...(id === last && { checked: '' }) }),
  );
  const labels = options.map(({ label }, i) => make('label', { class: 'check' }, radios[i] ?? '', capital(label)));
  return {
    element: make('div', { role: 'radiogroup', 'aria-labelledby': ASKS }, ...labels),
    read: () => {
      const found = radios.find(({ checked }) => checked);
      if (!found) throw new Unanswered(t`Choose one first.`);
      return found.value;
    },
  };
}

/** What stands for the digits of an exponent, and its minus, where the page writes one: 10⁻³. */
const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹⁻';

/**
 * The number that someone has written: 1,026 or 1.04e-3 or 1.04 × 10⁻³. Undefined if it is none.
 */
export function numberIn(written: string): number | undefined {
  const level = written
    .replaceAll(/\s/g, '')
    .replaceAll('\u2212', '-')
    .replace(/[⁰¹²³⁴-⁹⁻]/g, (sign) => '0123456789-'[RAISED.indexOf(sign)] ?? '');
  const plain = plainly(level.replace(/%$/, '')).replace(/[×x]10\^?(?=[-+\d])/, 'e');
  const digits = /^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain) ? plain.replaceAll(',', '') : plain.replace(',', '.');
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(digits) && Number.isFinite(Number(digits)) ? Number(digits) : undefined;
}

function number(unit: string, last: Answer | null): Input {
  const field = make('input', {
    type: 'text',
    inputmode: 'decimal',
    size: '12',
    maxlength: '40',
    autocomplete: 'off',
    'aria-labelledby': ASKS,
    value: typeof last === 'number' ? decimal(String(last)) : '',
  });
  return {
    element: make('div', { class: 'answer' }, field, unit),
    read: () => {
      const found = numberIn(field.value);
      if (found === undefined)
        throw new Unanswered(
          field.value.trim() ? t`“${field.value}” is no number: write it like 1,026 or 0.00104 or 1.04e-3.` : t`Write a number first.`,
        );
      return found;
    },
  };
}

const tokensIn = (written: string) => {
  const words = written.split(/[\s,;[\]()]+/).filter(Boolean);
  const wrong = words.find((word) => !/^\d{1,9}$/.test(word));
  if (wrong !== undefined) throw new Unanswered(t`“${wrong}” is no token: write whole numbers with commas between them.`);
  if (!words.length) throw new Unanswered(t`Write the tokens first.`);
  return words.map(Number);
};

/** A line of text, which a button fills with what is open in the page. */
function text(example: string, value: string, read: (written: string) => Answer, taken: () => string, take: string): Input {
  const field = make('input', {
    type: 'text',
    size: '24',
    maxlength: '400',
    spellcheck: 'false',
    autocomplete: 'off',
    'aria-labelledby': ASKS,
    placeholder: example,
    value,
  });
  const button = make('button', { type: 'button' }, take);
  button.addEventListener('click', () => {
    field.value = taken();
    field.focus();
  });
  return { element: make('div', { class: 'answer' }, field, button), read: () => read(field.value) };
}

/** Items with buttons that move them. */
function order({ items, from, to }: Extract<Question, { kind: 'order' }>, last: Answer | null): Input {
  const known = (id: unknown) => items.find((item) => item.id === id);
  const before = Array.isArray(last) ? last.flatMap((id) => known(id) ?? []) : [];
  let ordered = before.length === items.length ? before : [...items];
  const list = make('ol', { class: 'order', 'aria-labelledby': ASKS });
  const said = make('p', { class: 'unseen', 'aria-live': 'polite' });
  const move = (item: Option, by: -1 | 1) => {
    const at = ordered.indexOf(item);
    ordered = ordered.toSpliced(at, 1).toSpliced(at + by, 0, item);
    show();
    said.textContent = t`${capital(item.label)}: place ${at + by + 1} of ${ordered.length}.`;
    // The end of the list has one button less.
    const [up, down] = list.children[at + by]?.querySelectorAll('button') ?? [];
    const wanted = by < 0 ? up : down;
    (wanted?.disabled ? (by < 0 ? down : up) : wanted)?.focus();
  };
  const show = () => {
    const entry = (item: Option, i: number) => {
      const button = (sign: string, by: -1 | 1, isEnd: boolean) => {
        const made = make(
          'button',
          { type: 'button', 'aria-label': by < 0 ? t`Move ${item.label} up` : t`Move ${item.label} down`, ...(isEnd && { disabled: '' }) },
          sign,
        );
        made.addEventListener('click', () => move(item, by));
        return made;
      };
      return make('li', {}, make('span', {}, capital(item.label)), button('↑', -1, i === 0), button('↓', 1, i === ordered.length - 1));
    };
    list.replaceChildren(...ordered.map(entry));
  };
  show();
  return {
    element: make('div', {}, make('p', { class: 'hint' }, `↑ ${from}`), list, make('p', { class: 'hint' }, `↓ ${to}`), said),
    read: () => ordered.map(({ id }) => id),
  };
}

const NONE = t`Choose a proof on the page first: in the figure, in the grid or in the table.`;

function chosen(desk: Desk): Input {
  return {
    element: make('p', { class: 'hint' }, t`Your answer is the proof that is chosen on the page when you press Check.`),
    read: () => {
      const { proof } = desk;
      if (!proof) throw new Unanswered(NONE);
      return proof.outcome?.strategy ?? proof.facts.strategy;
    },
  };
}

/** A proof of one's own: the chosen one, or one that has a name. */
function own(desk: Desk): Input {
  const { named } = desk;
  const select = make(
    'select',
    { 'aria-labelledby': ASKS },
    make('option', { value: '' }, t`the chosen proof`),
    ...named.map(({ name }, i) => make('option', { value: String(i) }, name)),
  );
  return {
    element: make('div', { class: 'answer' }, select),
    read: () => {
      const kept = named[select.value === '' ? -1 : Number(select.value)];
      if (kept) return { strategy: kept.strategy, ...(kept.certificate !== undefined && { certificate: kept.certificate }) };
      const { proof } = desk;
      if (!proof) throw new Unanswered(NONE);
      // The identifier of a proof from a certificate does not say what it is made of.
      if (proof.from && proof.certificate !== undefined) return { strategy: proof.outcome?.strategy ?? '', certificate: proof.certificate };
      return { strategy: proof.facts.strategy };
    },
  };
}
