/**
 * The marks of the frontier as elements over its canvas: each has a name, can be focused, and
 * answers to pointer and keys.
 */

import { t } from '../../languages/language.js';
import type { Figure } from '../../pkg/plot.js';
import type { Model } from '../../state/model.js';
import { inFull } from '../../state/uncertain.js';
import { focusIn, get, make, type Root } from '../../ui/element.js';
import { briefly, capital, steps } from '../../ui/format.js';
import type { Placement } from '../../ui/player.js';

/** CSS pixels around a mark that belong to it: a finger is not a needle. */
const REACH = 14;

/** What has a mark. */
interface Marked {
  id: string;
  /** What it says. */
  name: string;
  flops: number;
  bound: number;
  /** Whether it is on a frontier. */
  isBest: boolean;
}
/** Where a mark is on the canvas, in CSS pixels. */
interface Spot extends Marked {
  x: number;
  y: number;
}

export class Marks {
  readonly #plane: HTMLElement;
  readonly #group: HTMLElement;
  readonly #stack: HTMLElement;
  readonly #point: (strategy: string | null) => void;
  readonly #choose: (strategy: string) => void;
  readonly #buttons = new Map<string, HTMLButtonElement>();
  /** In the order of length. */
  #spots: Spot[] = [];
  #pointed: string | null = null;
  /** The mark that the Tab key comes to. */
  #stop: string | null = null;

