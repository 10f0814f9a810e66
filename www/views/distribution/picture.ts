/** The weights of a distribution as figures and as a table, for their menu. */

import { t } from '../../languages/language.js';
import type { Command, Figure } from '../../pkg/plot.js';
import type { Table } from '../../ui/export/table.js';

/**
 * Bars of one number: its name, the least value of it, and the part of all weight that each value
 * has.
 */
export interface Bars {
  name: string;
  first: number;
  parts: readonly number[];
}

/** Sizes in CSS pixels. */
const [WIDTH, HEIGHT, LINE] = [480, 120, 18];

/** The bars, with the least and the largest number below them. */
export function barsFigure({ name, first, parts }: Bars): Figure {
  const most = Math.max(...parts, Number.MIN_VALUE);
  const wide = WIDTH / Math.max(parts.length, 1);
  const bar = (part: number, i: number): Command => {
    const height = (HEIGHT * part) / most;
    return { kind: 'rect', x: i * wide, y: HEIGHT - height, width: Math.max(wide - 1, 0.5), height, color: 'ours', fill: true };
  };
  const text = (text: string, x: number, anchor: 'start' | 'middle' | 'end'): Command => ({
    ...{ kind: 'text', x, y: HEIGHT + LINE / 2, text, color: 'ink', size: 12, anchor, baseline: 'middle', rotate: 0, bold: false },
  });
  const ends = [text(String(first), 0, 'start'), text(name, WIDTH / 2, 'middle'), text(String(first + parts.length - 1), WIDTH, 'end')];
  const plane = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  return { width: WIDTH, height: HEIGHT + LINE, commands: [...parts.map(bar), ...ends], plane, markers: [], rows: [] };
}

/** Each value of each number, and the part of all weight that it has. */
export const barsTable = (all: readonly Bars[]): Table => ({
  columns: [
    { key: 'number', title: t`Number` },
    { key: 'value', title: t`Value` },
    { key: 'weight', title: t`Weight`, unit: t`part of 1` },
  ],
  rows: all.flatMap(({ name, first, parts }) => parts.map((part, i) => [name, first + i, part])),
});
