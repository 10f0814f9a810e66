/**
 * The tour: a box that goes through the page step by step. Fetched when someone asks for it; the
 * page stays in use meanwhile.
 */

import './tour.css';
import { t } from '../../languages/language.js';
import type { Models } from '../../state/model.js';
import { make } from '../../ui/element.js';
import { focusBack } from '../../ui/focus-back.js';
import { goTo } from '../../ui/go.js';
import type { Step } from './steps.js';

const title = make('h2', { id: 'tour-title', tabindex: '-1' });
const says = make('p', { 'aria-live': 'polite' });
const back = make('button', { type: 'button' }, t`Back`);
const next = make('button', { type: 'button', class: 'primary' });
const end = make('button', { type: 'button' }, t`End the tour`);
const box = make('section', { class: 'tour', 'aria-labelledby': title.id }, title, says, make('p', { class: 'buttons' }, back, next, end));

/** The step that is shown. */
let at = 0;
/** What the step points at. */
let pointed: Element | null = null;
/** The button that started the tour, its steps, the open models, and how to choose a proof. */
let asked: { button: HTMLElement; steps: readonly Step[]; models: Models; choose(strategy: string): void } | undefined;

/** Starts a tour from its first step. */
export function start(button: HTMLElement, steps: readonly Step[], models: Models, choose: (strategy: string) => void) {
  asked = { button, steps, models, choose };
  document.body.append(box);
  show(0);
}

function show(step: number) {
  const wanted = asked?.steps[step];
  if (!asked || !wanted) return stop();
  at = step;
  const model = asked.models.current;
  const { view } = wanted;
  const strategy = wanted.strategy?.(model);
  const proof = strategy === undefined ? undefined : asked.models.find(strategy);
  if (view) goTo(view);
  if (strategy !== undefined && proof?.facts.refused === null) asked.choose(strategy);
  title.textContent = t`${step + 1} of ${asked.steps.length}: ${wanted.title}`;
  says.textContent = wanted.says(model);
  back.disabled = step === 0;
  next.textContent = step === asked.steps.length - 1 ? t`Done` : t`Next`;
  point(document.querySelector(wanted.at));
  title.focus({ preventScroll: true });
}

function point(element: Element | null) {
  pointed?.classList.remove('toured');
  pointed = element;
  element?.classList.add('toured');
  element?.scrollIntoView({ block: 'start' });
}

function stop() {
  point(null);
  box.remove();
  if (asked) focusBack(asked.button);
  asked = undefined;
}

back.addEventListener('click', () => show(at - 1));
next.addEventListener('click', () => show(at + 1));
end.addEventListener('click', stop);
addEventListener('keydown', (event) => {
  // What is open above the page closes first.
  if (event.key === 'Escape' && asked && !event.defaultPrevented && !document.querySelector('[popover]:popover-open')) stop();
});
