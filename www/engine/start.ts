/** Starts workers, also where the browser refuses the address of their script. */

import { whereIs } from './download.js';

/** Scripts of this document's origin that import one of another origin, by the address of that. */
const importers = new Map<string, string>();

/**
 * Starts the worker whose script is at `address`. A script of another origin is refused: one of
 * this origin imports it. A script that is inside a document (`blob:`) is a classic one, because
 * Chrome starts no module from there in a sandbox.
 */
export function startWorker(address: string): Worker {
  const url = whereIs(address);
  if (url.startsWith('blob:')) return new Worker(url);
  return new Worker(new URL(url).origin === location.origin ? url : importerOf(url), { type: 'module' });
}

function importerOf(url: string): string {
  const known = importers.get(url);
  if (known !== undefined) return known;
  const made = URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' }));
  importers.set(url, made);
  return made;
}
