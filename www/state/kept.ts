/**
 * Stores the user's file in the session storage of the tab, so that it survives a reload, and a tab
 * that the browser discards. It is deleted with the tab.
 */

/** Key of the file in the storage. */
const KEY = 'compact-proofs.file';
/**
 * Largest file that is stored, in bytes. A tab has at least 5 MiB of storage; models about which
 * something can be proven are far smaller.
 */
const MAX_BYTES = 4 * 2 ** 20;
/** Bytes that one call of `fromCharCode` converts; the number of a call's arguments is limited. */
const CHUNK = 2 ** 13;

/** Returns whether a file is small enough to be stored. */
export const fits = (bytes: Uint8Array) => bytes.length <= MAX_BYTES;

/** The stored file: its name, a zero character, and one character for each byte. */
export class KeptFile {
  readonly #storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

  /** `storage` returns the tab's storage, or throws if the user has turned storage off. */
  constructor(storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.#storage = storage;
  }

  /** Stores a file in place of the one before; returns false if that is not possible. */
  keep(file: string, bytes: Uint8Array): boolean {
    try {
      const storage = this.#storage();
      storage.removeItem(KEY);
      if (!fits(bytes)) return false;
      let text = `${file}\0`;
      for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
      storage.setItem(KEY, text);
      return true;
    } catch {
      return false; // full, or turned off
    }
  }

  /** The stored file, if there is one. */
  get(): { file: string; bytes: Uint8Array } | undefined {
    try {
      const text = this.#storage().getItem(KEY) ?? '';
      const end = text.indexOf('\0');
      if (end < 0) return undefined;
      const bytes = new Uint8Array(text.length - end - 1);
      for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(end + 1 + i);
      return { file: text.slice(0, end), bytes };
    } catch {
      return undefined;
    }
  }
}
