/** What workers share: telling what comes of work that is done once, and what an instance died of. */

/** Why nothing came of a work: an error that Rust returned, or the end of the instance. */
export type Refused = { failed: string } | { died: string };

/** What a worker for one work says: how far it is, what came of it, or why nothing did. */
export type Told<Result> = { done: number } | { result: Result } | Refused;

/** Makes an instance of the module by `init`, does `work` when it is sent, and tells what comes of it. */
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

/** What an error says: those that Rust returns are answers; anything else is the end of the instance, if there was one. */
export function whyNot(error: unknown, memory: WebAssembly.Memory | undefined, lastPanic: () => string | undefined): Refused {
  if (error instanceof Error && error.constructor === Error) return { failed: error.message };
  return { died: (memory && lastPanic()) ?? (isFull(memory) ? `out of memory (${String(error)})` : String(error)) };
}

/** Whether the memory of an instance that has ended would not grow: Rust stops without a word then. */
export function isFull(memory: WebAssembly.Memory | undefined): boolean {
  try {
    memory?.grow(memory.buffer.byteLength / 2 ** 16);
    return false;
  } catch {
    return true;
  }
}
