/** Plays the cells of a figure, shades of a matrix, for the player. */

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
  if (hatching.length) hatch(context, cells, colors.ink);
};

/** Draws lines over the hatched cells, and over some of these lines of the other direction. */
function hatch(context: CanvasRenderingContext2D, { x, y, width, height, columns, hatching, rows }: Cells, ink: string) {
  const SPACING = 5;
  for (const lines of [1, 2]) {
    context.save();
    context.beginPath();
    for (const [i, cell] of hatching.entries()) {
      if (cell < lines) continue;
      const [w, h] = [width / columns, height / rows];
      context.rect(x + (i % columns) * w, y + Math.floor(i / columns) * h, w, h);
    }
    context.clip();
    context.beginPath();
    for (let at = -height; at < width; at += SPACING) {
      context.moveTo(x + at, lines === 1 ? y + height : y);
      context.lineTo(x + at + height, lines === 1 ? y : y + height);
    }
    context.strokeStyle = ink;
    context.lineWidth = 0.75;
    context.stroke();
    context.restore();
  }
}
