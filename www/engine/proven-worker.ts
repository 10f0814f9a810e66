/** Worker that counts with the program that Coq proves correct. */

import type { Derived, Sent } from './proven.js';
import type { Told } from './serve.js';

/** How far the program is; its contents are the program's own. */
interface Progress {
  readonly progress: unique symbol;
}

/** The program's integers: numbers as long as they are exact, then BigInts. */
type Integer = number | bigint;

/**
 * The functions of src/formal/extract/js/page.ml. OCaml's values: 0 is false and `None`, an array
 * with a 0 and a value is `Some`.
 */
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

/** Why the program takes no network from the files. */
const REFUSED = 'the proven program reads networks of float32 numbers only, and this one has others.';

const tell = (told: Told<Derived>) => self.postMessage(told);

self.onmessage = async ({ data: { files, program } }: MessageEvent<Sent>) => {
  try {
    globalThis.provenChecker = {};
    await import(/* @vite-ignore */ program);
    tell(count(globalThis.provenChecker as Program, files));
  } catch (error) {
    tell({ died: String(error) });
  }
};

/** Opens the first of the files that the program takes, if there is one. */
function open(program: Program, files: readonly Uint8Array[]): { file: number; progress: Progress } | undefined {
  for (const [file, bytes] of files.entries()) {
    const opened = program.open(bytes);
    if (opened !== 0) return { file, progress: opened[1] };
  }
  return undefined;
}

function count(program: Program, files: readonly Uint8Array[]): Told<Derived> {
  const begun = open(program, files);
  if (!begun) return { failed: REFUSED };
  let { progress } = begun;
  while (!program.isFinished(progress)) {
    progress = program.advance(progress);
    tell({ done: program.done(progress) / program.tokens(progress) });
  }
  const right = program.right(progress);
  if (!program.confirms(progress, right)) return { died: 'it does not confirm its own count' };
  const [wrong, inputs] = [program.wrong(progress), program.inputs(progress)];
  return { result: { right: `${right}`, wrong: `${wrong}`, inputs: `${inputs}`, file: begun.file } };
}
