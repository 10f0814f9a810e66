/** Worker that counts with the program that Coq proves correct. */

import type { Derived, Sent } from './proven.js';
import type { Told } from './serve.js';

/** How far the program is; its contents are the program's own. */
interface Progress {
  readonly progress: unique symbol;
}

/** The program's integers: numbers as long as they are exact, then BigInts. */
type Integer = number | bigint;

/** The functions of src/formal/extract/js/page.ml. OCaml's values: 0 is false and `None`, an array with a 0 and a value is `Some`. */
interface Program {
  open(bytes: Uint8Array): 0 | [0, Progress];
  advance(progress: Progress): Progress;
  isFinished(progress: Progress): 0 | 1;
  confirms(progress: Progress, claimed: Integer): 0 | 1;
  right(progress: Progress): Integer;
  wrong(progress: Progress): Integer;
  inputs(progress: Progress): Integer;
  done(progress: Progress): number;
  tokens(progress: Progress): number;
}

declare global {
  /** Where the program puts its functions. */
  var provenChecker: Partial<Program>;
}

/** Why the program takes no network from a file. */
const REFUSED =
  'the proven program takes networks of float32 numbers, without biases, that divide scores by the square root of d_head.';

const tell = (told: Told<Derived>) => self.postMessage(told);

self.onmessage = async ({ data: { bytes, program } }: MessageEvent<Sent>) => {
  try {
    globalThis.provenChecker = {};
    await import(/* @vite-ignore */ program);
    tell(count(globalThis.provenChecker as Program, bytes));
  } catch (error) {
    tell({ died: String(error) });
  }
};

function count(program: Program, bytes: Uint8Array): Told<Derived> {
  const opened = program.open(bytes);
  if (opened === 0) return { failed: REFUSED };
  let [, progress] = opened;
  while (!program.isFinished(progress)) {
    progress = program.advance(progress);
    tell({ done: program.done(progress) / program.tokens(progress) });
  }
  const right = program.right(progress);
  if (!program.confirms(progress, right)) return { died: 'it does not confirm its own count' };
  return { result: { right: `${right}`, wrong: `${program.wrong(progress)}`, inputs: `${program.inputs(progress)}` } };
}
