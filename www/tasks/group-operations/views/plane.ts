/**
 * Figures on axes that are not logarithmic: lines, boxes and dots, as the list of commands that the
 * player plays.
 */

import type { Command, Figure, Role } from '../../../pkg/plot.js';
import { fixed } from '../../../ui/format.js';

export type Range = readonly [low: number, high: number];
export type Point = readonly [x: number, y: number];
type Tick = readonly [value: number, label: string];

export interface Axes {
  width: number;
  height: number;
  x: Range;
  y: Range;
  /** Names of the axes that are drawn. */
  names?: readonly [x: string, y?: string];
  /** Instead of round numbers. */
  ticks?: readonly Tick[];
}

/** CSS pixels: room for labels on the left and below, above for the name, and on the right. */
const [LEFT, BOTTOM, TOP, RIGHT] = [52, 44, 24, 14];
const LABEL = 13;

/** Multiples of π from −π to π. */
export const ANGLES: readonly Tick[] = [[-Math.PI, '−π'], [-Math.PI / 2, '−π/2'], [0, '0'], [Math.PI / 2, 'π/2'], [Math.PI, 'π']];

/** Some six round numbers. */
function round([low, high]: Range): Tick[] {
  const rough = (high - low) / 5 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((each) => each * power >= rough) ?? 10) * power;
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => {
    const value = (first + i) * step;
    return [value, fixed(value, digits)];
  });
}

export class Plane {
  readonly #axes: Axes;
  readonly #commands: Command[] = [];

  constructor(axes: Axes) {
    this.#axes = axes;
    if (!axes.names) return;
    const { x, y, width, height } = this.#area;
    for (const [value, label] of axes.ticks ?? round(axes.x)) {
      const at = this.#at([value, axes.y[0]])[0];
      this.#commands.push({ kind: 'path', points: [[at, y], [at, y + height + 4]], color: 'grid', width: 1 });
      this.#text(label, at, y + height + 7, 'middle', 'top');
    }
    this.#text(axes.names[0], x + width / 2, y + height + 25, 'middle', 'top');
    if (axes.names[1] === undefined) return;
    for (const [value, label] of round(axes.y)) {
      const at = this.#at([axes.x[0], value])[1];
      this.#commands.push({ kind: 'path', points: [[x, at], [x + width, at]], color: value === 0 ? 'muted' : 'grid', width: 1 });
      this.#text(label, x - 6, at, 'end', 'middle');
    }
    this.#text(axes.names[1], 0, 2, 'start', 'top');
  }

  get #area() {
    const { width, height, names } = this.#axes;
    if (!names) return { x: 8, y: 8, width: width - 16, height: height - 16 };
    const left = names[1] === undefined ? RIGHT : LEFT;
    return { x: left, y: TOP, width: Math.max(1, width - left - RIGHT), height: Math.max(1, height - TOP - BOTTOM) };
  }

  #at([px, py]: Point): [number, number] {
    const { x, y, width, height } = this.#area;
    const [xs, ys] = [this.#axes.x, this.#axes.y];
    return [x + ((px - xs[0]) / (xs[1] - xs[0])) * width, y + height - ((py - ys[0]) / (ys[1] - ys[0])) * height];
  }

  #text(text: string, x: number, y: number, anchor: 'start' | 'middle' | 'end', baseline: 'top' | 'middle', color: Role = 'muted') {
    this.#commands.push({ kind: 'text', text, x, y, color, size: LABEL, anchor, baseline, rotate: 0, bold: false });
  }

  line(points: readonly Point[], color: Role, width = 2): this {
    this.#commands.push({ kind: 'path', points: points.map((point) => this.#at(point)), color, width });
    return this;
  }

  /** A box from one corner to the opposite one. */
  box(from: Point, to: Point, color: Role, fill: boolean): this {
    const [[x1, y1], [x2, y2]] = [this.#at(from), this.#at(to)];
    this.#commands.push({
      kind: 'rect',
      x: Math.min(x1, x2),
      y: Math.min(y1, y2),
      width: Math.abs(x2 - x1),
      height: Math.abs(y2 - y1),
      color,
      fill,
    });
    return this;
  }

  dot(at: Point, radius: number, color: Role, fill = true): this {
    const [x, y] = this.#at(at);
    this.#commands.push({ kind: 'circle', x, y, radius, color, fill, width: 1.5 });
    return this;
  }

  label(text: string, at: Point, color: Role = 'ink'): this {
    const [x, y] = this.#at(at);
    this.#text(text, x, y, 'middle', 'middle', color);
    return this;
  }

  figure(): Figure {
    const { width, height } = this.#axes;
    return { width, height, commands: this.#commands, plane: this.#area, markers: [], rows: [] };
  }
}

/** The range of some numbers, and 0, with a little room. */
export function rangeOf(...all: readonly (readonly number[])[]): Range {
  const [low, high] = all.flat().reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)], [0, 0]);
  const room = 0.05 * (high - low) || 1;
  return [low - room, high + room];
}
