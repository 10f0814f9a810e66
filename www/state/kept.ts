/**
 * The user's own file, kept by the browser for this tab alone and no longer than the tab: a reload, or a tab that the browser
 * discards, does not lose it. The entry of the history that it belongs to says so in its state.
 */

const KEY = 'compact-proofs.file';
/** What browsers give a tab is 5 MiB at least; and models that anything can be proven about are far smaller. */
const MAX_BYTES = 4 * 2 ** 20;
/** Characters that one call makes. */
const CHUNK = 2 ** 13;

/** The state of an entry of the history that shows the kept file. */
export interface Entry {
  kept: boolean;
  strategy: string | null;
}

/** This entry's state, if it is one of a user's file. */
export function entry(): Entry | undefined {
  const state = history.state as Partial<Entry> | null;
  return typeof state?.kept === 'boolean' ? { kept: state.kept, strategy: state.strategy ?? null } : undefined;
}

/** Whether there is room for a file. */
export const fits = (bytes: Uint8Array) => bytes.length <= MAX_BYTES;

/** Keeps a file in place of the one before; whether there was room. */
export function keep(file: string, bytes: Uint8Array): boolean {
  try {
    sessionStorage.removeItem(KEY);
    if (!fits(bytes)) return false;
    let text = `${file}\0`;
    for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
    sessionStorage.setItem(KEY, text);
    return true;
  } catch {
    return false; // full, or switched off
  }
}

/** The file that was kept last. */
export function kept(): { file: string; bytes: Uint8Array } | undefined {
  try {
    const text = sessionStorage.getItem(KEY) ?? '';
    const end = text.indexOf('\0');
    if (end < 0) return undefined;
    const bytes = new Uint8Array(text.length - end - 1);
    for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(end + 1 + i);
    return { file: text.slice(0, end), bytes };
  } catch {
    return undefined;
  }
}
