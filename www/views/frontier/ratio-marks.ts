/**
 * The marks of models as links over their canvas: each has a name, can be focused, and opens its
 * model.
 */

import { t } from '../../languages/language.js';
import type { Figure } from '../../pkg/plot.js';
import { focusIn, make } from '../../ui/element.js';
import { percent } from '../../ui/format.js';
import { real } from '../../ui/real.js';

/** A model of the gallery. */
export interface Dot {
  seed: number;
  /** σ₁/σ₂ of its attention. */
  ratio: number;
  /** What is proven of it, from 0 to 1, rounded down. */
  bound: number;
  /** Whether the page shows it. */
  isOpen: boolean;
  /** The part after # of a link to it. */
  link: string;
}

/**
 * What a mark says. Seven digits are shipped of a bound; a hair more keeps the last of two
 * decimals.
 */
export function nameOf({ seed, ratio, bound, isOpen }: Dot): string {
  const digits = (Math.floor(bound * 10_000 + 1e-6) / 100).toFixed(2);
  return t`Seed ${seed}: σ₁/σ₂ is ${real(ratio)}, at least ${percent(digits)} proven${isOpen ? t`, the open model` : ''}`;
}

/** CSS pixels around a mark that belong to it. */
const REACH = 14;

export class RatioMarks {
  readonly element = make('div', {
    class: 'marks',
    role: 'group',
    'aria-label': t`Models. Left and right arrows go by σ₁/σ₂, up and down arrows by the bound.`,
  });
  readonly #canvas: HTMLCanvasElement;
  readonly #links = new Map<number, HTMLAnchorElement>();
  #dots: readonly Dot[] = [];
  #places: Figure['markers'] = [];

  /** `point` hears which model is under the pointer or the focus. */
  constructor(canvas: HTMLCanvasElement, point: (dot: Dot | undefined) => void) {
    this.#canvas = canvas;
    canvas.addEventListener('pointermove', (event) => {
      const dot = this.#near(event);
      canvas.style.cursor = dot ? 'pointer' : '';
      point(dot);
    });
    canvas.addEventListener('pointerleave', () => point(undefined));
    canvas.addEventListener('click', (event) => {
      const dot = this.#near(event);
      if (dot) this.#links.get(dot.seed)?.click();
    });
    this.element.addEventListener('focusin', ({ target }) => point(this.#dots[this.#at(target)]));
    this.element.addEventListener('focusout', () => point(undefined));
    this.element.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Puts a mark for each model where the figure has it. */
  show(dots: readonly Dot[], places: Figure['markers']) {
    [this.#dots, this.#places] = [dots, places];
    const there = new Set(dots.map(({ seed }) => seed));
    for (const [seed, link] of this.#links) {
      if (there.has(seed)) continue;
      link.remove();
      this.#links.delete(seed);
    }
    const stop = Math.max(
      0,
      dots.findIndex(({ isOpen }) => isOpen),
    );
    dots.forEach((dot, i) => {
      let link = this.#links.get(dot.seed);
      if (!link) {
        link = make('a', { 'data-seed': String(dot.seed) });
        this.#links.set(dot.seed, link);
        this.element.append(link);
      }
      const { x, y } = places[i] ?? { x: 0, y: 0 };
      link.href = dot.link;
      link.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
      link.setAttribute('aria-label', nameOf(dot));
      link.toggleAttribute('aria-current', dot.isOpen);
      link.tabIndex = link === focusIn(link) || i === stop ? 0 : -1;
    });
  }

  #at(target: EventTarget | null): number {
    return this.#dots.findIndex(({ seed }) => this.#links.get(seed) === target);
  }

  #near({ clientX, clientY }: MouseEvent): Dot | undefined {
    const { left, top } = this.#canvas.getBoundingClientRect();
    const distances = this.#places.map(({ x, y }) => Math.hypot(x - (clientX - left), y - (clientY - top)));
    const least = Math.min(...distances);
    return least < REACH ? this.#dots[distances.indexOf(least)] : undefined;
  }

  #key(event: KeyboardEvent) {
    const by = event.key === 'ArrowUp' || event.key === 'ArrowDown' ? 'bound' : 'ratio';
    const order = this.#dots.toSorted((a, b) => a[by] - b[by] || a.seed - b.seed);
    const dot = this.#dots[this.#at(event.target)];
    const at = dot ? order.indexOf(dot) : -1;
    const to = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1, Home: 0, End: order.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = order[to] && this.#links.get(order[to].seed);
    if (!next) return;
    for (const link of this.#links.values()) link.tabIndex = -1;
    next.tabIndex = 0;
    next.focus({ preventScroll: true });
  }
}
