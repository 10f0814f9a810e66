/** Milliseconds between two updates: ten in a second look live, and leave the page time for its user. */
const PAUSE = 100;

/**
 * Calls `works` in the next frames, once however often it is asked for, and ten times a second at most. Each has a task of
 * its own, so that what the user does gets in between.
 */
export function coalesce(...works: (() => void)[]): () => void {
  let waiting = false;
  let last = -Infinity;
  const frame = () => {
    waiting = false;
    last = performance.now();
    for (const work of works) setTimeout(work);
  };
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => requestAnimationFrame(frame), Math.max(0, last + PAUSE - performance.now()));
  };
}
