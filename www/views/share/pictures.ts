/**
 * The figure as a file: SVG and PNG for pages, PDF for papers; always in light colours, as on
 * paper.
 */

import { t } from '../../languages/language.js';
import type { Figure, Role } from '../../pkg/plot.js';
import { make } from '../../ui/element.js';
import { pngOf } from '../../ui/export/png.js';
import { svgOf, type Words } from '../../ui/export/svg.js';
import { type Style, styleOf } from '../../ui/player.js';
import { pdfOf, type Rgb } from './pdf.js';

/** Kinds of files, by their endings. */
export type Kind = 'svg' | 'png' | 'pdf';

/** The size of a figure as wide as this: as high as in an embed. */
export const sizeOf = (width: number) => ({ width, height: Math.round(180 + 0.13 * width) });

/** The figure as a file. */
export async function pictureOf(kind: Kind, figure: Figure, words: Words): Promise<Blob> {
  const style = onPaper();
  if (kind === 'png') return pngOf(figure, style);
  if (kind === 'svg') return new Blob([svgOf(figure, style, words)], { type: 'image/svg+xml' });
  return new Blob([pdfOf(figure, mixed(style.colors), words.title)], { type: 'application/pdf' });
}

/** The style that paper has. Nothing is painted meanwhile. */
function onPaper(): Style {
  const { classList } = document.documentElement;
  const was = classList.contains('printing');
  classList.add('printing');
  const style = styleOf(document.body);
  classList.toggle('printing', was);
  return style;
}

/** Colours as they look on the paper. */
function mixed(colors: Style['colors']): Record<Role, Rgb> {
  const context = make('canvas', { width: '1', height: '1' }).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(t`this browser has no canvas.`);
  const seen = (color: string): Rgb => {
    for (const paint of [colors.paper, color]) {
      context.fillStyle = paint;
      context.fillRect(0, 0, 1, 1);
    }
    const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
    return [r / 255, g / 255, b / 255];
  };
  return Object.fromEntries(Object.entries(colors).map(([role, color]) => [role, seen(color)])) as Record<Role, Rgb>;
}
