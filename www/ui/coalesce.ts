/** Milliseconds between two updates: ten in a second look live, and leave the page time for its user. */
export const PAUSE = 100;

/**
 * Calls `works` in the next frames, or after a pause if that will do, once however often it is asked for, and ten times a
 * second at most. Each has a task of its own, so that what the user does gets in between.
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

/** Calls `work` at the end of the task, once however often it is asked for. */
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
