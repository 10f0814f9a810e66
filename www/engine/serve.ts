/** The worker's side of `once`, and why a WebAssembly instance died. */

/** Why nothing came of a work: why Rust refused it, or why the instance died. */
export type Refused = { failed: string } | { died: string };

/**
 * A message from a worker that `once` started: the share that is done (from 0 to 1), the result, or
 * why there is none.
 */
export type Told<Result> = { done: number } | { result: Result } | Refused;

/**
 * Waits for one message with a module and its work; instantiates the module with `init`, does the
 * work and posts `Told` messages.
 */
export function serve<Work, Result>(
  init: (input: { module_or_path: WebAssembly.Module }) => Promise<{ memory: WebAssembly.Memory }>,
  lastPanic: () => string | undefined,
  work: (sent: Work, progress: (done: number) => void) => Result,
) {
  const tell = (told: Told<Result>) => self.postMessage(told);
  self.onmessage = async ({ data }: MessageEvent<Work & { module: WebAssembly.Module }>) => {
    let memory: WebAssembly.Memory | undefined;
    try {
      ({ memory } = await init({ module_or_path: data.module }));
      tell({ result: work(data, (done) => tell({ done })) });
    } catch (error) {
      tell(whyNot(error, memory, lastPanic));
    }
  };
}

/**
 * Says what an error means. Rust returns its errors as plain `Error`s; anything else, such as a
 * trap, is the end of the instance.
 */
export function whyNot(error: unknown, memory: WebAssembly.Memory | undefined, lastPanic: () => string | undefined): Refused {
  if (error instanceof Error && error.constructor === Error) return { failed: error.message };
  return { died: (memory && lastPanic()) ?? (isFull(memory) ? `out of memory (${String(error)})` : String(error)) };
}

/**
 * Returns whether the memory of a dead instance cannot be doubled: it then ran out of memory, for
 * which Rust leaves no panic message.
 */
export function isFull(memory: WebAssembly.Memory | undefined): boolean {
  try {
    memory?.grow(memory.buffer.byteLength / 2 ** 16);
    return false;
  } catch {
    return true;
  }
}
