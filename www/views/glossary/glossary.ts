/** Says what a technical word means, beside it. Fetched when the first word is pressed. */

import './glossary.css';
import { t, translated } from '../../languages/language.js';
import { floorOf, focusIn, make, rootOf } from '../../ui/element.js';
import { capital } from '../../ui/format.js';
import { goTo } from '../../ui/go.js';
import { type Entry, type Word, WORDS } from './words.js';

const ID = 'word-said';
/** Least distance from the window's edges, in pixels. */
const EDGE = 8;

/** Older browsers have no popovers: there the box is shown and hidden by hand. */
const hasPopovers: boolean = 'showPopover' in HTMLElement.prototype;

const name = make('strong', { id: `${ID}-name` });
const says = make('p', { id: `${ID}-sentence` });
const formula = make('p', { class: 'formula' });
const more = make('button', { type: 'button' });
const close = make('button', { type: 'button' }, t`Close`);
const box = make(
  'div',
  {
    id: ID,
    ...(hasPopovers && { popover: 'auto' }),
    role: 'dialog',
    tabindex: '-1',
    'aria-labelledby': name.id,
    'aria-describedby': says.id,
  },
  name,
  says,
  formula,
  make('p', { class: 'buttons' }, more, close),
);
/** The view that shows what the word means. */
let view: string | undefined;
/** The button whose word is explained; undefined while none is. */
let shown: HTMLElement | undefined;
/**
 * The button that is being pressed while its own box is open: that closes the box, and is not to
 * open it again.
 */
let closing: HTMLElement | undefined;

/**
 * Explains the word of a button, or stops explaining it. What it means in a task goes before what
 * it means everywhere.
 */
export function explain(button: HTMLElement, ofTask: Readonly<Record<string, Entry>> = {}) {
  const word = button.dataset['word'] ?? '';
  const entry: Entry | undefined = ofTask[word] ?? WORDS[word as Word];
  view = entry?.view;
  const isClosing = button === shown || button === closing;
  closing = undefined;
  hide();
  if (isClosing || !entry) return;
  name.textContent = capital(translated(word));
  says.textContent = entry.says;
  formula.textContent = entry.formula ?? '';
  formula.hidden = !entry.formula;
  // Embeds and labs have no tabs.
  more.hidden = !rootOf(button).getElementById(`tab-${entry.view}`);
  more.textContent = entry.view ? t`See it in “${translated(capital(entry.view))}”` : '';
  shown = button;
  button.setAttribute('aria-expanded', 'true');
  const floor = floorOf(button);
  if (box.parentNode !== floor) floor.append(box);
  box.hidden = false;
  if (hasPopovers) (box.showPopover as (options: { source: HTMLElement }) => void)({ source: button });
  placeBeside(button);
  box.focus({ preventScroll: true });
}

/** Puts the box below the button or, where there is no room, above. */
function placeBeside(button: HTMLElement) {
  const { left, top, bottom } = button.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const room = document.documentElement.clientWidth - width - EDGE;
  const isAbove = bottom + height + EDGE > innerHeight && top > height + EDGE;
  box.style.left = `${scrollX + Math.max(EDGE, Math.min(left, room))}px`;
  box.style.top = `${scrollY + (isAbove ? top - height - EDGE / 2 : bottom + EDGE / 2)}px`;
}

/** Closes the box; the focus goes back to the word if it was in the box. */
function hide() {
  if (!shown) return;
  if (hasPopovers) return box.hidePopover();
  const hadFocus = box.contains(focusIn(box));
  const button = shown;
  box.hidden = true;
  forget();
  if (hadFocus) button.focus();
}

function forget() {
  shown?.setAttribute('aria-expanded', 'false');
  shown = undefined;
}

box.hidden = !hasPopovers;
close.addEventListener('click', hide);
more.addEventListener('click', () => {
  hide();
  if (view) goTo(view);
});
addEventListener(
  'pointerdown',
  (event) => {
    const [target] = event.composedPath();
    closing = target instanceof Node && shown?.contains(target) ? shown : undefined;
    if (!hasPopovers && !closing && target instanceof Node && !box.contains(target)) hide();
  },
  { capture: true },
);
if (hasPopovers) {
  box.addEventListener('beforetoggle', (event) => {
    if ((event as ToggleEvent).newState === 'closed') forget();
  });
} else {
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide();
  });
}
