/** How many workers there are to be. */

/** Most that an address may ask for. */
const MOST = 16;
/** Most that there are unasked: each has an instance of the module and the model in memory of its own. */
const MOST_UNASKED = 4;

/**
 * One for each core but the page's own, at least 1 and at most 4; or as many as the address says, `?workers=2`. What is no number
 * from 1 to 16 there says nothing.
 */
export function workersFor(cores: number, search: string): number {
  const asked = new URLSearchParams(search).get('workers') ?? '';
  if (/^[1-9]\d?$/.test(asked) && Number(asked) <= MOST) return Number(asked);
  return Math.min(Math.max(cores - 1, 1), MOST_UNASKED);
}
