/**
 * The service worker: the page without a network.
 *
 * One cache holds files of one build and of no other. The build's list has the hash of each of its
 * files, and the browser compares: what a host sends of another build never enters. A new build
 * installs beside the one before, takes over what has not changed, and waits until no page of that
 * is open; so an open page keeps its own files.
 *
 * Only what a first view needs is fetched unasked. All else is kept when it is used, or when
 * someone asks for it.
 *
 * Workbox would do less, with 338 packages and a larger script: it fetches all files beforehand, or
 * compares none of those that it fetches later.
 */

import { addressOf, type Asked, expand, type FileList, LIST, pathIn, prefixOf, type Told } from './files.js';

/** The hash of the list of files; the build puts it here. */
declare const LIST_HASH: string;

/** What TypeScript's types of documents do not know of a service worker. */
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Client {
  readonly id: string;
  readonly url: string;
}
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Client[]> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'message', listener: (event: Lasting & MessageEvent<Asked>) => void): void;
}
const worker = self as unknown as Scope;

const { scope } = worker.registration;
const PREFIX = prefixOf(scope);
const NAME = PREFIX + LIST_HASH;
/** Where a cache has the paths that someone asked for; no file has this name. */
const KEPT = `${scope}?kept`;

/**
 * What the cache has by an address. Once a person has deleted the cache, nothing makes it again.
 */
const held = (address: string) => caches.match(address, { cacheName: NAME });
const hold = async (address: string, response: Response) => {
  if (await caches.has(NAME)) await (await caches.open(NAME)).put(address, response);
};
const address = (path: string) => addressOf(scope, path);

/** The files of this build. */
let listed: Promise<FileList> | undefined;
const list = () =>
  (listed ??= (async () => {
    const found = (await held(address(LIST))) ?? (await take(LIST, LIST_HASH));
    return (await found.json()) as FileList;
  })().catch((error: unknown) => {
    listed = undefined; // the next request tries again
    throw error;
  }));

/** Fetches a file of this build and keeps it. Rejects if the host has none that is the same. */
async function take(path: string, integrity: string): Promise<Response> {
  // What the browser has kept of an earlier build by this address is asked for again.
  const response = await fetch(address(path), { integrity }).catch(() => fetch(address(path), { integrity, cache: 'reload' }));
  if (!response.ok) throw new TypeError(`${path}: status ${response.status}`);
  await hold(address(path), response.clone());
  return response;
}

/** The caches of the builds before, with their lists. */
async function former(): Promise<{ cache: Cache; files: FileList['files'] }[]> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  const all = await Promise.all(
    names.map(async (name) => {
      const cache = await caches.open(name);
      const found = await cache.match(address(LIST));
      return found ? [{ cache, files: ((await found.json()) as FileList).files }] : [];
    }),
  );
  return all.flat();
}

const pathsIn = async (kept: Response | undefined): Promise<string[]> => ((await kept?.json()) ?? []) as string[];
const keep = (paths: readonly string[]) => hold(KEPT, Response.json([...new Set(paths)]));

/** Sees to it that these files are in the cache. */
async function bring(paths: readonly string[], told: (done: number, of: number) => void = () => {}) {
  const { files } = await list();
  let done = 0;
  await Promise.all(
    paths.map(async (path) => {
      const integrity = files[path];
      if (integrity !== undefined && !(await held(address(path)))) await take(path, integrity);
      told(++done, paths.length);
    }),
  );
}

/**
 * Fills the cache of a new build with what a first view needs, what was asked for, and what there
 * is of the build before.
 */
async function install() {
  const cache = await caches.open(NAME);
  const all = await list();
  const kept: string[] = [];
  const names = new Set<string>();
  for (const before of await former()) {
    kept.push(...(await pathsIn(await before.cache.match(KEPT))));
    for (const { url } of await before.cache.keys()) {
      const path = pathIn(scope, url) ?? '';
      names.add(nameOf(path));
      const isSame = all.files[path] !== undefined && all.files[path] === before.files[path];
      const file = isSame ? await before.cache.match(url) : undefined;
      if (file) await cache.put(url, file);
    }
  }
  const again = Object.keys(all.files).filter((path) => names.has(nameOf(path)));
  await bring([...new Set([...all.shell, ...expand(kept, all), ...again])]);
  if (kept.length) await keep(kept);
}

/** A path without the digits that tell the contents of a script: those of another build differ. */
const nameOf = (path: string) => path.replace(/-[\w-]{8}(?=\.\w+$)/, '');

/** Deletes the caches of the builds before: no page of theirs is open any more. */
async function activate() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
}

/** Answers a request of a page of this build. */
async function answer(request: Request): Promise<Response> {
  const path = pathIn(scope, request.url) ?? '';
  const integrity = (await list().catch(() => undefined))?.files[path];
  if (integrity === undefined) return fetch(request);
  try {
    return (await held(address(path))) ?? (await take(path, integrity));
  } catch (error) {
    return notTaken(request, error);
  }
}

/**
 * What to do where the host sends no such file: it is out of reach, has another build, or changes
 * files as it sends them.
 */
async function notTaken(request: Request, error: unknown): Promise<Response> {
  const isThisBuild = await fetch(address(LIST), { integrity: LIST_HASH, cache: 'reload' }).then(({ ok }) => ok, () => false);
  if (isThisBuild) return fetch(request);
  // If there is another build, the page hears of it.
  void worker.registration.update().catch(() => {});
  if (request.mode !== 'navigate') throw error;
  const text = 'This page is not kept in this browser, and the network is out of reach. Go back, or try again with a network.';
  return new Response(text, { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

/** Does what a page asks; returns what is to be said at last. */
async function serve(asked: Asked, from: Client | null, told: (progress: Told) => void): Promise<Told> {
  if (asked.ask === 'replace') {
    const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const others = pages.filter(({ id, url }) => id !== from?.id && url.startsWith(scope)).length;
    if (others) return { elsewhere: others };
    await worker.skipWaiting();
    return { finished: true };
  }
  await bring(expand(asked.paths, await list()), (done, of) => told({ done, of }));
  if (asked.ask === 'keep') await keep([...(await pathsIn(await held(KEPT))), ...asked.paths]);
  return { finished: true };
}

worker.addEventListener('install', (event) => {
  event.waitUntil(
    install().catch(async (error: unknown) => {
      await caches.delete(NAME); // all of it, or nothing
      throw error;
    }),
  );
});
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && pathIn(scope, request.url) !== undefined) event.respondWith(answer(request));
});
worker.addEventListener('message', (event) => {
  const [port] = event.ports;
  const told = (progress: Told) => port?.postMessage(progress);
  const failed = (error: unknown): Told => ({ failed: error instanceof Error ? error.message : String(error) });
  event.waitUntil(serve(event.data, event.source as Client | null, told).catch(failed).then(told));
});
