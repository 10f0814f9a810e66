/** By how many rows and columns each key moves in a grid of cells. */
const MOVES: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  PageDown: [8, 0],
  PageUp: [-8, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

/**
 * By how many rows and columns a key moves; with Ctrl, Home and End do so in both directions.
 * Undefined for other keys.
 */
export function moveOf({ key, ctrlKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey'>): readonly [rows: number, columns: number] | undefined {
  const move = MOVES[key];
  return move && ctrlKey && Math.abs(move[1]) === Infinity ? [move[1], move[1]] : move;
}
