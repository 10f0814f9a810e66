/** A figure as a text in SVG that stands alone: the same drawing as on the canvas. */

import { translated } from '../../languages/language.js';
import type { Command, Figure } from '../../pkg/plot.js';
import { FLAT, FLAT_PART, HALO, isMarked, MARK, pathOf, patternOf } from '../hatch.js';
import type { Cells, Style } from '../player.js';

const BASELINES = { top: 'text-before-edge', middle: 'central', bottom: 'text-after-edge' } as const;
const ANCHORS = { start: 'start', middle: 'middle', end: 'end' } as const;

/** A text inside an element or an attribute; what XML cannot hold is left out. */
export const escaped = (text: string) =>
  text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** A length with at most three decimals. */
const short = (x: number) => String(Math.round(1000 * x) / 1000 || 0);

function element(name: string, attributes: Record<string, string | number>, content?: string): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escaped(value)}"`);
  return `<${name}${pairs.join('')}${content === undefined ? '/>' : `>${content}</${name}>`}`;
}

/** What a figure says of itself. */
export interface Words {
  title: string;
  /** What it shows, in words. */
  description: string;
}

/**
 * The figure with its colours and fonts; each proof of a frontier has a circle around its mark,
 * which names it.
 */
export function svgOf(figure: Figure, { colors, fontFamily }: Pick<Style, 'colors' | 'fontFamily'>, { title, description }: Words): string {
  const { width, height, commands, markers } = figure;
  const marks = markers.map(({ id, x, y }) =>
    element('circle', { class: 'marker', cx: x, cy: y, r: 7, fill: 'none', 'pointer-events': 'all' }, element('title', {}, escaped(id))),
  );
  const parts = [
    element('title', {}, escaped(title)),
    element('desc', {}, escaped(description)),
    element('rect', { width, height, fill: colors.paper }),
    ...commands.map((command, i) => drawn(command, colors, i)),
    ...marks,
  ];
  const root = { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' };
  const content = element('g', { 'font-family': fontFamily, 'stroke-linejoin': 'round' }, `\n${parts.slice(2).join('\n')}\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('svg', root, `\n${parts.slice(0, 2).join('\n')}\n${content}\n`)}\n`;
}

function drawn(command: Command, colors: Style['colors'], index: number): string {
  const color = colors[command.color];
  const line = (width: number) => ({ fill: 'none', stroke: color, 'stroke-width': width });
  switch (command.kind) {
    case 'rect': {
      const { x, y, width, height, fill } = command;
      return element('rect', { x, y, width, height, ...(fill ? { fill: color } : line(1)) });
    }
    case 'path':
      return element('polyline', { points: pointsOf(command.points), ...line(command.width) });
    case 'polygon':
      return element('polygon', { points: pointsOf(command.points), fill: color });
    case 'circle': {
      const { x, y, radius, fill, width } = command;
      return element('circle', { cx: x, cy: y, r: radius, ...(fill ? { fill: color } : line(width)) });
    }
    case 'cells':
      return cellsOf(command, colors, index);
    case 'text': {
      const { x, y, text, size, anchor, baseline, rotate, bold } = command;
      const turned = rotate ? { transform: `translate(${short(x)} ${short(y)}) rotate(${rotate})` } : { x, y };
      const font = { 'font-size': size, ...(bold && { 'font-weight': 'bold' }) };
      return element(
        'text',
        { ...turned, fill: color, ...font, 'text-anchor': ANCHORS[anchor], 'dominant-baseline': BASELINES[baseline] },
        escaped(translated(text)),
      );
    }
  }
}

const pointsOf = (points: readonly [number, number][]) => points.map(([x, y]) => `${short(x)},${short(y)}`).join(' ');

/** Cells of one shade as one path, in units of cells; as many shades as a canvas tells apart. */
function cellsOf(cells: Cells, colors: Style['colors'], index: number): string {
  const { x, y, width, height, columns, rows, shades, color, negative } = cells;
  const paths = [[1, color], [-1, negative]].flatMap(([sign, role]) => {
    const levels = new Map<number, number[]>();
    for (const [i, shade] of shades.entries()) {
      const level = Math.min(255, Math.round(255 * Number(sign) * shade));
      if (level > 0) levels.set(level, [...(levels.get(level) ?? []), i]);
    }
    return [...levels].map(([level, found]) =>
      element('path', { d: squares(found, columns), fill: colors[role as Cells['color']], 'fill-opacity': level / 255 }),
    );
  });
  const transform = `translate(${short(x)} ${short(y)}) scale(${width / columns} ${height / rows})`;
  const shaded = element('g', { transform, 'shape-rendering': 'crispEdges' }, paths.join(''));
  return shaded + hatched(cells, colors, index, transform);
}

/** The patterns of cells, each clipped to its own, and their marks. */
function hatched(
  { x, y, width, height, columns, rows, hatching }: Cells,
  colors: Style['colors'],
  index: number,
  transform: string,
): string {
  const patterns = [...new Set(hatching.map((each) => each % MARK))].map((value) => {
    const found = [...hatching.keys()].filter((i) => (hatching[i] ?? 0) % MARK === value);
    const pattern = patternOf(value);
    const area = { d: squares(found, columns), transform };
    if (value === FLAT) return element('path', { ...area, fill: colors.muted, 'fill-opacity': FLAT_PART });
    if (!pattern) return '';
    const id = `hatch-${index}-${value}`;
    const lines = { d: pathOf(pattern.lines(width, height), x, y), 'clip-path': `url(#${id})`, fill: 'none', 'stroke-linecap': 'round' };
    const stroke = (color: string, halo: number) => element('path', { ...lines, stroke: color, 'stroke-width': pattern.width + halo });
    const halo = pattern.color === 'paper' ? '' : stroke(colors.paper, 2 * HALO);
    return element('clipPath', { id }, element('path', area)) + halo + stroke(colors[pattern.color], 0);
  });
  const [w, h] = [width / columns, height / rows];
  const marks = [...hatching.keys()]
    .filter((i) => isMarked(hatching[i] ?? 0))
    .map((i) => {
      const at = { cx: x + ((i % columns) + 0.5) * w, cy: y + (Math.floor(i / columns) + 0.5) * h, r: Math.max(1.5, Math.min(w, h) * 0.3) };
      return element('circle', { ...at, fill: colors.wrong, stroke: colors.paper, 'stroke-width': HALO });
    });
  return patterns.join('') + marks.join('');
}

/** Cells as squares of one unit; neighbours in a row as one rectangle. */
function squares(cells: readonly number[], columns: number): string {
  let d = '';
  for (let i = 0; i < cells.length; ) {
    const first = cells[i] ?? 0;
    let length = 1;
    while (cells[i + length] === first + length && (first + length) % columns) length++;
    d += `M${first % columns} ${Math.floor(first / columns)}h${length}v1h-${length}z`;
    i += length;
  }
  return d;
}
