/**
 * The user's own file, kept by the browser for one tab and no longer than that tab: neither a reload nor a tab that the
 * browser discards loses it.
 */

const KEY = 'compact-proofs.file';
/** Largest file that is kept: browsers give a tab at least 5 MiB, and models that anything can be proven about are far smaller. */
const MAX_BYTES = 4 * 2 ** 20;
/** Characters that one call of `fromCharCode` makes. */
const CHUNK = 2 ** 13;

/** Whether a file is small enough to be kept. */
export const fits = (bytes: Uint8Array) => bytes.length <= MAX_BYTES;

/** Keeps one file, in the storage of a tab. */
export class KeptFile {
  readonly #storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

  /** `storage` gives the tab's storage, or throws if that is switched off. */
  constructor(storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.#storage = storage;
  }

  /** Keeps a file in place of the one before; false if there is no room for it. */
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
      return false; // full, or switched off
    }
  }

  /** The file that was kept last. */
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
