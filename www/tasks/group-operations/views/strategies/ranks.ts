/**
 * What proofs of one family prove by the number that their names end in: through how many numbers
 * they see the outputs.
 */

import { t } from '../../../../languages/language.js';
import type { Outcome } from '../../../../pkg/group.js';
import type { Command, Figure } from '../../../../pkg/plot.js';
import type { Proof } from '../../../../state/model.js';

export interface Ranked {
  rank: number;
  proof: Proof;
}

const NAME = /^low-rank-unembed-(\d+)$/;

/** The proofs with a rank, the lowest first. */
export const ranked = (proofs: readonly Proof[]): Ranked[] =>
  proofs
    .flatMap((proof) => {
      const rank = proof.from ? undefined : NAME.exec(proof.facts.strategy)?.[1];
      return rank === undefined ? [] : { rank: Number(rank), proof };
    })
    .sort((a, b) => a.rank - b.rank);

const isAll = ({ correct, total }: Outcome) => correct === total;

/** The lowest rank from which on everything is proven, once that is known. */
export const cliffOf = (all: readonly Ranked[]): Ranked | undefined => all.find(({ proof: { outcome } }) => outcome && isAll(outcome));

/** CSS pixels: the height of the figure, and its margins. */
const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [190, 46, 8, 12, 38];
const SIZE = 12;

/**
 * A bar for each rank, as high as the part of the inputs that is proven; the chosen one has a
 * frame.
 */
export function figureOf(all: readonly Ranked[], chosen: number | undefined, width: number): Figure {
  const plane = { x: LEFT, y: TOP, width: width - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM };
  const step = plane.width / Math.max(all.length, 1);
  const y = (part: number) => plane.y + plane.height * (1 - part);
  const text = (x: number, at: number, content: string, more: Partial<Extract<Command, { kind: 'text' }>> = {}): Command => ({
    kind: 'text', x, y: at, text: content, color: 'ink', size: SIZE, anchor: 'middle', baseline: 'middle', rotate: 0, bold: false, ...more,
  });
  const lines = [0, 0.5, 1].flatMap((part): Command[] => [
    { kind: 'path', points: [[plane.x, y(part)], [plane.x + plane.width, y(part)]], color: 'grid', width: 1 },
    text(plane.x - 6, y(part), `${100 * part} %`, { anchor: 'end', color: 'muted' }),
  ]);
  // Numbers that would run into each other are left out.
  const every = Math.max(1, Math.ceil(22 / step));
  const bars = all.flatMap(({ rank, proof: { outcome } }, i): Command[] => {
    const [left, part] = [plane.x + i * step, outcome?.bound ?? 0];
    const bar = { x: left + step * 0.14, width: step * 0.72 };
    const isChosen = rank === chosen;
    return [
      ...(part > 0 ? [{ kind: 'rect', ...bar, y: y(part), height: plane.height * part, color: 'ours', fill: true } as const] : []),
      // Nothing is proven, or not known yet.
      ...(outcome && part === 0
        ? [
            {
              kind: 'path',
              points: [
                [bar.x, y(0)],
                [bar.x + bar.width, y(0)],
              ] as [number, number][],
              color: 'unproven',
              width: 3,
            } as const,
          ]
        : []),
      ...(isChosen
        ? [{ kind: 'rect', x: left + 1, y: plane.y - 4, width: step - 2, height: plane.height + 8, color: 'ink', fill: false } as const]
        : []),
      ...(i % every === 0 || isChosen ? [text(left + step / 2, y(0) + 13, String(rank), { bold: isChosen })] : []),
    ];
  });
  const commands = [...lines, ...bars, text(plane.x + plane.width / 2, HEIGHT - 8, t`R, numbers for each input`, { color: 'muted' })];
  return { width, height: HEIGHT, commands, plane, markers: [], rows: [] };
}
