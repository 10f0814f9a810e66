/** Work that follows what the user does, at the pace of its answers. */

/**
 * Runs `work` when it is asked for, one run at a time: what is asked for during a run waits for its
 * end, and then only the last matters. A run is told by `isCurrent` whether it has not been asked
 * for again. `work` handles its own errors.
 */
export function inTurn(work: (isCurrent: () => boolean) => Promise<void>): () => void {
  let asked = 0;
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    for (let begun = 0; begun !== asked; ) {
      const turn = (begun = asked);
      await work(() => turn === asked);
    }
    isRunning = false;
  };
  return () => {
    asked++;
    if (!isRunning) void run();
  };
}
