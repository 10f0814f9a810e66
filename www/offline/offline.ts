/** The page without a network: sets the service worker up, and asks it to keep files. */

import { t } from '../languages/language.js';
import { type Asked, pathIn, type Told } from './files.js';

/** The folder of the page, whichever of its documents is open. */
export const SCOPE = new URL(/* @vite-ignore */ '../', import.meta.url).href;

/** How far something is: `done` of `of` files. */
export type Progress = (done: number, of: number) => void;

/** Whether this browser can keep the page. Not without https, and not in some private windows. */
export const isPossible = () => 'serviceWorker' in navigator && 'caches' in globalThis;

/**
 * Sends a question to a service worker; settles when that is done, and rejects with an `Error` that
 * says why not.
 */
const ask = (worker: ServiceWorker, asked: Asked, progress: Progress = () => {}) =>
  new Promise<void>((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Told>) => {
      if ('done' in data) return progress(data.done, data.of);
      port1.close();
      if ('failed' in data) reject(new Error(data.failed));
      else if ('elsewhere' in data) reject(new Error(openElsewhere(data.elsewhere)));
      else resolve();
    };
    worker.postMessage(asked, [port2]);
  });

const openElsewhere = (times: number) =>
  times === 1
    ? t`This page is open once more. Close it there first.`
    : t`This page is open in ${times} other places. Close it there first.`;

/** Starts the service worker, or finds that it runs. Rejects if the browser refuses it. */
async function started(): Promise<ServiceWorkerRegistration> {
  if (!isPossible()) throw new Error(t`This browser keeps no pages here: it needs https, and no private window.`);
  const registration = await navigator.serviceWorker.register(new URL('offline.js', SCOPE), { scope: SCOPE });
  const { installing } = registration;
  if (installing && !registration.active) await settled(installing);
  return registration;
}

/** Waits until a service worker is active or dropped. Rejects if it was dropped. */
const settled = (worker: ServiceWorker) =>
  new Promise<void>((resolve, reject) => {
    const look = () => {
      if (worker.state === 'activated') resolve();
      else if (worker.state === 'redundant') reject(new Error(t`Not all files of this page have arrived. Try again.`));
    };
    worker.addEventListener('statechange', look);
    look();
  });

/**
 * The files of this page that it has fetched, which a service worker that came later has not seen.
 */
const used = () =>
  [location.href, ...performance.getEntriesByType('resource').map(({ name }) => name)].flatMap((address) => pathIn(SCOPE, address) ?? []);

/**
 * Makes the page open without a network from now on: what a first view needs, and what this page
 * has used. `offer` hears when a newer version is here, with what opens that: it rejects with an
 * `Error` that says what is in the way. Does nothing where the browser keeps no pages.
 */
export async function setUp(offer: (open: () => Promise<void>) => void) {
  if (!isPossible()) return;
  const registration = await started();
  const isNews = () => registration.waiting && registration.active && offer(() => replace(registration));
  const watch = (worker: ServiceWorker | null) => worker?.addEventListener('statechange', isNews);
  isNews();
  watch(registration.installing);
  registration.addEventListener('updatefound', () => watch(registration.installing));
  if (navigator.serviceWorker.controller || !registration.active) return;
  const { active } = registration;
  const hold = () => void ask(active, { ask: 'hold', paths: used() }).catch(() => {});
  hold();
  addEventListener('visibilitychange', hold);
}

/** Opens the newer version in place of this one. */
async function replace({ waiting }: ServiceWorkerRegistration) {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  if (waiting) await ask(waiting, { ask: 'replace' });
  if (!navigator.serviceWorker.controller) location.reload();
}

/**
 * What is kept with any file: all of the program, the pages that teach, and what is known of the
 * models.
 */
const PROGRAM = ['*.html', 'assets/*', 'pages/*', 'models/*/*.json'];

/**
 * Keeps the whole program and these files for use without a network, by their paths in the page's
 * folder; `*` stands for any name or part of one. They stay when the page changes. Rejects with an
 * `Error` that says why not.
 */
export async function keep(paths: readonly string[], progress?: Progress) {
  const { active } = await started();
  if (!active) throw new Error(t`The browser has not started what keeps this page. Reload it, and try again.`);
  // Browsers delete what is stored when room is short, unless they grant this.
  void navigator.storage?.persist?.();
  await ask(active, { ask: 'keep', paths: [...PROGRAM, ...paths] }, progress);
}