  /**
   * `root` has the elements; `point` is told what is under the pointer or the focus, `choose` what
   * was picked.
   */
  constructor(root: Root, point: (strategy: string | null) => void, choose: (strategy: string) => void) {
    this.#plane = get('plane', HTMLElement, root);
    this.#group = get('marks', HTMLElement, root);
    this.#stack = get('stack', HTMLElement, root);
    this.#point = point;
    this.#choose = choose;
    this.#plane.addEventListener('pointermove', (event) => this.#under(this.#at(event)[0]?.id ?? null));
    this.#plane.addEventListener('pointerleave', () => this.#under(null));
    this.#plane.addEventListener('click', (event) => this.#clicked(event));
    this.#group.addEventListener('keydown', (event) => this.#key(event));
    this.#group.addEventListener('focusin', ({ target }) => {
      if (!(target instanceof HTMLElement)) return;
      this.#stop = target.dataset['mark'] ?? null;
      this.#under(this.#stop);
    });
    this.#group.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.#group.contains(relatedTarget))) this.#under(null);
    });
    this.#stack.addEventListener('keydown', (event) => this.#stackKey(event));
    this.#stack.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.#stack.contains(relatedTarget))) this.#stack.hidden = true;
    });
  }

  /** Puts the marks where the figure has them. */
  show(figure: Figure | undefined, placement: Placement | undefined, model: Pick<Model, 'proofs' | 'uncertain'>, chosen: string | null) {
    const marked = new Map(markedOf(model).map((each) => [each.id, each]));
    const spots = !figure || !placement ? [] : figure.markers.flatMap(({ id, x, y }) => {
      const found = marked.get(id);
      return found ? [{ ...found, x: placement.left + placement.scale * x, y: placement.top + placement.scale * y }] : [];
    });
    this.#spots = spots.sort((a, b) => a.flops - b.flops);
    const there = new Set(spots.map(({ id }) => id));
    for (const [id, button] of this.#buttons) {
      if (there.has(id)) continue;
      button.remove();
      this.#buttons.delete(id);
    }
    // Who walks through the marks goes on from where they are; others start at the chosen one.
    const isWalked = this.#group.contains(focusIn(this.#group)) && this.#stop !== null && there.has(this.#stop);
    if (!isWalked) {
      const first = this.#spots.find(({ isBest }) => isBest)?.id ?? null;
      this.#stop = chosen !== null && there.has(chosen) ? chosen : first;
    }
    for (const { id, name, x, y } of this.#spots) {
      const button = this.#buttons.get(id) ?? this.#add(id);
      const at = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
      if (button.style.transform !== at) button.style.transform = at;
      set(button, 'aria-label', name);
      set(button, 'aria-pressed', String(id === chosen));
      set(button, 'tabindex', id === this.#stop ? '0' : '-1');
    }
  }

  #add(id: string): HTMLButtonElement {
    const button = make('button', { type: 'button', 'data-mark': id });
    this.#buttons.set(id, button);
    this.#group.append(button);
    return button;
  }

  #under(strategy: string | null) {
    this.#plane.classList.toggle('pointing', strategy !== null);
    if (strategy !== this.#pointed) this.#point((this.#pointed = strategy));
  }

  /** The marks near a pointer, the nearest first. */
  #at({ clientX, clientY }: MouseEvent): Spot[] {
    const { left, top } = this.#plane.getBoundingClientRect();
    const distance = ({ x, y }: Spot) => Math.hypot(x - (clientX - left), y - (clientY - top));
    return this.#spots.filter((spot) => distance(spot) < REACH).sort((a, b) => distance(a) - distance(b));
  }

  #clicked(event: MouseEvent) {
    if (event.target instanceof Node && this.#stack.contains(event.target)) return;
    // A click without a pointer, by a key or a screen reader, means the element.
    const pressed = event.detail === 0 && event.target instanceof HTMLElement ? event.target.dataset['mark'] : undefined;
    const near = this.#at(event);
    this.#stack.hidden = true;
    if (pressed !== undefined) this.#pick(pressed);
    else if (near.length > 1) this.#open(near);
    else if (near[0]) this.#pick(near[0].id);
  }

  #pick(strategy: string) {
    this.#stop = strategy;
    this.#choose(strategy);
  }

  /** Lists marks that lie on each other, for a choice. */
  #open(spots: Spot[]) {
    const [first] = spots;
    if (!first) return;
    const items = [...spots].sort((a, b) => b.bound - a.bound).map(({ id, name }) => {
      const button = make('button', { type: 'button', 'data-strategy': id }, name);
      button.addEventListener('click', () => {
        this.#stack.hidden = true;
        this.#pick(id);
        this.#buttons.get(id)?.focus({ preventScroll: true });
      });
      return make('li', {}, button);
    });
    this.#stack.replaceChildren(make('li', { class: 'hint' }, t`${spots.length} proofs lie here`), ...items);
    this.#stack.hidden = false;
    const { clientWidth } = this.#plane;
    this.#stack.style.left = `${Math.max(0, Math.min(first.x + 8, clientWidth - this.#stack.offsetWidth))}px`;
    this.#stack.style.top = `${first.y + 8}px`;
    this.#stack.querySelector('button')?.focus({ preventScroll: true });
  }

  #stackKey(event: KeyboardEvent) {
    const buttons = [...this.#stack.querySelectorAll('button')];
    const at = buttons.findIndex((button) => button === focusIn(button));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === 'Escape') {
      const { strategy } = buttons[0]?.dataset ?? {};
      this.#stack.hidden = true;
      if (strategy !== undefined) this.#buttons.get(strategy)?.focus({ preventScroll: true });
    } else if (to === undefined) return;
    else buttons[to]?.focus();
    event.preventDefault();
  }

  /** Left and right follow the frontier, up and down go through all proofs by length. */
  #key(event: KeyboardEvent) {
    const at = this.#spots.findIndex(({ id }) => id === this.#stop);
    const isBest = (spot: Spot) => spot.isBest;
    const { [event.key]: to } = {
      ArrowRight: this.#spots.findIndex((spot, i) => i > at && isBest(spot)),
      ArrowLeft: this.#spots.findLastIndex((spot, i) => i < at && isBest(spot)),
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: this.#spots.findIndex(isBest),
      End: this.#spots.findLastIndex(isBest),
    } as Record<string, number | undefined>;
    if (to === undefined) return;
    event.preventDefault();
    const spot = this.#spots[to];
    if (!spot) return;
    if (this.#stop !== null) this.#buttons.get(this.#stop)?.setAttribute('tabindex', '-1');
    this.#stop = spot.id;
    const button = this.#buttons.get(spot.id);
    button?.setAttribute('tabindex', '0');
    button?.focus({ preventScroll: true });
  }
}

/** Sets an attribute that is new. */
function set(element: HTMLElement, name: string, value: string) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** What of a model has a mark: what is proven, and other bounds. */
function markedOf({ proofs, uncertain }: Pick<Model, 'proofs' | 'uncertain'>): Marked[] {
  const proven = proofs.flatMap(({ facts, outcome, frontier }): Marked[] => {
    if (!outcome) return [];
    const name = `${capital(facts.label)}: ${t`at least ${briefly(outcome.percent)} in ${steps(outcome.flops)} steps`}${frontier ? t`, on the frontier` : ''}`;
    return [{ id: facts.strategy, name, flops: outcome.flops, bound: outcome.bound, isBest: frontier }];
  });
  return [...proven, ...uncertain.map((bound) => ({ ...bound, name: inFull(bound), isBest: bound.frontier }))];
}
