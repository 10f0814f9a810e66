/** Combines repeated requests for an update into one. */

/** Milliseconds between two updates: ten updates a second look live and leave time for input. */
export const PAUSE = 100;

/**
 * Returns a function that requests a run of all `works`, after at least `pause` milliseconds.
 * Requests before that run are part of it, and runs are at least `PAUSE` apart. Each of the `works`
 * is a task of its own, so that input events are handled in between.
 */
export function coalesce(...works: (() => void)[]): (pause?: number) => void {
  let waiting = false;
  let last = -Infinity;
  const frame = () => {
    waiting = false;
    last = performance.now();
    for (const work of works) setTimeout(work);
  };
  return (pause = 0) => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => requestAnimationFrame(frame), Math.max(pause, last + PAUSE - performance.now()));
  };
}

/** Returns a function that requests one run of `work` at the end of the current task. */
export function atEnd(work: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      work();
    });
  };
}
