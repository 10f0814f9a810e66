/** A figure as a picture of pixels. */

import { t } from '../../languages/language.js';
import type { Figure } from '../../pkg/plot.js';
import { drawCells } from '../cells.js';
import { make } from '../element.js';
import { play, type Style } from '../player.js';

/** Pixels for each CSS pixel. */
const RATIO = 2;

/**
 * The figure on paper, with two pixels for each CSS pixel of its size. Rejects if the browser has
 * no room for it.
 */
export function pngOf(figure: Figure, style: Style): Promise<Blob> {
  const canvas = make('canvas');
  play(canvas, { ...style, width: figure.width, height: figure.height }, figure, drawCells, RATIO);
  const context = canvas.getContext('2d');
  if (context) {
    context.resetTransform();
    context.globalCompositeOperation = 'destination-over';
    context.fillStyle = style.colors.paper;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error(t`The picture is too large for this browser.`))), 'image/png');
  });
}
