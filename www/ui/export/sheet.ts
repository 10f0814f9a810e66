/** Several figures beside each other as one, each under its name. */

import type { Command, Figure } from '../../pkg/plot.js';

export interface Named {
  name: string;
  figure: Figure;
}

/** CSS pixels: between figures, the height of a name, and the size of its letters. */
const [BETWEEN, LINE, SIZE] = [24, 28, 14];

/** All figures in one, from left to right. Only one without a name is left as it is. */
export function sheetOf(figures: readonly Named[]): Figure | undefined {
  const [first] = figures;
  if (!first || (figures.length === 1 && !first.name)) return first?.figure;
  const commands: Command[] = [];
  let left = 0;
  for (const { name, figure } of figures) {
    const at = { x: left, y: LINE / 2, size: SIZE, rotate: 0, bold: true } as const;
    commands.push({ kind: 'text', text: name, color: 'ink', anchor: 'start', baseline: 'middle', ...at });
    commands.push(...figure.commands.map((command) => moved(command, left, LINE)));
    left += figure.width + BETWEEN;
  }
  const height = LINE + Math.max(...figures.map(({ figure }) => figure.height));
  const width = left - BETWEEN;
  return { width, height, commands, plane: { x: 0, y: 0, width, height }, markers: [], rows: [] };
}

/** A command, moved by a number of CSS pixels to the right and down. */
export function moved(command: Command, right: number, down: number): Command {
  if (!('points' in command)) return { ...command, x: command.x + right, y: command.y + down };
  return { ...command, points: command.points.map(([x, y]): [number, number] => [x + right, y + down]) };
}
