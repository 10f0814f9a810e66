/** Draws a figure, a list of drawing commands from Rust (`src/plot`), on a canvas. */

import type { Command, Figure, Role } from '../pkg/plot.js';

/** The position of a figure on its canvas. */
export interface Placement {
  /** CSS pixels per unit of the figure. */
  scale: number;
  /** Left edge of the figure, in CSS pixels. */
  left: number;
  /** Top edge of the figure, in CSS pixels. */
  top: number;
}

/** Size, in CSS pixels, font and colours of a canvas. */
export interface Style {
  width: number;
  height: number;
  fontFamily: string;
  colors: Record<Role, string>;
}

/** The CSS custom property with the colour of each role. */
const COLORS: Record<Role, string> = {
  ink: '--ink',
  muted: '--soft',
  grid: '--rule',
  paper: '--paper',
  staircase: '--staircase',
  beaten: '--beaten',
  brute: '--brute',
  cubic: '--cubic',
  published: '--published',
  ours: '--ours',
  unproven: '--unproven',
  wrong: '--wrong',
};

/** Returns the present style of a canvas. Forces a layout if the document has changed. */
export function styleOf(canvas: HTMLCanvasElement): Style {
  const style = getComputedStyle(canvas);
  const color = ([role, property]: [string, string]) => [role, style.getPropertyValue(property)];
  const colors = Object.fromEntries(Object.entries(COLORS).map(color)) as Record<Role, string>;
  return { width: canvas.clientWidth, height: canvas.clientHeight, fontFamily: style.fontFamily, colors };
}

/** Draws the figure as large as fits, centred, at the resolution of the screen. */
export function play(canvas: HTMLCanvasElement, style: Style, figure: Figure): Placement {
  const { width, height } = style;
  const ratio = devicePixelRatio;
  const scale = Math.min(width / figure.width, height / figure.height);
  const left = (width - scale * figure.width) / 2;
  const top = (height - scale * figure.height) / 2;
  canvas.width = Math.round(width * ratio); // which also clears it
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (context) {
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * left, ratio * top);
    context.lineJoin = 'round';
    for (const command of figure.commands) draw(context, command, style, ratio * scale);
  }
  return { scale, left, top };
}

/** Draws one command; `ratio` is the number of device pixels per unit of the figure. */
function draw(context: CanvasRenderingContext2D, command: Command, { fontFamily, colors }: Style, ratio: number) {
  context.fillStyle = context.strokeStyle = colors[command.color];
  context.lineWidth = 'width' in command && command.kind !== 'rect' ? command.width : 1;
  // A line that is an odd number of pixels wide is sharp if it runs through the centres of pixels.
  const shift = Math.round(context.lineWidth * ratio) % 2 ? 0.5 / ratio : 0;
  context.beginPath();
  switch (command.kind) {
    case 'rect': {
      const { x, y, width, height } = command;
      return command.fill ? context.fillRect(x, y, width, height) : context.strokeRect(x + shift, y + shift, width, height);
    }
    case 'path':
      for (const [x, y] of command.points) context.lineTo(x + shift, y + shift);
      return context.stroke();
    case 'polygon':
      for (const [x, y] of command.points) context.lineTo(x, y);
      return context.fill();
    case 'circle':
      context.arc(command.x, command.y, command.radius, 0, 2 * Math.PI);
      return command.fill ? context.fill() : context.stroke();
    case 'cells':
      return cells(context, command, colors);
    case 'text':
      context.font = `${command.bold ? 'bold ' : ''}${command.size}px ${fontFamily}`;
      context.textAlign = command.anchor === 'middle' ? 'center' : command.anchor;
      context.textBaseline = command.baseline;
      context.save();
      context.translate(command.x, command.y);
      context.rotate((command.rotate * Math.PI) / 180);
      context.fillText(command.text, 0, 0);
      return context.restore();
  }
}

type Cells = Extract<Command, { kind: 'cells' }>;

/** Draws the cells of a matrix with sharp edges: a picture of one pixel for each, enlarged. */
function cells(context: CanvasRenderingContext2D, command: Cells, colors: Style['colors']) {
  const { x, y, width, height, columns, rows, shades, hatching, color, negative } = command;
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
  if (hatching.length) hatch(context, command, colors.ink);
}

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
