/**
 * Keeps the user's files in this browser, in IndexedDB: several of them, each by the first digits
 * of its SHA-256, so that a reload, a later visit or an address finds them again. Nothing is sent.
 */

import { t } from '../languages/language.js';
import { bytes as size, told } from '../ui/format.js';

/** What is known of a kept file. */
export interface Kept {
  /** The first digits of its SHA-256. */
  id: string;
  /** Name of the file. */
  file: string;
  /** What the user calls it; the name of the file at first. */
  name: string;
  /** Its length in bytes. */
  size: number;
  /** When it was opened last, in milliseconds since 1970. */
  used: number;
  /** How it is read, as far as no address says it. */
  read?: object;
}

/** A kept file. */
export interface KeptFile extends Kept {
  bytes: Uint8Array<ArrayBuffer>;
}

/** The most bytes of all kept files together. */
export const MOST_BYTES = 64 * 2 ** 20;
/** The most characters of a name. */
export const MOST_NAME = 80;

/**
 * The files that have to leave for one of `bytes` bytes, those that were opened longest ago first.
 */
export function leaving(kept: readonly Kept[], bytes: number): Kept[] {
  const oldest = [...kept].sort((a, b) => a.used - b.used);
  let room = MOST_BYTES - oldest.reduce((sum, { size }) => sum + size, 0);
  return oldest.filter(({ size }) => {
    const leaves = room < bytes;
    if (leaves) room += size;
    return leaves;
  });
}

/** The names of the database and of its two stores: lists are read without the bytes. */
const [BASE, FACTS, BYTES] = ['compact-proofs', 'facts', 'bytes'];

/** What an `IDBRequest` results in. */
const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error(t`the request failed`));
  });

/**
 * Opens the database. Rejects where the browser keeps nothing: turned off, or in a private window.
 */
async function database(): Promise<IDBDatabase> {
  const request = indexedDB.open(BASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(FACTS, { keyPath: 'id' });
    request.result.createObjectStore(BYTES);
  };
  return settled(request);
}

/** The two stores in a transaction. */
interface Stores {
  facts: IDBObjectStore;
  bytes: IDBObjectStore;
}

/** Does `work` in one transaction: all of it happens, or nothing, whatever other tabs do. */
async function inStores<T>(mode: IDBTransactionMode, work: (stores: Stores) => Promise<T>): Promise<T> {
  const base = await database();
  try {
    const transaction = base.transaction([FACTS, BYTES], mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error(t`the change was undone`));
    });
    const [result] = await Promise.all([work({ facts: transaction.objectStore(FACTS), bytes: transaction.objectStore(BYTES) }), done]);
    return result;
  } finally {
    base.close();
  }
}

/** All kept files, the one that was opened last first. Rejects where the browser keeps none. */
export async function list(): Promise<Kept[]> {
  const kept = await inStores('readonly', ({ facts }) => settled<Kept[]>(facts.getAll()));
  return kept.sort((a, b) => b.used - a.used);
}

/** A kept file; undefined if it is not kept, or the browser keeps none. */
export async function find(id: string): Promise<KeptFile | undefined> {
  try {
    return await inStores('readonly', async ({ facts, bytes }) => {
      const [known, content] = await Promise.all([settled<Kept | undefined>(facts.get(id)), settled<unknown>(bytes.get(id))]);
      return known && content instanceof ArrayBuffer ? { ...known, bytes: new Uint8Array(content) } : undefined;
    });
  } catch {
    return undefined;
  }
}

/**
 * Keeps a file, under the name that it has if it is kept already, and how it is read. Returns in
 * words what the user should know: which files had to leave for it, or why it is not kept;
 * undefined for nothing.
 */
export async function keep(id: string, file: string, content: Uint8Array, read?: object): Promise<string | undefined> {
  try {
    if (content.length > MOST_BYTES) throw new Error(t`it has more than ${size(MOST_BYTES)}`);
    return await inStores('readwrite', async ({ facts, bytes }) => {
      const all = await settled<Kept[]>(facts.getAll());
      const known = all.find((kept) => kept.id === id);
      const now = { ...(known ?? { id, file, name: file.slice(0, MOST_NAME), size: content.length }), used: Date.now() };
      facts.put({ ...now, ...(read && { read }) } satisfies Kept);
      if (known) return undefined;
      bytes.put(content.slice().buffer, id);
      const left = leaving(all, content.length);
      for (const { id } of left) for (const store of [facts, bytes]) store.delete(id);
      if (!left.length) return undefined;
      const names = left.map(({ name }) => t`“${name}”`).join(', ');
      return t`To keep ${file}, this browser has let go of ${names}: your files take ${size(MOST_BYTES)} at most.`;
    });
  } catch (error) {
    return t`${file} is open, but this browser does not keep it (${told(error)}). After a reload, open it again.`;
  }
}

/** Keeps a file again that was removed, as it was. */
export const putBack = ({ bytes: content, ...known }: KeptFile) =>
  inStores('readwrite', async ({ facts, bytes }) => {
    facts.put(known);
    bytes.put(content.buffer, known.id);
  });

/** Gives a kept file another name. */
export const rename = (id: string, name: string) =>
  inStores('readwrite', async ({ facts }) => {
    const known = await settled<Kept | undefined>(facts.get(id));
    if (known) facts.put({ ...known, name: name.slice(0, MOST_NAME) } satisfies Kept);
  });

/** Removes a kept file or, without an `id`, all of them. */
export const remove = (id?: string) =>
  inStores('readwrite', async ({ facts, bytes }) => {
    for (const store of [facts, bytes]) {
      if (id === undefined) store.clear();
      else store.delete(id);
    }
  });
