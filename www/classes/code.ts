/**
 * Codes: texts that hold data, short enough for a link or a message. A code has three signs that
 * say what it is, and then, in base64url, its data and their checksum:
 *
 *     S 1 z AbC-_…
 *     │ │ └ z: compressed by deflate; t: plain, where that is shorter
 *     │ └ the version of the format
 *     └ what it is: S a set of exercises, H what a student has answered
 */

import { deflateSync, Inflate, strFromU8, strToU8 } from 'fflate';
import { t } from '../languages/language.js';

/** What a code holds. */
export type Kind = 'S' | 'H';
const NAMES: Record<Kind, string> = { S: t`a set of exercises`, H: t`handed-in answers` };
const VERSION = 1;

/** Most characters of a code that is read, and most bytes that it may unpack to. */
export const [MOST_CODE, MOST_BYTES] = [200_000, 2_000_000];

/**
 * A text that is no code of what is expected; the message says what is wrong with it, and what to
 * do.
 */
export class Damaged extends Error {}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/**
 * The checksum CRC-32. It tells every change of up to four neighbouring bytes, and so of any one
 * character.
 */
export function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) crc = (CRC[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const SUM = 4;

function joined(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
const sumOf = (head: string, data: Uint8Array) => {
  const sum = crc32(joined(strToU8(head), data));
  return Uint8Array.of(sum >>> 24, sum >>> 16, sum >>> 8, sum);
};

const base64 = (bytes: Uint8Array) => btoa(strFromU8(bytes, true)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
const bytesOf = (text: string) => strToU8(atob(text.replaceAll('-', '+').replaceAll('_', '/')), true);

/** Bytes that are unpacked at once: at most a thousand times as many come of them. */
const STEP = 256;

/** Unpacks data, unless that would fill the memory. */
function unpacked(data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  const stream = new Inflate((part) => {
    parts.push(part);
    size += part.length;
  });
  for (let at = 0; at < data.length; at += STEP) {
    stream.push(data.subarray(at, at + STEP), at + STEP >= data.length);
    if (size > MOST_BYTES) throw new RangeError(t`more than ${MOST_BYTES} bytes`);
  }
  return joined(...parts);
}

/** The code of a value that JSON can write. Equal values have equal codes. */
export function codeOf(kind: Kind, value: unknown): string {
  const plain = strToU8(JSON.stringify(value));
  const packed = deflateSync(plain, { level: 9 });
  const [form, data] = packed.length < plain.length ? ['z', packed] : ['t', plain];
  const head = `${kind}${VERSION}${form}`;
  return head + base64(joined(data, sumOf(head, data)));
}

/** Whether a text begins as a code does. */
const isCode = (text: string) => /^[SH]\d+[zt]/.test(text);

/**
 * The value that a code holds. Blanks and line ends, which messages put into long texts, do not
 * matter. Throws `Damaged` for any other text.
 */
export function valueOf(kind: Kind, text: string): unknown {
  const code = text.replaceAll(/\s+/g, '');
  if (!isCode(code)) throw new Damaged(t`This is no code: ${NAMES[kind]} begin with ${kind}${VERSION}.`);
  const found = code.charAt(0) as Kind;
  if (found !== kind) throw new Damaged(t`This code holds ${NAMES[found]}; expected ${NAMES[kind]}.`);
  const version = Number(/^\d+/.exec(code.slice(1))?.[0]);
  const other = t`This code has version ${version}; this page reads version ${VERSION}. Reload the page, or ask for a code of this version.`;
  if (version !== VERSION) throw new Damaged(other);
  if (code.length > MOST_CODE) throw new Damaged(t`This code has ${code.length} characters; expected at most ${MOST_CODE}.`);
  const [head, body] = [code.slice(0, 3), code.slice(3)];
  const damaged = new Damaged(t`This code is damaged: something is missing from it or has changed. Copy it again, in full.`);
  try {
    const bytes = bytesOf(body);
    const data = bytes.subarray(0, -SUM);
    // Several texts may stand for the same bytes, as the last sign has bits to spare.
    if (base64(bytes) !== body || base64(sumOf(head, data)) !== base64(bytes.subarray(-SUM))) throw damaged;
    return JSON.parse(strFromU8(head.endsWith('z') ? unpacked(data) : data));
  } catch {
    throw damaged;
  }
}
