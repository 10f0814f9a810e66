/** The figures of this view, drawn by plotters: a map of all cases, and all inputs in parts. */

import { t } from '../../languages/language.js';
import type { Command } from '../../pkg/plot.js';
import type { Picture } from '../../ui/drawing.js';
import type { PartRow } from './parts.js';
import { hatchingOf } from './patterns.js';

/**
 * A map of v by v cells: [m * v + q], 0 to 1, or −1 to 1 if it is signed; NaN where there is
 * nothing.
 */
export interface MapPicture {
  v: number;
  /** What the values are. */
  name: string;
  values: Float64Array;
  isSigned?: boolean;
  /** [m * v + q]: what `hatch.ts` draws over each cell. */
  hatching?: Uint8Array;
}

/** All inputs in parts; what is proven comes last. */
export interface PartsPicture {
  total: bigint;
  rows: readonly PartRow[];
  isWeighted: boolean;
}

/** What a weight is a part of in the figure. */
const PARTS = 1_000_000n;

/** Draws the map that `picture` gives; nothing if it gives none. */
export function mapOf(picture: () => MapPicture | undefined): Picture {
  return (plot, { width, height }) => {
    const given = picture();
    if (!given) return undefined;
    const { v, name, values, isSigned, hatching } = given;
    const names = { name, row_name: t`largest token`, column_name: t`last token` };
    const options = { width, height, shades: isSigned ? 'signed' : 'part', color: 'ours', ...names, every: 8 } as const;
    return plot.heatMap(v, v, Float32Array.from(values), hatching ?? new Uint8Array(), options);
  };
}

/**
 * Draws the parts that `picture` gives, as a waterfall from all inputs to what is proven; nothing
 * if it gives none.
 */
export function partsOf(picture: () => PartsPicture | undefined): Picture {
  return (plot, { width }) => {
    const given = picture();
    if (!given) return undefined;
    const { rows, isWeighted } = given;
    const total = isWeighted ? PARTS : given.total;
    const counts = rows.map(({ inputs }) => (inputs * total) / given.total);
    // What rounding takes off belongs to what is not proven, which comes first.
    const rest = total - counts.reduce((sum, each) => sum + each, 0n);
    const parts = rows.map(({ label, role }, i) => ({ label, count: String((counts[i] ?? 0n) + (i === 0 ? rest : 0n)), role }));
    const all = isWeighted ? t`All weight, in millionths` : t`All inputs`;
    const figure = plot.waterfall([{ label: all, count: String(total), role: 'muted' }, ...parts], width);
    return { ...figure, commands: withPatterns(figure.commands, rows) };
  };
}

/**
 * The bars of causes, which come in the order of their rows, with the patterns that the map gives
 * these.
 */
function withPatterns(commands: readonly Command[], rows: readonly PartRow[]): Command[] {
  const causes = rows.filter(({ role }) => role === 'unproven').map(({ id }) => hatchingOf(id));
  return commands.flatMap((command): Command[] => {
    if (command.kind !== 'rect' || !command.fill || command.color !== 'unproven') return [command];
    const { x, y, width, height, color } = command;
    const cell = { columns: 1, rows: 1, shades: [0], hatching: [causes.shift() ?? 0] };
    return [{ ...command, fill: false }, { kind: 'cells', x, y, width, height, ...cell, color, negative: color }];
  });
}
