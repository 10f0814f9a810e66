/**
 * Patterns over the cells of a figure, which tell them apart without colour: as lines for the
 * canvas, for SVG and for legends.
 */

import type { Role } from '../pkg/plot.js';

export type Line = [x1: number, y1: number, x2: number, y2: number];

/** What a cell's `hatching` says: one of `PATTERNS`, and with `MARK` added a mark in its middle. */
export const MARK = 64;
export const patternOf = (hatching: number) => PATTERNS[hatching % MARK];
export const isMarked = (hatching: number) => hatching >= MARK;

export interface Pattern {
  name: string;
  /** Of its lines, in CSS pixels; their ends are round, so that one without a length is a dot. */
  width: number;
  color: Role;
  /** Covers an area that begins at 0. */
  lines(width: number, height: number): Line[];
}

/** CSS pixels from line to line, so that a cell of the map has some of each. */
const STEP = 5;
/** Paper on both sides of a line, so that it is seen on any shade. */
export const HALO = 1;

const steps = (from: number, to: number, step = STEP) =>
  Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + step * i);
const rising = (w: number, h: number) => steps(-h, w).map((at): Line => [at, h, at + h, 0]);
const falling = (w: number, h: number) => steps(-h, w).map((at): Line => [at, 0, at + h, h]);
const upright = (w: number, h: number) => steps(STEP / 2, w).map((x): Line => [x, 0, x, h]);
const level = (w: number, h: number) => steps(STEP / 2, h).map((y): Line => [0, y, w, y]);
/** Pieces `by` x and y long, in rows of which every other one is shifted. */
const pieces = (step: number, x: number, y: number) => (w: number, h: number) =>
  steps(STEP / 2, h).flatMap((top, row) => steps((row % 2) * (step / 2) + 1, w, step).map((left): Line => [left, top, left + x, top + y]));
const chevrons = (w: number, h: number) =>
  steps(STEP, h + STEP).flatMap((y) => steps(0, w, 4).flatMap((x): Line[] => [[x, y, x + 2, y - 3], [x + 2, y - 3, x + 4, y]]));
const both = (a: Pattern['lines'], b: Pattern['lines']) => (w: number, h: number) => [...a(w, h), ...b(w, h)];

const pattern = (name: string, lines: Pattern['lines'], width = 1, color: Role = 'unproven'): Pattern => ({ name, width, color, lines });

/** By number; 0 is none. The last covers the cell with a flat tone. */
export const PATTERNS: readonly (Pattern | undefined)[] = [
  undefined,
  pattern('rising', rising),
  pattern('falling', falling),
  pattern('upright', upright),
  pattern('level', level),
  pattern('crossed', both(rising, falling)),
  pattern('grid', both(upright, level)),
  pattern('dots', pieces(STEP, 0, 0), 2),
  pattern('dashes', pieces(8, 3.5, 0), 1.25),
  pattern('chevrons', chevrons),
  // Of cells that are proven: paper on their full colour.
  pattern('light dots', pieces(STEP, 0, 0), 2, 'paper'),
  pattern('light lines', rising, 1.25, 'paper'),
  pattern('light crosses', both(rising, falling), 1, 'paper'),
  pattern('light grid', both(upright, level), 1, 'paper'),
];
/** The number of a cell that is nothing: flat. */
export const FLAT = PATTERNS.length;
/** How much of the muted colour a flat cell has. */
export const FLAT_PART = 0.25;

/** Draws what is on a cell of this size in the colours of the page, for a legend. */
export function swatch(hatching: number, colors: Readonly<Record<Role, string>>, isFull: boolean): SVGElement {
  const SIZE = 20;
  const svg = node('svg', { class: 'swatch', width: SIZE, height: SIZE, viewBox: `0 0 ${SIZE} ${SIZE}`, 'aria-hidden': 'true' });
  if (isFull) svg.append(node('rect', { width: SIZE, height: SIZE, fill: colors.ours }));
  if (hatching === FLAT) svg.append(node('rect', { width: SIZE, height: SIZE, fill: colors.muted, 'fill-opacity': FLAT_PART }));
  const pattern = patternOf(hatching);
  if (pattern)
    svg.append(
      node('path', {
        d: pathOf(pattern.lines(SIZE, SIZE)),
        stroke: colors[pattern.color],
        'stroke-width': pattern.width,
        'stroke-linecap': 'round',
      }),
    );
  if (isMarked(hatching)) svg.append(node('circle', { cx: SIZE / 2, cy: SIZE / 2, r: SIZE / 4, fill: colors.wrong, stroke: colors.paper }));
  return svg;
}

/** Lines as the path of an SVG, shifted. */
export const pathOf = (lines: readonly Line[], x = 0, y = 0) =>
  lines.map(([x1, y1, x2, y2]) => `M${rounded(x + x1)} ${rounded(y + y1)}L${rounded(x + x2)} ${rounded(y + y2)}`).join('');

const rounded = (length: number) => Math.round(1000 * length) / 1000;

function node(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
