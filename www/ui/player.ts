/** Plays a figure, the display list that plotters left behind in Rust, on a canvas. */

import { translated } from '../languages/language.js';
import type { Command, Figure, Role } from '../pkg/plot.js';

/** How a figure lies on its canvas, in CSS pixels. */
export interface Placement {
  scale: number;
  left: number;
  top: number;
}

/**
 * What the page's style makes of a canvas, in CSS pixels. Asking for it waits for the layout of all
 * that has changed.
 */
export interface Style {
  width: number;
  height: number;
  /** How much larger text is than usual: figures are drawn smaller by that, and enlarged. */
  text: number;
  fontFamily: string;
  colors: Record<Role, string>;
}

/** The custom property of the page's style that has the colour of each role. */
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
  chance: '--chance',
};

/** The usual size of the page's text, in CSS pixels. */
const USUAL_TEXT = 16;
/** Figures are not drawn narrower than this for larger text, in CSS pixels. */
const LEAST_WIDTH = 300;

/** The size that a figure is drawn for, in CSS pixels of the usual size of text. */
export const roomOf = ({ width, height, text }: Pick<Style, 'width' | 'height' | 'text'>) => ({
  width: Math.round(width / text),
  height: Math.round(height / text),
});

/** The style of a canvas, or of what is drawn without one, as it is now. */
export function styleOf(canvas: HTMLElement): Style {
  const style = getComputedStyle(canvas);
  const color = ([role, property]: [string, string]) => [role, style.getPropertyValue(property)];
  const colors = Object.fromEntries(Object.entries(COLORS).map(color)) as Record<Role, string>;
  const { clientWidth: width, clientHeight: height } = canvas;
  const root = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const text = Math.max(1, Math.min(root / USUAL_TEXT, width / LEAST_WIDTH));
  return { width, height, text, fontFamily: style.fontFamily, colors };
}

/** A picture that is drawn anew when its style may have changed. */
interface Styled {
  restyle(): void;
}

/** What is drawn in the page's style; it does not live longer for that. */
const styled = new Set<WeakRef<Styled>>();

/** Draws everything anew that `watchStyle` was told of. */
export function restyleAll() {
  for (const reference of styled) {
    const picture = reference.deref();
    if (picture) picture.restyle();
    else styled.delete(reference);
  }
}

/**
 * Draws a picture anew whenever theme, forced colours, the size of text, pixel density or paper
 * change.
 */
export function watchStyle(picture: Styled) {
  if (!styled.size) watch();
  styled.add(new WeakRef(picture));
}

let watch = () => {
  watch = () => {};
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) matchMedia(query).addEventListener('change', restyleAll);
  addEventListener('printing', restyleAll);
  // A heading is as wide as its text is large.
  const heading = document.querySelector('h1');
  if (heading) new ResizeObserver(restyleAll).observe(heading);
  // A query holds for one pixel density only: after each change (zoom, another screen) there is
  // another to listen to.
  const watchRatio = () => matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', again, { once: true });
  const again = () => {
    restyleAll();
    watchRatio();
  };
  watchRatio();
};

/** Cells of a matrix, which `cells.ts` draws: no figure of the first view has any. */
export type Cells = Extract<Command, { kind: 'cells' }>;
export type DrawCells = (context: CanvasRenderingContext2D, cells: Cells, colors: Style['colors']) => void;

/** Pixels for each CSS pixel on paper, at least. */
const PAPER = 3;
/** Pixels for each CSS pixel, where a figure is drawn now. */
const density = () => (document.documentElement.classList.contains('printing') ? Math.max(PAPER, devicePixelRatio) : devicePixelRatio);

/**
 * Draws the figure as large as it fits, with `ratio` pixels for each CSS pixel; `drawCells` is for
 * figures that have cells.
 */
export function play(canvas: HTMLCanvasElement, style: Style, figure: Figure, drawCells?: DrawCells, ratio = density()): Placement {
  const { width, height } = style;
  const scale = Math.min(width / figure.width, height / figure.height);
  const left = (width - scale * figure.width) / 2;
  const top = (height - scale * figure.height) / 2;
  canvas.width = Math.round(width * ratio); // which also clears it
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (context) {
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * left, ratio * top);
    context.lineJoin = 'round';
    // Without a GPU, a stroke costs WebKit more than all of its dashes: those that look alike are
    // one.
    figure.commands.forEach((command, i, all) => {
      if (!isAlike(all[i - 1], command)) context.beginPath();
      draw(context, command, style, ratio * scale, !isAlike(command, all[i + 1]), drawCells);
    });
  }
  return { scale, left, top };
}

/** Whether two commands are lines of one look. */
const isAlike = (a: Command | undefined, b: Command | undefined) =>
  a?.kind === 'path' && b?.kind === 'path' && a.color === b.color && a.width === b.width;

/** `ends`: whether a line is the last of those that are drawn together. */
function draw(
  context: CanvasRenderingContext2D,
  command: Command,
  { fontFamily, colors }: Style,
  ratio: number,
  ends: boolean,
  drawCells?: DrawCells,
) {
  context.fillStyle = context.strokeStyle = colors[command.color];
  context.lineWidth = 'width' in command && command.kind !== 'rect' ? command.width : 1;
  // A line of an odd number of pixels is sharp when it runs through the middle of pixels.
  const shift = Math.round(context.lineWidth * ratio) % 2 ? 0.5 / ratio : 0;
  switch (command.kind) {
    case 'rect': {
      const { x, y, width, height } = command;
      return command.fill ? context.fillRect(x, y, width, height) : context.strokeRect(x + shift, y + shift, width, height);
    }
    case 'path':
      command.points.forEach(([x, y], i) => context[i ? 'lineTo' : 'moveTo'](x + shift, y + shift));
      return ends ? context.stroke() : undefined;
    case 'polygon':
      for (const [x, y] of command.points) context.lineTo(x, y);
      return context.fill();
    case 'circle':
      context.arc(command.x, command.y, command.radius, 0, 2 * Math.PI);
      return command.fill ? context.fill() : context.stroke();
    case 'cells':
      return drawCells?.(context, command, colors);
    case 'text':
      context.font = `${command.bold ? 'bold ' : ''}${command.size}px ${fontFamily}`;
      context.textAlign = command.anchor === 'middle' ? 'center' : command.anchor;
      context.textBaseline = command.baseline;
      context.save();
      context.translate(command.x, command.y);
      context.rotate((command.rotate * Math.PI) / 180);
      context.fillText(translated(command.text), 0, 0);
      return context.restore();
  }
}
