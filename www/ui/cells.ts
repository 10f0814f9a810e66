/** Plays the cells of a figure, shades of a matrix, for the player. */

import type { Role } from '../pkg/plot.js';
import { FLAT, FLAT_PART, HALO, isMarked, MARK, patternOf } from './hatch.js';
import type { Cells, DrawCells } from './player.js';

/** Draws the cells of a matrix with sharp edges: a picture of one pixel for each, enlarged. */
export const drawCells: DrawCells = (context, cells, colors) => {
  const { x, y, width, height, columns, rows, shades, hatching, color, negative } = cells;
  for (const [sign, role] of [[1, color], [-1, negative]] as const) {
    const mask = new ImageData(columns, rows);
    // NaN is nothing, as are shades of the other sign.
    for (const [i, shade] of shades.entries()) mask.data[4 * i + 3] = Math.round(255 * sign * shade);
    const picture = document.createElement('canvas');
    picture.width = columns;
    picture.height = rows;
    const pixels = picture.getContext('2d');
    if (!pixels) return;
    pixels.putImageData(mask, 0, 0);
    pixels.globalCompositeOperation = 'source-in';
    pixels.fillStyle = colors[role];
    pixels.fillRect(0, 0, columns, rows);
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, x, y, width, height);
  }
  if (hatching.length) hatch(context, cells, colors);
};

/** Draws the pattern of each cell, and its mark. */
function hatch(context: CanvasRenderingContext2D, { x, y, width, height, columns, hatching, rows }: Cells, colors: Record<Role, string>) {
  const [w, h] = [width / columns, height / rows];
  const left = (i: number) => x + (i % columns) * w;
  const top = (i: number) => y + Math.floor(i / columns) * h;
  for (const value of new Set(hatching.map((each) => each % MARK))) {
    const pattern = patternOf(value);
    if (!pattern && value !== FLAT) continue;
    context.save();
    context.beginPath();
    for (const [i, each] of hatching.entries()) if (each % MARK === value) context.rect(left(i), top(i), w, h);
    if (pattern) {
      context.clip();
      context.translate(x, y);
      context.beginPath();
      for (const [x1, y1, x2, y2] of pattern.lines(width, height)) {
        context.moveTo(x1, y1);
        context.lineTo(x2, y2);
      }
      context.lineCap = 'round';
      for (const [color, halo] of [['paper', 2 * HALO], [pattern.color, 0]] as const) {
        context.strokeStyle = colors[color];
        context.lineWidth = pattern.width + halo;
        if (halo === 0 || pattern.color !== 'paper') context.stroke();
      }
    } else {
      context.globalAlpha = FLAT_PART;
      context.fillStyle = colors.muted;
      context.fill();
    }
    context.restore();
  }
  const radius = Math.max(1.5, Math.min(w, h) * 0.3);
  for (const [i, each] of hatching.entries()) {
    if (!isMarked(each)) continue;
    context.beginPath();
    context.arc(left(i) + w / 2, top(i) + h / 2, radius, 0, 2 * Math.PI);
    context.strokeStyle = colors.paper;
    context.lineWidth = 2 * HALO;
    context.stroke();
    context.fillStyle = colors.wrong;
    context.fill();
  }
}
