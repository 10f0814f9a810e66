/** The grid of strategies as a figure, for its menu: on the page, its cells are elements. */

import type { Command, Figure } from '../../pkg/plot.js';
import { type Grid, short, strength } from './grid.js';

/**
 * CSS pixels: beside the cells, above them, a cell, the space between two, and the sizes of
 * letters.
 */
const [LEFT, TOP, WIDTH, HEIGHT, BETWEEN] = [290, 64, 36, 27, 1];
const SIZE = 12;
/**
 * How full a cell is by its strength, as in the view's style: between fills for dark and for light
 * text is a gap.
 */
const FILLS = [0.04, 0.11, 0.18, 0.26, 0.34, 0.42, 0.49, 0.83, 0.91, 1];
/** From this fill on, numbers are written in the colour of the paper. */
const DARK = 0.83;

/** Cells with what they prove, and the values of the three choices around them. */
export function gridFigure({ columns, parts, rows, cells }: Grid): Figure {
  const many = parts.values.length;
  const text = (x: number, y: number, content: string, more: Partial<Extract<Command, { kind: 'text' }>> = {}): Command => ({
    kind: 'text', x, y, text: content, color: 'ink', size: SIZE, anchor: 'middle', baseline: 'middle', rotate: 0, bold: false, ...more,
  });
  const middle = (column: number) => LEFT + (column + 0.5) * WIDTH;
  const commands: Command[] = [
    text(LEFT - 8, 16, columns.name, { anchor: 'end', color: 'muted' }),
    text(LEFT - 8, 44, `${rows.name} / ${parts.name}`, { anchor: 'end', color: 'muted' }),
    ...columns.values.flatMap(({ value }, i) => lines(value).map((line, l) => text(middle(i * many + (many - 1) / 2), 10 + 13 * l, line))),
    ...columns.values.flatMap((_, i) => parts.values.map(({ value }, j) => text(middle(i * many + j), 50, value, { size: 9 }))),
    ...rows.values.map(({ value }, i) => text(LEFT - 8, TOP + (i + 0.5) * HEIGHT, value, { anchor: 'end' })),
  ];
  cells.forEach((row, i) =>
    row.forEach((proof, j) => {
      const [x, y] = [LEFT + j * WIDTH, TOP + i * HEIGHT];
      const shade = proof?.outcome ? (FILLS[strength(proof.outcome)] ?? 0) : 0;
      const size = { width: WIDTH - BETWEEN, height: HEIGHT - BETWEEN };
      commands.push({ kind: 'cells', x, y, ...size, columns: 1, rows: 1, shades: [shade], hatching: [], color: 'ours', negative: 'wrong' });
      const color = shade >= DARK ? 'paper' : 'ink';
      if (proof)
        commands.push(text(middle(j), y + HEIGHT / 2, proof.outcome ? short(proof.outcome) : '–', { color, bold: proof.frontier }));
    }),
  );
  const [width, height] = [LEFT + columns.values.length * many * WIDTH + 8, TOP + rows.values.length * HEIGHT + 8];
  return { width, height, commands, plane: { x: LEFT, y: TOP, width: width - LEFT, height: height - TOP }, markers: [], rows: [] };
}

/** At most two lines, broken near the middle. */
function lines(text: string): string[] {
  const breaks = [...text.matchAll(/ /g)].map(({ index }) => index);
  if (text.length < 12 || !breaks.length) return [text];
  const at = breaks.reduce((best, each) => (Math.abs(2 * each - text.length) < Math.abs(2 * best - text.length) ? each : best));
  return [text.slice(0, at), text.slice(at + 1)];
}
