/** The worker's side of `once`, and why a WebAssembly instance died. */

/**
 * A message from a worker that `once` started: the share that is done (from 0 to 1), the result,
 * why the work was refused, or why the instance died.
 */
export type Told<Result> = { done: number } | { result: Result } | { failed: string } | { died: string };

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
      // Rust returns its errors as plain `Error`s; anything else, such as a trap, is a dead
      // instance.
      if (error instanceof Error && error.constructor === Error) tell({ failed: error.message });
      else tell({ died: (memory && lastPanic()) ?? (isFull(memory) ? `out of memory (${String(error)})` : String(error)) });
    }
  };
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
