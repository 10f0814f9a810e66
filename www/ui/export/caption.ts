/**
 * What a saved figure says outside its axes: its title, what it is about, and what its marks stand
 * for.
 */

import type { Command, Figure, Role } from '../../pkg/plot.js';
import { moved } from './sheet.js';

/** A mark, as a letter, and what it stands for. */
export interface Entry {
  mark: string;
  label: string;
  role: Role;
}

export interface Caption {
  title: string;
  /** What the figure is about, in a sentence or two. */
  about: string;
  legend: readonly Entry[];
}

/** CSS pixels: the size of letters, the height of a line, between entries, and of a mark. */
const [SIZE, LINE, BETWEEN, MARK] = [14, 20, 20, 18];
/** The width of a letter of the mean text, in parts of its size; wider than in most fonts. */
const LETTER = 0.58;
const widthOf = (text: string) => LETTER * SIZE * text.length;

/**
 * The words of a text in lines of at most a number of CSS pixels, unless a word alone is longer.
 */
function linesOf(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** The figure with its title and what it is about above it, and its legend below. */
export function captioned(figure: Figure, { title, about, legend }: Caption): Figure {
  const commands: Command[] = [];
  const write = (text: string, color: Role, x: number, y: number, bold = false) =>
    commands.push({ kind: 'text', text, color, x, y, size: SIZE, anchor: 'start', baseline: 'middle', rotate: 0, bold });
  let y = LINE / 2;
  for (const [text, bold] of [[title, true], [about, false]] as const) {
    for (const line of linesOf(text, figure.width)) {
      write(line, 'ink', 0, y, bold);
      y += LINE;
    }
  }
  const top = y;
  commands.push(...figure.commands.map((command) => moved(command, 0, top)));
  y += figure.height + LINE;
  let x = 0;
  for (const { mark, label, role } of legend) {
    const width = MARK + widthOf(label);
    if (x && x + width > figure.width) [x, y] = [0, y + LINE];
    write(mark, role, x, y);
    write(label, 'ink', x + MARK, y);
    x += width + BETWEEN;
  }
  const height = y + (legend.length ? LINE / 2 : -LINE);
  const markers = figure.markers.map((marker) => ({ ...marker, y: marker.y + top }));
  return {
    ...figure,
    height,
    commands,
    plane: { ...figure.plane, y: figure.plane.y + top },
    markers,
    rows: figure.rows.map((row) => ({ ...row, y: row.y + top })),
  };
}
