/**
 * A figure as a PDF of one page that consists of lines, areas and texts: the drawing of the canvas.
 */

import { t, translated } from '../../languages/language.js';
import type { Command, Figure, Role } from '../../pkg/plot.js';

/** A colour as shares of red, green and blue. */
export type Rgb = readonly [number, number, number];

/** Points for each CSS pixel. */
const POINTS = 0.75;
/** A quarter of a circle as a Bézier curve: how far its handles reach, for a radius of 1. */
const HANDLE = 0.5523;
/**
 * Where the line of writing is below the point that a text stands at, for a size of 1: Helvetica's
 * measures.
 */
const BELOW = { top: 0.77, middle: 0.36, bottom: -0.21 } as const;
const BEFORE = { start: 0, middle: 0.5, end: 1 } as const;
/** Widths of Helvetica's characters from the blank to the tilde, for a size of 1000. */
const WIDTHS = (
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 ' +
  '1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 ' +
  '333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584'
).split(' ').map(Number);
/** Width of other characters. */
const OTHER = 556;

const short = (x: number) => String(Math.round(1000 * x) / 1000 || 0);
const numbers = (...all: number[]) => all.map(short).join(' ');

/** Raised digits, which Latin 1 has only some of: they are drawn smaller and higher. */
const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹⁻';
const [SMALLER, HIGHER] = [0.65, 0.36];

/** A text as parts that are all raised or not. */
const partsOf = (text: string) => [...text.matchAll(/([⁰¹²³⁴-⁹⁻]+)|[^⁰¹²³⁴-⁹⁻]+/g)].map(([part, raised]) =>
  raised ? { text: [...part].map((sign) => '0123456789-'[RAISED.indexOf(sign)]).join(''), share: SMALLER } : { text: part, share: 1 },
);

/**
 * A text in the characters of Latin 1, which every reader has in Helvetica. Throws if it has
 * others.
 */
function latin(text: string): string {
  const strange = /[^\u0020-\u007e\u00a0-\u00ff]/u.exec(text)?.[0];
  if (strange) throw new Error(t`a PDF of this kind cannot hold the sign “${strange}”. Save the SVG instead.`);
  return text.replaceAll(/[\\()]/g, '\\$&');
}

/** How wide a text is, for a size of 1. */
const widthOf = (all: string) =>
  partsOf(all).reduce(
    (sum, { text, share }) => sum + share * [...text].reduce((width, letter) => width + (WIDTHS[letter.charCodeAt(0) - 32] ?? OTHER), 0),
    0,
  ) / 1000;

/** What writes a text. */
const written = (all: string, font: string, size: number) =>
  partsOf(all)
    .map(({ text, share }) => `/${font} ${short(share * size)} Tf ${short(share < 1 ? HIGHER * size : 0)} Ts (${latin(text)}) Tj`)
    .join(' ');

/** Which area or line a drawing is, and its paint. */
const painted = (fill: boolean, color: Rgb, width: number, path: string) =>
  fill ? `${numbers(...color)} rg ${path} f` : `${numbers(...color)} RG ${short(width)} w ${path} S`;

const along = (points: readonly (readonly [number, number])[]) => points.map(([x, y], i) => `${numbers(x, y)} ${i ? 'l' : 'm'}`).join(' ');

function circle(x: number, y: number, r: number): string {
  const h = HANDLE * r;
  const arc = (...six: number[]) => `${numbers(...six)} c`;
  return [
    `${numbers(x + r, y)} m`,
    arc(x + r, y + h, x + h, y + r, x, y + r),
    arc(x - h, y + r, x - r, y + h, x - r, y),
    arc(x - r, y - h, x - h, y - r, x, y - r),
    arc(x + h, y - r, x + r, y - h, x + r, y),
    'h',
  ].join(' ');
}

function drawn(command: Command, colors: Record<Role, Rgb>): string {
  const color = colors[command.color];
  switch (command.kind) {
    case 'rect':
      return painted(command.fill, color, 1, `${numbers(command.x, command.y, command.width, command.height)} re`);
    case 'path':
      return painted(false, color, command.width, along(command.points));
    case 'polygon':
      return painted(true, color, 1, `${along(command.points)} h`);
    case 'circle':
      return painted(command.fill, color, command.width, circle(command.x, command.y, command.radius));
    case 'cells':
      throw new Error(t`a PDF of this kind cannot hold a matrix. Save the SVG instead.`);
    case 'text': {
      const { x, y, size, anchor, baseline, rotate, bold } = command;
      const text = translated(command.text);
      const [cos, sin] = [Math.cos((rotate * Math.PI) / 180), Math.sin((rotate * Math.PI) / 180)];
      const [right, down] = [-BEFORE[anchor] * size * widthOf(text), BELOW[baseline] * size];
      // Letters stand upright though y grows downwards.
      const matrix = numbers(cos, sin, sin, -cos, x + cos * right - sin * down, y + sin * right + cos * down);
      return `BT ${numbers(...color)} rg ${matrix} Tm ${written(text, bold ? 'B' : 'R', size)} ET`;
    }
  }
}

/** Any text, for the title. */
const unicode = (text: string) =>
  `<FEFF${[...Array(text.length).keys()].map((i) => text.charCodeAt(i).toString(16).padStart(4, '0')).join('')}>`;

/** The figure as the bytes of a file. Throws if it has a sign that Helvetica has not. */
export function pdfOf({ width, height, commands }: Figure, colors: Record<Role, Rgb>, title: string): Uint8Array<ArrayBuffer> {
  const [w, h] = [POINTS * width, POINTS * height];
  const ground = painted(true, colors.paper, 1, `${numbers(0, 0, width, height)} re`);
  const content = [`${numbers(POINTS, 0, 0, -POINTS, 0, h)} cm 1 j`, ground, ...commands.map((command) => drawn(command, colors))].join(
    '\n',
  );
  const font = (name: string) => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [${numbers(0, 0, w, h)}] /Contents 4 0 R /Resources << /Font << /R 5 0 R /B 6 0 R >> >> >>`,
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    font('Helvetica'),
    font('Helvetica-Bold'),
    `<< /Title ${unicode(title)} >>`,
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  text += `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}trailer\n<< /Size ${size} /Root 1 0 R /Info ${size - 1} 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
