/**
 * What this page stores in the browser, and how it is deleted. Other pages of the same host keep
 * theirs.
 */

import { t } from '../languages/language.js';
import { list } from '../state/own.js';
import { bytes, count } from '../ui/format.js';
import { prefixOf } from './files.js';
import { SCOPE } from './offline.js';

/** The names of all that the page stores begin so. */
const OURS = 'compact-proofs';

const ourCaches = async () => ('caches' in globalThis ? (await caches.keys()).filter((name) => name.startsWith(prefixOf(SCOPE))) : []);
const ourKeys = () => Object.keys(localStorage).filter((key) => key.startsWith(OURS));

/** What `work` returns, or `otherwise` where the browser stores nothing. */
const or = async <T>(otherwise: T, work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch {
    return otherwise;
  }
};

/** What is stored, each kind in words. */
export async function stored(): Promise<string[]> {
  const own = await or([], list);
  const keys = await or([], ourKeys);
  const held = await or(0, async () => {
    const all = await Promise.all((await ourCaches()).map(async (name) => (await (await caches.open(name)).keys()).length));
    return all.reduce((sum, n) => sum + n, 0);
  });
  const size = own.reduce((sum, file) => sum + file.size, 0);
  return [
    ...(own.length
      ? [own.length === 1 ? t`1 file of yours (${bytes(size)})` : t`${count(own.length)} files of yours (${bytes(size)})`]
      : []),
    ...(keys.length
      ? [keys.length === 1 ? t`1 entry of names, answers and settings` : t`${count(keys.length)} entries of names, answers and settings`]
      : []),
    ...(held ? [t`${count(held)} files of this page, for use without a network`] : []),
  ];
}

/** Deletes all of it, and ends the service worker. Rejects if another page has the files open. */
export async function deleteStored() {
  const registration = await or(undefined, () => navigator.serviceWorker.getRegistration(SCOPE));
  await registration?.unregister();
  for (const name of await or([], ourCaches)) await caches.delete(name);
  for (const key of await or([], ourKeys)) localStorage.removeItem(key);
  for (const { name } of await or([], () => indexedDB.databases())) if (name?.startsWith(OURS)) await deleted(name);
}

const deleted = (name: string) =>
  new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error(t`${name} was not deleted`));
    request.onblocked = () => reject(new Error(t`another page has your files open. Close it, and try again.`));
  });
