/** Milliseconds between two updates: ten in a second look live, and leave the page time for its user. */
const PAUSE = 100;

/**
 * Calls `works` in a frame after a pause, once however often it is asked for meanwhile. Each has a task of its own, so that
 * what the user does gets in between.
 */
export function coalesce(...works: (() => void)[]): (pause?: number) => void {
  let waiting = false;
  const frame = () => {
    waiting = false;
    for (const work of works) setTimeout(work);
  };
  return (pause = PAUSE) => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => requestAnimationFrame(frame), pause);
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
