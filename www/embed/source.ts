/**
 * Bytes that an author gives: inside the document (`data:`), or at an address that allows it
 * (CORS).
 */

import { Missing } from '../engine/download.js';
import { t } from '../languages/language.js';
import { MAX_BYTES } from '../state/model.js';
import { bytes as size } from '../ui/format.js';

/**
 * Most characters of a `data:` address: 100 KB in base64, a little more for what stands before it.
 */
export const MOST_INLINE = 140_000;

/**
 * The bytes at `src`. Rejects with `Missing` if they did not arrive, and with an `Error` that says
 * what is wrong with them.
 */
export async function bytesAt(src: string): Promise<Uint8Array> {
  if (src.startsWith('data:')) return inline(src);
  const url = new URL(src, document.baseURI);
  const response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' }).catch(() => undefined);
  if (!response) throw new Missing(t`${url.href} cannot be fetched: is it there, and does its host allow other sites to read it (CORS)?`);
  if (!response.ok) throw new Missing(t`${url.href} cannot be fetched (HTTP ${response.status}).`);
  const length = Number(response.headers.get('content-length'));
  if (length > MAX_BYTES) throw new Error(t`${url.href}: ${size(length)}, expected at most ${size(MAX_BYTES)}.`);
  return new Uint8Array(await response.arrayBuffer());
}

function inline(src: string): Uint8Array {
  if (src.length > MOST_INLINE)
    throw new Error(t`src: ${src.length} characters, expected at most ${MOST_INLINE}. Put the file at an address instead.`);
  const [, base64] = /^data:[^,]*;base64,(.*)$/s.exec(src) ?? [];
  if (base64 === undefined) throw new Error(t`src: expected data:application/octet-stream;base64, and then the file.`);
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Error(t`src: what stands after base64, is not base64.`);
  }
}

/** The address that holds `bytes` itself. */
export function inlineOf(bytes: Uint8Array): string {
  const STEP = 0x2000;
  const parts = Array.from({ length: Math.ceil(bytes.length / STEP) }, (_, i) =>
    String.fromCharCode(...bytes.subarray(i * STEP, (i + 1) * STEP)),
  );
  return `data:application/octet-stream;base64,${btoa(parts.join(''))}`;
}
